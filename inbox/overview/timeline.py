"""The history of a case by day, without times: incoming messages, measures and officers' actions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.journal import Value
from inbox.language.views import View
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Measure


class Came(StrEnum):
    """Events of a case that are not actions.

    The labels of these events are listed with the labels of actions.
    """

    RECEIVED = "received"
    COLLECTED = "collected"
    FOLLOW_UP = "follow-up"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Event:
    """An event that happened ``times`` times on a day.

    ``by`` lists its actors, and is empty for incoming messages.
    """

    day: date
    what: str
    by: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""
    times: int = 1


def look(inbox: Inbox, who: Actor, number: int) -> list[Event]:
    """Return the events of a case, oldest first; raises the same errors as ``Inbox.acting``.

    Days are the days of the journal entries. A measure also appears on the day when it was taken.
    """
    with inbox.acting(who, action(Code.READ_TIMELINE, number)) as session:
        return _of(session, number)


def _of(session: Session, number: int) -> list[Event]:
    found = sorted([*_came_in(session, number), *_done(session, number)], key=lambda each: each.day)
    return [replace(event, times=len([*same])) for event, same in groupby(found)]


def view(event: Event) -> View:
    """Return an event as a value for JSON."""
    return {
        "day": event.day.isoformat(),
        "what": str(event.what),
        "by": list(event.by),
        "values": dict(event.values),
        "reason": event.reason,
        "times": event.times,
    }


def _came_in(session: Session, number: int) -> Iterator[Event]:
    case = queries_cases.case(session, number)
    yield Event(case.received, Came.RECEIVED)
    yield Event(case.collected, Came.COLLECTED)
    for letter in queries_cases.follow_ups(session, number):
        yield Event(letter.received, Came.FOLLOW_UP, values={"follow_up": letter.position})
    for row in session.scalars(select(Measure).filter_by(case=number).order_by(Measure.position)):
        yield Event(row.day, Came.MEASURE, values={"kind": row.kind})


def _done(session: Session, number: int) -> Iterator[Event]:
    for entry in journal.of_case(session, number):
        if entry.action == Code.FILED:  # ``COLLECTED`` says the same.
            continue
        yield Event(entry.day, entry.action, tuple(entry.officers), entry.values, entry.reason)
