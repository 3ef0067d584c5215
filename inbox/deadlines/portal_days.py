"""Which of the portal's days count (SPEC 8.1): days of receipt, and days from which messages were readable.

An outbox on a USB stick tells nobody anything, so the law's clocks count from its import. Officers are told
of an impossible day, and the first possible day counts instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto.bundle import Import


@dataclass(frozen=True, slots=True)
class ImportDay:
    """The day from which an outbox counts as read; ``doubted`` is the portal's day if it is impossible."""

    n: int
    day: date
    doubted: date | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """The period of the events that an export of the portal reports.

    ``previous`` is the day of the export before, None before the portal's first one. ``exported`` is the day
    of this export; it cannot be later than our own ``today``.
    """

    previous: date | None
    exported: date
    today: date

    def first(self, made: date) -> date:
        """Return the first possible day of import for an outbox that was ``made`` on a day."""
        return max(made, self.previous) if self.previous and self.previous <= self.today else made

    def has(self, day: date, made: date) -> bool:
        """Return whether an outbox that was ``made`` on one day can have been imported on ``day``."""
        return self.first(made) <= day <= min(self.exported, self.today)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which a report arrived; ``doubted`` is the portal's day if it is impossible."""

    day: date
    doubted: date | None = None


def receipt(said: date, known: Between) -> Receipt:
    """Return the day of receipt of something that an export brought.

    A day before the previous export is doubted, because that export did not bring it. It still counts,
    because it costs no reporter any time.
    """
    latest = min(known.exported, known.today)
    if said > latest:
        return Receipt(min(known.previous or latest, latest), said)
    return Receipt(said, said if known.previous and said < known.previous else None)


def of(n: int, made: date, imports: Sequence[Import], known: Between) -> ImportDay:
    """Return the day from which outbox ``n`` counts, which the portal has applied since its previous export.

    A rebuilt portal never had this outbox: the next outbox that it lists contained everything again, and the
    day of that one counts. An impossible or missing day is replaced by the earliest possible one.
    """
    said = next((each.day for each in imports if each.n >= n), None)
    if said is not None and known.has(said, made):
        return ImportDay(n, said)
    return ImportDay(n, known.first(made), said)
