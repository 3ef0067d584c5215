"""Drafts of officers: the vault keeps what they type, and shows each draft to its writer alone.

It is no act: nothing of it is journalled, and nobody is told. It follows its case: who may not read that is
shown none of it, and it leaves with the case.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from inbox.access import conflicts, declarations
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Unfinished

# So many days what was begun for no case stays untouched before it goes: no retention of a case ends it.
KEPT_DAYS = 30

Fields = tuple[tuple[str, str], ...]


class Form(StrEnum):
    """What is written in a form; a report belongs to no case before it is entered."""

    REPLY = "reply"
    EXTENSION = "extension"
    CLOSING = "closing"
    NOTE = "note"
    ASSESSMENT = "assessment"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a form, by name and in order, as they stood on a day."""

    day: date
    fields: Fields


@dataclass(frozen=True, slots=True)
class Begun:
    """A form in which an officer has begun to write, of a case or, for an entry, of none."""

    form: Form
    case: int | None
    day: date


def keep(inbox: Inbox, who: Actor, form: Form, case: int | None, fields: Fields) -> bool:
    """Keep what an officer has written in a form so far, in the place of what was kept of it before.

    Nothing is kept of a form in which nothing stands, nor of a report that names who writes it: others enter
    that. Return False for such a report, for a case that those who act may not read or have not declared, and
    for one that is not there; else True.
    """
    if case is not None and not declarations.may_read(inbox, who, [case]):
        return False
    with inbox.transaction() as session:
        session.execute(delete(Unfinished).where(*_of(who, case), Unfinished.form == form))
        values = [value for _, value in fields]
        if form is Form.REPORT and conflicts.watched(session).meant_in(values) & {*who.officers}:
            return False
        if any(value.strip() for _, value in fields):
            session.add_all(
                Unfinished(officer=name, case=case, form=form, day=who.today, fields=json.dumps(fields))
                for name in who.officers
            )
    return True


def drop(inbox: Inbox, who: Actor, form: Form, case: int | None) -> None:
    """Keep nothing of a form any more: it was sent, or thrown away."""
    with inbox.transaction() as session:
        session.execute(delete(Unfinished).where(*_of(who, case), Unfinished.form == form))


def of(inbox: Inbox, who: Actor, case: int | None) -> dict[Form, Draft]:
    """Return what an officer has begun to write about a case they may read, or to enter for None."""
    with inbox.vault.transaction(who.officers) as session:
        rows = session.scalars(select(Unfinished).where(*_of(who, case)))
        return {Form(row.form): Draft(row.day, _fields(row)) for row in rows}


def begun(inbox: Inbox, who: Actor) -> Sequence[Begun]:
    """Return all that an officer has begun to write about what they may read, oldest first."""
    with inbox.vault.transaction(who.officers) as session:
        mine = select(Unfinished).where(Unfinished.officer.in_(who.officers))
        rows = session.scalars(mine.order_by(Unfinished.day, Unfinished.id)).all()
        shown = declarations.may_be_tried(session, [row.case for row in rows if row.case is not None])
        return [Begun(Form(row.form), row.case, row.day) for row in rows if row.case in {None, *shown}]


def sweep(inbox: Inbox, today: date) -> None:
    """Let what was begun for no case go after ``KEPT_DAYS``, whoever wrote it."""
    with inbox.transaction() as session:
        old = Unfinished.day < today - timedelta(days=KEPT_DAYS)
        session.execute(delete(Unfinished).where(Unfinished.case.is_(None), old))


def rewrite(session: Session, number: int, change: Callable[[str], str]) -> None:
    """Change every text that anybody has begun to write about a case."""
    for row in session.scalars(select(Unfinished).filter_by(case=number)):
        row.fields = json.dumps([(name, change(value)) for name, value in _fields(row)])


def end(session: Session, officers: Collection[str]) -> None:
    """Keep nothing of officers who have left: nobody else may read it."""
    session.execute(delete(Unfinished).where(Unfinished.officer.in_(officers)))


def _of(who: Actor, case: int | None) -> tuple[ColumnElement[bool], ...]:
    return Unfinished.officer.in_(who.officers), Unfinished.case == case


def _fields(row: Unfinished) -> Fields:
    return tuple((name, value) for name, value in json.loads(row.fields))
