"""Read THREAT_MODEL.md: its sections, their promises with the named tests, and their limits."""

import re
from dataclasses import dataclass, field

from tests.support.paths import ROOT

FILE = ROOT / "THREAT_MODEL.md"
_NAME = re.compile(r"- \*\*(.+?)\*\*", re.DOTALL)
# A promise begins with its bold title, and its other lines are indented.
_BEGIN = re.compile(r"- \*\*\S|  +\S")
_TEST = re.compile(r"→ \[`(\w+)`\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A promise or a limit: its words in bold, and its tests, as name and path."""

    name: str
    tests: list[tuple[str, str]]


@dataclass(slots=True)
class Section:
    """A part of the threat model: a heading of the second level and everything below it."""

    name: str
    text: str
    promises: list[Statement] = field(default_factory=list)
    limits: list[Statement] = field(default_factory=list)
    untitled: list[str] = field(default_factory=list)
    """The lines below “Promises” that begin in the first column, but not with a bold title."""


def sections(text: str) -> list[Section]:
    """Return the sections of the threat model, in order."""
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        section = Section(part.partition("\n")[0], part)
        for below in re.split(r"^### ", part, flags=re.MULTILINE)[1:]:
            kind = section.promises if below.startswith("Promises") else section.limits
            kind += _statements(below)
            if kind is section.promises:
                lines = below.splitlines()[1:]
                section.untitled += [each for each in lines if each.strip() and not _BEGIN.match(each)]
        found.append(section)
    return found


def tests_named(text: str) -> list[tuple[str, str]]:
    """Return each test that follows an arrow, as name and path."""
    return _TEST.findall(text)


def _statements(text: str) -> list[Statement]:
    items = re.split(r"^(?=- )", text, flags=re.MULTILINE)
    named = [(name, item) for item in items if (name := _NAME.match(item))]
    return [Statement(" ".join(name[1].split()), tests_named(item)) for name, item in named]
