"""Bytes of pictures."""

from crypto.errors import Malformed


def part(data: bytes, at: int, size: int) -> bytes:
    """Return ``size`` bytes from ``at``. Raises Malformed if the picture ends within them."""
    found = data[at : at + size]
    if len(found) < size:
        raise Malformed("picture ends early")
    return found
