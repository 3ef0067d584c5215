"""Drafts: the vault stores what officers type, and shows each draft to its writer alone.

A draft is not an action: the journal has no entry for it, and nobody is notified. A draft follows its case:
officers who may not read the case cannot see the draft, and the draft is deleted with the case.
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

# A draft without a case is deleted after this many days without a change. Other drafts are deleted with their
# case.
KEPT_DAYS = 30

Fields = tuple[tuple[str, str], ...]


class Form(StrEnum):
    """The forms with drafts; a report belongs to no case until it is entered."""

    REPLY = "reply"
    EXTENSION = "extension"
    CLOSING = "closing"
    NOTE = "note"
    ASSESSMENT = "assessment"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Draft:
    """The contents of a form on a certain day: its fields in order, keyed by name."""

    day: date
    fields: Fields


@dataclass(frozen=True, slots=True)
class Begun:
    """A form in which an officer has begun to write; ``case`` is None for a new report."""

    form: Form
    case: int | None
    day: date


def keep(inbox: Inbox, who: Actor, form: Form, case: int | None, fields: Fields) -> bool:
    """Store what an officer has written in a form so far, and replace the earlier draft.

    An empty form is not stored. A report that names the officer who writes it is not stored, because another
    officer has to enter it. Return False for an unknown case, for a report that names its writer, and for a
    case that the acting officers may not read or have not declared. Otherwise, return True.
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
    """Delete the draft of a form that was sent or discarded."""
    with inbox.transaction() as session:
        session.execute(delete(Unfinished).where(*_of(who, case), Unfinished.form == form))


def of(inbox: Inbox, who: Actor, case: int | None) -> dict[Form, Draft]:
    """Return an officer's drafts for a case that this officer may read, or (for None) for a new report."""
    with inbox.vault.transaction(who.officers) as session:
        rows = session.scalars(select(Unfinished).where(*_of(who, case)))
        return {Form(row.form): Draft(row.day, _fields(row)) for row in rows}


def begun(inbox: Inbox, who: Actor) -> Sequence[Begun]:
    """Return all of an officer's drafts that this officer may still read, oldest first."""
    with inbox.vault.transaction(who.officers) as session:
        mine = select(Unfinished).where(Unfinished.officer.in_(who.officers))
        rows = session.scalars(mine.order_by(Unfinished.day, Unfinished.id)).all()
        shown = declarations.may_be_tried(session, [row.case for row in rows if row.case is not None])
        return [Begun(Form(row.form), row.case, row.day) for row in rows if row.case in {None, *shown}]


def sweep(inbox: Inbox, today: date) -> None:
    """Delete all officers' drafts without a case after ``KEPT_DAYS``."""
    with inbox.transaction() as session:
        old = Unfinished.day < today - timedelta(days=KEPT_DAYS)
        session.execute(delete(Unfinished).where(Unfinished.case.is_(None), old))


def rewrite(session: Session, number: int, change: Callable[[str], str]) -> None:
    """Change the text of all drafts for a case."""
    for row in session.scalars(select(Unfinished).filter_by(case=number)):
        row.fields = json.dumps([(name, change(value)) for name, value in _fields(row)])


def end(session: Session, officers: Collection[str]) -> None:
    """Delete the drafts of officers who have left, because nobody else may read them."""
    session.execute(delete(Unfinished).where(Unfinished.officer.in_(officers)))


def _of(who: Actor, case: int | None) -> tuple[ColumnElement[bool], ...]:
    return Unfinished.officer.in_(who.officers), Unfinished.case == case


def _fields(row: Unfinished) -> Fields:
    return tuple((name, value) for name, value in json.loads(row.fields))
