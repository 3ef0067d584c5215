"""Check the days that the portal states for receipt and import (SPEC 8.1).

Nobody can read an outbox while it is on a USB stick, so the law's periods run from the day of its import. If
the portal states an impossible day, officers are told, and the first possible day counts instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto.bundle import Import


@dataclass(frozen=True, slots=True)
class ImportDay:
    """The day from which an outbox counts. ``doubted`` is the portal's day, if that day is impossible."""

    n: int
    day: date
    doubted: date | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """The period that an export of the portal covers.

    ``previous`` is the day of the previous export, or None if there was none. ``exported`` is the day of this
    export; it cannot be later than our own ``today``.
    """

    previous: date | None
    exported: date
    today: date

    def first(self, made: date) -> date:
        """Return the first day on which the portal can have imported an outbox of the day ``made``."""
        return max(made, self.previous) if self.previous and self.previous <= self.today else made

    def has(self, day: date, made: date) -> bool:
        """Return whether the portal can have imported, on ``day``, an outbox of the day ``made``."""
        return self.first(made) <= day <= min(self.exported, self.today)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which a report arrived; ``doubted`` is the portal's day, if that day is impossible."""

    day: date
    doubted: date | None = None


def receipt(said: date, known: Between) -> Receipt:
    """Return the day of receipt of a report or message that came with an export.

    A day that is earlier than the previous export is doubted, because that export did not contain the report.
    The doubted day counts all the same, because an earlier day never makes a reporter wait longer.
    """
    latest = min(known.exported, known.today)
    if said > latest:
        return Receipt(min(known.previous or latest, latest), said)
    return Receipt(said, said if known.previous and said < known.previous else None)


def of(n: int, made: date, imports: Sequence[Import], known: Between) -> ImportDay:
    """Return the day from which outbox ``n`` counts, if the portal imported it since the previous export.

    If the portal was rebuilt, it may never have had this outbox. If the portal never had the outbox, return
    the day of the next outbox that the portal lists. That outbox contained everything again. An impossible or
    missing day is replaced by the earliest possible day.
    """
    said = next((each.day for each in imports if each.n >= n), None)
    if said is not None and known.has(said, made):
        return ImportDay(n, said)
    return ImportDay(n, known.first(made), said)
