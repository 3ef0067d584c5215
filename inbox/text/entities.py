"""Find entities that link reports: container numbers, number plates, telephone numbers, names, dates.

Each entity is normalised, so that different spellings compare equal:

- container numbers with a correct check digit (ISO 6346);
- number plates of France, Belgium and Spain;
- telephone numbers as E.164, read as numbers of a given country if they have no country code;
- names of two to five words, regardless of accents, case and order;
- dates in figures (day first, or ISO 8601), or with the month in words.

Misspelled entities are not found, nor are names in a script without capitals.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import cache, partial
from itertools import islice, pairwise
from typing import NamedTuple

import phonenumbers
from stdnum import iso6346

from inbox.text import names as person_names

# Entities of each kind in one case. The limit bounds the rows and the work that a hostile report can cause.
MOST = 40
_TRIED = 400
_MOST_DIGIT_GROUPS = 5 * _TRIED
_LONGEST_NAME = 100
_LEAST_RUN, LONGEST_RUN = 2, 5


class Kind(StrEnum):
    """What two cases can have in common.

    ``similarity`` finds ``TEXT``, and this module finds all other kinds.
    """

    CONTAINER = "container"
    PLATE = "plate"
    PHONE = "phone"
    TEXT = "text"
    NAME = "name"
    DAY = "day"


class Found(NamedTuple):
    """An entity: ``value`` is its normalised form for comparisons, and ``shown`` is its form for people."""

    kind: Kind
    value: str
    shown: str


def found_in(texts: Iterable[str], country: str, persons: str = "") -> list[Found]:
    """Return the entities in these texts and the names in ``persons``.

    There are no duplicates, and at most MOST entities of a kind.
    Telephone numbers without a country code are numbers of ``country`` (ISO 3166-1, two capitals).
    """
    counts: Counter[Kind] = Counter()
    found: dict[tuple[Kind, str], Found] = {}
    for each in _all_in(texts, country, persons):
        if (each.kind, each.value) not in found and counts[each.kind] < MOST:
            found[each.kind, each.value] = each
            counts[each.kind] += 1
    return list(found.values())


def containers_written(text: str) -> list[str]:
    """Return each container number in a text twice: as the text spells it, and without separators."""
    found = ((match[0], "".join(match.groups()).upper()) for match in _CONTAINER.finditer(text))
    return [each for written, number in found if iso6346.is_valid(number) for each in (written, number)]


def name_pairs(text: str, longest: int | None = None) -> set[tuple[str, str]]:
    """Return each pair of adjacent capitalised words as a possible name: folded, in alphabetical order.

    Particles such as “de” and “Le”, and container numbers, do not count as words. A row of more than
    ``longest`` capitalised words is ignored, because it is probably a text in capitals.
    """
    plain = _CONTAINER.sub(" ; ", unicodedata.normalize("NFKC", text))
    runs = [run for run in _all_runs(plain) if longest is None or len(run) <= longest]
    return {pair for run in runs for pair in side_by_side(" ".join(run))}


def side_by_side(text: str) -> set[tuple[str, str]]:
    """Return each pair of adjacent words of a text, like ``name_pairs`` but regardless of capitals."""
    said = [each for each in person_names.words(text) if each not in _PARTICLES]
    return {(min(pair), max(pair)) for pair in pairwise(said) if all(map(str.isalpha, pair))}


def _all_in(texts: Iterable[str], country: str, persons: str) -> Iterator[Found]:
    yield from _listed(unicodedata.normalize("NFKC", persons))
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        looks = (_containers, _plates, partial(_phones, country=country), _names, _days)
        for look in looks if _DIGIT.search(plain) else (_names,):
            yield from islice(look(plain), _TRIED)


# Every entity except a name has a digit.
_DIGIT = re.compile(r"\d")
_CONTAINER = re.compile(
    r"(?<!\w)([A-Z]{3}[UJZ])[ .-]?(\d{3})[ .-]?(\d{3})[ ./-]?(\d)(?!\w)", re.ASCII | re.IGNORECASE
)


def _containers(text: str) -> Iterator[Found]:
    for match in _CONTAINER.finditer(text):
        number = "".join(match.groups()).upper()
        if iso6346.is_valid(number):
            yield Found(Kind.CONTAINER, number, number)


_PLATE_LETTER = "[A-HJ-NP-TV-Z]"
_PLATES = (
    re.compile(rf"(?<!\w){_PLATE_LETTER}{{2}}[ -]?\d{{3}}[ -]?{_PLATE_LETTER}{{2}}(?!\w)", re.ASCII),
    re.compile(
        rf"(?<!\w){_PLATE_LETTER}{{2}}-?\d{{3}}-?{_PLATE_LETTER}{{2}}(?!\w)", re.ASCII | re.IGNORECASE
    ),
    # France until 2009
    re.compile(rf"(?<!\w)\d{{2,4}}[ -]{_PLATE_LETTER}{{2,3}}[ -](?:\d{{2}}|2[AB]|97\d)(?!\w)", re.ASCII),
    # Belgium, Spain
    re.compile(r"(?<!\w)[1-9]-[A-Z]{3}-\d{3}(?!\w)", re.ASCII),
    re.compile(r"(?<!\w)\d{4}-?[BCDFGHJ-NPRSTV-Z]{3}(?!\w)", re.ASCII),
)


def _plates(text: str) -> Iterator[Found]:
    for pattern in _PLATES:
        for match in pattern.finditer(text):
            plate = re.sub("[ -]", "", match[0]).upper()
            yield Found(Kind.PLATE, plate, match[0].upper())


# The groups of digits of a telephone number, and the characters that may separate two groups.
_DIGITS = re.compile(r"(?<![\w+])\+?\d++(?!\w)", re.ASCII)
_GAP = re.compile(r"[ ./()-]{1,3}")
# How many digits a telephone number with a country code can have. E.164 allows 15 digits after “+” or “00”.
_ABROAD = range(8, 18)
_ABROAD_STARTS = ("+", "00")


def _phones(text: str, country: str) -> Iterator[Found]:
    """Yield the longest possible telephone numbers, even if no word separates one number from the next."""
    groups = list(islice(_DIGITS.finditer(text), _MOST_DIGIT_GROUPS))
    first = 0
    while first < len(groups):
        after, found = next(_numbers_from(text, groups, first, country), (first + 1, ""))
        if found:
            yield Found(Kind.PHONE, found, found)
        first = after


def _numbers_from(
    text: str, groups: Sequence[re.Match[str]], first: int, country: str
) -> Iterator[tuple[int, str]]:
    """Yield the numbers that begin with group ``first``, longest first, each with the next group's index."""
    start = groups[first].start()
    abroad = text.startswith(_ABROAD_STARTS, start)
    lengths = _ABROAD if abroad else _national_lengths(country)
    for last in reversed(range(first, _end(text, groups, first))):
        written = text[start : groups[last].end()]
        if sum(map(str.isdigit, written)) in lengths and (found := _number(written, country, abroad=abroad)):
            yield last + 1, found


def _end(text: str, groups: Sequence[re.Match[str]], first: int) -> int:
    """Return the index after the last group that may belong to the same telephone number."""
    end = first + 1
    furthest = min(len(groups), first + max(_ABROAD))
    while end < furthest and _GAP.fullmatch(text, groups[end - 1].end(), groups[end].start()):
        end += 1
    return end


def _number(written: str, country: str, *, abroad: bool) -> str:
    """Return a telephone number as E.164, or "" if it is invalid or lacks the prefix for national calls."""
    try:
        number = phonenumbers.parse(re.sub("^00", "+", written) if abroad else written, country)
    except phonenumbers.NumberParseException:
        return ""
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    if not phonenumbers.is_valid_number(number) or not (abroad or _figures(national) == _figures(written)):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _figures(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@cache
def _national_lengths(country: str) -> frozenset[int]:
    """Return how many digits a number can have, with or without the prefix for national calls.

    The set is empty for a country that has no telephone numbers of its own.
    """
    known = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if not (known and known.general_desc):
        return frozenset()
    prefix = len(known.national_prefix or "")
    return frozenset(length + each for length in known.general_desc.possible_length for each in (0, prefix))


_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u2010\u2011-][^\W\d_]+)*")
_PARTICLE = "al|ben|da|de|del|den|der|di|dos|du|el|la|le|les|van|von"
_PARTICLES = frozenset(_PARTICLE.split("|"))
_LARGE_LETTER = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
# The start of a row of words, of which the first and the second do not begin with a usual small letter, or of
# a double word. A search for this pattern passes over most words, five times as fast as a match for each.
_ROW = re.compile(
    rf"(?<![^\W\d_])(?<![^\W\d_]['\u2019\u2010\u2011-]){_LARGE_LETTER}[^\W\d_]*"
    rf"(?:['\u2019\u2010\u2011-][^\W\d_]"
    rf"| (?:{_LARGE_LETTER}|(?:{_PARTICLE})(?![^\W\d_])))"
)


def _names(text: str) -> Iterator[Found]:
    """Within each row of capitalised words, yield each sequence of two or more words.

    “Hier Jean Dupont” has three sequences of this kind.
    """
    for run in _runs(text):
        for first in range(len(run)):
            for last in range(first + _LEAST_RUN, len(run) + 1):
                if not {run[first].lower(), run[last - 1].lower()} & _PARTICLES:
                    yield from _name(run[first:last])


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the rows of capitalised words that may be names."""
    for run in _all_runs(text):
        yield from _short(run)


def _all_runs(text: str) -> Iterator[list[str]]:
    """Yield the rows of capitalised words that are separated by single spaces only.

    A row of one word is yielded only if it is a double word.
    """
    end = 0
    while start := _ROW.search(text, end):
        run: list[str] = []
        word = _WORD.match(text, start.start())
        while word and (word[0][0].isupper() or (run and word[0] in _PARTICLES)):
            run.append(word[0])
            end = word.end()
            word = _WORD.match(text, end + 1) if text.startswith(" ", end) else None
        yield run
        end = max(end, start.start() + 1)


def _short(run: list[str]) -> Iterator[list[str]]:
    """Yield a row if it is short enough for a name, because a longer row is probably a text in capitals."""
    if _LEAST_RUN <= len(run) <= LONGEST_RUN:
        yield run


_BETWEEN_PERSONS = re.compile(r"[\n,;:/()]+")


def _listed(persons: str) -> Iterator[Found]:
    """Yield each list entry of exactly two words, because people often type such a list without capitals."""
    for part in islice(_BETWEEN_PERSONS.split(persons), _TRIED):
        parts = part.split()
        if len(parts) == _LEAST_RUN and all(map(_WORD.fullmatch, parts)):
            yield from _name(parts)


def _name(parts: list[str]) -> Iterator[Found]:
    shown = " ".join(parts)
    if len(shown) <= _LONGEST_NAME:
        yield Found(Kind.NAME, " ".join(sorted(person_names.words(shown))), shown)


_MONTHS = {
    name: number
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), 1)
}
_IN_FIGURES = re.compile(
    r"(?<!\d)(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})[/.](\d{1,2})[/.](\d{4}))(?!\d)", re.ASCII
)
_IN_WORDS = re.compile(r"(?<!\d)(\d{1,2})(?:er)? ([^\W\d_]{3,9}) (\d{4})(?!\d)")


def _days(text: str) -> Iterator[Found]:
    for match in _IN_FIGURES.finditer(text):
        iso, written = match.groups()[:3], match.groups()[:2:-1]
        yield from _day(*map(int, iso if match[1] else written))
    for match in _IN_WORDS.finditer(text):
        month = _MONTHS.get("".join(person_names.words(match[2])), 0)
        yield from _day(int(match[3]), month, int(match[1]))


def _day(year: int, month: int, day: int) -> Iterator[Found]:
    try:
        written = date(year, month, day).isoformat()
    except ValueError:
        return
    yield Found(Kind.DAY, written, written)
