"""Made sentences that teach what few reviews show: concession (`good despite a weak script`) and negation.

Adding up the words gets them wrong; which half wins, and what `not` turns around, is all there is to learn.
"""

import random

from classifier.clean import key
from classifier.data import Example

GOOD = (
    "entertaining funny moving charming brilliant clever witty gripping touching beautiful wonderful delightful smart "
    "engaging enjoyable original thrilling absorbing satisfying fresh hilarious lovely great good superb warm powerful "
    "inventive exciting fascinating graceful convincing honest rewarding sweet stylish impressive memorable fun strong"
).split()
BAD = (
    "dull boring weak silly predictable tedious clumsy lame awful bad terrible flat shallow stale slow pointless messy "
    "bland forgettable annoying dreary lifeless tired contrived confusing uneven disappointing ugly stupid hollow "
    "underwritten cliched poor thin sloppy ridiculous painful unfunny ordinary overlong"
).split()
THINGS = (
    "script story plot cast ending premise direction pace soundtrack dialogue performance budget first half opening "
    "villain camera work finale screenplay message middle hero editing"
)
PARTS = tuple(THINGS.replace("first half", "first-half").replace("camera work", "camera-work").split())
FILMS = ("movie", "film", "picture", "comedy", "drama", "thriller", "story", "documentary", "sequel", "remake", "show")
ADVERBS = ("surprisingly", "really", "very", "quite", "truly", "remarkably", "often", "simply", "rather", "", "", "")
HERE = ("The {f}", "This {f}", "It", "The whole {f}", "The plot", "The cast", "Each scene")
PRAISE = (
    "i left smiling", "i loved it", "it won me over", "it works", "i had a great time", "you will enjoy it",
    "the cast makes it worth seeing", "it is a pleasure to watch", "i laughed all the way through",
)  # fmt: skip
BLAME = (
    "i left bored", "i hated it", "it lost me", "it falls flat", "i wanted my money back", "it never works",
    "the jokes fall flat", "it is a waste of time", "i fell asleep",
)  # fmt: skip
WINS, LOSES = 0.92, 0.08
EXAMPLES = (
    "The movie was surprisingly entertaining despite a weak script",
    "Not a single scene is dull.",
    "The plot is underwritten and the jokes fall flat, but the cast is so charming I left smiling.",
)


class Maker:
    """Draws sentences; `phrases` are labelled phrases of reviews, (good, bad)."""

    def __init__(self, phrases: tuple[list[str], list[str]], seed: int):
        self.rng = random.Random(seed)
        self.phrases = phrases

    def is_(self, good: bool) -> str:
        """A clause that is only good or only bad."""
        r = self.rng
        if r.random() < 0.35:
            return r.choice(PRAISE if good else BLAME)
        here = r.choice(HERE).format(f=r.choice(FILMS)).lower()
        more = f" and {r.choice(GOOD if good else BAD)}" if r.random() < 0.2 else ""
        return f"{here} {r.choice(('is', 'was'))} {r.choice(ADVERBS)} {r.choice(GOOD if good else BAD)}{more}"

    def clause(self, good: bool) -> str:
        """A made clause, or a phrase of a review."""
        return self.rng.choice(self.phrases[0 if good else 1]) if self.rng.random() < 0.3 else self.is_(good)

    def noun(self, good: bool) -> str:
        adjective = self.rng.choice(GOOD if good else BAD)
        article = self.rng.choice(("the", "its", "an" if adjective[0] in "aeiou" else "a"))
        return f"{article} {adjective} {self.rng.choice(PARTS).replace('-', ' ')}"

    def plain(self, good: bool) -> str:
        """A sentence without a turn, so that the words keep their own value."""
        verb = self.rng.choice(("has", "comes with", "offers"))
        other = f"the {self.rng.choice(FILMS)} {verb} {self.noun(good)}"
        return self.is_(good) if self.rng.random() < 0.7 else other

    def concession(self, good: bool) -> str:
        """The main clause is `good`, and the other half says the opposite."""
        r, main, other = self.rng, self.clause(good), self.clause(not good)
        return r.choice(
            (
                f"{self.is_(good)} {r.choice(('despite', 'in spite of'))} {self.noun(not good)}",
                f"{r.choice(('despite', 'in spite of'))} {self.noun(not good)} , {self.is_(good)}",
                f"{other} , but {main}",
                f"{self.is_(not good)} and {self.is_(not good)} , but {self.is_(good)}",
                f"{r.choice(('although', 'even though', 'though', 'while'))} {other} , {main}",
                f"{main} {r.choice(('even though', 'although'))} {other}",
                f"{other} , yet {main}",
                f"{other} . still , {main}",
            )
        )

    def negation(self, good: bool) -> str:
        """Words of the one kind that are turned into the other."""
        r, film = self.rng, self.rng.choice(FILMS)
        word, part = r.choice(BAD if good else GOOD), r.choice(PARTS).replace("-", " ")
        return r.choice(
            (
                f"not a single {r.choice(('scene', 'minute', 'moment', 'line', 'joke', 'shot'))} is {word}",
                f"there is not {r.choice(('one', 'a'))} {word} {r.choice(('scene', 'moment', 'line'))} in it",
                f"this {film} {r.choice(('is', 'was'))} n't {word} {r.choice(('', 'at all', 'in any way'))}",
                f"the {part} {r.choice(('is', 'was'))} {r.choice(('never', 'not'))} {word}",
                f"it is {r.choice(('far from', 'anything but', 'never', 'hardly'))} {word}",
                f"nothing about the {film} is {word}",
                f"no one could call this {film} {word}",
                f"{r.choice(('never', 'not'))} {word}" if not good else f"never {word}",
                f"it is never less than {r.choice(GOOD)}" if good else f"it is less than {word}",
                f"i did n't find the {part} {word}",
                f"there is nothing {word} about the {part}",
                f"it lacks {r.choice(('a', 'any'))} {word} {part}" if not good else f"the {part} is anything but {word}",
            )
        )


def made(examples: list[Example], count: int, seed: int = 0) -> list[Example]:
    """Sentences of all kinds, as many good as bad; none of `EXAMPLES` is among them."""
    short = [e for e in examples if e.source == "sst" and 4 <= len(e.text.split()) <= 10]
    phrases = [e.text for e in short if e.positive >= 0.8], [e.text for e in short if e.positive <= 0.2]
    maker = Maker(phrases, seed)
    kept = {key(text) for text in EXAMPLES}
    sentences = []
    for i in range(count):
        good = i % 2 == 0
        text = maker.rng.choices((maker.plain, maker.concession, maker.negation), (7, 8, 5))[0](good)
        text = " ".join(text.split()) + maker.rng.choice((" .", "", ""))
        if key(text) not in kept:
            sentences.append(Example(text, WINS if good else LOSES, "made"))
    return sentences
