"""Which of the portal's days count (SPEC 8.1): those of receipt, and those from which answers could be read.

An outbox on a medium tells nobody anything, so the law's clocks count from its import. Officers are told of
an impossible day, and the first possible one counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto.bundle import Import


@dataclass(frozen=True, slots=True)
class ImportDay:
    """The day from which an outbox counts as read; ``doubted`` is the portal's day, if impossible."""

    n: int
    day: date
    doubted: date | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """The days between which everything happened that an export of the portal reports.

    That is after the ``previous`` export, None if this is the portal's first one, and by the day of this one,
    ``exported``, which cannot be later than our own ``today``.
    """

    previous: date | None
    exported: date
    today: date

    def first(self, made: date) -> date:
        """Return the first day on which an outbox can have been imported that was ``made`` on a day."""
        return max(made, self.previous) if self.previous and self.previous <= self.today else made

    def has(self, day: date, made: date) -> bool:
        """Tell whether an outbox can have been imported on ``day`` that was ``made`` on another."""
        return self.first(made) <= day <= min(self.exported, self.today)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which a report came; ``doubted`` is the portal's day, if impossible."""

    day: date
    doubted: date | None = None


def receipt(said: date, known: Between) -> Receipt:
    """Return the day on which something came that an export brought.

    A day before the previous export is doubted, because that one did not bring it; but it counts, as it costs
    no reporter any time.
    """
    latest = min(known.exported, known.today)
    if said > latest:
        return Receipt(min(known.previous or latest, latest), said)
    return Receipt(said, said if known.previous and said < known.previous else None)


def of(n: int, made: date, imports: Sequence[Import], known: Between) -> ImportDay:
    """Return from which day outbox ``n`` counts, which the portal has applied since its previous export.

    A rebuilt portal never had it: the next outbox that it lists told everything again, and its day counts. In
    place of an impossible or missing day, the earliest possible one counts.
    """
    said = next((each.day for each in imports if each.n >= n), None)
    if said is not None and known.has(said, made):
        return ImportDay(n, said)
    return ImportDay(n, known.first(made), said)
