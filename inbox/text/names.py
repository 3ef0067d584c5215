"""Find texts that mention an officer by a name or an alias.

Names match as complete words, regardless of accents, case, spacing, hyphens and the order of first and family
name. A name is not found if it is misspelled, in another script, or in a picture.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from crypto import unseen
from inbox.text.joints import APOSTROPHES, HYPHENS

LEAST_LETTERS = 3
# No person has more names than this limit. The limit is needed because all rotations of n words take memory
# proportional to n².
_MOST_NAMES = 20

# Letters that Unicode normalisation does not decompose.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "\u0131": "i"})
_ACCENTS = "Mn"
_JOINTS = re.compile(f"[{HYPHENS}{APOSTROPHES}]+")
_BETWEEN = re.compile(r"[\W_]+")


class Names:
    """Officers, with all the names that a report may use for them."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        patterns = {officer: _pattern(each) for officer, each in names.items()}
        self._patterns = {officer: pattern for officer, pattern in patterns.items() if pattern}

    def meant_in(self, texts: Iterable[str]) -> set[str]:
        """Return the officers whom at least one of the texts names."""
        folded = [each for text in texts for each in _readings(text)]
        return {officer for officer, pattern in self._patterns.items() if any(map(pattern.search, folded))}


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded. Names with equal words are the same name."""
    return tuple(_spaced(_JOINTS.sub(" ", fold(name))).split())


def counts(name: str) -> bool:
    """Return whether a name has enough letters to search for it."""
    return len("".join(words(name))) >= LEAST_LETTERS


def family(name: str) -> str:
    """Return a person's family name.

    If only some words are in capitals, these words are the family name; otherwise, it is the last word. The
    result is empty if the name has one word, or if the family name has too few letters to search for it.
    """
    given = name.split()
    if not given[1:]:
        return ""
    capitals = [each for each in given if each.isupper() and counts(each)]
    found = " ".join(capitals) if 0 < len(capitals) < len(given) else given[-1]
    return found if counts(found) else ""


def _readings(text: str) -> set[str]:
    """Return a text folded in two ways, with Jean-Paul as two words and with Jean-Paul as one word."""
    folded = fold(text)
    return {_spaced(_JOINTS.sub(joint, folded)) for joint in (" ", "")}


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    either = "|".join(" ?".join(map(re.escape, turned)) for name in names for turned in _turned(words(name)))
    return re.compile(rf"(?<!\S)(?:{either})(?!\S)") if either else None


def _turned(name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the rotations of a name, because any of its words may be the family name."""
    for first in range(len(name) if len(name) <= _MOST_NAMES else 1):
        yield name[first:] + name[:first]


def fold(text: str) -> str:
    """Return a text without accents, case and invisible characters, with ligatures as separate letters."""
    if text.isascii():
        return unseen.dropped(text.casefold())
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(part for part in unseen.dropped(parts) if unicodedata.category(part) != _ACCENTS)
    return kept.translate(_LIGATURES)


def _spaced(text: str) -> str:
    return _BETWEEN.sub(" ", text)
