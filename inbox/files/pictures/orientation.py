"""How a picture is turned when it is shown: the only Exif data that a cleaned picture keeps."""

from collections.abc import Iterator

_ORIENTATION = 0x0112
_DIRECTORY = 4  # Where the offset of the first directory is.
_ENTRY = 12
_MOST_TAGS = 500
_MOST_VALUES = 256
# The widths of types of values in bytes (TIFF 6.0). Unknown types count as bytes.
_WIDTHS = (1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
_ASCII, _SHORT = 2, 3
_RATIONALS = (5, 10)
_INSIDE = 4  # The largest value that is in the entry itself, in bytes.
_LAST = 8
UPRIGHT = 1


def orientation(tiff: bytes) -> float:
    """Return the orientation (1 to 8) that Exif data gives. Without one, the picture is upright: 1.

    ``tiff`` starts at its byte order mark. Bytes outside it are read as zero. In damaged Exif data, the value
    can be a fraction, as in the page scripts.
    """
    reader = _Reader(tiff)
    found: float = 0
    for tag, value in reader.entries(reader.uint(_DIRECTORY, 4)):
        if tag == _ORIENTATION:
            found = value
    return found if UPRIGHT <= found <= _LAST else UPRIGHT


def only(value: float) -> bytes:
    """Return Exif data with this orientation alone."""
    entry = bytes([1, 0x12, 0, _SHORT, 0, 0, 0, 1, 0, int(value), 0, 0])
    return b"MM\0*\0\0\0\x08\0\1" + entry + bytes(4)


class _Reader:
    def __init__(self, tiff: bytes) -> None:
        self._tiff = tiff
        self._is_little = tiff[:1] == b"I"

    def uint(self, at: int, width: int) -> int:
        if at + width > len(self._tiff):
            return 0
        return int.from_bytes(self._tiff[at : at + width], "little" if self._is_little else "big")

    def entries(self, at: int) -> Iterator[tuple[int, float]]:
        """Yield the tags of a directory, each with its first value, which is 0 for texts."""
        for number in range(min(self.uint(at, 2), _MOST_TAGS) if at else 0):
            entry = at + 2 + number * _ENTRY
            yield self.uint(entry, 2), self._first(entry)

    def _first(self, entry: int) -> float:
        kind, count = self.uint(entry + 2, 2), min(self.uint(entry + 4, 4), _MOST_VALUES)
        if kind == _ASCII or not count:
            return 0
        width = _WIDTHS[kind] if kind < len(_WIDTHS) else 1
        at = entry + 8 if width * count <= _INSIDE else self.uint(entry + 8, 4)
        if kind in _RATIONALS:
            return self.uint(at, 4) / (self.uint(at + 4, 4) or 1)
        return self.uint(at, min(width, 4))
