"""Redact passages of texts that leave the inbox. No trace of a passage remains, not even its length.

A passage matches regardless of spaces, hyphens, case, accents and invisible characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crypto import unseen
from crypto.toml_schema import TEXT, Schema, list_of, table
from inbox.language import toml_files
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.text.joints import APOSTROPHES, HYPHENS

# A text in pieces. A passage was removed between each pair of adjacent pieces.
Pieces: TypeAlias = tuple[str, ...]

EVERYWHERE = "*"
REMOVED: Pieces = ("", "")
# Combining marks, which NFD separates from their letters.
_MARKS = "\u0300-\u036f"
_PASSED_OVER = f"{unseen.CLASS}{_MARKS}"
_HINT = sentence(
    "use PLACE:TEXT; PLACE: without a text removes all text there, and *:TEXT removes the text everywhere"
)
_REDACT = table({"place": TEXT}, {"text": TEXT})
_FILE = Schema("the file of redactions", table({"redact": list_of(_REDACT, least=0)}))


@dataclass(frozen=True, slots=True)
class Redaction:
    """A passage to remove at a place, or EVERYWHERE. An empty ``text`` removes all text at the place."""

    place: str
    text: str


def parse(given: str) -> Redaction:
    """Parse ``PLACE:TEXT`` as a redaction. Raise Refused if ``given`` does not have this form."""
    place, colon, text = given.partition(":")
    return of(place.strip(), text.strip() if colon else None)


def read(toml: str) -> tuple[Redaction, ...]:
    """Return the redactions of a TOML file: ``[[redact]]`` tables with ``place`` and ``text``.

    Raises Refused for a file in any other format.
    """
    rows = toml_files.read(_FILE, toml.encode("utf-8"))["redact"]
    return tuple(of(row["place"], row.get("text", "")) for row in rows)


def reads(passage: str) -> bool:
    """Return whether a passage has at least one visible character."""
    return bool(re.sub(f"[{_PASSED_OVER}\\s]", "", _apart(passage)))


def around(text: str, passage: str) -> Pieces:
    """Return the pieces of a text before, between and after the occurrences of a passage."""
    whole = _apart(text)
    return tuple(_around(whole, _matches(whole, passage)))


def taken(text: str, passage: str) -> Pieces:
    """Return each occurrence of a passage, as the text spells it.

    ``around`` returns one more piece than there are occurrences.
    """
    whole = _apart(text)
    spans = _joined(_matches(whole, passage))
    return tuple(unicodedata.normalize("NFC", whole[start:stop]) for start, stop in spans)


class Redactor:
    """Applies redactions to texts, and records which redactions have matched.

    ``always`` are passages to remove from every text, if they occur. ``went`` is the number of times that
    these passages were removed.
    """

    def __init__(self, redactions: Iterable[Redaction], always: Iterable[str] = ()) -> None:
        self._patterns = {each: _pattern(each.text) for each in redactions}
        self._always = [_pattern(text) for text in always if reads(text)]
        self._found: set[Redaction] = set()
        self.went = 0

    def pieces(self, place: str, text: str) -> Pieces:
        """Return the pieces of the text at ``place`` that remain after redaction."""
        whole = _apart(text)
        meant = [each for each in self._patterns if each.place in {place, EVERYWHERE}]
        if any(not each.text for each in meant):
            self._found.update(each for each in meant if not each.text)
            return REMOVED
        return tuple(_around(whole, sorted(self._spans(meant, whole))))

    def check(self, kept: Iterable[tuple[str, Sequence[Pieces]]]) -> list[str]:
        """Return the places that still contain a passage, although it was removed at another place.

        ``kept`` contains all the text that leaves the inbox, by place. Raises Refused if a redaction never
        matched. Otherwise, an officer who mistyped a passage would believe that it was removed.
        """
        for each in self._patterns:
            if each not in self._found:
                raise Refused(
                    sentence("the passage to remove was not found at “{place}”", place=each.place),
                    sentence(
                        "compare the passage with `inbox case show`; name its place: the id of a question,"
                        " follow-up-N, reply-N, note or file-N"
                    ),
                )
        texts = [(place, piece) for place, several in kept for pieces in several for piece in pieces]
        patterns = [pattern for each, pattern in self._patterns.items() if each.text]
        return sorted(
            {place for place, text in texts if any(pattern.search(_apart(text)) for pattern in patterns)}
        )

    def _spans(self, meant: Iterable[Redaction], text: str) -> Iterator[tuple[int, int]]:
        known = sorted(match.span() for pattern in self._always for match in pattern.finditer(text))
        self.went += sum(1 for _ in _joined(known))
        yield from known
        for each in meant:
            for match in self._patterns[each].finditer(text):
                self._found.add(each)
                yield match.span()


def of(place: str, text: str | None) -> Redaction:
    """Return the redaction of a text at a place, or of all text there if ``text`` is empty.

    Raises Refused if ``text`` is None, if the place is empty, if the passage has no visible character, or if
    the text is empty and the place is EVERYWHERE.
    """
    is_passage = reads(text or "")
    if text is None or not place or (text and not is_passage) or (place == EVERYWHERE and not is_passage):
        raise Refused(sentence("a redaction needs a place and a passage with visible characters"), _HINT)
    return Redaction(place, text)


def _apart(text: str) -> str:
    """Return a text with accents as separate characters after their letters (NFD)."""
    return unicodedata.normalize("NFD", text)


def _pattern(text: str) -> re.Pattern[str]:
    words = re.sub(f"[{_PASSED_OVER}]", "", _apart(text)).split()
    letters = [f"[{_PASSED_OVER}]*".join(_letters(word)) for word in words]
    return re.compile(f"[{_PASSED_OVER}{HYPHENS}\\s]+".join(letters) + f"[{_MARKS}]*", re.IGNORECASE)


def _letters(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        if re.match(f"[{APOSTROPHES}]", letter):
            yield f"[{APOSTROPHES}]"
        elif re.match(f"[{HYPHENS}]", letter):
            yield f"[{HYPHENS}\\s]" if 0 < place < len(word) - 1 else f"[{HYPHENS}]"
        else:
            yield re.escape(letter)


def _around(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Yield the text before, between and after the spans, which are sorted and may overlap."""
    end = 0
    for start, stop in _joined(spans):
        yield unicodedata.normalize("NFC", text[end:start])
        end = stop
    yield unicodedata.normalize("NFC", text[end:])


def _matches(whole: str, passage: str) -> list[tuple[int, int]]:
    return sorted(match.span() for match in _pattern(passage).finditer(whole))


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield sorted spans, with overlapping or adjacent spans merged."""
    joined: tuple[int, int] | None = None
    for start, stop in spans:
        if joined and start <= joined[1]:
            joined = joined[0], max(joined[1], stop)
            continue
        if joined:
            yield joined
        joined = start, stop
    if joined:
        yield joined
