"""Made sentences in which one word has to agree, and the word it must not be."""

import random
import zlib
from dataclasses import dataclass

from language.words import (
    ACTS, ADJECTIVES, MEN, NEAR, NOUNS, NUMBERS, OBJECTS, PLACES, THING_ADJECTIVES, THINGS, VERBS, WOMEN,
)  # fmt: skip

HELD_OUT = 10  # one sentence in ten, by the words that decide it, is for judging only
BE = ((" is", " are"), (" was", " were"), (" has", " have"))


@dataclass
class Pair:
    """`before` + `good` + `after` is right, `before` + `bad` + `after` is wrong."""

    kind: str
    before: str
    good: str
    bad: str
    after: str = ""

    @property
    def held_out(self) -> bool:
        return zlib.crc32(f"{self.before}|{self.good}".encode()) % HELD_OUT == 0


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _noun(rng: random.Random, table, adjectives, many: int) -> str:
    adjective = f"{rng.choice(adjectives)} " if rng.random() < 0.3 else ""
    return f"the {adjective}{rng.choice(table)[many]}"


def _subject(rng: random.Random, many: int) -> tuple[str, bool]:
    """A noun phrase, and whether it can act."""
    person = rng.random() < 0.6
    return (_noun(rng, NOUNS, ADJECTIVES, many) if person else _noun(rng, THINGS, THING_ADJECTIVES, many)), person


def _predicate(rng: random.Random, many: int, person: bool) -> tuple[str, str, str]:
    """(good, bad, after)."""
    if person and rng.random() < 0.5:
        verb = rng.choice(VERBS)
        return f" {verb[many]}", f" {verb[1 - many]}", ""
    if person and rng.random() < 0.3:
        act = rng.choice(ACTS)
        return f" {act[many]}", f" {act[1 - many]}", f" {_noun(rng, NOUNS, ADJECTIVES, rng.randrange(2))}"
    be = rng.choice(BE[:2])
    return be[many], be[1 - many], f" {rng.choice(ADJECTIVES if person else THING_ADJECTIVES)}"


def agreement(rng: random.Random) -> Pair:
    """A verb and its subject, side by side."""
    many = rng.randrange(2)
    subject, person = _subject(rng, many)
    return Pair("agreement", _capital(subject), *_predicate(rng, many, person))


def distracted(rng: random.Random) -> Pair:
    """A verb and its subject, with a noun of the other number between them."""
    many = rng.randrange(2)
    subject, person = _subject(rng, many)
    other = (1 - many) if rng.random() < 0.75 else many
    form = rng.randrange(4)
    if form == 0 or not person:
        between = f" {rng.choice(NEAR)} {_subject(rng, other)[0]}"
    elif form == 1:
        between = f" {rng.choice(('that', 'who'))} {rng.choice(ACTS)[many]} {_noun(rng, NOUNS, ADJECTIVES, other)}"
    elif form == 2:
        between = f" that {_noun(rng, NOUNS, ADJECTIVES, other)} {rng.choice(ACTS)[other]}"
    else:
        between = f" {rng.choice(NEAR)} {_subject(rng, other)[0]} in the {rng.choice(PLACES)}"
    return Pair("agreement with a distractor", _capital(subject) + between, *_predicate(rng, many, person))


def reflexive(rng: random.Random) -> Pair:
    """A reflexive pronoun and the name or noun that it stands for."""
    verb = rng.choice((*(act[2] for act in ACTS), "hurt", "washed", "taught", "saw", "asked", "dressed"))
    form = rng.randrange(4)
    if form < 2:
        woman = rng.randrange(2)
        name = rng.choice(WOMEN if woman else MEN)
        other = f" {rng.choice(NEAR)} {_noun(rng, THINGS, THING_ADJECTIVES, rng.randrange(2))}" if form else ""
        good, bad = (" herself", " himself") if woman else (" himself", " herself")
        return Pair("pronoun", f"{name}{other} {verb}", good, bad)
    singular = rng.choice(("the man", "the boy", "the king", "the father", "the brother", "the uncle"))
    female = rng.choice(("the woman", "the girl", "the queen", "the mother", "the sister"))
    if form == 2:
        woman = rng.randrange(2)
        good, bad = (" herself", " himself") if woman else (" himself", " herself")
        return Pair("pronoun", f"{_capital(female if woman else singular)} {verb}", good, bad)
    many = rng.randrange(2)
    subject = _noun(rng, NOUNS[:30], ADJECTIVES, 1) if many else rng.choice((singular, female))
    alone = " himself" if subject == singular else " herself"
    good, bad = (" themselves", rng.choice((" himself", " herself"))) if many else (alone, " themselves")
    return Pair("pronoun", f"{_capital(subject)} {verb}", good, bad)


def possessive(rng: random.Random) -> Pair:
    """A pronoun later in the sentence, and the name that it stands for."""
    woman = rng.randrange(2)
    name = rng.choice(WOMEN if woman else MEN)
    thing = rng.choice(OBJECTS)
    has, he = ((" her", " his"), (" she", " he")) if woman else ((" his", " her"), (" he", " she"))
    before, words = rng.choice(
        (
            (f"{name} lost", has),
            (f"{name} went home with", has),
            (f"{name} lives with", has),
            (f"{name} cleaned", has),
            (f"{name} was tired, so", he),
            (f"{name} says that", he),
            (f"{name} left the {rng.choice(PLACES)} because", he),
            (f"When {name} came to the {rng.choice(PLACES)},", he),
            (f"{name} sat down and ate, and then", he),
            (f"{name} found the {thing} that", he),
        )
    )
    after = f" {thing}" if words is has else rng.choice((" slept", " was happy", " went home", " had lost", " smiled"))
    return Pair("pronoun", before, *words, after)


def plural(rng: random.Random) -> Pair:
    """A noun and the word before it that says how many there are."""
    table, adjectives = rng.choice(((NOUNS, ADJECTIVES), (THINGS, THING_ADJECTIVES)))
    noun, many = rng.choice(table), rng.randrange(2)
    adjective = f" {rng.choice(adjectives)}" if rng.random() < 0.4 else ""
    start = rng.choice(("I can see", "We saw", "There in the garden we met", "She drew", "He looked at", "They know"))
    if many:
        count = rng.choice((*NUMBERS, "these", "those", "all the", "both", "some"))
    else:
        count = rng.choice(("one", "this", "that", "every", "each", "another", "a single"))
    return Pair("plural", f"{start} {count}{adjective}", f" {noun[many]}", f" {noun[1 - many]}")


def there(rng: random.Random) -> Pair:
    """`There is` one, `there are` many; and the noun that follows."""
    noun, many = rng.choice(NOUNS + THINGS), rng.randrange(2)
    be = rng.choice(BE[:2])[many]
    count = rng.choice(NUMBERS) if many else rng.choice(("one", "only one", "another"))
    return Pair("plural", f"There{be} {count}", f" {noun[many]}", f" {noun[1 - many]}", f" in the {rng.choice(PLACES)}")


MAKERS = (agreement, distracted, distracted, reflexive, possessive, plural, there)


def draw(rng: random.Random, judging: bool) -> Pair:
    """A pair of the judging set, or one that is free to be taught."""
    while True:
        pair = rng.choice(MAKERS)(rng)
        if pair.held_out == judging:
            return pair
