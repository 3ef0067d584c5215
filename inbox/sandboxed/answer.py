"""The output of the sandbox: a header of fixed size, facts, text, and pixels.

The reader does not trust the output. The reader only compares numbers and parses no complex format. Facts are
lines of visible characters. Pixels are red, green and blue bytes, row after row.
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
    """Raised to stop the examination of a file; the reason is a code with values."""

    def __init__(self, code: str, *values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about a file: its kind, a code, and values.

    For kinds that name a type, the code is a MIME type; for ``metadata``, it is the name of a field;
    otherwise, it is a code of ``inbox.files.sandbox_messages``.
    """

    kind: str
    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The result for a file: facts, the text of a text file, and the pixels of one page if it has pages."""

    facts: tuple[Fact, ...]
    text: str = ""
    pages: int = 0
    width: int = 0
    height: int = 0
    pixels: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes that leave the sandbox."""
        facts = "\n".join("\t".join((each.kind, each.code, *each.values)) for each in self.facts).encode()
        text = self.text.encode()
        head = _HEAD.pack(_MAGIC, self.pages, self.width, self.height, len(facts), len(text))
        return head + facts + text + self.pixels


def parse(raw: bytes) -> Answer:
    """Parse the bytes that left the sandbox. Raises ValueError for any other form."""
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
        raise ValueError("invalid form")
    lines = raw[_HEAD.size : _HEAD.size + facts].decode().split("\n")
    if not all(map(_is_fact, lines)):
        raise ValueError("invalid form")
    return Answer(
        tuple(_read(*line.split("\t")) for line in lines),
        raw[_HEAD.size + facts : pixels].decode(),
        pages,
        width,
        height,
        raw[pixels:],
    )


def fact(kind: str, code: object, *values: object) -> Fact:
    """Return a fact whose code and values are visible characters, shortened to fit on a line."""
    return Fact(kind, _cut(code), tuple(map(_cut, values)))


def counted(number: int, one: str, several: str) -> Fact:
    """Return a count as a fact: the code ``one``, or ``several`` with the number."""
    return fact("measure", one) if number == 1 else fact("measure", several, number)


def _is_fact(line: str) -> bool:
    """Whether a line has the form of a fact and contains only visible characters."""
    return _FACT.fullmatch(line) is not None and all(visible(word) == word for word in line.split("\t"))


def _read(kind: str, code: str, *values: str) -> Fact:
    return Fact(kind, code, values)


def _cut(value: object) -> str:
    return visible(str(value).replace("\t", " ").replace("\n", " "))[:_LONGEST_VALUE] or "-"
