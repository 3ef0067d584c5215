"""Numbers of containers: how two are compared, and their check digit (ISO 6346)."""

import re
from operator import lshift

# The order in which ISO 6346 gives values to digits and letters; the multiples of 11 are left out.
_VALUES = dict(zip("0123456789", range(10), strict=True)) | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
)
_PLACES = range(10)
_NUMBER = re.compile(r"[A-Z]{3}[UJZ]\d{7}", re.ASCII)
# Blanks and hyphens that do not break a line, and dashes, come from office programs.
_BETWEEN = str.maketrans("", "", " -./_\u00a0\u202f\u2010\u2011\u2013")


def compared(number: str) -> str:
    """Return a number in capitals, without blanks and marks between its letters; or several, one a line.

    A container that a list wrote in two ways would have two tickets, and twice the chance to be drawn.
    """
    return number.translate(_BETWEEN).upper()


def is_mistyped(number: str) -> bool:
    """Return whether a number has the form of ISO 6346, but another check digit (ISO 6346, annex A).

    Numbers of another form, such as those of trailers, have no check digit.
    """
    found = _NUMBER.fullmatch(number) or _NUMBER.fullmatch(compared(number))
    if not found:
        return False
    *values, check = map(_VALUES.__getitem__, found[0])
    total: int = sum(map(lshift, values, _PLACES))
    return total % 11 % 10 != check
