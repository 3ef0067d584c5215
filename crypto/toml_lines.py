"""Find the line of a value in a TOML file, because the standard parser gives no positions.

The search parses longer and longer beginnings of the file until a beginning contains the value. Only the
parser decides what is TOML. All that this module knows of the syntax is that brackets can be closed.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, product, takewhile
from typing import Any, TypeAlias

# The keys of tables and the positions in lists (from 0) that lead to a value.
Path: TypeAlias = Sequence[str | int]

# The largest number of characters that one search may parse. In a file of 100 KB, a search parses half as
# many characters and takes half a second.
_MOST_READ = 1_000_000
# Closing brackets for lists and tables that span several lines, nested up to three deep.
_CLOSERS = tuple("".join(each) for depth in range(1, 4) for each in product("]}", repeat=depth))


class _TooMuch(Exception):
    """The file is too large, or was crafted to be slow to parse."""


class _Reader:
    """Parses pieces of a file; raises _TooMuch after _MOST_READ characters in total."""

    def __init__(self) -> None:
        self._left = _MOST_READ

    def read(self, piece: str) -> dict[str, Any] | None:
        """Return the contents of a piece, or None if it is not a complete TOML document."""
        self._left -= len(piece)
        if self._left < 0:
            raise _TooMuch
        try:
            return tomllib.loads(piece)
        except (ValueError, RecursionError):
            return None

    def ends(self, lines: Sequence[str]) -> Iterator[int]:
        """Yield the number of lines up to the end of each statement. No part of a statement is valid TOML."""
        begin = 0
        for end, _ in enumerate(lines, 1):
            if self.read("".join(lines[begin:end])) is not None:
                yield end
                begin = end

    def closed(self, lines: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each beginning that is valid once its brackets are closed: its line count and contents."""
        for end, piece in enumerate(accumulate(lines[:-1]), 1):
            found = next(filter(None, (self.read(piece + closer) for closer in _CLOSERS)), None)
            if found is not None:
                yield end, found


def line_of(text: str, path: Path) -> int | None:
    """Return the line, counted from 1, on which the key or list item at ``path`` begins.

    ``text`` is a complete TOML file. A value may follow a string of several lines on the string's last line.
    For such a value, the result is the string's first line. Return None for an empty path or if the search
    would take too long.
    """
    lines = [line + "\n" for line in text.split("\n")]
    reader = _Reader()
    try:
        return _first(reader, lines, path) if path else None
    except _TooMuch:
        return None


def _first(reader: _Reader, lines: list[str], path: Path) -> int | None:
    ends = [0, *reader.ends(lines)]
    found = bisect_left(ends, 1, key=lambda end: int(_holds(reader.read("".join(lines[:end])), path)))
    if found == len(ends):
        return None
    begin = ends[found - 1]
    return begin + _within(reader, lines[begin : ends[found]], path)


def _within(reader: _Reader, statement: list[str], path: Path) -> int:
    """Return the line of a statement, counted from 1, on which the value at ``path`` begins."""
    whole = reader.read("".join(statement))
    own = next((path[n:] for n in range(len(path)) if _holds(whole, path[n:])), ())
    before = takewhile(lambda closed: not _holds(closed[1], own), reader.closed(statement))
    return max((end for end, _ in before), default=0) + 1


def _holds(document: dict[str, Any] | None, path: Path) -> bool:
    value: Any = document
    for key in path:
        if isinstance(value, dict):
            if key not in value:
                return False
        elif not (isinstance(value, list) and isinstance(key, int) and key < len(value)):
            return False
        value = value[key]
    return True
