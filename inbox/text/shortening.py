"""Shorten a line that is too long for a list: cut it at the end of a word and add an ellipsis."""

import re
from itertools import takewhile

from crypto import unseen

SIGN = "…"
# White space at which a line may be cut. Non-breaking spaces are excluded, and so are spaces inside a number,
# because the part before such a space would look like a complete number.
_GAP = re.compile(r"(?<!\d)[^\S\u00a0\u2007\u202f]++|[^\S\u00a0\u2007\u202f]++(?!\d)")
# Characters that look wrong before an ellipsis: opening marks, dashes, commas.
_LOOSE = "«“\u2018\"'([{,;:-\u2013— \u00a0\u2007\u202f\t"


def shortened(line: str, most: int) -> str:
    """Return a line of at most ``most`` characters (two or more). A longer line is cut at the end of a word.

    If less than half of the line would be left, the cut is inside a word, but never between a letter and its
    accents.
    """
    if len(line) <= most:
        return line
    room = most - len(SIGN)
    gaps = takewhile(lambda start: start <= room, (gap.start() for gap in _GAP.finditer(line)))
    end = max(gaps, default=0)
    kept = line[:end].rstrip(_LOOSE)
    if len(kept) <= room // 2:
        kept = line[: _between_letters(line, room)].rstrip(_LOOSE) or line[:room]
    return f"{kept}{SIGN}"


def _between_letters(line: str, room: int) -> int:
    """Return the last index up to ``room`` at which a letter begins, or ``room`` if there are only marks."""
    return next((place for place in range(room, 0, -1) if _begins_letter(line, place)), room)


def _begins_letter(line: str, place: int) -> bool:
    return not unseen.continues(line[place]) and not unseen.shapes(line[place - 1])
