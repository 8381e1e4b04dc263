"""Batches for the network, whose targets are what the teachers say.

Labelled texts are judged by their label and the teachers together (in `stages.py`). Spliced ones (spans of two
reviews) and ones with exchanged words carry no label and never come twice, so there is no end of them to learn from.
Made sentences carry their own label alone: concession and negation are what the teachers get wrong.
"""

from collections.abc import Iterator

import numpy as np
import torch

from classifier.batches import SPECIAL, TOKENS, Dataset, epoch, hidden, pad
from classifier.train import margin, margins
from run import DEVICE

NEAR, CHANGED = 12, 0.3  # of how many neighbours one is taken, and for how many of the words
SPANS = (3, 14)  # word pieces of a span, at least and at most


def splice(rows: list[list[int]], rng: np.random.Generator) -> list[int]:
    """A span of one row, and three times of four one of another, between the special tokens."""

    def span() -> list[int]:
        row = rows[rng.integers(len(rows))][1:-1]
        start = rng.integers(max(1, len(row) - SPANS[0]))
        return row[start : start + rng.integers(SPANS[0], SPANS[1] + 1)]

    first, last = rows[0][0], rows[0][-1]
    return [first, *span(), *(span() if rng.random() < 0.75 else []), last]


def neighbours(vectors: torch.Tensor) -> np.ndarray:
    """The nearest word pieces of each by cosine, (size, NEAR)."""
    unit = torch.nn.functional.normalize(vectors, dim=1)
    return torch.cat([(part @ unit.T).topk(NEAR + 1).indices[:, 1:] for part in unit.split(1000)]).numpy()


def changed(row: list[int], near: np.ndarray, rng: np.random.Generator) -> list[int]:
    """A row of which some words are exchanged for words that are used alike."""
    new = [near[i, rng.integers(NEAR)] if i >= SPECIAL and rng.random() < CHANGED else i for i in row]
    return [int(after) if after >= SPECIAL else before for before, after in zip(row, new)]


@torch.no_grad()
def judged(teachers: list, ids: torch.Tensor) -> torch.Tensor:
    """Probability of POSITIVE by the teachers together, (batch)."""
    return torch.sigmoid(sum(margin(teacher, ids) for teacher in teachers) / len(teachers))


def judged_rows(teachers: list, rows: list[list[int]]) -> np.ndarray:
    """Probability of POSITIVE by the teachers together, (rows)."""
    return 1 / (1 + np.exp(-sum(margins(teacher, rows) for teacher in teachers) / len(teachers)))


def batches(
    data: Dataset,
    made: Dataset,
    teachers: list,
    near: np.ndarray,
    rng: np.random.Generator,
    masked: float,
    spliced: float,
    exchanged: float,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """(ids, targets) of one pass over `data`; other batches are strewn in, `spliced` and `exchanged` to one of its own."""
    sentences = [row for row in data.spellings[0] if len(row) >= 10]
    extra = epoch(made, rng, 0)
    every = max(1, int(data.share.sum() / max(1, made.share.sum())))
    for i, (ids, indices) in enumerate(epoch(data, rng, masked)):
        yield ids, torch.from_numpy(data.positive[indices])
        some = [splice(sentences, rng) for _ in range(TOKENS // 24)] if rng.random() < spliced else []
        picked = rng.integers(len(sentences), size=TOKENS // 24) if rng.random() < exchanged else []
        others = [changed(sentences[k], near, rng) for k in picked]
        for rows in (some, others):
            if rows:
                ids = pad(rows).to(DEVICE)
                yield hidden(ids, rng, masked), judged(teachers, ids)
        if i % every == 0 and (batch := next(extra, None)):
            yield hidden(batch[0], rng, masked / 3), torch.from_numpy(made.positive[batch[1]])
