"""The words that made sentences are made of. Each is one token of the vocabulary (with its leading space)."""

WOMEN = (
    "Mary Anna Emma Sarah Lucy Alice Jane Kate Laura Lisa Susan Helen Ruth Rose Grace Clara Julia Nina Maria Amy Ella "
    "Linda Karen Nancy Betty Carol Diana Rachel Rebecca Emily Sophie Olivia Hannah Claire Martha Eva Ida Nora Vera "
    "Irene Amina Fatima Leila Priya Meena Zola Thandi Aisha Ingrid Elena"
).split()
MEN = (
    "John James Peter Paul Mark Tom Jack Henry George David Daniel Michael Robert William Thomas Charles Frank "
    "Fred Sam Ben Max Leo Adam Simon Martin Victor Oscar Louis Arthur Walter Albert Edward Kevin Brian Steve Eric "
    "Alex Andrew Luke Noah Omar Ali Ravi Kofi Themba Juan Carlos Ivan Hans Pierre"
).split()
PLACES = (
    "store shop market school park garden beach river station library museum office kitchen house farm village forest "
    "hospital hotel restaurant cafe theatre church field lake bridge harbour bakery bank gym zoo airport castle party "
    "playground factory"
).split()
OBJECTS = (
    "drink book ball ring letter cake key flower basket bottle picture pen cup hat apple lamp bag box card coin gift "
    "kite knife map necklace shirt spoon stick stone ticket toy watch banana bone camera candle chair computer drum "
    "guitar present sandwich snack"
).split()
# (singular, plural) of people and things; the last group is irregular
NOUNS = tuple(
    (word, word + "s")
    for word in (
        "boy girl doctor teacher farmer student friend king queen brother sister mother father uncle neighbour driver "
        "writer singer soldier painter actor dog cat bird horse cow goat lion monkey rabbit elephant frog"
    ).split()
) + (("man", "men"), ("woman", "women"), ("child", "children"))
THINGS = tuple(
    (word, word + "s")
    for word in (
        "book letter picture table chair door window tree flower car boat house bottle basket cup shoe coat song story "
        "road ship lamp plate clock bell drum key gift wheel cloud hill river garden"
    ).split()
) + (("knife", "knives"), ("leaf", "leaves"), ("box", "boxes"), ("bus", "buses"), ("berry", "berries"))
# third person singular, plural
VERBS = tuple(
    (word + "s", word)
    for word in (
        "run sleep eat sing play work walk talk laugh smile jump swim read wait stand sit look dream cook listen"
    ).split()
)
# transitive: third person singular, plural, past
ACTS = (
    ("likes", "like", "liked"),
    ("sees", "see", "saw"),
    ("helps", "help", "helped"),
    ("knows", "know", "knew"),
    ("loves", "love", "loved"),
    ("hears", "hear", "heard"),
    ("finds", "find", "found"),
    ("follows", "follow", "followed"),
    ("visits", "visit", "visited"),
    ("thanks", "thank", "thanked"),
    ("admires", "admire", "admired"),
    ("calls", "call", "called"),
)
ADJECTIVES = (
    "old young tall small big happy sad tired hungry kind brave clever quiet strong new little angry busy".split()
)
THING_ADJECTIVES = "old new big small heavy blue red green clean broken beautiful expensive wet empty".split()
NUMBERS = "two three four five six seven eight nine ten many several few".split()
NEAR = ("near", "behind", "beside", "with", "next to", "in front of", "opposite")


def all_words() -> list[str]:
    """Every word above, once."""
    flat = [*WOMEN, *MEN, *PLACES, *OBJECTS, *ADJECTIVES, *THING_ADJECTIVES, *NUMBERS]
    for group in (*NOUNS, *THINGS, *VERBS, *ACTS):
        flat += group
    return sorted(set(flat) | {word for phrase in NEAR for word in phrase.split()})
