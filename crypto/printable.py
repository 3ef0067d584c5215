"""Make text from outside safe for a terminal or a page: deceptive characters are spelled out."""

import json

from crypto import unseen

# No script needs more marks on one letter; more of them cover the text around it.
_MOST_MARKS = 5


class Printable(str):
    """Text that may reach a terminal: it has no unseen character, and no control but line feeds.

    Only this module makes it. A string made from it, by ``+`` or a format, is not printable any more.
    """

    __slots__ = ()


def visible(text: str) -> Printable:
    """Return ``text`` on one line, with every control, format and line-breaking character spelled out.

    Unseen characters, and the marks on a letter beyond _MOST_MARKS, are spelled out too.
    """
    return Printable(_spelled(text))


def lines(text: str) -> Printable:
    """Return ``text`` with its lines, each as ``visible`` shows it."""
    return Printable("\n".join(map(_spelled, text.replace("\r\n", "\n").split("\n"))))


def as_json(value: object) -> Printable:
    """Return a value as JSON in ASCII: every other character and every control is escaped.

    Raises TypeError for a value that JSON does not know.
    """
    return lines(json.dumps(value, indent=2))


def _spelled(text: str) -> str:
    return text if text.isascii() and text.isprintable() else unseen.spelled_out(text, _is_shown, _MOST_MARKS)


def _is_shown(char: str) -> bool:
    return unseen.is_plain(char) or unseen.shapes(char)
