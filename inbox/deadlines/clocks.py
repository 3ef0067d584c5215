"""The clocks of a case: each starts at the day of receipt, the start of what the portal stores.

Décret 2022-1284, article 4: acknowledgement within 7 working days, feedback within 3 months of it, or of the
end of those days without it. Directive (EU) 2019/1937, articles 9 and 11: within 7 days; 3 months, up to 6 at
an external authority for a good reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from inbox.deadlines.working_days import Calendar

_ACK = timedelta(days=7)
_ACK_WORKING_DAYS = 7
_FEEDBACK = relativedelta(months=3)
_EXTENDED = relativedelta(months=6)
RETENTION = relativedelta(months=2)
# A first act after opening: so many working days by priority, 0 for the same day: a rule of the inspectorate.
_FIRST_ACT = {1: 0, 2: 2, 3: 5, 4: 10}


class Clock(StrEnum):
    """What is due."""

    FIRST_ACT = "first_act"
    ACK_EU = "ack_eu"
    ACK_FR = "ack_fr"
    FEEDBACK = "feedback"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Due:
    """The day until which something is to be done; ``done`` is the day on which it was.

    ``dropped`` is the day from which it was due no more, though nobody had done it: the case was closed.
    """

    clock: Clock
    day: date
    done: date | None = None
    dropped: date | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.done is None and self.dropped is None

    def is_late(self, today: date) -> bool:
        """Tell whether it was done or dropped after its day, or is past it and still to be done."""
        return (self.done or self.dropped or today) > self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What happened to a case, each on its day; ``held`` while something forbids that it is destroyed.

    ``at_once`` if nothing asks that it is kept once it is closed: it was out of scope.
    """

    received: date
    collected: date
    priority: int
    first_act: date | None = None
    acknowledged: date | None = None
    extended: date | None = None
    answered: date | None = None
    closed: date | None = None
    last_written: date | None = None
    held: bool = False
    at_once: bool = False


def clocks(events: Events, calendar: Calendar) -> list[Due]:
    """Return every clock of a case in the order of the list ``Clock``, those that were met too.

    That a case is closed meets none: it ends those that are not met by then.
    """
    open_clocks = _open_clocks(events, calendar)
    ended = [each if each.done else replace(each, dropped=events.closed) for each in open_clocks]
    return [*ended, *_retention(events)]


def next_due(events: Events, calendar: Calendar) -> Due | None:
    """Return what is due next, None if nothing is. The Directive's day stands for both acknowledgements."""
    waiting = [
        each for each in clocks(events, calendar) if each.is_waiting and each.clock is not Clock.ACK_FR
    ]
    return min(waiting, key=lambda due: due.day, default=None)


def _feedback_limit(events: Events, calendar: Calendar) -> date:
    """Return the last day for feedback, whether or not it was given."""
    start = events.acknowledged or calendar.after(events.received, _ACK_WORKING_DAYS)
    return start + (_EXTENDED if events.extended else _FEEDBACK)


def _open_clocks(events: Events, calendar: Calendar) -> Iterator[Due]:
    acted = calendar.after(events.collected, _FIRST_ACT[events.priority])
    yield Due(Clock.FIRST_ACT, acted, events.first_act)
    yield Due(Clock.ACK_EU, events.received + _ACK, events.acknowledged)
    yield Due(Clock.ACK_FR, calendar.after(events.received, _ACK_WORKING_DAYS), events.acknowledged)
    yield Due(Clock.FEEDBACK, _feedback_limit(events, calendar), events.answered)


def kept_until(closed: date, written: date | None, *, at_once: bool) -> date:
    """Return the day from which a closed case is to be destroyed (Directive (EU) 2019/1937, article 18).

    Two months after the closing; what its author writes afterwards starts them anew. ``at_once`` it goes if
    nothing was written.
    """
    last = max(closed, written or closed)
    return last if at_once and last == closed else last + RETENTION


def _retention(events: Events) -> Iterator[Due]:
    if events.closed and not events.held:
        day = kept_until(events.closed, events.last_written, at_once=events.at_once)
        yield Due(Clock.RETENTION, day)
