"""Targets for the second stage: the labels softened by naive Bayes, and spliced sentences judged by two teachers.

The first network and naive Bayes are right more often together than either is alone. Spliced sentences (a span of one,
a span of another) carry no label, so there the two teachers' word is all the target.
"""

import random

import numpy as np

from classifier.data import Example, natural
from classifier.ngrams import NaiveBayes
from classifier.train import margins

SPLICED = 16_000
BAYES_SCALE = 0.4  # brings the log odds of naive Bayes to the network's scale, and a half more
GOLD = 0.7  # share of the label in the target of a labelled text


def splice(examples: list[Example], count: int, seed: int = 0) -> list[str]:
    """Texts that join spans of 4 to 10 words of two review sentences."""
    rng = random.Random(seed)
    sentences = [e.text.split() for e in examples if e.source != "pros_cons"]
    sentences = [words for words in sentences if len(words) >= 8]

    def span() -> list[str]:
        words = rng.choice(sentences)
        length = rng.randint(4, min(10, len(words)))
        start = rng.randint(0, len(words) - length)
        return words[start : start + length]

    return [" ".join(span() + span()) for _ in range(count)]


def _probability(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-log_odds))


def soften(examples: list[Example], teacher, tokenizer) -> list[Example]:
    """The examples with softened targets, followed by the spliced ones."""
    bayes = NaiveBayes(examples)

    def log_odds(texts: list[str]) -> np.ndarray:
        return BAYES_SCALE * np.array([bayes(text) for text in texts])

    said = _probability(log_odds([e.text for e in examples]))
    labelled = [Example(e.text, float(GOLD * e.positive + (1 - GOLD) * p), e.source) for e, p in zip(examples, said)]
    texts = splice(examples, SPLICED)
    rows = tokenizer([natural(text) for text in texts], truncation=True, max_length=64)["input_ids"]
    said = _probability((margins(teacher, rows) + log_odds(texts)) / 2)
    return labelled + [Example(text, float(p), "spliced") for text, p in zip(texts, said)]
