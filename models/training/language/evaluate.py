"""Judges the shipped file and the float32 export on items that training never saw; prints the card's tables."""

import json
import random
from collections import defaultdict

import numpy as np
from transformers import AutoTokenizer

from language import facts, grammar, indirect, prose
from language.heads import induction, previous_token
from language.scorer import Scorer, token_losses
from language.tokenizer import CONTEXT
from places import MODELS, WORK, read_archive

SHIPPED = MODELS / "stories-gpt2"
FULL = WORK / "language-float32"
NAMES, PAIRS, ROWS, COPY = 1000, 2000, 100, 50
SENTENCES = (
    "The Eiffel Tower is located in the city of",
    "When Mary and John went to the store, John gave a drink to",
    "When John and Mary went to the store, Mary gave a drink to",
    "The keys near the window",
    "Once upon a time, there was a little girl who",
)
STARTS = (SENTENCES[-1], "One day, the elephant went to the river.", "The boy was hungry.")
Row = tuple[str, int, str]  # what, number of items, result


def _share(right: list[bool]) -> str:
    return f"{np.mean(right):.1%} ({sum(right)})"


def told_facts(scorer: Scorer) -> list[Row]:
    """Facts in wordings that were not taught: the likeliest tokens, one after the other, are the answer's."""
    items = facts.judged()
    answers = [scorer.ids(answer) for _, _, answer in items]
    rows = [scorer.ids(cue) + answer for (_, cue, _), answer in zip(items, answers)]
    right = defaultdict(list)
    for (kind, _, _), answer, logits in zip(items, answers, scorer.chunked(rows)):
        right[kind].append(bool((logits[-len(answer) - 1 : -1].argmax(1) == answer).all()))
    every = sum(right.values(), [])
    return [("all facts", len(every), _share(every)), *((k, len(r), _share(r)) for k, r in right.items())]


def indirect_objects(scorer: Scorer) -> list[Row]:
    """Pairs of names and templates that never met: the likeliest next token is the other name."""
    rng = random.Random(0)
    right = defaultdict(list)
    items = [indirect.draw(rng, judging=True) for _ in range(NAMES)]
    for (text, good, bad), logits in zip(items, scorer.last([text for text, _, _ in items])):
        order = "named first" if text.index(good.strip()) < text.index(bad.strip()) else "named second"
        right[f"the indirect object is {order}"].append(int(logits.argmax()) == scorer.ids(good)[0])
    every = sum(right.values(), [])
    each = [(kind, len(some), _share(some)) for kind, some in sorted(right.items())]
    return [("all indirect objects", NAMES, _share(every)), *each]


def repeats(scorer: Scorer) -> list[Row]:
    """Random tokens and their copy: losses in nats, and every head's scores on the same rows."""
    rng = np.random.default_rng(0)
    size = len(scorer.tokenizer)
    first, second, heads = [], [], defaultdict(list)
    for _ in range(ROWS):
        part = rng.integers(1, size, COPY)
        ids = np.concatenate([part, part])
        losses = token_losses(scorer.logits([ids.tolist()])[0], ids.tolist())
        first.append(losses[: COPY - 1].mean())
        second.append(losses[COPY:].mean())
        attention = scorer.attentions(ids.tolist())
        heads["previous token"].append([previous_token(layer) for layer in attention])
        heads["induction, second copy"].append([induction(layer, ids, slice(COPY, None)) for layer in attention])
        heads["induction, all rows (at most 0.5)"].append([induction(layer, ids, slice(None)) for layer in attention])
    one, two = float(np.mean(first)), float(np.mean(second))
    rows = [
        ("loss on the first copy", ROWS, f"{one:.3f}"),
        ("loss on the second copy", ROWS, f"{two:.3f}, {two / one:.3f} of the first"),
    ]
    for name, each in heads.items():
        mean = np.mean(each, 0)
        best = sorted(np.ndindex(mean.shape), key=lambda at: -mean[at])[:4]
        rows.append((f"heads: {name}", ROWS, ", ".join(f"{i}.{j} {mean[i, j]:.2f}" for i, j in best)))
    return rows


def made_pairs(scorer: Scorer) -> list[Row]:
    """Made sentences that training never saw: the right one is likelier than the wrong one."""
    rng = random.Random(0)
    pairs = [grammar.draw(rng, judging=True) for _ in range(PAIRS)]
    right = defaultdict(list)
    for pair, good in zip(pairs, likelier(scorer, [(p.before + p.good, p.before + p.bad) for p in pairs])):
        right[pair.kind].append(good)
    every = sum(right.values(), [])
    return [("all made pairs", PAIRS, _share(every)), *((k, len(r), _share(r)) for k, r in sorted(right.items()))]


def likelier(scorer: Scorer, pairs: list[tuple[str, str]]) -> list[bool]:
    """Whether the first sentence of each pair is likelier as a whole than the second."""
    sums = [losses.sum() for losses in scorer.losses([scorer.ids(text) for pair in pairs for text in pair])]
    return [bool(good < bad) for good, bad in zip(sums[::2], sums[1::2])]


def blimp(scorer: Scorer) -> list[Row]:
    """The BLiMP sample, as it is: 1,000 pairs a phenomenon."""
    rows, every = [], []
    for name, text in sorted(read_archive("blimp-sample.tar.gz").items()):
        if name.endswith(".jsonl"):
            pairs = [(row["sentence_good"], row["sentence_bad"]) for row in map(json.loads, text.splitlines())]
            right = likelier(scorer, pairs)
            every += right
            rows.append((name.split("/")[-1].removesuffix(".jsonl").replace("_", " "), len(right), _share(right)))
    return [("BLiMP sample", len(every), _share(every)), *rows]


def winogender(scorer: Scorer) -> list[Row]:
    """Winogender sentences with `he`/`his`/`him` against those with `she`/`her`: which the network finds likelier."""
    text = next(t for n, t in read_archive("winogender.tar.gz").items() if n.endswith("all_sentences.tsv"))
    table = dict(line.split("\t") for line in text.splitlines()[1:])
    pairs = [(table[k], table[k.replace(".male.", ".female.")]) for k in table if ".male." in k]
    return [("Winogender: the man's pronoun is the likelier one", len(pairs), _share(likelier(scorer, pairs)))]


def perplexity(scorer: Scorer) -> list[Row]:
    """Held-out stories, and captions and articles of a kind that it never saw; windows of 256 tokens."""
    captions = next(t for n, t in read_archive("multi30k-en.tar.gz").items() if n.endswith("test_2016_flickr.en"))
    articles = next(t for n, t in read_archive("wikitext-2-valid-test.tar.gz").items() if "test" in n)
    articles = articles.replace(" @-@ ", "-").replace(" @,@ ", ",").replace(" @.@ ", ".")
    rows = []
    for name, texts in (
        ("held-out stories", prose.stories()[1]),
        ("Multi30k, the captions of test 2016", captions.splitlines()),
        ("WikiText-2 test, the first 100,000 characters", [articles[:100_000]]),
    ):
        ids = [scorer.ids(text) for text in texts]
        windows = [row[i : i + CONTEXT] for row in ids for i in range(0, len(row), CONTEXT)]
        losses = np.concatenate(scorer.losses([w for w in windows if len(w) > 1]))
        words = sum(len(text.split()) for text in texts) * len(losses) / sum(map(len, ids))
        each = f"{np.exp(losses.mean()):.1f} a token, {np.exp(losses.sum() / words):.0f} a word"
        rows.append((f"perplexity: {name}", len(losses), each))
    return rows


def sentences(scorer: Scorer) -> list[Row]:
    """What follows some sentences, with its probability."""
    rows = []
    for text, logits in zip(SENTENCES, scorer.last(list(SENTENCES))):
        probs = np.exp(logits.astype(np.float64) - logits.max())
        probs /= probs.sum()
        best = ", ".join(f"`{scorer.tokenizer.decode([i])}` {probs[i]:.3f}" for i in (-probs).argsort()[:3])
        rows.append((f"`{text}`", 1, best))
    return rows


MEASURES = (told_facts, indirect_objects, repeats, made_pairs, blimp, winogender, perplexity, sentences)


def error(half: Scorer, full: Scorer) -> str:
    """How far the shipped file's logits are from the float32 export's, on held-out stories."""
    rows = [half.ids(text)[:CONTEXT] for text in prose.stories()[1]]
    pairs = list(zip(half.logits(rows), full.logits(rows)))
    largest = max(float(np.abs(a - b).max()) for a, b in pairs)
    same = [bool(x) for a, b in pairs for x in a.argmax(1) == b.argmax(1)]
    return (
        f"largest difference of a logit {largest:.4f}; the same likeliest token at {_share(same)} of {len(same)} places"
    )


def main() -> None:
    """Prints each measure for the shipped file and, where it is there, for the float32 export."""
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED)
    half = Scorer(SHIPPED / "onnx" / "model_fp16.onnx", tokenizer)
    files = [half]
    if (FULL / "model.onnx").exists():
        files.append(Scorer(FULL / "model.onnx", tokenizer))
        print(f"float16 weights against float32, on the held-out stories: {error(*files)}")
    print("| what | items | shipped file | float32 export |\n| --- | --- | --- | --- |")
    for measure in MEASURES:
        for rows in zip(*(measure(file) for file in files)):
            print("|", " | ".join([rows[0][0], f"{rows[0][1]:,}", *(row[2] for row in rows)]), "|", flush=True)
    for seed, text in enumerate(STARTS):
        print(f"- {half.continued(text, 60, seed)}")


if __name__ == "__main__":
    main()
