"""The padded sizes of containers, which reveal almost nothing about the contents (SPEC 4.2)."""

from crypto.errors import Malformed

SMALLEST = 65_536
LARGEST = 1_107_296_256
SLOT = 16_384


def padme(length: int) -> int:
    """Return ``length`` (at least 1) rounded up by Padmé.

    The result is at most 12 % larger, and reveals only O(log log) bits.
    """
    exponent = length.bit_length() - 1
    unit = 1 << (exponent - exponent.bit_length())
    return -(-length // unit) * unit


def bucket(archive: int) -> int:
    """Return the container size of a report or follow-up.

    Raise Malformed if the archive exceeds 1 GiB plus headers.
    """
    size = max(SMALLEST, padme(archive))
    if size > LARGEST:
        raise Malformed("container is larger than a report may be")
    return size


def slot(archive: int) -> int:
    """Return the container size of a slot. Raise Malformed if the archive does not fit."""
    if archive > SLOT:
        raise Malformed("container is larger than a slot")
    return SLOT
