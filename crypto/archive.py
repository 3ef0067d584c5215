"""Archives in a fixed form of ustar: each header depends only on name and size (SPEC 4.1)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crypto.errors import Malformed, Truncated
from crypto.pieces import Pieces

BLOCK = 512
END = 2 * BLOCK
_NAME = 100
_SIZE = slice(124, 135)
_LARGEST = 8**11 - 1
_ZERO = bytes(BLOCK)
_OCTAL = re.compile(rb"[0-7]+")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. ``data`` yields exactly ``size`` bytes; read it before the next member."""

    name: str
    size: int
    data: Iterator[bytes]


def header(name: str, size: int) -> bytes:
    """Return the 512-byte header of a file. Raise Malformed if a header cannot hold the name or size."""
    raw = name.encode("ascii", errors="replace")
    if not 0 < len(raw) <= _NAME or not name.isascii() or "\0" in name or not 0 <= size <= _LARGEST:
        raise Malformed("archive cannot hold a file of this name or size")
    start = raw.ljust(_NAME, b"\0") + b"0000600\0" + 2 * b"0000000\0" + b"%011o\0" % size + b"%011o\0" % 0
    end = (b"0" + bytes(_NAME) + b"ustar\00000").ljust(BLOCK - len(start) - 8, b"\0")
    # The POSIX checksum is the sum of all header bytes, with its own eight bytes counted as spaces.
    return start + b"%06o\0 " % (sum(start) + sum(end) + 8 * ord(" ")) + end


def span(size: int) -> int:
    """Return how many bytes a file of ``size`` bytes occupies in an archive, with header and padding."""
    return BLOCK + size + -size % BLOCK


def write(members: Iterable[Member]) -> Iterator[bytes]:
    """Yield the archive without its two closing blocks.

    Raise Malformed if a member's data is shorter or longer than its declared size.
    """
    for member in members:
        yield header(member.name, member.size)
        written = 0
        for piece in member.data:
            written += len(piece)
            yield piece
        if written != member.size:
            raise Malformed("the file's size changed while it was read")
        yield bytes(-member.size % BLOCK)


class Reader:
    """Reads an archive from ``pieces`` of any size: iterate once over its members.

    Afterwards, ``archive_size`` is the size including the two zero blocks, and ``total`` is the size
    including all padding. ``most_padding`` limits the bytes of padding; None means no limit. Raises Malformed
    as soon as the archive departs from the fixed form. Raises Truncated if the pieces end early.
    """

    def __init__(self, pieces: Iterable[bytes], most_padding: int | None = None) -> None:
        self._source = Pieces(pieces)
        self._most_padding = most_padding
        self.archive_size = END

    def __iter__(self) -> Iterator[Member]:
        while (block := self._read(BLOCK)) != _ZERO:
            member = self._member(block)
            yield member
            for _ in member.data:  # Skip data that the caller did not read.
                pass
            if any(self._read(-member.size % BLOCK)):
                raise Malformed("archive hides bytes after a file")
            self.archive_size += span(member.size)
        self.total = self.archive_size - BLOCK + self._drain()
        if self.total < self.archive_size or self.total % BLOCK:
            raise Truncated("archive ends early")

    def _member(self, block: bytes) -> Member:
        name = block[:_NAME].rstrip(b"\0").decode("ascii", errors="replace")
        digits = block[_SIZE]
        if not _OCTAL.fullmatch(digits) or header(name, size := int(digits, 8)) != block:
            raise Malformed("archive header has an unexpected form")
        return Member(name, size, self._data(size))

    def _data(self, size: int) -> Iterator[bytes]:
        for piece in self._source.stream(size):
            size -= len(piece)
            yield piece
        if size:
            raise Truncated("archive ends early")

    def _read(self, size: int) -> bytes:
        return b"".join(self._data(size))

    def _drain(self) -> int:
        count = 0
        for piece in self._source.rest():
            if piece != bytes(len(piece)):
                raise Malformed("archive hides bytes after its end")
            count += len(piece)
            if self._most_padding is not None and count > BLOCK + self._most_padding:
                raise Malformed("archive has too much padding after its end")
        return count
