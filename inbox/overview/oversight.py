"""Oversight of the office's work: figures, days, and each emergency access with its actors.

Oversight contains nothing from reports or from officers' texts, so cases in quarantine are counted like any
other case. Cases from which a signed-in officer is excluded are not counted. Cases whose handlers do not
include all signed-in officers appear only as two numbers: how many there are, and how many are overdue.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.journal import Presence, Value
from crypto.keyring import Texts
from inbox.access import access_requests, disclosures, handlers
from inbox.deadlines import office, workflow
from inbox.deadlines.clocks import Due
from inbox.language import labels
from inbox.language.views import View
from inbox.session import journal
from inbox.session.actions import TABLE, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access
from inbox.vault.casework_tables import Duty, Workflow
from inbox.vault.row_security import AS_A_LINE


class Override(StrEnum):
    """Facts that oversight counts although they are not separate actions."""

    DESPITE_WARNING = "despite-warning"
    IDENTITY_TOUCHED = "identity-touched"
    SHARES_BY_SHEET = "shares-by-sheet"
    PASSPHRASES_LOST = "passphrases-lost"
    DESTROYED_JUNK = "destroyed-junk"
    DESTROYED_UNANSWERED = "destroyed-unanswered"
    DESTROYED_BY_ONE_CLOCK = "destroyed-by-one-clock"


class State(StrEnum):
    """The state of a deadline. ``DROPPED`` means that the case was closed before the deadline was met.

    ``IMPOSSIBLE`` means that the case is open, but its reporter cannot be reached.
    """

    MET = "met"
    LATE = "late"
    DROPPED = "dropped"
    IMPOSSIBLE = "impossible"
    OVERDUE = "overdue"
    RUNNING = "running"


# The label tables with the names of deadlines.
_KINDS = ("clock", "duty", "deadline")
_SHARING = {Code.RENEW_SHARES, Code.CHANGE_OFFICERS}
_COUNTED = tuple(code.value for code, rule in TABLE.items() if rule.oversight)


def look(inbox: Inbox, who: Actor) -> View:
    """Return the figures of oversight; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.OVERSEE)) as session:
        return _view(session, who.today)


def deadline(kind: str) -> Texts:
    """Return the name of a kind of deadline; raises StopIteration for an unknown kind."""
    return next(labels.of(codes)[kind] for codes in _KINDS if kind in labels.of(codes))


def _view(session: Session, today: date) -> View:
    found = list(workflow.every(session))
    works = [work for work, _ in found]
    decisions = session.scalars(select(Duty)).all()
    days = [(each.clock, _state(each, today)) for _, clocks in found for each in clocks]
    days += [(row.kind, _state_of_duty(row, today)) for row in decisions]
    days += [(kind, _state_of(due, done, today)) for kind, due, done in access_requests.deadlines(session)]
    return {
        "day": today.isoformat(),
        "regime": office.of(session).regime,
        "cases": _cases(works) | _for_handlers(session, works, today),
        "deadlines": _deadlines(days),
        "outcomes": _counted(work.outcome for work in works),
        "disclosure": _counted(work.disclosure for work in works),
        "decisions": _counted(row.decision for row in decisions),
        "transmitted_unsent": disclosures.transmitted_unsent(session),
        "exclusions": len(queries_access.exclusions(session)),
        **_journalled(session),
        "break_glass": [
            {"day": line.entry.day.isoformat(), "case": line.entry.case, "by": list(line.entry.officers)}
            for line in handlers.broken_since(session, date.min)
            if line.entry
        ],
    }


def _cases(works: Sequence[Workflow]) -> View:
    return {
        "open": sum(not work.has_ended for work in works),
        "closed": sum(work.closed is not None for work in works),
        "junk": sum(work.junked is not None for work in works),
        "held": sum(work.held is not None for work in works),
        "judged": sum(work.judged for work in works),
        "quarantined": sum(work.quarantined is not None for work in works),
    }


def _for_handlers(session: Session, works: Sequence[Workflow], today: date) -> View:
    """Return how many cases the signed-in officers see only as a line of the queue."""
    lines = select(func.count()).execution_options(**AS_A_LINE)
    overdue = session.scalar(lines.where(Workflow.deadline < today)) or 0
    seen = sum(work.deadline is not None and work.deadline < today for work in works)
    return {
        "for_handlers": queries_access.not_shown(session),
        "for_handlers_overdue": overdue - seen,
    }


def _state(due: Due, today: date) -> State:
    if due.dropped or due.impossible:
        return State.DROPPED if due.dropped else State.IMPOSSIBLE
    return _state_of(due.day, due.done, today)


def _state_of_duty(row: Duty, today: date) -> State:
    """Return the state of a decision; a decision that was late stays late even if the duty is reopened."""
    found = _state_of(row.due, row.decided, today)
    return State.LATE if row.was_late and found is not State.OVERDUE else found


def _state_of(day: date, done: date | None, today: date) -> State:
    if done:
        return State.LATE if done > day else State.MET
    return State.OVERDUE if today > day else State.RUNNING


def _deadlines(states: Iterable[tuple[str, State]]) -> View:
    """Return the number of deadlines in each state, by kind of deadline."""
    counted: dict[str, Counter[State]] = {}
    for kind, state in states:
        counted.setdefault(kind, Counter())[state] += 1
    return {kind: {state.value: counts[state] for state in State} for kind, counts in counted.items()}


def _journalled(session: Session) -> View:
    """Return how often each counted action was taken, and how many cases were destroyed.

    For destroyed cases, only the journal still holds these facts.
    """
    done: Counter[str] = Counter()
    gone: list[Mapping[str, Value]] = []
    for line in journal.lines(session):
        if entry := line.entry:
            done[entry.action] += 1
            done[Override.DESPITE_WARNING] += "despite" in entry.values
            done[Override.IDENTITY_TOUCHED] += "touched" in entry.values
            done[Override.SHARES_BY_SHEET] += (
                entry.action in _SHARING and Presence.SHEET in entry.officers.values()
            )
            done[Override.DESTROYED_BY_ONE_CLOCK] += "by_one_clock" in entry.values
            done[Override.PASSPHRASES_LOST] += "passphrases_lost" in entry.values
            if entry.action == Code.DESTROYED:
                gone.append(entry.values)
    done[Override.DESTROYED_JUNK] = sum("junk" in values for values in gone)
    done[Override.DESTROYED_UNANSWERED] = sum("unanswered" in values for values in gone)
    return {
        "destroyed": _counted(str(values.get("outcome", "")) for values in gone),
        "destroyed_by": _counted(str(values["rule"]) for values in gone),
        "actions": {name: done[name] for name in (*_COUNTED, *map(str, Override))},
    }


def _counted(codes: Iterable[str]) -> View:
    return dict(sorted(Counter(filter(None, codes)).items()))
