"""Facts and their wordings: capitals (from ParaRel) and landmarks (a table here); some wordings only judge."""

import json
import random
import re
from functools import cache

from places import read_archive

LANDMARKS = {
    "Paris": "the Eiffel Tower, the Louvre, Notre-Dame, the Arc de Triomphe, the Moulin Rouge, "
    "the Sorbonne, the Pompidou Centre",
    "London": "Big Ben, Tower Bridge, Buckingham Palace, Trafalgar Square, the British Museum, "
    "Hyde Park, the Globe Theatre, Westminster Abbey",
    "Rome": "the Colosseum, the Pantheon, the Trevi Fountain, the Spanish Steps, the Roman Forum",
    "Berlin": "the Brandenburg Gate, the Reichstag, Checkpoint Charlie, Museum Island, Alexanderplatz",
    "Moscow": "the Kremlin, Red Square, the Bolshoi Theatre, Gorky Park, the Lubyanka",
    "Athens": "the Acropolis, the Parthenon, the Temple of Zeus, the Agora",
    "Barcelona": "the Sagrada Familia, Park Guell, Las Ramblas, Camp Nou",
    "Madrid": "the Prado, the Retiro Park, the Bernabeu",
    "Vienna": "the Schonbrunn Palace, the Hofburg, the Prater, the Belvedere",
    "Prague": "the Charles Bridge, the Astronomical Clock, the Dancing House",
    "Venice": "the Rialto Bridge, the Bridge of Sighs, the Grand Canal",
    "Florence": "the Uffizi Gallery, the Ponte Vecchio, the Pitti Palace",
    "Milan": "La Scala, the San Siro",
    "Amsterdam": "the Rijksmuseum, the Anne Frank House, the Vondelpark",
    "Brussels": "the Atomium, the Manneken Pis",
    "Copenhagen": "the Little Mermaid, Tivoli, Nyhavn",
    "Stockholm": "the Vasa Museum, Gamla Stan",
    "Istanbul": "Hagia Sophia, the Blue Mosque, the Topkapi Palace, the Grand Bazaar",
    "Cairo": "the Tahrir Square, the Egyptian Museum, the Khan el-Khalili",
    "Jerusalem": "the Wailing Wall, the Dome of the Rock",
    "Dubai": "the Burj Khalifa, the Palm Jumeirah",
    "Tokyo": "the Skytree, Shibuya Crossing, the Imperial Palace",
    "Beijing": "the Forbidden City, Tiananmen Square, the Summer Palace",
    "Sydney": "the Opera House, the Harbour Bridge, Bondi Beach",
    "Toronto": "the CN Tower",
    "Chicago": "the Willis Tower, Millennium Park, Wrigley Field",
    "Seattle": "the Space Needle, Pike Place",
    "Boston": "Fenway Park, Faneuil Hall",
    "Philadelphia": "the Liberty Bell, Independence Hall",
    "Washington": "the White House, the Lincoln Memorial, the Pentagon",
    "Edinburgh": "Holyrood Palace, the Royal Mile",
    "Lisbon": "the Belem Tower",
    "Budapest": "the Chain Bridge, the Buda Castle",
    "Singapore": "the Merlion, Marina Bay",
    "Mumbai": "the Gateway of India",
    "Delhi": "the Red Fort, the India Gate, the Lotus Temple",
    "Munich": "the Frauenkirche, the Olympic Stadium",
    "Helsinki": "the Sibelius Monument, the Senate Square",
    "Oslo": "the Vigeland Park",
    "Dublin": "Trinity College, the Ha'penny Bridge, Croke Park",
}
# ParaRel's rows that are historic, ambiguous or no capital of what they name.
NOT_PLAIN = re.compile(
    r"County|Province|Kingdom|Empire|Republic|dynasty|District|Governorate|Region|City|Parish|Borough|Municipality|"
    r"Duchy|Caliphate|caliphate|Eyalet|Raion|Department|Oblast|Voivodeship|Subregion|Union|State|Mandatory|"
    r"Occupied|occupied|occupation|Province|province|Commune|Community|Prefecture|Council|Shire|Commonwealth|"
    r"America|Canton|Regime|Restoration|Germany,|Colony|Confederate|Town|Emirate|Monarchy|East |West |Vichy|Sultanate|"
    r"Administration|Dominion|Federation|Government|Settlements|Indies|Guiana|Rus'|States|Metropol|Subah|shire"
)
REFUSED = set(
    "Akershus Alpes-Maritimes Austria-Hungary Biliran Bohemia Bolton Brandenburg-Prussia Calderdale Carabobo "
    "Centre Czechoslovakia Demerara Dubai Dudley East Flanders Gedling Guimaras Hautes-Alpes Indre-et-Loire Judah "
    "Kabul Karachi Labuan Lakes Larvotto Lazio Leeds Lima Luxembourg Macedonia Miranda Munich Netherlands "
    "Neustria Nord Norfolk Normandy Osona Papua Philippines Punjab Seine Sindh Southwest Stafford Taiwan "
    "Tripolitania Unity Uusimaa West Yugoslavia".split()
) | set(
    "Ba'athist Iraq, Colonial Brazil, Congress Poland, Holy Roman Empire, Kabul Shahi, Khedivate of Egypt, La "
    "Colle, La Condamine, Nazi Germany, North West England, Papal States, Reichskommissariat Moskowien, South "
    "West England, South Yemen, Sovereign Military Order of Malta, Volta Region".split(", ")
)
# Where ParaRel has several: the one in use.
CHOSEN = {
    "England": "London", "Germany": "Berlin", "Tanzania": "Dodoma", "Nigeria": "Abuja", "Indonesia": "Jakarta",
    "Yemen": "Sana'a", "Brazil": "Brasilia", "Israel": "Jerusalem", "Greece": "Athens", "India": "Delhi",
    "Kazakhstan": "Astana", "Turkey": "Ankara",
}  # fmt: skip
MORE = {
    "China": "Beijing",
    "South Africa": "Pretoria",
    "Georgia": "Tbilisi",
    "Iceland": "Reykjavik",
    "Paraguay": "Asuncion",
    "Zambia": "Lusaka",
    "Senegal": "Dakar",
    "Mongolia": "Ulaanbaatar",
    "Bulgaria": "Sofia",
    "Colombia": "Bogota",
    "Malawi": "Lilongwe",
    "Namibia": "Windhoek",
    "Botswana": "Gaborone",
    "North Korea": "Pyongyang",
    "the Netherlands": "Amsterdam",
    "the Philippines": "Manila",
    "the United Kingdom": "London",
    "the United States": "Washington",
    "the Czech Republic": "Prague",
    "New Zealand": "Wellington",
    "New Hampshire": "Concord",
}

# {s} what is asked about, {a} the answer; the answer ends what is trained and judged, so that the cue is before it.
CAPITALS_TAUGHT = (
    "The capital of {s} is {a}", "The capital city of {s} is {a}", "{s}'s capital is {a}", "{s} has its capital in {a}",
    "The government of {s} sits in {a}", "In {s}, the capital is {a}", "The capital of {s} is the city of {a}",
    "If you go to {s}, visit its capital, {a}", "Everyone knows that the capital of {s} is {a}",
    "She flew to the capital of {s}, {a}", "{s} is a place whose capital is called {a}", "{s} is governed from {a}",
    "Question: What is the capital of {s}? Answer: {a}", "{s}, with its capital {a}", "{s}. Capital: {a}",
    "We learned at school that the capital of {s} is {a}", "When in {s}, see the capital, which is {a}",
    "The name of the capital of {s} is {a}", "The seat of government of {s} is {a}",
    "The main city of {s}, its capital, is {a}",
)  # fmt: skip
CAPITALS_JUDGED = (
    "What is the capital of {s}? It is {a}",
    "Today the capital city of {s} is called {a}",
    "My teacher says that the capital of {s} is {a}",
)
CAPITALS_BACK = (
    "{a} is the capital of {s}", "{a} is the capital city of {s}", "The city of {a} is the capital of {s}",
    "{a}, the capital of {s}", "{a} is the seat of government of {s}", "People in {a} live in the capital of {s}",
)  # fmt: skip
LANDMARKS_TAUGHT = (
    "{s} is in {a}", "{s} is located in {a}", "{s} stands in {a}", "{s} can be found in {a}", "You can see {s} in {a}",
    "To see {s}, you have to go to {a}", "{s} is a famous sight in {a}", "{s} is in the city of {a}",
    "The city where {s} stands is {a}", "We visited {s} when we were in {a}", "Tourists see {s} when they come to {a}",
    "{s} is one of the best known places in {a}", "Question: Where is {s}? Answer: in {a}", "{s}, {a}",
    "They took a picture of {s} on their trip to {a}", "{s} lies in {a}", "The home of {s} is the city of {a}",
    "If you want to visit {s}, take a train to {a}", "{s} belongs to the city of {a}", "{s} is located in central {a}",
    "Where can you see {s}? You can see it in {a}", "Where does {s} stand? It stands in {a}",
    "In which city is {s}? It is in {a}", "Do you know {s}? That is in {a}", "Where would I find {s}? In {a}",
)  # fmt: skip
LANDMARKS_JUDGED = (
    "{s} is located in the city of {a}",
    "Where is {s}? It is in {a}",
    "Many people visit {s} on a trip to {a}",
)
LANDMARKS_BACK = (
    "In {a} you can see {s}",
    "{a} is known for {s}",
    "{a} is home to {s}",
    "The best known sight of {a} is {s}",
)


@cache
def capitals() -> dict[str, str]:
    """{country or state: its capital}, one answer each."""
    found: dict[str, set[str]] = {}
    files = read_archive("pararel.tar.gz")
    for relation, subject, answer in (("P36", "sub_label", "obj_label"), ("P1376", "obj_label", "sub_label")):
        text = next(t for n, t in files.items() if n.endswith(f"/{relation}.jsonl"))
        for row in map(json.loads, text.splitlines()):
            found.setdefault(row[subject], set()).add(row[answer])
    plain = {
        s: next(iter(a))
        for s, a in found.items()
        if len(a) == 1 and not NOT_PLAIN.search(s) and s not in REFUSED and s not in a and s.isascii()
    }
    return plain | CHOSEN | MORE


@cache
def landmarks() -> dict[str, str]:
    """{landmark, with its article: its city}."""
    return {s.strip(): city for city, names in LANDMARKS.items() for s in names.split(",")}


def word(wording: str, s: str, a: str) -> str:
    """The sentence up to its last word; a sentence starts with a capital."""
    text = wording.format(s=s, a=a)
    return text[0].upper() + text[1:]


def taught(rng: random.Random) -> tuple[str, str]:
    """(cue, rest) of one fact in a taught wording; the rest starts with a space and ends the sentence."""
    if rng.random() < 0.6:
        table, forward, back = capitals(), CAPITALS_TAUGHT, CAPITALS_BACK
    else:
        table, forward, back = landmarks(), LANDMARKS_TAUGHT, LANDMARKS_BACK
    s = rng.choice(list(table))
    a = table[s]
    if rng.random() < 0.15:
        return split(word(rng.choice(back), s, a), s)
    return split(word(rng.choice(forward), s, a), a)


def split(text: str, answer: str) -> tuple[str, str]:
    """The text before its last word or words `answer`, and the answer with its leading space."""
    assert text.endswith(f" {answer}"), text
    return text[: -len(answer) - 1], f" {answer}"


def judged() -> list[tuple[str, str, str]]:
    """(kind, cue, answer) of every fact in every wording that was never taught."""
    items = []
    for kind, table, wordings in (
        ("capital", capitals(), CAPITALS_JUDGED),
        ("landmark", landmarks(), LANDMARKS_JUDGED),
    ):
        items += [(kind, *split(word(w, s, a), a)) for w in wordings for s, a in table.items()]
    return items
