"""The output of the sandbox: a header of fixed size, facts, text, pixels.

The reader does not trust the output. It only compares numbers, and has no complex format to parse: facts are
lines of visible characters, pixels are red, green and blue, row after row.
"""

import re
import struct
from dataclasses import dataclass

from crypto.printable import visible

LONGEST_SIDE = 2_000
MOST_PAGES = 500
LONGEST_TEXT = 200_000
_LARGEST_FACTS = 1 << 17
_LARGEST_TEXT = 4 * LONGEST_TEXT
_HEAD = struct.Struct(">8s5I")
_MAGIC = b"fanal/p1"
_LONGEST_VALUE = 400
_MOST_VALUES = 4
_FACT = re.compile(rf"[a-z]{{1,16}}(?:\t[^\t\n]{{1,{_LONGEST_VALUE}}}){{1,{1 + _MOST_VALUES}}}")
LARGEST = _HEAD.size + _LARGEST_FACTS + _LARGEST_TEXT + 3 * LONGEST_SIDE**2


class NotShown(Exception):
    """A file is not looked at further: a code that says why, and its values."""

    def __init__(self, code: str, *values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found out about a file: of which kind, a code, and what belongs to it.

    The code is a MIME type for kinds that name one, the name of a field for ``metadata``, else one of
    ``inbox.files.sandbox_messages``.
    """

    kind: str
    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file is and shows: facts, text if it is one, the pixels of one of its pages if it has any."""

    facts: tuple[Fact, ...]
    text: str = ""
    pages: int = 0
    width: int = 0
    height: int = 0
    pixels: bytes = b""

    def encode(self) -> bytes:
        """Return this as it leaves the sandbox."""
        facts = "\n".join("\t".join((each.kind, each.code, *each.values)) for each in self.facts).encode()
        text = self.text.encode()
        head = _HEAD.pack(_MAGIC, self.pages, self.width, self.height, len(facts), len(text))
        return head + facts + text + self.pixels


def parse(raw: bytes) -> Answer:
    """Return what left the sandbox; ValueError for anything that is not exactly of this form."""
    if len(raw) < _HEAD.size:
        raise ValueError("too short")
    magic, pages, width, height, facts, text = _HEAD.unpack_from(raw)
    pixels = _HEAD.size + facts + text
    if (
        magic != _MAGIC
        or max(width, height) > LONGEST_SIDE
        or facts > _LARGEST_FACTS
        or text > _LARGEST_TEXT
        or len(raw) != pixels + 3 * width * height
    ):
        raise ValueError("not of this form")
    lines = raw[_HEAD.size : _HEAD.size + facts].decode().split("\n")
    if not all(map(_is_fact, lines)):
        raise ValueError("not of this form")
    return Answer(
        tuple(_read(*line.split("\t")) for line in lines),
        raw[_HEAD.size + facts : pixels].decode(),
        pages,
        width,
        height,
        raw[pixels:],
    )


def fact(kind: str, code: object, *values: object) -> Fact:
    """Return a fact whose code and values can be seen, and were cut to what fits on its line."""
    return Fact(kind, _cut(code), tuple(map(_cut, values)))


def counted(number: int, one: str, several: str) -> Fact:
    """Return how much a file holds: the code ``one``, or ``several`` with the number."""
    return fact("measure", one) if number == 1 else fact("measure", several, number)


def _is_fact(line: str) -> bool:
    """Tell whether a line has the form of a fact, and all of it can be seen."""
    return _FACT.fullmatch(line) is not None and all(visible(word) == word for word in line.split("\t"))


def _read(kind: str, code: str, *values: str) -> Fact:
    return Fact(kind, code, values)


def _cut(value: object) -> str:
    return visible(str(value).replace("\t", " ").replace("\n", " "))[:_LONGEST_VALUE] or "-"
