"""How the work on a case begins, and how its next deadline is kept in step with what happens."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.answers import Answers
from crypto.questionnaire import Flag
from inbox import deadlines, scoring
from inbox.casework import RANKS, DayOff, Handling
from inbox.deadlines import Events
from inbox.errors import CaseRefused
from inbox.schema import Case, FollowUp
from inbox.scoring import Parts
from inbox.workdays import Calendar

HIGH = "high"


def calendar(session: Session) -> Calendar:
    """Return the working days of this office."""
    return Calendar(session.scalars(select(DayOff.day)).all())


def of(session: Session, number: int) -> Handling:
    """Return the state of the work on a case; CaseRefused if there is no such case."""
    found = session.get(Handling, number)
    if found is None:
        raise CaseRefused(f"there is no case {number}", "see the numbers: inbox list")
    return found


def begin(case: Case, answers: Answers, cautions: Iterable[Flag], days: Calendar) -> Handling:
    """Return the first state of the work on a case: what the answers say of it, and a proposed score."""
    asked = scoring.questions()
    handling = Handling(
        case=case.number,
        path=_one(answers, asked.path),
        category=_one(answers, asked.category),
        area=_one(answers, asked.area),
        source_risk=HIGH if Flag.SOURCE_RISK in cautions else "",
    )
    set_parts(handling, scoring.propose(answers).parts)
    handling.deadline = _next(case, handling, None, days)
    return handling


def set_parts(handling: Handling, parts: Parts) -> None:
    """Write a score with its parts, and the rank that it gives."""
    for name, value in asdict(parts).items():
        setattr(handling, name, value)
    handling.score = parts.score
    handling.rank = parts.priority * RANKS + scoring.MOST - parts.score


def parts(handling: Handling) -> Parts:
    """Return the parts of a score."""
    return Parts(**{name: getattr(handling, name) for name in scoring.NAMES})


def keep_in_step(session: Session, number: int) -> None:
    """Set the next deadline anew, after anything that a clock depends on."""
    session.flush()
    case, handling = session.get_one(Case, number), of(session, number)
    handling.deadline = _next(case, handling, last_written(session, number), calendar(session))


def events(case: Case, handling: Handling, written: date | None) -> Events:
    """Return what happened to a case; ``written`` is the day of the last follow-up."""
    return Events(
        received=case.received,
        collected=case.collected,
        priority=handling.priority,
        first_act=handling.first_act,
        acknowledged=handling.acknowledged,
        extended=handling.extended,
        answered=handling.answered,
        closed=handling.closed,
        last_written=written,
        held=bool(handling.held),
    )


def last_written(session: Session, number: int) -> date | None:
    """Return the day on which the last follow-up to a case was received, None without any."""
    return session.scalar(select(func.max(FollowUp.received)).filter_by(case=number))


def _next(case: Case, handling: Handling, written: date | None, days: Calendar) -> date | None:
    due = deadlines.next_due(events(case, handling, written), days)
    return due.day if due else None


def _one(answers: Answers, field: str) -> str:
    answer = answers.get(field, "")
    return answer if isinstance(answer, str) else ""
