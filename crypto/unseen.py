"""Characters that nobody sees: the one definition for what is shown, printed, searched and compared.

An unseen character shows nothing and takes no room: a word reads the same with it. White space is not
unseen, because it separates words, though a line break or a tab can deceive and must be spelled out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

# For use between the brackets of a regular expression: controls except white space, what Unicode calls
# ignorable by default (assigned or not), and every other format character.
CLASS = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{CLASS}]")
_JOINERS = "\u200c\u200d"
# Persian words, family emoji, Mongolian letters and Japanese names are spelled with these.
_SHAPING = re.compile(f"[{_JOINERS}\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Controls, white space or not; surrogates; private and unassigned characters; separators of lines.
_DECEIVING = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKS = {"Mn", "Mc", "Me"}


def dropped(text: str) -> str:
    """Return ``text`` without the characters that nobody sees."""
    return _UNSEEN.sub("", text)


def is_plain(char: str) -> bool:
    """Tell whether a character is seen, and stays on its line."""
    return not _UNSEEN.match(char) and unicodedata.category(char) not in _DECEIVING


def shapes(char: str) -> bool:
    """Tell whether an unseen character has a use in writing: it changes how its neighbours look."""
    return _SHAPING.match(char) is not None


def continues(char: str) -> bool:
    """Tell whether a character belongs to the letter before it, as a mark does."""
    return unicodedata.category(char) in _MARKS or shapes(char)


def spelled(char: str) -> str:
    """Return a character as its code point, ``<U+202E>``."""
    return f"<U+{ord(char):04X}>"


def spelled_out(text: str, shown: Callable[[str], bool], most_marks: int) -> str:
    """Return ``text`` with every character spelled out that is not ``shown``.

    So are the marks on one letter beyond ``most_marks``: they reach over what stands beside it.
    """
    return "".join(_spelled_out(text, shown, most_marks))


def _spelled_out(text: str, shown: Callable[[str], bool], most_marks: int) -> Iterator[str]:
    marks = 0
    for char in text:
        if char not in _JOINERS:  # they end no letter
            marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        yield char if shown(char) and (char in _JOINERS or marks <= most_marks) else spelled(char)
