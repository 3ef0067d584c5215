"""The deadlines of a case under the clocks of the law, counted from actual events.

The program knows the events that start and stop a clock; the law says how many days the clock runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from inbox.deadlines.office import Practice
from inbox.deadlines.working_days import Calendar
from templates.law.rules import Clock, Event, Period

# The end of retention is not one of the clocks that the law defines. The codes of the law have no hyphens,
# so no code of the law can equal this code.
RETENTION = "end-of-retention"


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline for an event; ``done`` is the day on which the event happened.

    ``clock`` is the code of a clock of the law, and ``ends`` is the event that stops the clock. For the end
    of retention, ``clock`` is RETENTION and ``ends`` is None. ``dropped`` is the day on which the case was
    closed, if the deadline was still unmet and no longer applied. ``sent`` is the day of the outbox that
    meets the deadline, if the portal has not confirmed that outbox yet. The deadline is ``impossible`` if the
    reporter cannot be reached: then it is neither waiting nor late.
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
        """Whether the deadline is still unmet and can still be met."""
        return self.done is None and self.dropped is None and not self.impossible

    def is_late(self, today: date) -> bool:
        """Return whether the deadline is overdue, or was met or dropped too late."""
        return not self.impossible and (self.done or self.dropped or today) > self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The events of a case, each with its day.

    ``received`` is the portal's day of receipt. ``acknowledged`` and ``answered`` are the first days on which
    the reporter could read the acknowledgement and the feedback (``portal_days``). ``sent`` and
    ``answer_sent`` are the days of the outboxes with these messages. ``extended`` is the day on which an
    officer took more time for feedback. ``held`` is true while something forbids destroying the case.
    ``period`` is how long a closed case is kept; ``after_decision`` is how long it is kept after the last
    final decision, if there was one. ``unreachable`` means that no message can reach the reporter.
    ``withheld`` means that the reporter gets no feedback: an officer stated a reason, or the case was closed
    without feedback. ``silent`` means that the case was closed without any text.
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
        """Return the day on which an event happened, or None."""
        return {
            Event.RECEIVED: self.received,
            Event.COLLECTED: self.collected,
            Event.FIRST_ACT: self.first_act,
            Event.ACKNOWLEDGED: self.acknowledged,
            Event.ANSWERED: self.answered,
        }[event]

    def day_sent(self, event: Event) -> date | None:
        """Return the day of the outbox that informs the reporter of an event, or None."""
        return {Event.ACKNOWLEDGED: self.sent, Event.ANSWERED: self.answer_sent}.get(event)


def clocks(events: Events, how: Practice) -> list[Due]:
    """Return all deadlines of a case, met or not: the law's clocks in their order, then retention.

    Closing a case does not meet any deadline, but drops the deadlines that no longer apply. An unmet deadline
    for a first act is always dropped. If the reporter cannot be reached, all deadlines for messages are
    dropped. If feedback is withheld, the deadline for feedback is dropped. If the case is closed without a
    text, the deadline for the acknowledgement is dropped.
    """
    running = [_due(code, rule, events, how) for code, rule in how.clocks.items()]
    ended = [replace(each, dropped=_dropped(each, events)) for each in running]
    return [*ended, *_retention(events, how.calendar)]


def next_due(events: Events, how: Practice) -> Due | None:
    """Return the next deadline, or None. If one event stops two clocks, the earlier deadline counts."""
    waiting = [each for each in clocks(events, how) if each.is_waiting]
    return min(waiting, key=lambda due: due.day, default=None)


def last_days(ends: Event, events: Events, how: Practice) -> tuple[date, date]:
    """Return the earliest and the latest deadline of the clocks that an event stops."""
    days = [_last_day(rule, events, how) for rule in how.clocks.values() if rule.ends is ends]
    return min(days), max(days)


def _due(code: str, rule: Clock, events: Events, how: Practice) -> Due:
    done = events.day_of(rule.ends)
    sent = None if done else events.day_sent(rule.ends)
    # The message may already be on its way when the reporter retracts the report.
    impossible = events.unreachable and rule.ends is not Event.FIRST_ACT and not (done or sent)
    return Due(code, rule.ends, _last_day(rule, events, how), done, sent=sent, impossible=impossible)


def _last_day(rule: Clock, events: Events, how: Practice) -> date:
    """Return the last day of a clock, even if the clock has stopped earlier."""
    span = rule.of(events.priority)
    if rule.ends is Event.ANSWERED and events.extended and how.may_extend and rule.extension:
        span = rule.extension.within
    return span.after(_start(rule, events, how), how.calendar.legal if rule.statutory else how.calendar)


def _start(rule: Clock, events: Events, how: Practice) -> date:
    """Return the day from which a clock runs.

    A message that is still on its way counts from the day on which it was sent. A clock that waits for an
    event starts at the latest when the clock ``or_after`` ends. Otherwise, a delay of the event would gain
    time.
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
    """Return the day from which a case has to be destroyed.

    ``last`` is the day on which the case ended, or on which its reporter last wrote. If the period includes
    time in the archive, return the day on which that time ends. A case that has to be archived is not
    destroyed earlier.
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
