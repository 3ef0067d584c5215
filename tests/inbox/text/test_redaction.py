"""Redaction removes a passage however it is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.language.errors import Refused
from inbox.text import redaction
from inbox.text.redaction import EVERYWHERE, Redaction, Redactor


def pieces(text: str, *passages: str, place: str = "what") -> tuple[str, ...]:
    return Redactor(Redaction(place, passage) for passage in passages).pieces("what", text)


@pytest.mark.parametrize(
    ("text", "passage", "left"),
    [
        ("a Dupont b", "Dupont", ("a ", " b")),
        ("DUPONT, dupont", "Dupont", ("", ", ", "")),
        ("Jean\n  Dupont", "Jean Dupont", ("", "")),
        ("Jean\u00a0Dupont", "Jean Dupont", ("", "")),
        ("Du\u200bpo\u00adnt\u202e!", "Dupont", ("", "\u202e!")),
        ("Rene\u0301 et Ren\u00e9", "Ren\u00e9", ("", " et ", "")),
        ("Ren\u00e9", "Rene\u0301", ("", "")),
        ("a.b axb", "a.b", ("", " axb")),
        ("Duponts", "Dupont", ("", "s")),
        ("nothing", "Dupont", ("nothing",)),
        ("M. QUELENNEC, Quélennec", "Quélennec", ("M. ", ", ", "")),
        ("Quéle\u0301nnec à", "Quelennec", ("", " à")),
        ("l\u2019Orient, l'Orient", "L'Orient", ("", ", ", "")),
        ("Jean\u2011Paul, Jean Paul", "Jean-Paul", ("", ", ", "")),
        *(
            (f"Jean{hyphen}Paul.", "Jean-Paul", ("", "."))
            for hyphen in "\u2010\u2015\u2212\ufe58\ufe63\uff0d"
        ),
        *((f"l{apostrophe}Orient.", "l'Orient", ("", ".")) for apostrophe in "\u2018\u02bc"),
        ("Jean-Paul", "jean paul", ("", "")),
        ("a - b\nc", "-", ("a ", " b\nc")),
    ],
)
def test_a_passage_is_removed_in_any_spelling(text: str, passage: str, left: tuple[str, ...]) -> None:
    assert left == pieces(text, passage)


def test_overlapping_passages_are_removed_completely() -> None:
    """The removal of the first passage leaves nothing of the second."""
    assert ("vu ", ".") == pieces("vu Jean Dupont Martin.", "Jean Dupont", "Dupont Martin")
    assert ("vu ", ".") == pieces("vu Jean Dupont Martin.", "Jean Dupont Martin", "Dupont")
    assert ("", "") == pieces("abcabc", "abc")


def test_all_the_text_at_a_place_can_be_removed() -> None:
    """The result does not reveal how long the text was, or whether there was any text."""
    assert ("", "") == pieces("a\nb", "") == pieces("", "")


WORDS = st.text(st.sampled_from("abAB.é \n\u200b"), max_size=30)


@given(text=WORDS, passage=st.text(st.sampled_from("abé."), min_size=1, max_size=4))
def test_no_remaining_piece_contains_the_removed_passage(text: str, passage: str) -> None:
    """The remaining characters keep their order."""
    left = pieces(text, passage)
    assert not [each for each in left if passage.lower() in each.replace("\u200b", "").lower()]
    rest = iter(text)
    assert all(char in rest for char in "".join(left))


def test_a_redaction_without_a_match_is_refused() -> None:
    """Otherwise an officer could make a typing error, and believe that the passage was removed."""
    for place, passage in (("what", "Dupnt"), ("where", "Dupont"), ("where", ""), (EVERYWHERE, "x")):
        redactor = Redactor([Redaction(place, passage)])
        left = redactor.pieces("what", "Dupont")
        with pytest.raises(Refused):
            redactor.check([("what", [left])])


def test_a_passage_that_is_always_removed_need_not_occur_in_the_text() -> None:
    """For example, the identity of a reporter is always removed."""
    redactor = Redactor([], ["Ondine K.", " "])
    assert ("de ", " !") == redactor.pieces("what", "de ONDINE  K. !")
    assert [] == redactor.check([("what", [("de ", " !")])])


def test_the_check_names_the_places_that_still_contain_the_passage() -> None:
    redactor = Redactor([Redaction("what", "Dupont")])
    kept = [(place, [redactor.pieces(place, "M. DUPONT")]) for place in ("what", "who_id")]
    assert ["who_id"] == redactor.check(kept)


@pytest.mark.parametrize("given", ["", "what", ":Dupont", "*:", "what:\u200b", " : ", "*: \u200b"], ids=repr)
def test_an_invalid_redaction_is_refused(given: str) -> None:
    with pytest.raises(Refused):
        redaction.parse(given)


def test_the_passage_of_a_redaction_may_contain_a_colon() -> None:
    assert Redaction("what", "à 10:30") == redaction.parse("what: à 10:30")
    assert Redaction("what", "") == redaction.parse("what:")


@pytest.mark.parametrize(
    "toml",
    [
        "",
        "x",
        "redact = 1",
        "redact = [1]",
        "[[redact]]\ntext='x'",
        "[[redact]]\nplace=1",
        "more=1\n[[redact]]\nplace='a'",
        "[[redact]]\nplace='a'\ntxt='b'",
        "[[redact]]\nplace='*'",
        "[[redact]]\nplace='a'\ntext=1",
    ],
    ids=repr,
)
def test_a_redaction_file_with_other_contents_is_refused(toml: str) -> None:
    with pytest.raises(Refused):
        redaction.read(toml)


def test_a_redaction_file_can_contain_several_redactions() -> None:
    toml = "[[redact]]\nplace = 'what'\ntext = 'Dupont'\n[[redact]]\nplace = 'who_id'\n"
    assert (Redaction("what", "Dupont"), Redaction("who_id", "")) == redaction.read(toml)
