"""Invisible characters have only one definition.

All code that shows, searches or compares text uses this definition.
"""

import sys
import unicodedata

import pytest

from crypto import unseen
from crypto.printable import visible
from inbox.text import redaction
from inbox.text.names import Names

EVERY = tuple(map(chr, range(sys.maxunicode + 1)))
# There is one character of each kind: control, soft hyphen, grapheme joiner, filler, direction,
# selector, tag, unassigned.
SOME = (
    "\x01\x7f\xad\u034f\u115f\u3164\uffa0\u17b4\u180e\u200b\u202e\u2060\u2065\ufe0f\ufeff\ufff0"
    "\U000e0041\U000e0200"
)
ACCENTED = "é\u0301\u05b0\u0336"


def unseen_ones() -> set[str]:
    return {char for char in EVERY if unseen.dropped(char) == ""}


def test_no_letter_or_digit_or_sign_or_space_counts_as_invisible() -> None:
    """The only exceptions are the Hangul fillers, which are letters that show nothing."""
    kinds = {unicodedata.category(char)[0] for char in unseen_ones() - set("\u115f\u1160\u3164\uffa0")}
    assert kinds == {"C", "M"}
    assert [char for char in unseen_ones() if char.isspace()] == []


def test_no_visible_mark_is_discarded() -> None:
    assert unseen.dropped(ACCENTED) == ACCENTED


def test_no_private_or_unassigned_character_counts_as_plain() -> None:
    assert [
        char for char in EVERY if unicodedata.category(char) in {"Co", "Cn", "Cs"} and unseen.is_plain(char)
    ] == []


@pytest.mark.parametrize("char", "\n\r\t\x0b\x85\u2028\u2029", ids=ascii)
def test_a_line_break_or_tab_is_white_space_but_does_not_count_as_plain(char: str) -> None:
    assert unseen.dropped(char) == char
    assert not unseen.is_plain(char)


def test_every_format_or_control_character_counts_as_invisible() -> None:
    formats = {char for char in EVERY if unicodedata.category(char) == "Cf"}
    controls = {char for char in EVERY if unicodedata.category(char) == "Cc" and not char.isspace()}
    assert (formats | controls) - unseen_ones() == set()


def test_every_character_that_only_shapes_its_neighbours_counts_as_invisible() -> None:
    assert {char for char in EVERY if unseen.shapes(char)} - unseen_ones() == set()


@pytest.mark.parametrize("char", SOME, ids=ascii)
def test_a_name_with_an_invisible_character_inside_is_found_and_removed(char: str) -> None:
    text = f"Ask Du{char}pont."
    assert redaction.around(text, "Dupont") == ("Ask ", ".")
    assert redaction.around("Ask Dupont.", f"Du{char}pont") == ("Ask ", ".")
    assert not redaction.reads(char)
    assert Names({"one": ["Dupont"]}).meant_in([text]) == {"one"}


@pytest.mark.parametrize("char", SOME.replace("\ufe0f", ""), ids=ascii)
def test_the_terminal_shows_the_code_of_an_invisible_character(char: str) -> None:
    assert visible(f"a{char}b") == f"a<U+{ord(char):04X}>b"


@pytest.mark.parametrize(
    "text", ["❤\ufe0f", "👩\u200d🚒", "葛\U000e0100", "\u0645\u06cc\u200c\u062e"], ids=ascii
)
def test_the_terminal_keeps_invisible_characters_that_scripts_need(text: str) -> None:
    assert visible(text) == text
