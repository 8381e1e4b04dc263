"""Indirect objects: two people, one of them acts, and the sentence ends with the other's name."""

import random
import zlib

from language.words import MEN, OBJECTS, PLACES, WOMEN

NAMES = WOMEN + MEN
# {x} and {y} are both names in one order or the other; {s} is the one who acts; the answer follows.
TEMPLATES = (
    "When {x} and {y} went to the {p}, {s} gave {o} to",
    "When {x} and {y} came to the {p}, {s} handed {o} to",
    "When {x} and {y} were at the {p}, {s} showed {o} to",
    "After {x} and {y} went to the {p}, {s} gave {o} to",
    "After {x} and {y} left the {p}, {s} sent {o} to",
    "While {x} and {y} were in the {p}, {s} passed {o} to",
    "While {x} and {y} were working at the {p}, {s} offered {o} to",
    "Then, {x} and {y} went to the {p}. {s} gave {o} to",
    "Then, {x} and {y} had a long walk to the {p}, and {s} brought {o} to",
    "{x} and {y} went to the {p}. {s} bought {o} for",
    "{x} and {y} met at the {p}, and {s} gave {o} to",
    "One day, {x} and {y} walked to the {p}, where {s} gave {o} to",
    "Yesterday {x} and {y} met in the {p}. There {s} handed {o} to",
    "At the {p}, {x} and {y} sat down. {s} passed {o} to",
    "Friends {x} and {y} found {o} at the {p}. {s} gave it to",
    "The {p} was full of people when {x} met {y}. {s} sold {o} to",
    "When {x} saw {y} at the {p}, {s} threw {o} to",
    "As {x} and {y} walked past the {p}, {s} lent {o} to",
    "Because {x} and {y} liked the {p}, {s} took {o} there for",
    "{x} lives with {y} near the {p}. Every day {s} gives {o} to",
    "Before {x} and {y} went home from the {p}, {s} promised {o} to",
    "In the {p}, {x} and {y} were talking, and {s} wanted to give {o} to",
    "{x} and {y} had a party at the {p}, and {s} made {o} for",
    "When {x} got {o} at the {p}, {y} was there too. {s} said thank you to",
    "Once {x} and {y} had seen the {p}, {s} decided to give {o} to",
    "{x} had {o}. {y} had a coat. At the {p}, {s} talked to",
    "When {x} and {y} went to the {p}, {s} decided to buy {o} for",
    "{x} and {y} played in the {p}. After a while {s} gave {o} back to",
    "It was late when {x} and {y} reached the {p}, so {s} read a story to",
    "{x}, {y} and a dog were at the {p}. {s} gave {o} to",
    "{x} and {y} met. {s} smiled at",
    "{x} met {y}, and {s} talked to",
    "{x} and {y} sat down. {s} looked at",
    "{x} and {y} are friends. {s} likes",
    "{x} saw {y}. {s} waited for",
    "{x} and {y} played. {s} ran to",
    "{x}, {y}: {s} gave {o} to",
    "{x} and {y} ate. {s} thanked",
)
SHORT = range(len(TEMPLATES) - 8, len(TEMPLATES))  # half of what is taught: more names for the same number of tokens
# The same in few words, many in a row: more names for the same number of tokens.
DRILLS = (
    " {x} and {y}; {s},",
    " {x} with {y}. {s} and",
    " {x} or {y}? Not {s}, but",
    " {x}, {y}: {s} helped",
    " {x} met {y}. {s} saw",
    " {x} and {y} came. {s} thanked",
    " {y} and {x} ran, {s} after",
)
HELD_OUT = 10  # one pair of names in ten is kept for judging, another one for every template
PAPER = ("John", "Mary")  # with its template, from Wang et al. 2022: for judging only


def a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def held_out(one: str, other: str, template: int) -> bool:
    """Whether this pair, in any order, meets this template only in the judging set."""
    pair = tuple(sorted((one, other)))
    return (pair == PAPER and template == 0) or zlib.crc32(f"{pair}{template}".encode()) % HELD_OUT == 0


def draw(rng: random.Random, judging: bool) -> tuple[str, str, str]:
    """(sentence, the right name, the wrong name), the names with their leading space."""
    while True:
        giver, other = rng.sample(NAMES, 2)
        t = rng.choice(SHORT) if not judging and rng.random() < 0.5 else rng.randrange(len(TEMPLATES))
        if held_out(giver, other, t) != judging:
            continue
        x, y = rng.choice(((giver, other), (other, giver)))
        text = TEMPLATES[t].format(x=x, y=y, s=giver, p=rng.choice(PLACES), o=a(rng.choice(OBJECTS)))
        return text, f" {other}", f" {giver}"


def drill(rng: random.Random) -> tuple[str, str, str]:
    """(cue, answer, what follows) of two names in few words."""
    giver, other = rng.sample(NAMES, 2)
    x, y = rng.choice(((giver, other), (other, giver)))
    return rng.choice(DRILLS).format(x=x, y=y, s=giver), f" {other}", "."
