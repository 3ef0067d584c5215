"""What comes out of the sandbox: a head of fixed size, facts, text, pixels.

Whoever reads it trusts none of it. So it is checked by comparing numbers, and holds nothing that has to be
parsed: facts are lines, pixels are red, green and blue, row after row.
"""

import re
import struct
from dataclasses import dataclass

LONGEST_SIDE = 2_000
MOST_PAGES = 500
LONGEST_TEXT = 200_000
_LARGEST_FACTS = 1 << 17
_LARGEST_TEXT = 4 * LONGEST_TEXT
_HEAD = struct.Struct(">8s5I")
_MAGIC = b"fanal/p1"
_FACT = re.compile(r"[a-z]{1,16}\t[^\t\n]{1,400}")
LARGEST = _HEAD.size + _LARGEST_FACTS + _LARGEST_TEXT + 3 * LONGEST_SIDE**2


class NotShown(Exception):
    """A file is not looked at further; ``str`` says why."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was found out about a file: of which kind, and what."""

    kind: str
    value: str


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
        facts = "\n".join(f"{fact.kind}\t{fact.value}" for fact in self.facts).encode()
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
    if not all(map(_FACT.fullmatch, lines)):
        raise ValueError("not of this form")
    return Answer(
        tuple(Fact(*line.split("\t")) for line in lines),
        raw[_HEAD.size + facts : pixels].decode(),
        pages,
        width,
        height,
        raw[pixels:],
    )


def counted(number: int, what: str, several: str) -> str:
    """Return a number with its noun."""
    return f"{number} {what if number == 1 else several}"


def fact(kind: str, value: object) -> Fact:
    """Return a fact whose value has been cut to what fits on its line."""
    text = str(value).encode(errors="replace").decode()
    return Fact(kind, text.replace("\t", " ").replace("\n", " ")[:400] or "-")
