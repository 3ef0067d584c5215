"""How the work goes, for who watches over it: numbers, days, and who opened what in an emergency.

Nothing of what a report says, nor of what officers wrote, is in it. Cases that are kept from somebody present
are not counted; of those with handlers, of whom not all present are one, that they are there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox import handlers, handling, journal, practice, registers
from inbox.acts import Act
from inbox.casework import Duty, Handling
from inbox.narrowing import AS_A_LINE
from inbox.workview import View

# What departs from the ordinary, or from what the rules propose.
_TOLD = (
    *(Act.JUDGE, Act.REMOVE_MEASURE, Act.REOPEN, Act.EXTEND, Act.HOLD, Act.RELEASE_HOLD),
    *(Act.EXCLUDE, Act.FOUND_CONFLICT, Act.LIFT_CONFLICT, Act.BREAK_GLASS),
)


def view(session: Session, today: date) -> View:
    """Return all of it."""
    everything = list(handling.every(session))
    found = [(work, clocks) for work, clocks in everything if work.rejected is None]
    works = [work for work, _ in found]
    asked = select(Duty).join(Handling, Handling.case == Duty.case).where(Handling.rejected.is_(None))
    decisions = session.scalars(asked).all()
    days = [(each.clock.value, each.day, each.done) for _, clocks in found for each in clocks]
    days += [(row.kind, row.due, row.decided) for row in decisions]
    return {
        "day": today.isoformat(),
        "regime": practice.of(session).regime.value,
        "cases": _cases(session, works) | {"junk": len(everything) - len(found)},
        "deadlines": _deadlines(days, today),
        "outcomes": _counted(work.outcome for work in works),
        "disclosure": _counted(work.disclosure for work in works),
        "decisions": _counted(row.decision for row in decisions),
        "exclusions": len(registers.exclusions(session)),
        "acts": _acts(session),
        "break_glass": [
            {"day": line.entry.day.isoformat(), "case": line.entry.case, "by": list(line.entry.officers)}
            for line in handlers.broken_since(session, date.min)
            if line.entry
        ],
    }


def _cases(session: Session, works: Sequence[Handling]) -> View:
    lines = select(func.count()).select_from(Handling).execution_options(**AS_A_LINE)
    return {
        "open": sum(work.is_open for work in works),
        "closed": sum(not work.is_open for work in works),
        "held": sum(work.held is not None for work in works),
        "judged": sum(work.judged for work in works),
        "for_handlers": (session.scalar(lines.where(Handling.rejected.is_(None))) or 0) - len(works),
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


def _acts(session: Session) -> View:
    """Return how often officers did what is to be told."""
    done = Counter(line.entry.act for line in journal.lines(session, 1) if line.entry)
    return {act.value: done[act.value] for act in _TOLD}


def _counted(codes: Iterable[str]) -> View:
    return dict(sorted(Counter(filter(None, codes)).items()))
