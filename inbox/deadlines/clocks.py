"""The deadlines of a case by the clocks of the law, counted from what really happened.

The program knows the events from which, and to which, a clock runs, and counts the days that the law says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from inbox.deadlines.office import Practice
from inbox.deadlines.working_days import Calendar
from templates.law.rules import Clock, Event, Period

# The end of retention is no clock of the law; no code of the law has a hyphen.
RETENTION = "end-of-retention"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day to do something; ``done`` is the day on which it was done.

    ``clock`` is the code of a clock of the law that ``ends`` with an event; RETENTION ends with none.
    ``dropped`` is the day on which the case was closed before anybody had done it, and it was no longer due.
    ``sent`` is the day of the outbox that does it, until the portal confirms that one. It is ``impossible``
    if the reporter cannot be reached: then it is neither waiting nor late.
    """

    clock: str
    ends: Event | None
    day: date
    done: date | None = None
    dropped: date | None = None
    sent: date | None = None
    impossible: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done, and can be."""
        return self.done is None and self.dropped is None and not self.impossible

    def is_late(self, today: date) -> bool:
        """Tell whether it was done or dropped too late, or is overdue."""
        return not self.impossible and (self.done or self.dropped or today) > self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What happened to a case, each on its day; ``held`` while something forbids destroying it.

    ``received`` is the portal's day. It was ``acknowledged`` and ``answered``, which is feedback, on the day
    from which the reporter could read so (``portal_days``). ``sent`` and ``answer_sent`` are the days of the
    outboxes that said so; somebody took more time for feedback on the day it was ``extended``. ``period`` is
    how long a closed case is kept, ``after_decision`` how long from the last final decision, if there was
    one. An ``unreachable`` reporter can be told nothing; from others feedback may be ``withheld``, for a
    reason or by a closing that is none. A case is ``silent`` if it ended without any text.
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
    decided: date | None = None
    after_decision: Period | None = None
    unreachable: bool = False
    withheld: bool = False
    silent: bool = False

    def day_of(self, event: Event) -> date | None:
        """Return the day on which a clock's event happened, None if it has not."""
        return {
            Event.RECEIVED: self.received,
            Event.COLLECTED: self.collected,
            Event.FIRST_ACT: self.first_act,
            Event.ACKNOWLEDGED: self.acknowledged,
            Event.ANSWERED: self.answered,
        }[event]

    def day_sent(self, event: Event) -> date | None:
        """Return the day of the outbox that tells the reporter of an event, None if none does."""
        return {Event.ACKNOWLEDGED: self.sent, Event.ANSWERED: self.answer_sent}.get(event)


def clocks(events: Events, how: Practice) -> list[Due]:
    """Return every deadline of a case, met or not: the clocks of the law in its order, then retention.

    Closing a case meets none of them. It drops a first act that nobody has done. It drops what the reporter
    is to be told only if nobody can be told, feedback also if that is withheld, and the acknowledgement if no
    text goes with it.
    """
    running = [_due(code, rule, events, how) for code, rule in how.clocks.items()]
    ended = [replace(each, dropped=_dropped(each, events)) for each in running]
    return [*ended, *_retention(events, how.calendar)]


def next_due(events: Events, how: Practice) -> Due | None:
    """Return what is due next, None if nothing is. Of two clocks that one event stops, the earlier counts."""
    waiting = [each for each in clocks(events, how) if each.is_waiting]
    return min(waiting, key=lambda due: due.day, default=None)


def _due(code: str, rule: Clock, events: Events, how: Practice) -> Due:
    done = events.day_of(rule.ends)
    sent = None if done else events.day_sent(rule.ends)
    # It can be on its way when its reporter takes the report back.
    impossible = events.unreachable and rule.ends is not Event.FIRST_ACT and not (done or sent)
    return Due(code, rule.ends, _last_day(rule, events, how), done, sent=sent, impossible=impossible)


def _last_day(rule: Clock, events: Events, how: Practice) -> date:
    """Return the day on which a clock ends, whether or not that was done by then."""
    span = rule.of(events.priority)
    if rule.ends is Event.ANSWERED and events.extended and how.may_extend and rule.extension:
        span = rule.extension.within
    return span.after(_start(rule, events, how), how.calendar.legal if rule.statutory else how.calendar)


def _start(rule: Clock, events: Events, how: Practice) -> date:
    """Return the day from which a clock runs.

    What is on its way counts from the day it was sent. A clock that waits for an event runs ``or_after``
    another at the latest, so that being late gives no more time.
    """
    days = [events.day_of(rule.starts), events.day_sent(rule.starts)]
    if rule.or_after:
        days.append(_last_day(how.clocks[rule.or_after], events, how))
    return min(day for day in days if day)


def _dropped(due: Due, events: Events) -> date | None:
    ends = due.ends is Event.FIRST_ACT or events.unreachable
    ends = ends or (due.ends is Event.ANSWERED and events.withheld)
    ends = ends or (due.ends is Event.ACKNOWLEDGED and events.silent and not due.sent)
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
        day = kept_until(last, events.period, calendar)
        if events.decided and events.after_decision:
            day = max(day, kept_until(events.decided, events.after_decision, calendar))
        yield Due(RETENTION, None, day)
