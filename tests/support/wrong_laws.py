"""Laws with one wrong value.

A test that checks the program against a value must fail if the law has a wrong value.
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from crypto.toml_schema import Mismatch
from templates.law import reader
from templates.law.rules import (
    Addressee,
    Asked,
    Body,
    Effect,
    Event,
    Fill,
    Law,
    Protection,
    Reach,
    Threat,
    Told,
)
from templates.law.spans import is_span
from tests.support.shown_by import Path, Place, read

# The mistake, the file with the mistake, and the whole text of the file.
_Made: TypeAlias = tuple[str, str, str]
_LISTS = (Addressee, Asked, Body, Effect, Event, Fill, Protection, Reach, Threat, Told)
_SPANS = ("1 day", "1 working day", "same day", "3 days", "4 years")


class _Country(StrEnum):
    """Data about some of the countries that a law can be for."""

    FRANCE = "FR"
    BELGIUM = "BE"


# The keys that name a code of another table, and the file of that table.
_NAMES = {
    "or_after": ("deadlines.toml", "clock"),
    "measure": ("measures.toml", "measure"),
    "outcome": ("outcomes.toml", "outcome"),
    "retention": ("retention.toml", "period"),
    "only_after": ("measures.toml", "measure"),
    "never_after": ("measures.toml", "measure"),
}
_FLAGS = (
    *("opens_proceedings", "ends_proceedings", "is_inquiry", "needs_word", "addressee", "reference"),
    *("answers_danger", "concerns_somebody"),
)
_OF_OUTCOMES = ("needs_word", "finds_facts", "linked")
# Optional keys of a code. Each has a value here that differs from what a missing key means.
_OPTIONAL: Mapping[str, Mapping[str, str]] = {
    "duty": {"regimes": '["external"]'},
    "measure": {**dict.fromkeys(_FLAGS, "true"), "officers": "2", "groups": "3"},
    "outcome": {**dict.fromkeys(_OF_OUTCOMES, "true"), "body": '"allowed"'},
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A law with a mistake in one file, and the text of that file."""

    what: str
    file: str
    text: str
    law: Law


def of(place: Place, files: Mapping[str, str]) -> Iterator[Wrong]:
    """Yield laws with a wrong value at a place: one law for each way in which the value can be wrong.

    Yield nothing if the value is a text, or if the law cannot be read with any other value.
    """
    if place.is_text:
        return
    if isinstance(place.value, list) and len(place.value) > 1:
        for left in place.value:
            fewer = [each for each in place.value if each != left]
            yield from _first([_put(files, [(place, fewer)])], files)
        return
    same = [each for each in read(place.file, files[place.file]) if each.path[-1] == place.path[-1]]
    changed = (_put(files, changes) for changes in _changes(place, same, files))
    yield from _first(itertools.chain(changed, [_without(files, place)], _moved(files, place)), files)


def all_at_once(places: Iterable[Place], files: Mapping[str, str]) -> Iterator[Wrong]:
    """Yield a law in which all these places in one file have other values, if that law can be read."""
    meant = [place for place in places if not place.is_text]
    changes = []
    for place in meant:
        beside = [each for each in meant if each.path[-1] == place.path[-1]]
        changes += [(place, put) for put in itertools.islice(_others(place, beside), 1)]
    yield from _first([_put(files, changes)] if changes else [], files)


def absent(file: str, files: Mapping[str, str]) -> Iterator[tuple[Path, Wrong]]:
    """Yield laws with one added key each: a law for each code and each key that the code lacks.

    Also yield the place of the key.
    """
    text = files[file]
    there = {each.path[:3] for each in read(file, text)}
    for table, optional in _OPTIONAL.items():
        for code, (key, value) in itertools.product(_codes(file, files, (table,)), optional.items()):
            if (table, code, key) not in there:
                header = f"[{table}.{code}]\n"
                put = text.replace(header, f"{header}{key} = {value}\n", 1)
                what = f"{table}.{code}.{key} = {value}"
                yield from (((table, code, key), each) for each in _first([(what, file, put)], files))


def _first(made: Iterable[_Made], files: Mapping[str, str]) -> Iterator[Wrong]:
    """Yield the first of the given laws that is valid."""
    for what, file, text in made:
        if law := law_of({**files, file: text}):
            yield Wrong(what, file, text, law)
            return


def law_of(files: Mapping[str, str]) -> Law | None:
    """Return the law in these files, or None if they are not valid."""
    try:
        return reader.parse({name: each.encode() for name, each in files.items()})
    except Mismatch:
        return None


def _changes(place: Place, same: list[Place], files: Mapping[str, str]) -> Iterator[list[tuple[Place, Any]]]:
    """Yield the changes to try, in order: this value, all values with its name, a swap with another value."""
    for put in _others(place, same):
        yield [(place, put)]
    if place.path[-1] in _NAMES:
        file, table = _NAMES[place.path[-1]]
        yield from ([(place, code)] for code in _codes(file, files, (table,)) if code != place.value)
    if isinstance(place.value, bool):
        yield [(each, not each.value) for each in same]
    for other in same:
        if other.value != place.value:
            yield [(place, other.value), (other, place.value)]


def _others(place: Place, same: list[Place]) -> Iterator[Any]:
    value = place.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (3 - value, value + 1) if value < 3 else (value - 1,)
    elif isinstance(value, list):
        yield from (each for each in (value[1:], ["internal"], ["external"]) if each != value)
    elif is_span(value):
        yield from _other_spans(value)
    else:
        beside = dict.fromkeys(each.value for each in same)
        closed = [each.value for words in (*_LISTS, _Country) if value in list(words) for each in words]
        yield from (each for each in (*beside, *closed) if each != value)


def _other_spans(value: str) -> Iterator[str]:
    if more := re.match(r"(\d+) ", value):
        yield re.sub(r"^\d+ ((?:working )?\w+?)s?$", rf"{int(more[1]) + 1} \1s", value)
    yield from (each for each in _SPANS if each != value)


def _put(files: Mapping[str, str], changes: list[tuple[Place, Any]]) -> _Made:
    file = changes[0][0].file
    lines = files[file].splitlines(keepends=True)
    for place, put in changes:
        key, line = re.escape(place.path[-1]), lines[place.line - 1]
        before, *others = re.split(rf"(?<=\b{key} = ){re.escape(_written(place.value))}", line)
        assert len(others) == 1, (place, line)
        lines[place.line - 1] = f"{before}{_written(put)}{others[0]}"
    what = ", ".join(f"{place.key} = {_written(put)}" for place, put in changes[:2])
    if len(changes) > 2:
        what += f" and {len(changes) - 2} more"
    return what, file, "".join(lines)


def _without(files: Mapping[str, str], place: Place) -> _Made:
    lines = files[place.file].splitlines(keepends=True)
    del lines[place.line - 1]
    return f"{place.key} is left out", place.file, "".join(lines)


def _moved(files: Mapping[str, str], place: Place) -> Iterator[_Made]:
    """For each other code of the same table, yield the file with the value moved to that code."""
    lines = files[place.file].splitlines(keepends=True)
    *table, own, key = place.path
    line = lines.pop(place.line - 1)
    for code in _codes(place.file, files, tuple(table)):
        header = f"[{'.'.join((*table, code))}]\n"
        if code != own and header in lines:
            at = lines.index(header) + 1
            put = "".join([*lines[:at], line, *lines[at:]])
            yield f"{key} of {'.'.join(table)}: {code}, not {own}", place.file, put


def _codes(file: str, files: Mapping[str, str], table: Path) -> list[str]:
    places = read(file, files[file])
    depth = len(table)
    return list(dict.fromkeys(each.path[depth] for each in places if each.path[:depth] == table))


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
