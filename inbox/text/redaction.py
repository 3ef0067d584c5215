"""Passages that are left out of what leaves the inbox: neither their words nor their length are kept.

A passage is found however it is spaced or hyphenated, in capitals or not, with its accents or without, and
through characters that nobody sees.
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

# A text in pieces: between each two a passage was removed.
Pieces: TypeAlias = tuple[str, ...]

EVERYWHERE = "*"
REMOVED: Pieces = ("", "")
# What stands on letters, once they are taken apart.
_MARKS = "\u0300-\u036f"
_PASSED_OVER = f"{unseen.CLASS}{_MARKS}"
_HINT = sentence(
    "give it as PLACE:TEXT; PLACE: alone removes all that stands there, *:TEXT the passage everywhere"
)
_REDACT = table({"place": TEXT}, {"text": TEXT})
_FILE = Schema("the file of redactions", table({"redact": list_of(_REDACT, least=0)}))


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to be removed: a passage at a place or EVERYWHERE; without ``text`` all that stands there."""

    place: str
    text: str


def parse(given: str) -> Redaction:
    """Return what ``PLACE:TEXT`` asks for; Refused for another form."""
    place, colon, text = given.partition(":")
    return of(place.strip(), text.strip() if colon else None)


def read(toml: str) -> tuple[Redaction, ...]:
    """Return what a file of ``[[redact]]`` with ``place`` and ``text`` asks for; Refused for another form."""
    rows = toml_files.read(_FILE, toml.encode("utf-8"))["redact"]
    return tuple(of(row["place"], row.get("text", "")) for row in rows)


def reads(passage: str) -> bool:
    """Tell whether anybody sees anything of a passage."""
    return bool(re.sub(f"[{_PASSED_OVER}\\s]", "", _apart(passage)))


def around(text: str, passage: str) -> Pieces:
    """Return what is left of a text before, between and behind the places where a passage stands."""
    whole = _apart(text)
    return tuple(_around(whole, _matches(whole, passage)))


def taken(text: str, passage: str) -> Pieces:
    """Return what stands at those places, letter by letter: one piece less than ``around`` leaves."""
    whole = _apart(text)
    spans = _joined(_matches(whole, passage))
    return tuple(unicodedata.normalize("NFC", whole[start:stop]) for start, stop in spans)


class Redactor:
    """Removes what was asked for from each text that it is shown, and knows what it never found.

    ``always`` are passages that go wherever they stand, if they do; ``went`` counts these.
    """

    def __init__(self, redactions: Iterable[Redaction], always: Iterable[str] = ()) -> None:
        self._patterns = {each: _pattern(each.text) for each in redactions}
        self._always = [_pattern(text) for text in always if reads(text)]
        self._found: set[Redaction] = set()
        self.went = 0

    def pieces(self, place: str, text: str) -> Pieces:
        """Return what is left of a text."""
        whole = _apart(text)
        meant = [each for each in self._patterns if each.place in {place, EVERYWHERE}]
        if any(not each.text for each in meant):
            self._found.update(each for each in meant if not each.text)
            return REMOVED
        return tuple(_around(whole, sorted(self._spans(meant, whole))))

    def check(self, kept: Iterable[tuple[str, Sequence[Pieces]]]) -> list[str]:
        """Return where a passage that was removed at one place still stands at another.

        ``kept`` is all that leaves, by place. Raises Refused if something that was to be removed was never
        found: who mistyped it must not believe that it is gone.
        """
        for each in self._patterns:
            if each not in self._found:
                raise Refused(
                    sentence("what was to be removed at “{place}” is not there", place=each.place),
                    sentence(
                        "compare it with `inbox show`; places are questions, follow-up-N, reply-N, note,"
                        " file-N"
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
    """Return what is to be removed there, all for an empty text; Refused for a passage that nobody sees."""
    is_passage = reads(text or "")
    if text is None or not place or (text and not is_passage) or (place == EVERYWHERE and not is_passage):
        raise Refused(sentence("a redaction names a place, and a passage that reads"), _HINT)
    return Redaction(place, text)


def _apart(text: str) -> str:
    """Return a text in which accents stand behind their letters."""
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
    """Yield what stands before, between and behind the spans, which are sorted and may overlap."""
    end = 0
    for start, stop in _joined(spans):
        yield unicodedata.normalize("NFC", text[end:start])
        end = stop
    yield unicodedata.normalize("NFC", text[end:])


def _matches(whole: str, passage: str) -> list[tuple[int, int]]:
    return sorted(match.span() for match in _pattern(passage).finditer(whole))


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans, which are sorted, those as one that overlap or touch."""
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
