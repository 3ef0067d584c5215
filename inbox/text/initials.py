"""Recognise a person by initials, such as “J.M.”, “J.-M.L.”, “JM” alone or “J.Leroy”.

Words of two letters are common, so only capitals count as initials. Initials are recognised anywhere in the
text if each has a full stop, and otherwise only if they are the entire name. An “M.” before a family name is
a title, not an initial.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from inbox.text import names
from inbox.text.joints import APOSTROPHES, HYPHENS

_LETTER = r"[^\W\d_]"
_JOINT = rf"[{HYPHENS}\s]*"
_POINTED = re.compile(rf"\b{_LETTER}\.(?:{_JOINT}{_LETTER}\.)+")
_ALONE = re.compile(rf"{_LETTER}(?:{_JOINT}{_LETTER}){{1,3}}")
_BEFORE_FAMILY = re.compile(rf"\b({_LETTER})\.{_JOINT}({_LETTER}{{3,}})")
_BEHIND_FAMILY = re.compile(rf"\b({_LETTER}{{3,}})\s+({_LETTER})\.")
_TITLE = re.compile(r"^\s*(?:mme|mlle|mrs?|ms|dr|m\.)\s+", re.IGNORECASE)
_TITLES = {"m"}
_NAME = re.compile(rf"{_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)?")
# Separators and particles that may occur between the names of one person.
_BETWEEN = re.compile(rf"[{HYPHENS}\s]+(?:(?:de|du|des|la|le|les|van|von|ben)\s+|d[{APOSTROPHES}])*")
_MOST = 4


def mean(addressee: str, texts: Iterable[str]) -> bool:
    """Return whether an addressee has the initials of a person whom one of the texts names."""
    given = unicodedata.normalize("NFC", addressee)
    meant, written_out = set(_of(given)), set(_with_family(given))
    if not meant and not written_out:
        return False
    return any(
        tuple(sorted(name[0] for name in person)) in meant
        or any((one[0], other) in written_out for one in person for other in person if one is not other)
        for text in texts
        for person in _persons(text)
    )


def _of(addressee: str) -> Iterator[tuple[str, ...]]:
    """Yield the initials of an addressee, folded.

    The initials are in alphabetical order, because the family name may come first.
    """
    untitled = _TITLE.sub("", addressee, count=1)
    for each in (addressee, untitled):  # The letter M. can be a title or an initial.
        yield from (_sorted(match[0]) for match in _POINTED.finditer(each) if match[0].isupper())
    alone = re.split(r"[,;\n]", untitled, maxsplit=1)[0].strip()  # An address may follow the name.
    if alone.isupper() and _ALONE.fullmatch(alone):
        yield _sorted(alone)


def _with_family(addressee: str) -> Iterator[tuple[str, str]]:
    """Yield each initial together with the family name next to it, both folded."""
    found = [match.groups() for match in _BEFORE_FAMILY.finditer(addressee)]
    found += [(match[2], match[1]) for match in _BEHIND_FAMILY.finditer(addressee)]
    for initial, family in found:
        if initial.isupper() and _folded(initial) not in _TITLES:
            yield _folded(initial), _folded(family)


def _persons(text: str) -> Iterator[list[str]]:
    """Yield rows of two to _MOST capitalised words, folded: each row may be the names of a person.

    The first word of a sentence may begin a row of capitalised words, and the name of an office may end such
    a row. So parts of a row of capitalised words are yielded too.
    """
    row: list[str] = []
    end = 0
    text = unicodedata.normalize("NFC", text)
    for match in _NAME.finditer(text):
        if match[0][0].isupper():
            row = row[1 - _MOST :] if row and _BETWEEN.fullmatch(text[end : match.start()]) else []
            row.append(_folded(match[0]))
            end = match.end()
            yield from (row[first:] for first in range(len(row) - 1))


def _sorted(written: str) -> tuple[str, ...]:
    return tuple(sorted(_folded(written)))


def _folded(written: str) -> str:
    return "".join(names.words(written))
