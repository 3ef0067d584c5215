"""Which plans of publication are in force, which editions exist, and which edition comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inbox.figures import adoption, counting, editions
from inbox.figures.adoption import Adopted
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Next:
    """The year of the next edition, and the first day on which officers can make it."""

    year: int
    begins: date


@dataclass(frozen=True, slots=True)
class Standing:
    """The plans in the order of their years, and the day of each edition by its year.

    ``next`` is None if no plan covers a later year.
    """

    plans: Sequence[Adopted]
    made: Mapping[int, date]
    next: Next | None


def look(inbox: Inbox, who: Actor) -> Standing:
    """Return the state of the annual figures, without any count; raises the errors of ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        plans, kept = adoption.in_force(session, who.today.year), counting.book(session, who.today)
    year = min(kept.open_years, default=None)
    comes = None if year is None else Next(year, editions.first_day(year))
    return Standing(plans, kept.made, comes)
