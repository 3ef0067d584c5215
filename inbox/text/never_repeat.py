"""Find words in a text that come, in any spelling, from answers that must never be repeated.

``repeating`` compares texts with the reporter's identity instead, by pairs of words. The comparison with
the identity allows only a limited number of matches, and single words would soon use them up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from snowballstemmer import stemmer
from text_to_num import alpha2digit  # type: ignore[attr-defined]

from crypto import unseen
from inbox.language import days
from inbox.text import names
from inbox.text.common_words import COMMON
from inbox.text.repeating import capitals

LANGUAGES = ("fr", "en")
# A shorter word identifies nothing, and is too short to have an ending removed.
_LEAST = 3
# No French or English word is longer than this limit.
_LONGEST = 40
_HYPHENED = re.compile(r"\b[^\W\d_]+(?:[-\u2010-\u2015][^\W\d_]+)+")
_WORD = re.compile(r"[^\W\d_]+")
# A time of day: “14 h 30”, “14h30”, “14:30”, “14.30”, “2.30 pm”, “9 pm”.
_CLOCK = re.compile(
    r"\b(?:(?P<half>\d{1,2})(?:[.:](?P<past>\d{2}))?\s?(?P<m>[ap])\.?m\b\.?"
    r"|(?P<hour>\d{1,2})"
    r"(?:\s?(?:h|heures?\b|hours?\b)\s?(?P<minute>\d{2})?|[:.](?P<minutes>\d{2}))(?![\d.,]))",
    re.IGNORECASE,
)
# A date with the name of its month: “12 mars”, “1er mai”, “3rd of January”, “March 12”.
_NAMED_DAYS = (
    re.compile(r"\b(?P<day>\d{1,2})(?:er|st|nd|rd|th)?\s(?:of\s)?(?P<month>[^\W\d_]{3,})", re.IGNORECASE),
    re.compile(r"\b(?P<month>[^\W\d_]{3,})\s(?:the\s)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE),
)
# Digits in groups: “3 000”, “3.000”, “06 12 34 56 78”.
_GROUPS = re.compile(r"(?<=\d)[\s.,\u202f\xa0'\u2019-](?=\d{2,3}\b)")
# A part of an identifier of letters and digits: “CSQU 305438 3”, “1-ABC-234”, “KX19 ZTR”, “3x8”.
_PART = re.compile(r"[^\W_]*\d[^\W_]*|[A-Z]{1,4}(?![^\W_])")
_BETWEEN_PARTS = re.compile(r"[\s\-\u2010-\u2015]|\.(?!\s)")
# An identifier has at least this many digits. A shorter number identifies nothing on its own.
_DIGITS = 2
_MONTHS = 12


class NeverRepeat:
    """Answers that must never be repeated, analysed once so that many texts can be checked.

    Every word with content counts, regardless of case, accents and ending. So does every number, date or time
    of day, in digits or in words. Identifiers of letters and digits also count, regardless of spacing.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        shown = [unseen.dropped(text) for text in texts]
        self._kept = [(_telling(text), [*_signs(text)], capitals(text)) for text in shown]

    def repeated(self, text: str) -> Iterator[str]:
        """Yield the repetitions in ``text``, as the protected answers spell them."""
        text = unseen.dropped(text)
        said, words, condensed = {key for key, _ in _telling(text)}, set(names.words(text)), _condensed(text)
        for kept, signs, spelled in self._kept:
            found = dict.fromkeys(word for key, word in kept if key in said)
            yield from found
            yield from (sign for sign in signs if _condensed(sign) in condensed)
            yield from (word for word, folded in spelled if folded <= words and word not in found)

    def is_repeated(self, texts: Iterable[str]) -> bool:
        """Return whether one of the texts repeats anything from the answers."""
        return any(any(self.repeated(text)) for text in texts)


def _telling(text: str) -> list[tuple[str, str]]:
    """Return the words, numbers, dates and times of a text, each as a key to compare and its spelling."""
    days, clocks = [*_days(text)], [*_clocks(text)]
    # A number within a date or time does not count: “12 March” does not repeat “12 persons”.
    rest = text
    for _, whole in (*days, *clocks):
        rest = rest.replace(whole, " ")
    return list(dict.fromkeys([*_words(rest), *_joined(rest), *days, *clocks, *_numbers(rest)]))


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the words with content, each with its stem as key."""
    for spelled in _WORD.findall(text):
        for word in names.words(spelled):
            if len(word) >= _LEAST and word.isalpha() and word not in COMMON:
                for language in LANGUAGES:
                    # The stemmer needs accents to find an ending (filmée), but some people omit accents.
                    stems = {_stem(language, word), names.fold(_stem(language, spelled.casefold()))}
                    if not stems & _common_stems(language):
                        yield from ((f"{language}:{stem}", spelled) for stem in sorted(stems))
                yield f"j:{word}", spelled


def _joined(text: str) -> Iterator[tuple[str, str]]:
    """Yield hyphenated words as one word, because others write “X-ray” as “Xray”."""
    for match in _HYPHENED.finditer(text):
        parts = names.words(match[0])
        if any(len(part) >= _LEAST and part not in COMMON for part in parts):
            yield f"j:{''.join(parts)}", match[0]


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield numbers of two digits or more, and shorter numbers with the noun beside them: “gate 4”."""
    for said in {
        _grouped(text),
        *(_grouped(alpha2digit(text, language)) for language in LANGUAGES),
    }:
        words = names.words(said)
        for word in words:
            if word.isdecimal() and len(word) >= _DIGITS:
                yield f"n:{word.lstrip('0')}", word
        for first, second in pairwise(words):
            if first.isdecimal() != second.isdecimal():
                number, counted = (first, second) if first.isdecimal() else (second, first)
                if counted.isalpha() and len(number) == 1 and counted not in COMMON:
                    yield f"n:{number} {_stem('fr', counted)}", f"{first} {second}"


def _grouped(text: str) -> str:
    return _GROUPS.sub("", text)


def _days(text: str) -> Iterator[tuple[str, str]]:
    """Yield the dates in a text. The month may be a name or a number."""
    for written in _NAMED_DAYS:
        for match in written.finditer(text):
            if number := _months().get("".join(names.words(match["month"]))):
                yield f"d:{int(match['day'])}-{number}", match[0]
    for match in re.finditer(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?\b", text):
        # Either number can be the month, because not everybody writes the day first.
        for day, month in ((match[1], match[2]), (match[2], match[1])):
            if 0 < int(month) <= _MONTHS:
                yield f"d:{int(day)}-{int(month)}", match[0]
    for match in re.finditer(r"\b\d{4}-(\d{2})-(\d{2})\b", text):
        yield f"d:{int(match[2])}-{int(match[1])}", match[0]


def _clocks(text: str) -> Iterator[tuple[str, str]]:
    for match in _CLOCK.finditer(text):
        hour, minute = (
            int(match["half"] or match["hour"]),
            int(match["past"] or match["minute"] or match["minutes"] or 0),
        )
        if match["m"]:
            hour = hour % 12 + (12 if match["m"] in "pP" else 0)
        yield f"t:{hour}:{minute}", match[0]


def _signs(text: str) -> Iterator[str]:
    """Yield identifiers of letters and digits as the text spells them.

    The parts of an identifier are separated only by a space, a hyphen or a point.
    """
    row: list[re.Match[str]] = []
    for part in [*_PART.finditer(text), None]:
        if row and (part is None or not _BETWEEN_PARTS.fullmatch(text, row[-1].end(), part.start())):
            sign = text[row[0].start() : row[-1].end()]
            if any(map(str.isalpha, sign)) and sum(map(str.isdigit, sign)) >= _DIGITS:
                yield sign
            row = []
        if part is not None:
            row.append(part)


def _condensed(text: str) -> str:
    return _BETWEEN_PARTS.sub("", text).casefold()


@cache
def _months() -> Mapping[str, int]:
    """Return the number of each month, by its folded name and by its folded abbreviation."""
    return {names.words(name)[0]: number for name, number in days.months(LANGUAGES)}


@cache
def _stem(language: str, word: str) -> str:
    """Return a word without its endings.

    Stem repeatedly, because a word typed without accents can lose several endings, one after the other.
    """
    stem, before = word, ""
    while stem != before and _LEAST <= len(stem) <= _LONGEST:
        stem, before = str(_stemmers()[language].stemWord(stem)), stem
    return stem


@cache
def _stemmers() -> Mapping[str, Any]:
    return {"fr": stemmer("french"), "en": stemmer("english")}


@cache
def _common_stems(language: str) -> frozenset[str]:
    return frozenset(_stem(language, word) for word in COMMON)
