"""Rows of a register. Cells hold codes and dates, which are put into words only for display."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from inbox.language import days as written
from inbox.language import labels
from inbox.language.printed_text import Wording

_WORDING = Wording(__package__, "printed.toml")


class Register(StrEnum):
    """The registers; labels are in labels.toml."""

    ALERTS = "alerts"
    REQUESTS = "requests"
    PROTECTION = "protection"
    CONSULTATIONS = "consultations"


class Column(StrEnum):
    """The columns of registers; labels are in labels.toml, in the same order."""

    CASE = "case"
    ROUTE = "route"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ANSWER = "answer"
    EXAMINED = "examined"
    GROUND = "ground"
    REFERRAL = "referral"
    SENT_ON = "sent_on"
    OUTCOME = "outcome"
    CLOSED = "closed"
    DESTROYED = "destroyed"
    VISA = "visa"
    REQUEST = "request"
    WAY = "way"
    DUE = "due"
    EXTENDED = "extended"
    BECAUSE = "because"
    RESPONDED = "responded"
    OFFERED = "offered"
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    FACILITATOR = "facilitator"
    CONSULTATION = "consultation"
    DAY = "day"
    BODY = "body"
    SUBJECT = "subject"
    OPINION = "opinion"
    REFERENCE = "reference"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code, and the name of the list that contains its label."""

    codes: str
    code: str

    def said(self, language: str) -> str:
        """Return the label of the code, or the code itself if it comes from an earlier law."""
        label = labels.of(self.codes).get(self.code)
        return label.in_(language) if label else self.code


Cell: TypeAlias = int | str | date | Coded | tuple[date, ...] | None
Row: TypeAlias = Mapping[Column, Cell]


@dataclass(frozen=True, slots=True)
class Rows:
    """The lines of a register in their order; ``days`` are the days that assign each line to a year."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    days: Sequence[Sequence[date]]

    @property
    def years(self) -> Sequence[int]:
        """The years with at least one line, the latest first."""
        return sorted({day.year for days in self.days for day in days}, reverse=True)

    def of(self, year: int | None) -> Sequence[Row]:
        """Return the lines of a year, or all lines if the year is None."""
        pairs = zip(self.rows, self.days, strict=True)
        return [row for row, days in pairs if year is None or any(day.year == year for day in days)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The register that an officer requests. ``year`` is None for all years."""

    register: Register
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The requested register (``wanted``), as of a given day. ``years`` are the years with at least one line.

    ``for_handlers`` is the number of cases, of any year, that are missing because the signed-in officers are
    not among their handlers. ``for_handlers`` does not include cases that are withheld from a signed-in
    officer.
    """

    wanted: Wanted
    day: date
    columns: Sequence[Column]
    rows: Sequence[Row]
    years: Sequence[int]
    for_handlers: int


def said(cell: Cell, language: str) -> str:
    """Return the text of a cell."""
    match cell:
        case None:
            return ""
        case date():
            return written.short(language, cell)
        case ():
            return _WORDING.say("never", language)
        case tuple():
            return ", ".join(written.short(language, day) for day in cell)
        case Coded():
            return cell.said(language)
        case _:
            return str(cell)
