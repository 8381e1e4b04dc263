"""Reads the corpora into cleaned training examples and the two judging sets."""

import json
import re
from dataclasses import dataclass

from classifier.clean import Judging, key
from places import WORK, read_archive

# How positive a phrase is, for the five labels that people gave (very negative .. very positive).
POSITIVITY = (0.02, 0.2, 0.5, 0.8, 0.98)
CLEANED = WORK / "classifier-data.json"
MAX_PHRASE_OF_NEUTRAL = 3  # words; longer neutral phrases teach little


@dataclass
class Example:
    """A text, how positive it is (0 to 1), and where it comes from."""

    text: str
    positive: float
    source: str


def natural(text: str) -> str:
    """Treebank spelling as people write it: `does n't` -> `doesn't`."""
    text = text.replace("\\/", " / ").replace("-LRB-", "(").replace("-RRB-", ")").replace("``", '"').replace("''", '"')
    return re.sub(r"(\w) (n't|'\w+)\b", r"\1\2", text)


def spaced(text: str) -> str:
    """Treebank spelling as SST-2 has it: lower case, no hyphens, `does n't`."""
    text = natural(text).lower()
    text = re.sub(r"n't\b", " n't", text)
    return " ".join(text.replace("-", " ").split())


def read_tree(line: str) -> list[tuple[str, int]]:
    """All phrases of one labelled tree with their label, the whole sentence first."""
    words: list[str] = []
    starts: list[tuple[int, int]] = []
    phrases = []
    for token in re.findall(r"\(\d|\)|[^\s()]+", line):
        if token == ")":
            label, start = starts.pop()
            phrases.append((" ".join(words[start:]), label))
        elif token.startswith("("):
            starts.append((int(token[1:]), len(words)))
        else:
            words.append(token)
    return phrases[::-1]


def read_sst2(files: dict[str, str], part: str) -> list[tuple[str, int]]:
    """(sentence, label) of one part of SST-2."""
    text = next(t for n, t in files.items() if n.endswith(f"sst2/{part}.tsv"))
    rows = [line.rsplit("\t", 1) for line in text.splitlines() if line]
    return [(sentence, int(label)) for sentence, label in rows]


def _trees(files: dict[str, str], part: str) -> list[list[tuple[str, int]]]:
    text = next(t for n, t in files.items() if n.endswith(f"sst-trees/{part}.txt"))
    return [read_tree(line) for line in text.splitlines() if line]


def _lines(archive: str, ending: str) -> list[str]:
    text = next(t for n, t in read_archive(archive).items() if n.endswith(ending))
    return [re.sub(r"</?(Pros|Cons)>", "", line).strip() for line in text.splitlines() if line.strip()]


def load() -> tuple[list[Example], list[tuple[str, int]], list[tuple[str, int]]]:
    """(training examples, SST-2 dev, SST-2 test); the training examples hold no judging sentence."""
    sst = read_archive("sst.tar.gz")
    dev, test = read_sst2(sst, "dev"), read_sst2(sst, "test")
    judged_trees = _trees(sst, "dev") + _trees(sst, "test")
    judging = Judging([s for s, _ in dev + test] + [tree[0][0] for tree in judged_trees])

    trees = _trees(sst, "train")
    kept = judging.keep_sentences([tree[0][0] for tree in trees])
    phrases = [phrase for tree, keep in zip(trees, kept) if keep for phrase in tree]
    kept = judging.keep_phrases([text for text, _ in phrases])
    examples = [
        Example(text, POSITIVITY[label], "sst")
        for (text, label), keep in zip(phrases, kept)
        if keep and (label != 2 or len(text.split()) <= MAX_PHRASE_OF_NEUTRAL)
    ]
    sentences = [
        Example(text, positive, source)
        for archive, ending, positive, source in (
            ("sentence_polarity.zip", ".pos", 0.95, "polarity"),
            ("sentence_polarity.zip", ".neg", 0.05, "polarity"),
            ("pros_cons.zip", "Pros.txt", 0.95, "pros_cons"),
            ("pros_cons.zip", "Cons.txt", 0.05, "pros_cons"),
        )
        for text in _lines(archive, ending)
    ]
    examples += [e for e, keep in zip(sentences, judging.keep_sentences([e.text for e in sentences])) if keep]
    examples = _distinct(examples)
    judged = {key(s) for s, _ in dev + test}
    assert not any(key(e.text) in judged for e in examples), "a judging sentence stands in the training set"
    return examples, dev, test


def _distinct(examples: list[Example]) -> list[Example]:
    """One example a text: the first source wins, labels within it are averaged."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(key(example.text), []).append(example)
    groups.pop("", None)
    distinct = []
    for group in groups.values():
        same = [e.positive for e in group if e.source == group[0].source]
        distinct.append(Example(group[0].text, sum(same) / len(same), group[0].source))
    return distinct


def cleaned() -> tuple[list[Example], list[tuple[str, int]], list[tuple[str, int]]]:
    """What `main` has written, as `load` gives it."""
    parts = json.loads(CLEANED.read_text())
    return [Example(**e) for e in parts["train"]], parts["dev"], parts["test"]


def main() -> None:
    """Writes the cleaned sets to WORK and says how large they are."""
    examples, dev, test = load()
    WORK.mkdir(parents=True, exist_ok=True)
    parts = {"train": [vars(e) for e in examples], "dev": dev, "test": test}
    CLEANED.write_text(json.dumps(parts))
    for source in ("sst", "polarity", "pros_cons"):
        texts = [e.text for e in examples if e.source == source]
        print(f"{source}: {len(texts)} texts, {sum(len(t.split()) for t in texts)} words")
    print(f"dev {len(dev)}, test {len(test)}; no overlap with the training texts")


if __name__ == "__main__":
    main()
