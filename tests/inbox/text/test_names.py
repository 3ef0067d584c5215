"""A text names an officer if it contains the whole words of the name, in any spelling."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.text.names import Names, family, words

NAMES = Names({"bruno": ["bruno", "Jean-Paul Lefèvre", "O'Neill"], "chloe": ["chloe", "Lœtitia"]})

ABSENT = [
    "",
    "brunoise, Brunot, embruno",
    "bru no",
    "b r u n o",
    "Jean Paul L. Lefevre",
    "Lefevre, Paul Jean",
    "Paul Lefèvre",
    "bruno2",
    "\u0421hloe with a letter of another alphabet",
]
PRESENT = [
    "BRUNO",
    "c'est bruno.",
    "l\u2019BRUNO",
    "(Bruno)",
    "bruno_photo.jpg",
    "a\nbruno\tb",
    "bru\u00adno",
    "bru\u200bno",
    "\uff42\uff52\uff55\uff4e\uff4f",
    "\U0001d401runo",
    "Jean-Paul Lefèvre",
    "jean paul LEFEVRE",
    "JEANPAUL  lefe\u0300vre",
    "Jean\u2011Paul-Lefèvre",
    "jean\npaul\nlefevre",
    "Jean\ufe63Paul Lefèvre",
    "O\u2019Neill",
    "O\u2018Neill",
    "O\u02bcNeill",
    "LEFÈVRE Jean-Paul",
    "Lefèvre, Jean-Paul",
    "oneill",
    "O NEILL",
]


@pytest.mark.parametrize("text", ABSENT)
def test_a_part_of_a_word_or_another_name_does_not_count_as_an_officers_name(text: str) -> None:
    assert set() == NAMES.meant_in([text])


@pytest.mark.parametrize("text", PRESENT)
def test_a_name_is_found_with_any_accents_and_case_and_spacing_and_hyphens(text: str) -> None:
    assert {"bruno"} == NAMES.meant_in(["nothing here", text])


@pytest.mark.parametrize("text", ["Chloé", "CHLOE\u0301", "Loetitia", "LŒTITIA"])
def test_ligatures_and_accents_match_the_letters_that_they_represent(text: str) -> None:
    assert {"chloe"} == NAMES.meant_in([text])


def test_all_officers_whom_a_text_names_are_found() -> None:
    assert {"bruno", "chloe"} == NAMES.meant_in(["Chloé et Bruno"])
    assert {"bruno", "chloe"} == NAMES.meant_in(["Chloé", "Bruno"])


def test_nobody_is_found_if_there_is_no_name_to_search_for() -> None:
    """No name is searched for if the inbox has only one officer, or if an officer's name is too short."""
    assert set() == Names({}).meant_in(["bruno"])
    assert set() == Names({"al": []}).meant_in(["al", ""])


@given(st.text(), st.text(), st.text(st.characters(categories=["L", "Nd"]), min_size=3))
def test_a_name_is_found_whatever_text_surrounds_it(before: str, after: str, name: str) -> None:
    """A name that contains a word is found if spaces separate the name from the text around it."""
    if words(name):
        assert {"x"} == Names({"x": [name]}).meant_in([f"{before} {name} {after}"])


def test_the_memory_for_a_name_grows_linearly_with_its_length() -> None:
    """One character can be a ligature of four words.

    A search starts at each word of an ordinary name, but not of an extremely long one.
    """
    tracemalloc.start()
    try:
        found = Names({"x": ["\ufdfa" * 200]})
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
    assert {"x"} == found.meant_in(["\ufdfa" * 200])
    assert {"x"} == Names({"x": [" ".join("abcdefghij" * 2)]}).meant_in(
        [" ".join("bcdefghij" + "abcdefghij" + "a")]
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jean Dupont", "Dupont"),
        ("DUPONT Jean", "DUPONT"),
        ("Jean LE GOFF", "GOFF"),
        ("JEAN DUPONT", "DUPONT"),
        ("J. Dupont", "Dupont"),
        ("Anne Martin-Durand", "Martin-Durand"),
        ("Dupont", ""),
        ("Jean Li", ""),
    ],
)
def test_the_family_name_is_the_word_in_capitals_or_the_last_word(name: str, said: str) -> None:
    """The search uses a name of one word unchanged. A family name of two letters would be found too often."""
    assert said == family(name)
