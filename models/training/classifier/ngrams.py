"""A naive Bayes classifier on words and word pairs: weak on its own, but wrong in other places than a transformer."""

import math
import re
from collections import Counter

from classifier.data import Example, spaced

SMOOTHING = 3.0
SHARES = {"sst": 1.0, "polarity": 3.0, "pros_cons": 0.3}


def features(text: str) -> set[str]:
    """The words and the pairs of neighbouring words."""
    words = re.findall(r"[a-z0-9]+|n't|'\w+|[!?]", spaced(text))
    return set(words) | {f"{a} {b}" for a, b in zip(words, words[1:])}


class NaiveBayes:
    """Log odds of POSITIVE by summed log ratios of the features."""

    def __init__(self, examples: list[Example]):
        positive: Counter[str] = Counter()
        negative: Counter[str] = Counter()
        for example in examples:
            share = SHARES[example.source]
            for feature in features(example.text):
                positive[feature] += share * example.positive
                negative[feature] += share * (1 - example.positive)
        size = SMOOTHING * len(positive)
        constant = math.log((negative.total() + size) / (positive.total() + size))
        self.ratios = {
            f: math.log((positive[f] + SMOOTHING) / (negative[f] + SMOOTHING)) + constant for f in positive
        }

    def __call__(self, text: str) -> float:
        return sum(self.ratios.get(f, 0.0) for f in features(text))
