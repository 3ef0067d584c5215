"""Read a file of boxes (ISO 14496-12, and the atoms of QuickTime) a few bytes at a time."""

import os
from dataclasses import dataclass
from typing import BinaryIO

from crypto.errors import Malformed

WINDOW = 1 << 16
HEADER = 8
_MOST_BOXES = 100_000
_LARGE_HEADER = 16
_LARGEST = (1 << 53) - 1  # The largest integer that the page scripts can compute with.


@dataclass(frozen=True, slots=True)
class Box:
    """The offsets of a box in the file. Its content is from ``body`` to ``end``."""

    type: str
    at: int
    body: int
    end: int

    @property
    def size(self) -> int:
        """The number of bytes of the content."""
        return self.end - self.body


class Reader:
    """Reads parts of a file that can seek."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._boxes = 0
        self.size = file.seek(0, os.SEEK_END)

    def bytes(self, at: int, size: int) -> bytes:
        """Return at most 64 KiB. Raises Malformed if the file ends within them."""
        size = max(size, 0)
        if size > WINDOW or at + size > self.size:
            raise Malformed("file ends early")
        self._file.seek(at)
        return self._file.read(size)

    def uint(self, at: int, width: int) -> int:
        """Return a big-endian number. Raises Malformed as above, or if it is larger than any offset."""
        value = int.from_bytes(self.bytes(at, width))
        if value > _LARGEST:
            raise Malformed("number is too large")
        return value

    def type(self, at: int) -> str:
        """Return four letters."""
        return self.bytes(at, 4).decode("latin-1")

    def box(self, at: int, end: int) -> Box:
        """Return the box at an offset. A size of zero means that the box ends at ``end``.

        Raises Malformed if it does not end by ``end``, or if the file has too many boxes.
        """
        self._boxes += 1
        if self._boxes > _MOST_BOXES:
            raise Malformed("file has too many boxes")
        short = self.uint(at, 4)
        kind = self.type(at + 4)
        size = self.uint(at + HEADER, 8) if short == 1 else short or end - at
        body = at + (_LARGE_HEADER if short == 1 else HEADER)
        if not body - at <= size <= end - at:
            raise Malformed("box has an impossible size")
        return Box(kind, at, body, at + size)

    def child(self, parent: Box | None, kind: str, skipped: int = 0) -> Box | None:
        """Return the first box of a type in another box. Raises Malformed if a box before it is malformed."""
        at = parent.body + skipped if parent else 0
        while parent and parent.end - at >= HEADER:
            box = self.box(at, parent.end)
            if box.type == kind:
                return box
            at = box.end
        return None


class Cursor:
    """A position in bytes, which only advances."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, size: int) -> bytes:
        """Return the next bytes. Raises Malformed if there are fewer."""
        part = self.data[self.at : self.at + size]
        if len(part) < size:
            raise Malformed("box is too short")
        self.at += size
        return part

    def uint(self, width: int) -> int:
        """Return the next big-endian number. Raises Malformed as above."""
        return int.from_bytes(self.take(width))
