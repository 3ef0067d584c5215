"""Shortened lines in lists end after a word, with a sign that the text continues."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.text.shortening import SIGN, shortened

MOST = 24
NARROW = "\u202f"
CUT = [
    ("Ils paient l\u2019agent du quai nord", "Ils paient l\u2019agent du…"),
    ("Ils paient l\u2019agent, quai sept", "Ils paient l\u2019agent…"),
    ("Ils ont demandé le NIP, puis un badge", "Ils ont demandé le NIP…"),
    (f"C\u2019est pour mardi soir{NARROW}! Venez", f"C\u2019est pour mardi soir{NARROW}!…"),
    (f"C\u2019est pour ce mardi soir{NARROW}! Venez", "C\u2019est pour ce mardi…"),
    ("Il a dit : « Donne le badge ou gare »", "Il a dit : « Donne le…"),
    ("Il a bien répondu : « Donnez »", "Il a bien répondu…"),
    ("On lui a promis là 12 000 euros", "On lui a promis là…"),
    (f"On lui a promis là 12{NARROW}000 euros", "On lui a promis là…"),
    ("La boîte no CSQU3054383 est là", "La boîte no CSQU3054383…"),
    ("Un conteneur CSQU3054383 est parti", "Un conteneur…"),
    ("Ils lui ont promis à 120 000 euros", "Ils lui ont promis à…"),
    ("x" * 60, "x" * 23 + "…"),
    ("vu: " + "x" * 60, "vu: " + "x" * 19 + "…"),
    ("e\u0301" * 30, "e\u0301" * 11 + "…"),
    ("👩\u200d👧" * 20, "👩\u200d👧" * 7 + "…"),
]
WHOLE = ["", "x" * MOST, "Ils paient l\u2019agent quai"]


@pytest.mark.parametrize(("line", "shown"), CUT)
def test_a_long_line_ends_after_a_word_with_a_sign_that_the_text_continues(line: str, shown: str) -> None:
    """No number is cut in two, and French punctuation stays with its word."""
    assert shown == shortened(line, MOST)


@pytest.mark.parametrize("line", WHOLE)
def test_a_line_that_fits_is_unchanged(line: str) -> None:
    assert line == shortened(line, MOST)


@given(st.text(alphabet="ab1 ,«:\u00a0\u202f\u0301\u200d👩é-\t", min_size=MOST + 1))
def test_every_shortened_line_fits_and_ends_with_an_ellipsis_and_loses_no_accent(line: str) -> None:
    cut = shortened(line, MOST)
    kept = cut.removesuffix(SIGN)
    assert len(cut) <= MOST
    assert cut.endswith(SIGN)
    assert line.startswith(kept)
    first_after = line[len(kept)]
    assert not unicodedata.combining(first_after) or unicodedata.combining(kept[0]) or len(kept) == MOST - 1
