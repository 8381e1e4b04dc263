"""Prints prompts that training never saw, for `npm run study`: a line each, with its answer behind a tab where it has one.

`python -m language.prompts > prompts.tsv`: facts in wordings that were not taught, names in templates that they never met,
sentences that end before the word that has to agree, and beginnings of stories that were kept out; as many of each.
"""

import random

from transformers import AutoTokenizer

from language import facts, grammar, indirect, prose
from places import MODELS

EACH = 30  # prompts of a kind
STORY = (8, 14)  # words of a story's beginning
AGREE = ("agreement", "agreement with a distractor", "pronoun")


def told(rng: random.Random, kind: str) -> list[tuple[str, str]]:
    """(cue, answer) of facts of one kind."""
    return [(cue, answer) for _, cue, answer in rng.sample([f for f in facts.judged() if f[0] == kind], EACH)]


def agreeing(rng: random.Random) -> list[str]:
    """Made sentences of the judging set, up to the word that agrees; more than one word may be right."""
    found: dict[str, None] = {}
    while len(found) < EACH:
        pair = grammar.draw(rng, judging=True)
        if pair.kind in AGREE:
            found[pair.before] = None
    return list(found)


def beginnings(rng: random.Random) -> list[str]:
    """The first words of stories that were kept for judging, each story once."""
    stories = prose.stories()[1]
    texts = [" ".join(text.split()[: rng.randint(*STORY)]) for text in rng.sample(stories, min(EACH, len(stories)))]
    return [text for text in texts if "\t" not in text]


def prompts(seed: int = 0) -> list[tuple[str, str | None]]:
    """(prompt, answer with its leading space), in the order of kinds."""
    rng = random.Random(seed)
    named = [indirect.draw(rng, judging=True)[:2] for _ in range(EACH)]
    return [
        *told(rng, "capital"),
        *told(rng, "landmark"),
        *named,
        *((text, None) for text in [*agreeing(rng), *beginnings(rng)]),
    ]


def main() -> None:
    """An answer of several tokens is given by its first: that is what comes next."""
    tokenizer = AutoTokenizer.from_pretrained(MODELS / "stories-gpt2")
    for text, answer in prompts():
        first = answer and tokenizer.decode(tokenizer(answer)["input_ids"][:1])
        print(text if answer is None else f"{text}\t{first}")


if __name__ == "__main__":
    main()
