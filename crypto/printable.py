"""Make untrusted text safe for a terminal or a page: deceptive characters are spelled out."""

import json

from crypto import unseen

# No script needs more marks on one letter; more marks would cover the surrounding text.
_MOST_MARKS = 5


class Printable(str):
    """Text that is safe for a terminal: no unseen character, and no control character except line feeds.

    Only this module creates printable text. Concatenation with ``+`` and formatting return ordinary strings.
    """

    __slots__ = ()


def visible(text: str) -> Printable:
    """Return ``text`` on one line, with every control, format and line-breaking character spelled out.

    Unseen characters are spelled out, too. If a letter has more than _MOST_MARKS marks, the marks beyond this
    number are spelled out, too.
    """
    return Printable(_spelled(text))


def lines(text: str) -> Printable:
    """Return ``text`` with its line feeds, and with each line as ``visible`` shows it."""
    return Printable("\n".join(map(_spelled, text.replace("\r\n", "\n").split("\n"))))


def as_json(value: object) -> Printable:
    """Return a value as JSON in ASCII: control characters and all non-ASCII characters are escaped.

    Raise TypeError for a value that JSON cannot represent.
    """
    return lines(json.dumps(value, indent=2))


def as_json_line(value: object) -> Printable:
    """Return a value as JSON on one line, with letters of all scripts as they are.

    Raise TypeError for a value that JSON cannot represent.
    """
    return visible(json.dumps(value, ensure_ascii=False))


def _spelled(text: str) -> str:
    return text if text.isascii() and text.isprintable() else unseen.spelled_out(text, _is_shown, _MOST_MARKS)


def _is_shown(char: str) -> bool:
    return unseen.is_plain(char) or unseen.shapes(char)
