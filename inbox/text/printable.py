"""Text from outside made fit for one line of a terminal or a page: what deceives is spelled out."""

from inbox.text import unseen

# More of them on one letter, as no script needs, reach over what stands beside, above and below.
_MOST_MARKS = 5


def visible(text: str) -> str:
    """Return ``text`` on one line, every control, format and line-breaking character spelled out.

    So is what shows nothing, and what a letter has of marks beyond _MOST_MARKS.
    """
    return text if text.isascii() and text.isprintable() else unseen.spelled_out(text, _is_shown, _MOST_MARKS)


def lines(text: str) -> str:
    """Return ``text`` over as many lines as it has, each as ``visible`` shows it."""
    return "\n".join(map(visible, text.replace("\r\n", "\n").split("\n")))


def _is_shown(char: str) -> bool:
    return unseen.is_plain(char) or unseen.shapes(char)
