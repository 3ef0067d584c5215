"""The files of the office: people at exposed posts, posts that they held, exceptions, and free posts."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from crypto.toml_schema import Schema
from draws import csv_files
from draws.csv_files import Columns, CsvRefused
from draws.transfers import rule as rules
from draws.transfers.records import LONGEST_CELL, Rule
from draws.transfers.rule import FIRST_DAY, Held, Line
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence

_SCHEMA = Schema("columns", {"type": "object"})
_ISO, _FRENCH = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII), re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)


class PostsRefused(Refused):
    """A file of the office cannot be used."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file of the office: its name, for errors, and its content."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Files:
    """All files of the office. Only the file of posts must be there."""

    posts: Given
    free: Given | None = None
    held: Given | None = None
    exceptions: Given | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person stays for now, and who signed this."""

    reason: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class Office:
    """All people and free posts. ``agent`` of a line is the pseudonymous number, ``exception`` the reason."""

    people: tuple[Line, ...]
    free: tuple[Line, ...] = ()
    exceptions: Mapping[str, Reason] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, people first."""
        return (*self.people, *self.free)


def read(rule: Rule, today: date, files: Files) -> Office:
    """Return what the files say. Raises PostsRefused for the first mistake, with its file and line."""
    numbers: dict[str, int] = {}
    posts = files.posts
    rows = list(_rows(posts, "posts"))
    for at, row in rows:
        _check_code(posts, at, row, "number")
        if (first := numbers.setdefault(row["number"].upper(), at)) != at:
            raise _refused(
                posts,
                at,
                sentence("the number of line {first} is there again", first=first),
                sentence("each person has one post on the day of the list"),
            )
    known = {row["number"] for _, row in rows}
    reasons = dict(_reasons(files.exceptions, rule, known)) if files.exceptions else {}
    before = _held(files.held, rule, today, known) if files.held else {}
    people = tuple(
        replace(
            _person(posts, at, row, rule, today),
            exception=reasons[row["number"]].reason if row["number"] in reasons else "",
            held=tuple(before.get(row["number"], ())),
        )
        for at, row in rows
    )
    return Office(people, tuple(_free(files.free)) if files.free else (), reasons)


def day(written: str) -> date | None:
    """Return the day in a cell, ``YYYY-MM-DD`` or ``DD/MM/YYYY``, or None."""
    if found := _ISO.fullmatch(written):
        year, month, number = found.groups()
    elif found := _FRENCH.fullmatch(written):
        number, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _rows(given: Given, kind: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a file with the numbers of their lines."""
    try:
        yield from enumerate(csv_files.read(given.raw, columns(kind)), 2)
    except CsvRefused as error:
        raise PostsRefused(sentence("{file}: {what}", file=given.name, what=error.what), error.hint) from None


@cache
def columns(kind: str) -> Columns:
    """Return the columns of a kind of file in ``columns.toml``."""
    raw = resources.files("draws.transfers").joinpath("columns.toml").read_bytes()
    found: dict[str, Any] = _SCHEMA.parse(raw)[kind]
    return Columns(found["names"], frozenset(found["required"]))


def _person(given: Given, at: int, row: Mapping[str, str], rule: Rule, today: date) -> Line:
    _check_code(given, at, row, "post")
    if profile := row.get("profile", ""):
        _check_code(given, at, row, "profile")
    known = [each.name for each in rule.exposures]
    if row["exposure"] not in known:
        raise _refused(
            given,
            at,
            sentence("the rule has no exposure “{name}”", name=row["exposure"]),
            sentence("the exposures are: {known}", known=", ".join(known)),
        )
    since = _checked_day(given, at, row, "since", today)
    return Line(row["number"], row["post"], profile, row["exposure"], since)


def _held(given: Given, rule: Rule, today: date, known: Container[str]) -> dict[str, list[Held]]:
    if rule.closed is None:
        raise PostsRefused(
            sentence("{file}: the rule does not say how long a post stays closed", file=given.name),
            sentence("leave the file out, or fix a rule with: closed = 24"),
        )
    found: dict[str, list[Held]] = {}
    for at, row in _rows(given, "held"):
        _check_known(given, at, row, known)
        _check_code(given, at, row, "post")
        until = _checked_day(given, at, row, "until", today)
        own = found.setdefault(row["number"], [])
        own.append(Held(row["post"], until))
        if len(rules.held_cell(own)) > LONGEST_CELL:
            raise _refused(
                given,
                at,
                sentence("this person has too many earlier posts"),
                sentence("give only the posts that can still be closed"),
            )
    return found


def _reasons(given: Given, rule: Rule, known: Container[str]) -> Iterator[tuple[str, Reason]]:
    seen = set[str]()
    for at, row in _rows(given, "exceptions"):
        _check_known(given, at, row, known)
        _check_code(given, at, row, "signed_by")
        if row["reason"] not in rule.reasons:
            raise _refused(
                given,
                at,
                sentence("the rule has no reason “{name}”", name=row["reason"]),
                sentence("the reasons are: {known}", known=", ".join(rule.reasons) or "—"),
            )
        if row["number"] in seen:
            raise _refused(
                given,
                at,
                sentence("this person has an exception already"),
                sentence("one exception, with one reason and one signer, is enough"),
            )
        seen.add(row["number"])
        yield row["number"], Reason(row["reason"], row["signed_by"])


def _free(given: Given) -> Iterator[Line]:
    for at, row in _rows(given, "free"):
        _check_code(given, at, row, "post")
        if profile := row.get("profile", ""):
            _check_code(given, at, row, "profile")
        yield Line("", row["post"], profile)


def _check_known(given: Given, at: int, row: Mapping[str, str], known: Container[str]) -> None:
    if row["number"] not in known:
        raise _refused(
            given,
            at,
            sentence("nobody with the number “{number}” is at an exposed post", number=row["number"]),
            sentence("correct the number; leave out people who are not in the file of posts"),
        )


def _check_code(given: Given, at: int, row: Mapping[str, str], column: str) -> None:
    if not rules.is_code(row[column]):
        raise _refused(
            given,
            at,
            sentence("the cell “{column}” is not a code", column=column),
            sentence("a code has at most 40 letters without accents, digits, and the characters . _ / -"),
        )


def _checked_day(given: Given, at: int, row: Mapping[str, str], column: str, today: date) -> date:
    found = day(row[column])
    if found is None or not FIRST_DAY <= found <= today:
        raise _refused(
            given,
            at,
            sentence("the cell “{column}” is not a day from 1950 to today", column=column),
            sentence("write the day as 2024-03-01 or 01/03/2024"),
        )
    return found


def _refused(given: Given, line: int, what: Sentence, hint: Sentence) -> PostsRefused:
    located = sentence("line {line}: {what}", line=line, what=what)
    return PostsRefused(sentence("{file}: {what}", file=given.name, what=located), hint)
