"""Numbers of containers: how two are compared, and their check digit (ISO 6346)."""

import re

# The order in which ISO 6346 gives values to digits and letters; the multiples of 11 are left out.
_VALUES = dict(zip("0123456789", range(10), strict=True)) | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)
)
_NUMBER = re.compile(r"[A-Z]{3}[UJZ]\d{7}", re.ASCII)
_BETWEEN = str.maketrans("", "", " -./")


def compared(number: str) -> str:
    """Return a number without blanks, hyphens, dots and slashes, in capitals.

    A container that a list wrote in two ways would have two tickets, and twice the chance to be drawn.
    """
    return number.translate(_BETWEEN).upper()


def is_mistyped(number: str) -> bool:
    """Return whether a number has the form of ISO 6346, but another check digit (ISO 6346, annex A).

    Numbers of another form, such as those of trailers, have no check digit.
    """
    written = compared(number)
    if not _NUMBER.fullmatch(written):
        return False
    total = sum(_VALUES[each] << place for place, each in enumerate(written[:10]))
    return total % 11 % 10 != int(written[10])
