"""The program decides whether initials stand for a person whom a text names."""

import pytest

from inbox.text import initials

TEXT = "Hier Firmin Quélennec a vu Jean-Marc de la Tour ; le chef du Port Autonome, ÉLISE OMNÈS, était là."

MEANT = [
    "F. Q.",
    "F.Q.",
    "Q. F.",
    "FQ",
    "Mme E.O.",
    "M. F.Q., 3 rue du Port",
    "Mme EO",
    "EO, brigade",
    "À l'attention de J.-M. T.",
    "J.-M. de la Tour",
    "J M T",
    "F. Quélennec",
    "QUELENNEC F.",
    "e\u0301".upper() + ". Omnès",
]
NOBODY = [
    "",
    "TJ",
    "le",
    "la DI du Havre",
    "fq",
    "f. q.",
    "PNF",
    "Parquet F",
    "M. Tour",
    "M. T",
    "F",
    "F.",
    "FQ Conseil",
    "Z. Quélennec",
    "Direction interrégionale",
    "DE LA TOUR SERVICES",
]


@pytest.mark.parametrize("addressee", MEANT)
def test_initials_stand_for_a_person_whom_the_text_names(addressee: str) -> None:
    assert initials.mean(addressee, ["Rien.", TEXT])


@pytest.mark.parametrize("addressee", NOBODY)
def test_common_words_and_abbreviations_are_not_taken_for_initials_of_a_person(addressee: str) -> None:
    assert not initials.mean(addressee, [TEXT])


def test_a_long_text_in_capitals_is_searched_in_linear_time() -> None:
    """Each word is compared only with its neighbours."""
    assert not initials.mean("Z. X.", ["QUAI NORD " * 20_000])
