"""How the work on a case begins, and how its next deadline is kept in step with what happens."""

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox import deadlines, records, scoring
from inbox.answers import Answers
from inbox.casework import Handling
from inbox.deadlines import Events
from inbox.schema import Case, FollowUp
from inbox.workdays import FRANCE


def of(session: Session, number: int) -> Handling:
    """Return the state of the work on a case; raises as ``records.case``."""
    return session.get_one(Handling, records.case(session, number).number)


def begin(case: Case, answers: Answers) -> Handling:
    """Return the first state of the work on a case: what the answers say of it, and a proposed score."""
    asked = scoring.questions()
    handling = Handling(
        case=case.number, category=_one(answers, asked.category), area=_one(answers, asked.area)
    )
    handling.parts = scoring.propose(answers).parts
    handling.deadline = _next(case, handling, None)
    return handling


def set_closed(handling: Handling, day: date | None) -> None:
    """Note the day on which a case was closed, or None while it is open."""
    handling.closed = day
    handling.is_open = day is None and handling.rejected is None


def set_rejected(handling: Handling, day: date | None) -> None:
    """Note the day on which a case was found to be junk, or None if it is none."""
    handling.rejected = day
    handling.is_open = day is None and handling.closed is None


def heard(session: Session, number: int) -> None:
    """Note that the author of a case wrote: what was taken for junk comes back."""
    set_rejected(session.get_one(Handling, number), None)
    keep_in_step(session, number)


def acted(session: Session, number: int, today: date) -> None:
    """Note that an officer has done something about a case."""
    work = of(session, number)
    work.first_act = work.first_act or today
    keep_in_step(session, number)


def judge(session: Session, number: int, changed: Mapping[str, int], today: date) -> Handling:
    """Change parts of the score of a case, by their names; CaseRefused if there is no such case."""
    work = of(session, number)
    work.parts = replace(work.parts, **changed)
    work.judged = True
    acted(session, number, today)
    return work


def acknowledge(session: Session, numbers: Container[int], today: date) -> None:
    """Note that the authors of these cases are told, from today's outbox on, that they were heard."""
    for work in session.scalars(select(Handling).where(Handling.acknowledged.is_(None))).all():
        if work.case in numbers:
            work.acknowledged = today
            keep_in_step(session, work.case)


def keep_in_step(session: Session, number: int) -> None:
    """Set the next deadline anew, after anything that a clock depends on."""
    session.flush()
    case, handling = session.get_one(Case, number), of(session, number)
    handling.deadline = _next(case, handling, _last_written(session, number))


def _events(case: Case, handling: Handling, written: date | None) -> Events:
    """Return what happened to a case; ``written`` is the day of the last follow-up."""
    return Events(
        received=case.received,
        collected=case.collected,
        priority=handling.parts.priority,
        first_act=handling.first_act,
        acknowledged=handling.acknowledged,
        closed=handling.closed,
        last_written=written,
    )


def _last_written(session: Session, number: int) -> date | None:
    """Return the day on which the last follow-up to a case was received, None without any."""
    return session.scalar(select(func.max(FollowUp.received)).filter_by(case=number))


def _next(case: Case, handling: Handling, written: date | None) -> date | None:
    if handling.rejected is not None:
        return None
    due = deadlines.next_due(_events(case, handling, written), FRANCE)
    return due.day if due else None


def _one(answers: Answers, field: str) -> str:
    answer = answers.get(field, "")
    return answer if isinstance(answer, str) else ""
