"""Find the line of a value in a TOML file: the standard reader gives no positions.

It reads ever longer beginnings of the file, and takes the first that holds the value. The reader alone
decides what is TOML: this module only knows that brackets can be closed.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, TypeAlias

# The keys of tables and the positions in lists, from 0, that lead to a value.
Path: TypeAlias = Sequence[str | int]

# At most this many characters are read in all; a file of 100 KB takes half of them, and half a second.
_MOST_READ = 1_000_000
# Brackets that close lists and tables of several lines, up to three within one another.
_CLOSERS = tuple("".join(each) for depth in range(1, 4) for each in product("]}", repeat=depth))


class _TooMuch(Exception):
    """The file is too large, or made to be slow."""


class _Reader:
    """Reads pieces of a file, at most _MOST_READ characters in all; then raises _TooMuch."""

    def __init__(self) -> None:
        self._left = _MOST_READ

    def read(self, piece: str) -> dict[str, Any] | None:
        """Return what a piece holds, None if it is not TOML by itself."""
        self._left -= len(piece)
        if self._left < 0:
            raise _TooMuch
        try:
            return tomllib.loads(piece)
        except (ValueError, RecursionError):
            return None

    def ends(self, lines: Sequence[str]) -> Iterator[int]:
        """Yield after how many lines each statement ends: no part of one is TOML by itself."""
        begin = 0
        for end in range(1, len(lines) + 1):
            if self.read("".join(lines[begin:end])) is not None:
                yield end
                begin = end

    def closed(self, lines: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield after how many lines brackets can close a statement, and what it holds up to there."""
        for end in range(1, len(lines)):
            piece = "".join(lines[:end])
            found = next(filter(None, (self.read(piece + closer) for closer in _CLOSERS)), None)
            if found is not None:
                yield end, found


def line_of(text: str, path: Path) -> int | None:
    """Return the line, from 1, on which the value at ``path`` begins: its key, or the item of a list.

    ``text`` is a whole TOML file. A value on the last line of a text of several lines is said to be on that
    text's first line. Returns None for an empty path, and if the search would take too long.
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
    """Return the line of a statement, from 1, on which its part of ``path`` begins."""
    whole = reader.read("".join(statement))
    own = next((path[n:] for n in range(len(path)) if _holds(whole, path[n:])), ())
    before = 0
    for end, held in reader.closed(statement):
        if _holds(held, own):
            break
        before = end
    return before + 1


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
