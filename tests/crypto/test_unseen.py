"""Invisible characters are dropped or spelled out, except those that real writing systems need."""

import pytest

from crypto import unseen

SEEN = str.isprintable


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "·—", "\u202e!"], ids=ascii)
def test_a_text_without_a_visible_letter_or_digit_is_empty(text: str) -> None:
    assert not unseen.says_anything(text)
    assert unseen.says_anything(text + "é")
    assert unseen.says_anything(text + "7")


@pytest.mark.parametrize(
    "char", "\x00\x1b\x7f\xad\u200b\u200d\u202e\ufe0f\ufeff\n\t\u2028\ue000\u0378", ids=ascii
)
def test_invisible_characters_and_line_breaks_do_not_count_as_plain_text(char: str) -> None:
    assert not unseen.is_plain(char)


@pytest.mark.parametrize("char", "aé 7—\u0301你", ids=ascii)
def test_visible_text_counts_as_plain_text_and_is_not_changed(char: str) -> None:
    assert unseen.is_plain(char)
    assert not unseen.shapes(char)
    assert unseen.dropped(f"\u200b{char}\u2060") == char


def test_marks_and_joiners_belong_to_the_letter_before_them() -> None:
    assert [unseen.continues(char) for char in "e\u0301\u200d\ufe0f\u200b "] == [
        *(False, True, True, True, False, False),
    ]
    assert [unseen.shapes(char) for char in "\u200c\u180b\ufe0f\U000e0100\u0301\u202e"] == [
        *(True, True, True, True, False, False),
    ]


def test_invisible_characters_are_spelled_out_by_their_code() -> None:
    assert unseen.spelled("\t") == "<U+0009>"
    assert unseen.spelled("\U000e0041") == "<U+E0041>"
    assert unseen.spelled_out("a\u202eb", SEEN, 0) == "a<U+202E>b"


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("e\u0301", "e\u0301"),
        ("\u0301\u0302\u0303", "\u0301\u0302<U+0303>"),
        ("e\u0301\u0302\u0303o\u0301", "e\u0301\u0302<U+0303>o\u0301"),
        ("e\u0301\u0302\u200d\u0303o", "e\u0301\u0302\u200d<U+0303>o"),
        ("e\u0301\u0302\u200do\u0301", "e\u0301\u0302\u200do\u0301"),
    ],
    ids=ascii,
)
def test_too_many_marks_on_one_letter_are_spelled_out(text: str, spelled: str) -> None:
    """A joiner does not count as a mark, and does not begin a new letter."""
    assert unseen.spelled_out(text, lambda _: True, 2) == spelled
