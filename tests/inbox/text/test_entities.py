"""Entities in a text, such as container numbers, may link its case to other cases.

Even a hostile text takes little time.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.text import entities, similarity
from inbox.text.entities import Kind

FOUND = [
    (Kind.CONTAINER, "CSQU3054383", ["CSQU3054383", "csqu 305438-3", "CSQU 305 438 3", "\uff23SQU3054383"]),
    (Kind.PLATE, "AB123CD", ["AB-123-CD", "AB 123 CD", "ab123cd", "une Clio ab-123-cd."]),
    (Kind.PLATE, "123ABC75", ["123 ABC 75"]),
    (Kind.PLATE, "1ABC234", ["1-ABC-234"]),
    (Kind.PLATE, "1234BCD", ["1234BCD", "1234-BCD"]),
    (Kind.PHONE, "+33612345678", ["06 12 34 56 78", "+33 (0)6 12 34 56 78", "0033612345678"]),
    (Kind.PHONE, "+33612345678", ["06.12.34.56.78,", "0145678901 0612345678", "+33 6 12 34 56 78"]),
    (Kind.PHONE, "+33612345678", ["06 12 34 56 79 06 12 34 56 78", "+33 1 45 67 89 01 06 12 34 56 78"]),
    (Kind.PHONE, "+33612345678", ["06 12 34 56 78 06 12 34 56 79", "0612 345 678", "14.03.2026 0612345678"]),
    (Kind.PHONE, "+32470123456", ["+32 470 12 34 56", "0032470123456", "+32 470 12 34 56 06 12 34 56 78"]),
    (Kind.NAME, "dupont jean", ["Jean Dupont", "DUPONT Jean", "vu Jean Dupont hier"]),
    (Kind.NAME, "elodie lefevre", ["Élodie Lefèvre", "Lefevre Elodie"]),
    (Kind.NAME, "dupont jean paul", ["Jean-Paul Dupont", "Dupont Jean Paul"]),
    (Kind.NAME, "de jean la tour", ["Jean de la Tour"]),
    (Kind.DAY, "2026-03-14", ["14/03/2026", "14.3.2026", "2026-03-14/2026-03-16"]),
    (Kind.DAY, "2026-03-14", ["le 14 mars 2026", "14 March 2026"]),
    (Kind.DAY, "2026-08-01", ["1er août 2026"]),
]  # fmt: skip
# Each text contains no entity of the given kind.
ABSENT = [
    (Kind.CONTAINER, "CSQU3054384"),
    (Kind.CONTAINER, "XCSQU3054383"),
    (Kind.PLATE, "de 100 km"),
    (Kind.PLATE, "1200 TTC"),
    (Kind.PHONE, "14/03/2026"),
    (Kind.PHONE, "06 12 34 56"),
    (Kind.PHONE, "0612345678901234567"),
    (Kind.PHONE, "612345678"),
    (Kind.PHONE, "x0612345678"),
    (Kind.PHONE, "06 12     34 56 78"),
    (Kind.PHONE, "+1 111 111 1111"),
    (Kind.NAME, "jean dupont"),
    (Kind.NAME, "Jean. Dupont"),
    (Kind.NAME, "UN TEXTE TOUT EN CAPITALES SANS NOM"),
    (Kind.NAME, "Le Havre"),
    (Kind.DAY, "31/02/2026"),
    (Kind.DAY, "14 brumaire 2026"),
    (Kind.DAY, "0000-00-00"),
]


def values(kind: Kind, text: str, persons: str = "", country: str = "FR") -> list[str]:
    return [each.value for each in entities.found_in([text], country, persons) if each.kind == kind]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [(kind, value, text) for kind, value, texts in FOUND for text in texts],
    ids=[text for _, _, texts in FOUND for text in texts],
)
def test_different_spellings_give_the_same_entity(kind: Kind, value: str, text: str) -> None:
    assert value in values(kind, text)


@pytest.mark.parametrize(("kind", "text"), ABSENT, ids=[text for _, text in ABSENT])
def test_a_text_that_only_looks_similar_gives_no_entity(kind: Kind, text: str) -> None:
    assert not values(kind, text)


# Each row has a country, a telephone number as people write it there, its value, and another country. In the
# other country, the same digits are not a telephone number.
NATIONAL = [
    ("FR", "06 12 34 56 78", "+33612345678", "JO"),
    ("JO", "07 9012 345 6", "+962790123456", "ES"),
    ("ES", "612 34 56 78", "+34612345678", "FR"),
    ("DE", "030 12345 678", "+493012345678", "JO"),
    ("US", "(201) 555-0123", "+12015550123", "AQ"),
]


@pytest.mark.parametrize(("country", "text", "value", "other"), NATIONAL, ids=[each for each, *_ in NATIONAL])
def test_a_telephone_number_without_a_country_code_is_read_only_as_a_number_of_the_given_country(
    country: str, text: str, value: str, other: str
) -> None:
    """A number with a country code is found whichever country is given. “00” is always read as “+”."""
    assert [value] == values(Kind.PHONE, text, country=country)
    assert [] == values(Kind.PHONE, text, country=other)
    for code in (value, value.replace("+", "00")):
        assert [value] == values(Kind.PHONE, f"le {code}.", country=other)


def test_in_an_answer_about_persons_two_words_alone_are_taken_as_a_name() -> None:
    """Upper or lower case makes no difference. Two words within a sentence are not taken as a name."""
    assert ["dupont jean"] == values(Kind.NAME, "", "jean dupont, chef de quai\nun grand blond")


HOSTILE = {
    "telephones": " ".join(f"06 12 {n // 100 % 100:02} {n % 100:02} 78" for n in range(10_000)),
    "containers": "CSQU3054383 " * 10_000,
    "a long name": f"{'A' * 8_000} {'B' * 8_000}",
    "names": " ".join(f"Jean Dupont{'abcdefghij'[n % 10] * (n % 40)}." for n in range(10_000)),
    "figures": "1 " * 30_000,
    "figures in pairs": "12 " * 30_000,
    "country codes": "+1 " * 30_000,
    "zeros": "00 " * 30_000,
    "hyphens": "A-" * 30_000,
    "controls": "\u202e\x1b[2J\u0000" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_gives_a_limited_number_of_entities(name: str) -> None:
    """At most forty entities of each kind are found, each shown with at most a hundred characters."""
    found = entities.found_in([HOSTILE[name]], "FR", HOSTILE[name])
    assert all(sum(each.kind == kind for each in found) <= entities.MOST for kind in Kind)
    assert all(len(each.shown) <= 100 for each in found)
    assert (name in {"telephones", "names"}) is (len(found) >= entities.MOST)


@given(st.text(max_size=300))
def test_every_text_can_be_searched_for_entities(text: str) -> None:
    """A search for the text that is shown for an entity finds the entity again."""
    for each in entities.found_in([text], "FR", text):
        assert each.value in {again.value for again in entities.found_in([each.shown], "FR", each.shown)}


TEXT = (
    "Mon chef de brigade m'a demandé de laisser passer un conteneur sans le contrôler, contre une enveloppe. "
    "Il l'a fait devant la cafétéria, un soir de mars, et il a dit que d'autres le faisaient déjà."
)


def test_a_text_with_small_changes_counts_as_similar_but_a_different_text_does_not() -> None:
    """Accents, case, punctuation and a few words make no difference. A short text is never similar."""
    mine = similarity.pieces([TEXT])
    retold = similarity.pieces([TEXT.upper().replace("É", "E").replace("UN SOIR DE MARS", "un matin")])
    other = similarity.pieces(
        ["Hier soir au terminal, deux hommes ont ouvert un camion devant la barrière ouest."]
    )
    assert similarity.share(mine, mine) == 1
    assert similarity.share(mine, retold) > similarity.ALIKE > similarity.share(mine, other)
    assert len(set(similarity.telling(mine)) & set(similarity.telling(retold))) >= similarity.LEAST_COMMON
    assert not similarity.pieces(["je ne sais pas"])
    assert not similarity.pieces(["in_one_word" * 100])
    assert similarity.share(frozenset(), frozenset()) == 0
