"""Text from outside made fit for one line of a terminal or a page: what deceives is spelled out."""

import json

from crypto import unseen

# More of them on one letter, as no script needs, reach over what stands beside, above and below.
_MOST_MARKS = 5


class Printable(str):
    """Text that may reach a terminal: no character in it but line feeds is a control, or shows nothing.

    This module alone makes it. What is made of it, by ``+`` or in another string, is none.
    """

    __slots__ = ()


def visible(text: str) -> Printable:
    """Return ``text`` on one line, every control, format and line-breaking character spelled out.

    So is what shows nothing, and what a letter has of marks beyond _MOST_MARKS.
    """
    return Printable(_spelled(text))


def lines(text: str) -> Printable:
    """Return ``text`` over as many lines as it has, each as ``visible`` shows it."""
    return Printable("\n".join(map(_spelled, text.replace("\r\n", "\n").split("\n"))))


def as_json(value: object) -> Printable:
    """Return a value as JSON in ASCII, in which every character beyond it and every control is escaped.

    Raises TypeError for what JSON does not know.
    """
    return lines(json.dumps(value, indent=2))


def _spelled(text: str) -> str:
    return text if text.isascii() and text.isprintable() else unseen.spelled_out(text, _is_shown, _MOST_MARKS)


def _is_shown(char: str) -> bool:
    return unseen.is_plain(char) or unseen.shapes(char)
