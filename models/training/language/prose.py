"""Running text: children's stories, and a little of older books. One story in twenty is kept for judging."""

import re
from functools import cache

from places import read_archive

HELD_OUT = 20


def _story(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not re.match(r"#|\*|!\[|License|\[", line)]
    text = re.sub(r"\s+", " ", " ".join(kept))
    for old, new in (("“", '"'), ("”", '"'), ("’", "'"), ("‘", "'"), ("…", "..."), ("–", "-"), ("—", "-")):
        text = text.replace(old, new)
    return text


@cache
def stories() -> tuple[list[str], list[str]]:
    """(training stories, held-out stories), each as one line."""
    files = read_archive("stories.tar.gz")
    texts = [_story(files[name]) for name in sorted(files) if name.endswith(".md")]
    texts = [text for text in texts if len(text) > 200]
    return [t for i, t in enumerate(texts) if i % HELD_OUT], texts[::HELD_OUT]


@cache
def books() -> list[str]:
    """Plays, Genesis and speeches, each file as one line."""
    texts = []
    for archive, pick in (("shakespeare.zip", ".xml"), ("genesis.zip", "english-"), ("inaugural.zip", "-")):
        for name, text in sorted(read_archive(archive).items()):
            if pick in name:
                texts.append(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip())
    return texts
