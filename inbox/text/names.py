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
        folded = {officer: list(filter(None, map(words, each))) for officer, each in names.items()}
        self._words = {officer: each for officer, each in folded.items() if each}
        self._patterns = {officer: _pattern(each) for officer, each in self._words.items()}

    def meant_in(self, texts: Iterable[str]) -> set[str]:
        """Return the officers whom at least one of the texts names."""
        return set().union(*map(self._meant_in, texts)) if self._words else set()

    def _meant_in(self, text: str) -> set[str]:
        # Most texts lack a word of each name. To look for a word takes a hundredth of the time of a pattern.
        folded = fold(text)
        joined = _JOINTS.sub("", folded)
        may_be = [
            officer
            for officer, names in self._words.items()
            if any(all(word in joined for word in name) for name in names)
        ]
        readings = _readings(folded) if may_be else set()
        return {officer for officer in may_be if any(map(self._patterns[officer].search, readings))}


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


def _readings(folded: str) -> set[str]:
    """Return a folded text in two ways, with Jean-Paul as two words and with Jean-Paul as one word."""
    return {_spaced(_JOINTS.sub(joint, folded)) for joint in (" ", "")}


def _pattern(names: Iterable[tuple[str, ...]]) -> re.Pattern[str]:
    either = "|".join(" ?".join(map(re.escape, turned)) for name in names for turned in _turned(name))
    return re.compile(rf"(?<!\S)(?:{either})(?!\S)")


def _turned(name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the rotations of a name, because any of its words may be the family name."""
    for first in range(len(name) if len(name) <= _MOST_NAMES else 1):
        yield name[first:] + name[:first]


def fold(text: str) -> str:
    """Return a text without accents, case and invisible characters, with ligatures as separate letters."""
    if text.isascii():
        return unseen.dropped(text.casefold())
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = unseen.dropped(parts)
    # A text has few different characters, so this is faster than to look at each of its characters.
    for accent in [part for part in set(kept) if unicodedata.category(part) == _ACCENTS]:
        kept = kept.replace(accent, "")
    return kept.translate(_LIGATURES)


def _spaced(text: str) -> str:
    return _BETWEEN.sub(" ", text)
