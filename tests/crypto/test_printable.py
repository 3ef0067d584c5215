"""Output on a terminal or a page spells out every deceptive character."""

import json

import pytest

from crypto import printable


@pytest.mark.parametrize("char", "\x00\x1b\x7f\r\n\t\xad\u200b\u202e\u2028\ufeff", ids=ascii)
def test_a_deceptive_character_is_spelled_out(char: str) -> None:
    assert printable.visible(f"é{char}b") == f"é<U+{ord(char):04X}>b"
    assert printable.visible(f"a{char}b") == f"a<U+{ord(char):04X}>b"


@pytest.mark.parametrize(
    "text", ["", "a b", "é — 你", "❤\ufe0f", "👩\u200d🚒", "e" + "\u0301" * 5], ids=ascii
)
def test_characters_that_real_writing_systems_need_are_kept(text: str) -> None:
    assert printable.visible(text) == printable.lines(text) == text


def test_a_sixth_combining_mark_on_a_letter_is_spelled_out() -> None:
    assert printable.visible("e" + "\u0301" * 6) == "e" + "\u0301" * 5 + "<U+0301>"


def test_only_a_line_feed_ends_a_line() -> None:
    assert printable.lines("a\r\nb\n\tc\rd") == "a\nb\n<U+0009>c<U+000D>d"


def test_json_on_several_lines_is_ascii_and_json_on_one_line_is_unescaped() -> None:
    value = {"a": ["é\u202e\n", 1]}
    several, one = printable.as_json(value), printable.as_json_line(value)
    assert several == '{\n  "a": [\n    "\\u00e9\\u202e\\n",\n    1\n  ]\n}'
    assert json.loads(several) == value
    assert one == '{"a": ["é<U+202E>\\n", 1]}'
    with pytest.raises(TypeError):
        printable.as_json(b"")
