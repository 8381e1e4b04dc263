"""Examples as token ids, in batches of similar length."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from classifier.data import Example, natural, spaced

TOKENS = 2560  # a batch holds about this many
LONGEST = 64  # training texts are cut here
POOL = 16  # batches that are sorted by length together
UNKNOWN, MASK, SPECIAL = 1, 4, 5  # ids; those below SPECIAL are not words


@dataclass
class Dataset:
    """Both spellings of every text as ids, its target, and how many copies of it an epoch holds."""

    spellings: list[list[list[int]]]
    positive: np.ndarray
    share: np.ndarray


def dataset(examples: list[Example], tokenizer, shares: dict[str, float]) -> Dataset:
    """The examples as ids; `shares` says how often a source is seen an epoch."""
    spellings = [
        tokenizer([spell(e.text) for e in examples], truncation=True, max_length=LONGEST)["input_ids"]
        for spell in (natural, spaced)
    ]
    positive = np.array([e.positive for e in examples], dtype=np.float32)
    return Dataset(spellings, positive, np.array([shares[e.source] for e in examples]))


def pad(rows: list[list[int]]) -> torch.Tensor:
    """Rows of ids as one tensor (batch, longest); 0 pads."""
    width = max(map(len, rows))
    return torch.tensor([row + [0] * (width - len(row)) for row in rows])


def hidden(ids: torch.Tensor, rng: np.random.Generator, share: float) -> torch.Tensor:
    """The ids with a share of the words behind the mask."""
    hide = torch.from_numpy(rng.random(ids.shape) < share).to(ids.device) & (ids >= SPECIAL)
    return ids.masked_fill(hide, MASK)


def labelled(data: Dataset, rng: np.random.Generator, masked: float) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """(ids, targets) of one pass, with the labels as they are."""
    for ids, indices in epoch(data, rng, masked):
        yield ids, torch.from_numpy(data.positive[indices])


def epoch(data: Dataset, rng: np.random.Generator, masked: float) -> Iterator[tuple[torch.Tensor, np.ndarray]]:
    """(ids, indices of the examples): one pass in random order, a share `masked` of the words hidden."""
    whole, part = np.divmod(data.share, 1)
    order = np.repeat(np.arange(len(data.share)), (whole + (rng.random(len(part)) < part)).astype(int))
    rng.shuffle(order)
    rows = [(data.spellings[rng.integers(2)][i], i) for i in order]
    batches, start = [], 0
    size = TOKENS // 6 * POOL
    while start < len(rows):
        pool = sorted(rows[start : start + size], key=lambda row: len(row[0]))
        start += size
        batch: list[tuple[list[int], int]] = []
        for row in pool:
            if batch and (len(batch) + 1) * len(row[0]) > TOKENS:
                batches.append(batch)
                batch = []
            batch.append(row)
        batches.append(batch)
    for b in rng.permutation(len(batches)):
        yield hidden(pad([row for row, _ in batches[b]]), rng, masked), np.array([i for _, i in batches[b]])
