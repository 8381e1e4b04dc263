"""Keeps the judging sentences out of every training set.

Sentences are compared by their letters and digits only, because the same sentence is spelled differently in the
sources (spaces, hyphens, accents, quotes).
"""

import re

SENTENCE = 25  # a key of at least this many characters is a sentence rather than a common phrase
RUN = 10  # a run of this many words shared with a judging sentence is a copy of it


def key(text: str) -> str:
    """The ASCII letters and digits of a text, lower case."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _runs(text: str) -> set[str]:
    words = [w for w in (key(word) for word in text.split()) if w]
    return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


class Judging:
    """The sentences that judge the model, and what counts as a copy of one of them."""

    def __init__(self, sentences: list[str]):
        self.keys = {key(s) for s in sentences}
        self.long_keys = sorted(k for k in self.keys if len(k) >= SENTENCE)
        self.blob = "\n".join(sorted(self.keys))
        self.runs = set().union(*(_runs(s) for s in sentences))

    def keep_phrases(self, phrases: list[str]) -> list[bool]:
        """False for phrases that are a judging sentence, or contain a whole one."""
        keys = [key(p) for p in phrases]
        containing = self._containing(keys)
        return [k not in self.keys and i not in containing for i, k in enumerate(keys)]

    def keep_sentences(self, sentences: list[str]) -> list[bool]:
        """As `keep_phrases`; also False for parts of a judging sentence, and for long runs of its words."""
        return [
            keep and not (len(key(s)) >= SENTENCE and key(s) in self.blob) and self.runs.isdisjoint(_runs(s))
            for s, keep in zip(sentences, self.keep_phrases(sentences))
        ]

    def _containing(self, keys: list[str]) -> set[int]:
        blob = "\n".join(keys)
        suspects = [k for k in self.long_keys if k in blob]
        return {i for i, k in enumerate(keys) if any(s in k for s in suspects)}
