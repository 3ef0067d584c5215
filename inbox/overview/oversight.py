"""How the work goes, for those who oversee it: numbers, days, and who opened what in an emergency.

Nothing of what a report says, nor of what officers wrote, is in it: so cases in quarantine count like any
other. Cases that are kept from somebody present are not counted; of those with handlers, of whom not all
present are one, how many are there, and how many are overdue.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.access import handlers
from inbox.deadlines import office, workflow
from inbox.deadlines.retention_schedule import Rule
from inbox.language.views import View
from inbox.session import journal
from inbox.session.actions import TABLE, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access
from inbox.vault.casework_tables import Duty, Workflow
from inbox.vault.row_security import AS_A_LINE


class Override(StrEnum):
    """What oversight counts, though it is no action of its own."""

    DESPITE_WARNING = "despite-warning"
    SHARES_BY_SHEET = "shares-by-sheet"
    PASSPHRASES_LOST = "passphrases-lost"
    DESTROYED_JUNK = "destroyed-junk"
    DESTROYED_EARLY = "destroyed-early"


_SHARING = {Code.RENEW_SHARES, Code.CHANGE_OFFICERS}
_COUNTED = tuple(code.value for code, rule in TABLE.items() if rule.oversight)


def look(inbox: Inbox, who: Actor) -> View:
    """Show how the work goes; raises as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.OVERSEE)) as session:
        return _view(session, who.today)


def _view(session: Session, today: date) -> View:
    found = list(workflow.every(session))
    works = [work for work, _ in found]
    decisions = session.scalars(select(Duty)).all()
    days = [(each.clock.value, each.day, each.done) for _, clocks in found for each in clocks]
    days += [(row.kind, row.due, row.decided) for row in decisions]
    return {
        "day": today.isoformat(),
        "regime": office.of(session).regime.value,
        "cases": _cases(works) | _for_handlers(session, works, today),
        "deadlines": _deadlines(days, today),
        "outcomes": _counted(work.outcome for work in works),
        "disclosure": _counted(work.disclosure for work in works),
        "decisions": _counted(row.decision for row in decisions),
        "exclusions": len(queries_access.exclusions(session)),
        "actions": _actions(session),
        "break_glass": [
            {"day": line.entry.day.isoformat(), "case": line.entry.case, "by": list(line.entry.officers)}
            for line in handlers.broken_since(session, date.min)
            if line.entry
        ],
    }


def _cases(works: Sequence[Workflow]) -> View:
    return {
        "open": sum(work.is_open for work in works),
        "closed": sum(work.closed is not None for work in works),
        "junk": sum(work.junked is not None for work in works),
        "held": sum(work.held is not None for work in works),
        "judged": sum(work.judged for work in works),
        "quarantined": sum(work.quarantined is not None for work in works),
    }


def _for_handlers(session: Session, works: Sequence[Workflow], today: date) -> View:
    """Return how many cases are there of which those present see a line and no more."""
    lines = select(func.count()).execution_options(**AS_A_LINE)
    overdue = session.scalar(lines.where(Workflow.deadline < today)) or 0
    seen = sum(work.deadline is not None and work.deadline < today for work in works)
    return {
        "for_handlers": (session.scalar(lines.select_from(Workflow)) or 0) - len(works),
        "for_handlers_overdue": overdue - seen,
    }


def _deadlines(days: Iterable[tuple[str, date, date | None]], today: date) -> View:
    """Return of each kind how many were met, were done late, are overdue, and still run."""
    counted: dict[str, Counter[str]] = {}
    for kind, day, done in days:
        state = ("late" if done > day else "met") if done else ("overdue" if today > day else "running")
        counted.setdefault(kind, Counter())[state] += 1
    return {
        kind: {state: counts[state] for state in ("met", "late", "overdue", "running")}
        for kind, counts in counted.items()
    }


def _actions(session: Session) -> View:
    """Return how often officers did what is to be told."""
    done: Counter[str] = Counter()
    for line in journal.lines(session, 1):
        if entry := line.entry:
            done[entry.action] += 1
            done[Override.DESPITE_WARNING] += "despite" in entry.values
            done[Override.SHARES_BY_SHEET] += (
                entry.action in _SHARING and Presence.SHEET in entry.officers.values()
            )
            done[Override.PASSPHRASES_LOST] += "passphrases_lost" in entry.values
            done[Override.DESTROYED_JUNK] += entry.action == Code.DESTROYED and "junk" in entry.values
            done[Override.DESTROYED_EARLY] += entry.values.get("rule") == Rule.EARLY
    return {name: done[name] for name in (*_COUNTED, *map(str, Override))}


def _counted(codes: Iterable[str]) -> View:
    return dict(sorted(Counter(filter(None, codes)).items()))
