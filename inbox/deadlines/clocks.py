"""The clocks of a case, counted from what really happened: receipt, and what the reporter could read.

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
from templates.law.rules import Period

_ACK = timedelta(days=7)
_ACK_WORKING_DAYS = 7
_FEEDBACK = relativedelta(months=3)
_EXTENDED = relativedelta(months=6)
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
    """The last day to do something; ``done`` is the day on which it was done.

    ``dropped`` is the day on which the case was closed before anybody had done it, and it was no longer due.
    ``sent`` is the day of the outbox that does it, until the portal confirms that one.
    """

    clock: Clock
    day: date
    done: date | None = None
    dropped: date | None = None
    sent: date | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.done is None and self.dropped is None

    def is_late(self, today: date) -> bool:
        """Tell whether it was done or dropped too late, or is overdue."""
        return (self.done or self.dropped or today) > self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What happened to a case, each on its day; ``held`` while something forbids destroying it.

    ``received`` is the portal's day. It was ``acknowledged`` and ``answered``, which is feedback, on the day
    from which the reporter could read so (``portal_days``). ``sent`` and ``answer_sent`` are the days of the
    outboxes that said so. ``period`` is how long a closed case is kept. An ``unreachable`` reporter can be
    told nothing; from others something may be ``withheld`` for a reason.
    """

    received: date
    collected: date
    priority: int
    first_act: date | None = None
    sent: date | None = None
    acknowledged: date | None = None
    answer_sent: date | None = None
    extended: date | None = None
    answered: date | None = None
    closed: date | None = None
    last_written: date | None = None
    held: bool = False
    period: Period | None = None
    unreachable: bool = False
    withheld: bool = False


def clocks(events: Events, calendar: Calendar) -> list[Due]:
    """Return every clock of a case, met or not, in the order of ``Clock``.

    Closing a case meets none of them. It drops a first act that nobody has done. It drops what the reporter
    is to be told only if nobody can be told, and feedback also if that is withheld.
    """
    open_clocks = _open_clocks(events, calendar)
    ended = [replace(each, dropped=_dropped(each, events)) for each in open_clocks]
    return [*ended, *_retention(events, calendar)]


def next_due(events: Events, calendar: Calendar) -> Due | None:
    """Return what is due next, None if nothing is. The Directive's day stands for both acknowledgements."""
    waiting = [
        each for each in clocks(events, calendar) if each.is_waiting and each.clock is not Clock.ACK_FR
    ]
    return min(waiting, key=lambda due: due.day, default=None)


def _feedback_limit(events: Events, calendar: Calendar) -> date:
    """Return the last day for feedback, whether or not it was given."""
    without = calendar.legal.after(events.received, _ACK_WORKING_DAYS)
    # A late acknowledgement gives no more time; one that is on its way counts from the day it was sent.
    start = min(events.sent or without, events.acknowledged or without, without)
    return start + (_EXTENDED if events.extended else _FEEDBACK)


def _open_clocks(events: Events, calendar: Calendar) -> Iterator[Due]:
    acted = calendar.after(events.collected, _FIRST_ACT[events.priority])
    yield Due(Clock.FIRST_ACT, acted, events.first_act)
    told = events.acknowledged
    sent = None if told else events.sent
    yield Due(Clock.ACK_EU, events.received + _ACK, told, sent=sent)
    without = calendar.legal.after(events.received, _ACK_WORKING_DAYS)
    yield Due(Clock.ACK_FR, without, told, sent=sent)
    answer = None if events.answered else events.answer_sent
    yield Due(Clock.FEEDBACK, _feedback_limit(events, calendar), events.answered, sent=answer)


def _dropped(due: Due, events: Events) -> date | None:
    ends = due.clock is Clock.FIRST_ACT or events.unreachable
    ends = ends or (due.clock is Clock.FEEDBACK and events.withheld)
    return events.closed if ends and not due.done else None


def kept_until(last: date, period: Period, calendar: Calendar) -> date:
    """Return the day from which a case is to be destroyed; it ended, or its reporter last wrote, on ``last``.

    That is the end of the archive, if the period has one: what has to be archived is not destroyed earlier.
    """
    kept = period.keep.after(last, calendar.legal)
    return period.archive.after(kept, calendar.legal) if period.archive else kept


def _retention(events: Events, calendar: Calendar) -> Iterator[Due]:
    if events.closed and events.period and not events.held:
        last = max(events.closed, events.last_written or events.closed)
        yield Due(Clock.RETENTION, kept_until(last, events.period, calendar))
