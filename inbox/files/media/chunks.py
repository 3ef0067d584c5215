"""Where the samples of a track are in the file (ISO 14496-12, 8.7)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crypto.errors import Malformed
from inbox.files.media.boxes import Box, Reader
from inbox.files.media.plan import Codec, Range

_ROWS = 4_096
_MOST_ROWS = 8_000_000
_SIZE_WIDTHS = (8, 16)


@dataclass(frozen=True, slots=True)
class Tables:
    """The boxes of a track with its tables, and the codecs in the order of their descriptions."""

    stsc: Box
    sizes: Box
    offsets: Box
    codecs: Sequence[Codec]


class _Table:
    """Rows of numbers, read a few thousand at a time."""

    def __init__(self, reader: Reader, at: int, width: int, count: int) -> None:
        if count > _MOST_ROWS:
            raise Malformed("table is too long")
        self._reader, self._at, self._width = reader, at, width
        self.count = count
        self._rows, self._first = b"", 0

    def rows(self, row: int, most: int) -> bytes:
        """Return the bytes of one row or more. Raises Malformed if there is no such row."""
        if row >= self.count:
            raise Malformed("table is too short")
        if not self._first <= row < self._first + len(self._rows) // self._width:
            self._first = row
            size = min(self.count - row, _ROWS) * self._width
            self._rows = self._reader.bytes(self._at + row * self._width, size)
        start = (row - self._first) * self._width
        return self._rows[start : start + most * self._width]

    def sum(self, row: int, count: int) -> int:
        """Return the sum of rows that are one number each. Raises Malformed as above."""
        total = done = 0
        while done < count:
            part = self.rows(row + done, count - done)
            width = self._width
            total += sum(int.from_bytes(part[at : at + width]) for at in range(0, len(part), width))
            done += len(part) // width
        return total


class _Sizes:
    """The sizes of the samples of a track."""

    def __init__(self, reader: Reader, box: Box, frame: float) -> None:
        count, field = reader.uint(box.body + 8, 4), reader.uint(box.body + 4, 4)
        self._each: float = 0
        width = 4
        if box.type == "stsz":
            # In QuickTime, a size of 1 can mean that a sample has the size that its description declares.
            if field == 1 and frame == 0:
                raise Malformed("size of samples is unknown")
            self._each = frame if field == 1 else field
            count = 0 if field else count
        elif field not in _SIZE_WIDTHS:
            raise Malformed("sizes of samples have an unexpected width")
        else:
            width = field // 8
        self._table = _Table(reader, box.body + 12, width, count)

    def of(self, first: int, count: int) -> int:
        """Return the size of samples that follow each other. Raises Malformed if there are not so many."""
        return math.ceil(count * self._each) if self._each else self._table.sum(first, count)


class _Runs:
    """Which samples are in which chunk."""

    def __init__(self, table: _Table) -> None:
        self._table = table
        self._row = 0
        self._count = self._description = 0
        self._next: float = 1

    def of(self, chunk: int) -> tuple[int, int]:
        """Return the number of samples in a chunk, and the number of their description.

        Each call has a higher number than the one before. Raises Malformed if the table is not in order.
        """
        if chunk == self._next:
            first, self._count, self._description = self._read(self._row)
            self._row += 1
            self._next = self._read(self._row)[0] if self._row < self._table.count else math.inf
            if first != chunk or self._next <= chunk:
                raise Malformed("table is not in order")
        return self._count, self._description

    def _read(self, row: int) -> tuple[int, int, int]:
        data = self._table.rows(row, 1)
        return int.from_bytes(data[:4]), int.from_bytes(data[4:8]), int.from_bytes(data[8:])


def chunks(reader: Reader, tables: Tables) -> Iterator[Range]:
    """Yield the parts of the file with the samples of a track.

    Raises Malformed if the tables contradict each other, or are not in the order of the file.
    """
    offsets, stsc = tables.offsets, tables.stsc
    width = 8 if offsets.type == "co64" else 4
    starts = _Table(reader, offsets.body + 8, width, reader.uint(offsets.body + 4, 4))
    runs = _Runs(_Table(reader, stsc.body + 8, 12, reader.uint(stsc.body + 4, 4)))
    sizes = _Sizes(reader, tables.sizes, tables.codecs[0].frame if tables.codecs else 0)
    sample = 0
    part = Range(0, 0, Codec())
    for chunk in range(1, starts.count + 1):
        count, description = runs.of(chunk)
        if not 1 <= description <= len(tables.codecs):
            raise Malformed("sample without a description")
        codec = tables.codecs[description - 1]
        start = int.from_bytes(starts.rows(chunk - 1, 1))
        end = start + sizes.of(sample, count)
        sample += count
        if start < part.end:
            raise Malformed("parts of a track are not in the order of the file")
        if start == part.end and codec == part.codec:
            part = Range(part.start, end, codec)
            continue
        if part.end > part.start:
            yield part
        part = Range(start, end, codec)
    if part.end > part.start:
        yield part
