"""The clocks of a case, from what really happened: receipt, and what the reporter could read by then.

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
    """The day until which something is to be done; ``done`` is the day on which it was.

    ``dropped`` is the day from which it was due no more, though nobody had done it: the case was closed.
    ``sent`` is the day of the outbox that does it, while the portal has not confirmed that.
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
        """Tell whether it was done or dropped after its day, or is past it and still to be done."""
        return (self.done or self.dropped or today) > self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What happened to a case, each on its day; ``held`` while something forbids that it is destroyed.

    ``received`` is the portal's day. It was ``acknowledged`` and ``answered``, which is feedback, on the day
    from which the reporter could read that (``portal_days``). Before that it was ``sent``, and so was the
    answer, in the outbox of a day.
    ``period`` is how long it is kept once it is closed. Whoever is
    ``unreachable`` can be told nothing; from others something may be ``withheld`` for a reason.
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
    """Return every clock of a case in the order of the list ``Clock``, those that were met too.

    That a case is closed meets none. It ends that of the first act if that is not met by then, those of what
    the reporter is to be told only where nobody can be told, or feedback is withheld.
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
    # One that comes late gives nobody more time; one that is on its way names the day as of its sending.
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
    """Return the day from which a case that ended, or of which its author wrote last, is to be destroyed.

    It is that after the period and the archive behind it: what is to be archived is not destroyed before.
    """
    kept = period.keep.after(last, calendar.legal)
    return period.archive.after(kept, calendar.legal) if period.archive else kept


def _retention(events: Events, calendar: Calendar) -> Iterator[Due]:
    if events.closed and events.period and not events.held:
        last = max(events.closed, events.last_written or events.closed)
        yield Due(Clock.RETENTION, kept_until(last, events.period, calendar))
