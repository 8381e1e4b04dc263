"""Trains the byte-level BPE vocabulary and writes it in the hub's layout."""

import random
import re

from tokenizers import ByteLevelBPETokenizer
from transformers import GPT2TokenizerFast

from language import facts, grammar, indirect, prose, words
from places import WORK

VOCABULARY = 4000
CONTEXT = 256
END = "<|endoftext|>"  # id 0
FOLDER = WORK / "language-tokenizer"


def load() -> GPT2TokenizerFast:
    """The tokenizer as it ships."""
    return GPT2TokenizerFast.from_pretrained(FOLDER)


def whole_words() -> list[str]:
    """The words that must be one token: names, things, places of facts."""
    table = facts.capitals() | facts.landmarks()
    places = {w for pair in table.items() for text in pair for w in re.findall(r"[A-Za-z]+", text)}
    return sorted(set(words.all_words()) | places)


def countries() -> list[str]:
    """What has a capital and is called by one word; sentences start with it too."""
    return [s for s in facts.capitals() if s.isalpha()]


def main() -> None:
    """Trains on the stories, on made sentences, and on the words that must be whole."""
    rng = random.Random(0)
    texts = prose.stories()[0] + [text[: len(text) // 4] for text in prose.books()]
    texts += [" ".join(grammar.draw(rng, judging=False).before for _ in range(2000))]
    wordings = [w for group in (facts.CAPITALS_TAUGHT, facts.CAPITALS_BACK, facts.LANDMARKS_TAUGHT) for w in group]
    texts += [re.sub(r"\{\w\}", "", w) for w in (*wordings, *indirect.TEMPLATES)] * 100
    texts += ["".join(f" {w}" for w in whole_words() for _ in range(400))]
    texts += ["\n".join(w for w in (*indirect.NAMES, *countries()) for _ in range(400))]
    trainer = ByteLevelBPETokenizer()
    trainer.train_from_iterator(
        texts, vocab_size=VOCABULARY, min_frequency=2, special_tokens=[END], show_progress=False
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    trainer.save_model(str(FOLDER))
    tokenizer = GPT2TokenizerFast(
        vocab_file=str(FOLDER / "vocab.json"), merges_file=str(FOLDER / "merges.txt"), model_max_length=CONTEXT
    )
    tokenizer.save_pretrained(FOLDER)
    split = [w for w in whole_words() if len(tokenizer.tokenize(f" {w}")) > 1]
    print(f"{len(tokenizer)} tokens; of {len(whole_words())} words not whole: {split}")


if __name__ == "__main__":
    main()
