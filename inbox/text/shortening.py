"""A line that is too long for a list: cut at the end of a word, with a sign that it goes on."""

import re
from itertools import takewhile

from crypto import unseen

SIGN = "…"
# White space at which a line may be cut: not one that holds words together, nor one inside a number, which
# would look complete.
_GAP = re.compile(r"(?<!\d)[^\S\u00a0\u2007\u202f]++|[^\S\u00a0\u2007\u202f]++(?!\d)")
# What nobody writes at the end of a line that goes on: an opening mark, a dash, a comma.
_LOOSE = "«“\u2018\"'([{,;:-\u2013— \u00a0\u2007\u202f\t"


def shortened(line: str, most: int) -> str:
    """Return a line of ``most`` characters (two or more) at most, cut at the end of a word if it is longer.

    A word that fills more than half of the line is cut inside, never between a letter and its accents.
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
    """Return where a letter begins, the last one up to ``room``; ``room`` itself if all are marks."""
    return next((place for place in range(room, 0, -1) if _begins_letter(line, place)), room)


def _begins_letter(line: str, place: int) -> bool:
    return not unseen.continues(line[place]) and not unseen.shapes(line[place - 1])
