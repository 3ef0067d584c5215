"""Invisible characters, defined once for display, printing, searching and comparing.

An unseen character has no shape and no width: a word looks the same with or without it. White space does not
count as unseen, because it separates words. A line break or a tab can still deceive, so both are spelled out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

# For use between the brackets of a regular expression: controls except white space, the characters with
# Unicode's property Default_Ignorable_Code_Point (assigned or not), and every other format character.
CLASS = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{CLASS}]")
_JOINERS = "\u200c\u200d"
# Persian words, family emoji, Mongolian letters and Japanese names need these characters.
_SHAPING = re.compile(f"[{_JOINERS}\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# All controls (including white space), surrogates, private and unassigned characters, and line separators.
_DECEIVING = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKS = {"Mn", "Mc", "Me"}


def dropped(text: str) -> str:
    """Return ``text`` without its unseen characters."""
    return _UNSEEN.sub("", text)


def says_anything(text: str) -> bool:
    """Return whether ``text`` has a letter or a digit that a reader can see."""
    return any(each.isalnum() for each in dropped(text))


def is_plain(char: str) -> bool:
    """Return whether a character is visible and does not break the line."""
    return not _UNSEEN.match(char) and unicodedata.category(char) not in _DECEIVING


def shapes(char: str) -> bool:
    """Return whether a character is unseen but needed in writing: it changes how its neighbours look."""
    return _SHAPING.match(char) is not None


def continues(char: str) -> bool:
    """Return whether a character belongs to the letter before it, as a mark does."""
    return unicodedata.category(char) in _MARKS or shapes(char)


def spelled(char: str) -> str:
    """Return a character as its code point, ``<U+202E>``."""
    return f"<U+{ord(char):04X}>"


def spelled_out(text: str, shown: Callable[[str], bool], most_marks: int) -> str:
    """Return ``text``, and spell out each character for which ``shown`` returns False.

    If a letter has more than ``most_marks`` marks, the marks beyond this number are spelled out, too, because
    they cover their surroundings.
    """
    return "".join(_spelled_out(text, shown, most_marks))


def _spelled_out(text: str, shown: Callable[[str], bool], most_marks: int) -> Iterator[str]:
    marks = 0
    for char in text:
        if char not in _JOINERS:  # A joiner does not end a letter, so marks after the joiner count too.
            marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        yield char if shown(char) and (char in _JOINERS or marks <= most_marks) else spelled(char)
