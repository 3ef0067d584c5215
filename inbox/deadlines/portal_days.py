"""Which days count of those that the portal tells (SPEC 8.1): receipt, and when an answer could be read.

An outbox that was made tells nobody anything: it lies on a medium. So the law's clocks count from its import.
A day that cannot be is said to officers, and the first counts that can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crypto.bundle import Import


@dataclass(frozen=True, slots=True)
class ImportDay:
    """The day from which an outbox counts as read; ``doubted`` is what the portal said, if that cannot be."""

    n: int
    day: date
    doubted: date | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """What an inbox knows of the portal's imports that one of its exports tells.

    They came after the ``previous`` export, None if there is none of this portal, and by the day of this one,
    ``exported``, which by our own clock cannot lie behind ``today``.
    """

    previous: date | None
    exported: date
    today: date

    def first(self, made: date) -> date:
        """Return the first day on which an outbox that was made on a day can have been imported."""
        return max(made, self.previous) if self.previous and self.previous <= self.today else made

    def has(self, day: date, made: date) -> bool:
        """Tell whether an outbox that was made on a day can have been imported on another."""
        return self.first(made) <= day <= min(self.exported, self.today)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which a report came; ``doubted`` is what the portal said, if that cannot be."""

    day: date
    doubted: date | None = None


def receipt(said: date, known: Between) -> Receipt:
    """Return on which day something came that an export brought.

    A day before the export before is doubted, as that did not bring it, and counts: nobody loses time by it.
    """
    latest = min(known.exported, known.today)
    if said > latest:
        return Receipt(min(known.previous or latest, latest), said)
    return Receipt(said, said if known.previous and said < known.previous else None)


def of(n: int, made: date, imports: Sequence[Import], known: Between) -> ImportDay:
    """Return from which day outbox ``n`` counts, which the portal has applied since its previous export.

    A portal that was rebuilt never had it: the first one behind it told everything again. A day that cannot
    be does not count, nor does one that is not told: the earliest possible day does.
    """
    said = next((each.day for each in imports if each.n >= n), None)
    if said is not None and known.has(said, made):
        return ImportDay(n, said)
    return ImportDay(n, known.first(made), said)
