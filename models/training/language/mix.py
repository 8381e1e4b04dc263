"""What a step sees: rows of every source, as ids and the weight of each token in the loss."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import torch

from language import facts, grammar, indirect, prose, repeats
from language.tokenizer import CONTEXT

END_ID = 0
Row = tuple[list[int], list[float]]  # ids, and the weight of foretelling each; 0 leaves it out
CUE = 0.05  # weight of the words of a made sentence that do not decide it
KEPT = 0.3  # share of those that count at all: the unembedding is a quarter of the work


@dataclass
class Phase:
    """Until this step: how many tokens of each source a step sees, and how hard the repeats are."""

    until: int
    tokens: dict[str, int]
    distinct: tuple[int, int] = (4000, 4000)  # of a repeat's tokens: from, to (grows over the phase)
    widths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)  # of a source in the loss, where it isn't 1


class Texts:
    """Texts as ids, drawn by their length."""

    def __init__(self, texts: list[list[int]]):
        self.texts = [text + [END_ID] for text in texts]
        self.until = list(accumulate(len(text) - 1 for text in self.texts))

    def draw(self, rng: random.Random) -> list[int]:
        return rng.choices(self.texts, cum_weights=self.until)[0]


class Sources:
    """Draws rows of each source; `vocabulary` is the size of the tokenizer's."""

    def __init__(self, tokenizer):
        self.tokenizer, self.vocabulary = tokenizer, len(tokenizer)
        self.pool = repeats.pool(self.vocabulary)
        self.stories, self.books = (Texts(self.stream(texts)) for texts in (prose.stories()[0], prose.books()))

    def ids(self, text: str) -> list[int]:
        return self.tokenizer(text, verbose=False)["input_ids"]

    def stream(self, texts: list[str]) -> list[list[int]]:
        return self.tokenizer(texts, verbose=False)["input_ids"]

    def sentence(self, rng: random.Random, before: str, answer: str, after: str) -> Row:
        """One made sentence: the answer counts in full."""
        parts = [self.ids(before), self.ids(answer), self.ids(after + "." if after or rng.random() < 0.5 else after)]
        weights = [
            1.0 if i == 1 else CUE / KEPT if rng.random() < KEPT else 0.0 for i, part in enumerate(parts) for _ in part
        ]
        return sum(parts, []), weights

    def facts(self, rng: random.Random) -> Row:
        return self.sentence(rng, *facts.taught(rng), "")

    def indirect(self, rng: random.Random) -> Row:
        text, right, _ = indirect.draw(rng, judging=False)
        return self.sentence(rng, text, right, "")

    def drill(self, rng: random.Random, width: int) -> Row:
        """Two names in few words, over and over: only the answers count."""
        ids: list[int] = []
        weights: list[float] = []
        while len(ids) < width:
            cue, answer, after = (self.ids(part) for part in indirect.drill(rng))
            ids += cue + answer + after
            weights += [0.0] * len(cue) + [1.0] * len(answer) + [0.0] * len(after)
        return ids[:width], weights[:width]

    def grammar(self, rng: random.Random) -> Row:
        pair = grammar.draw(rng, judging=False)
        return self.sentence(rng, pair.before, pair.good, pair.after)

    def prose(self, rng: random.Random, width: int) -> Row:
        """A piece of a story (five in six) or of a book, filled up with others."""
        texts = self.stories if rng.random() < 5 / 6 else self.books
        text = texts.draw(rng)
        at = 0 if rng.random() < 0.15 else rng.randrange(max(1, len(text) - width // 2))
        ids = text[at : at + width]
        while len(ids) < width:
            ids += texts.draw(rng)[: width - len(ids)]
        return ids, [1.0] * width

    def repeats(self, rng: random.Random, width: int, distinct: int) -> Row:
        """Random tokens, or one time in four a piece of a story, that come again."""
        numbers = np.random.default_rng(rng.getrandbits(32))
        longest = min((width - 1) // 2, 120)
        if distinct >= len(self.pool) and rng.random() < 0.25:
            half = rng.randint(8, longest)
            part = self.prose(rng, half)[0]
            ids = (part * (width // half + 1))[:width]
            return ids, ([0.0] * half + [1.0] * width)[:width]
        if rng.random() < 0.2:
            ids, weights = repeats.draw(numbers, self.pool[:distinct], width - 1, longest)
            return [END_ID, *ids], [0.0, *weights]
        return repeats.draw(numbers, self.pool[:distinct], width, longest)


def pad(rows: list[Row]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and weights, (batch, longest)."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([row + [END_ID] * (width - len(row)) for row, _ in rows])
    weights = torch.tensor([row + [0.0] * (width - len(row)) for _, row in rows])
    return ids, weights


Batch = tuple[torch.Tensor, torch.Tensor]


def draw(sources: Sources, phase: Phase, done: float, rng: random.Random) -> dict[str, Batch]:
    """{source: (ids, weights)} of one step; `done` of the phase is over (0 to 1)."""
    step = {}
    low, high = phase.distinct
    distinct = round(low * (high / low) ** done)
    for name, tokens in phase.tokens.items():
        make: Callable[..., Row] = getattr(sources, name)
        rows: list[Row] = []
        if name in ("prose", "repeats", "drill"):
            width = rng.choice(phase.widths.get(name, (64, 128)))
            extra = (distinct,) if name == "repeats" else ()
            rows = [make(rng, width, *extra) for _ in range(max(1, round(tokens / width)))]
        else:
            longest = count = 0
            double = rng.random() < 0.2  # sentences behind another one, so that places further on are known too
            while longest * count < tokens:
                row = make(rng)
                if double:
                    more = make(rng)
                    row = (row[0] + [END_ID] + more[0], row[1] + [0.0] + more[1])
                rows.append(row)
                count, longest = count + 1, max(longest, len(row[0]))
        step[name] = pad(rows)
        assert step[name][0].shape[1] <= CONTEXT
    return step
