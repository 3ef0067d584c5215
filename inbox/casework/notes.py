"""Officers' notes about a case, written for one another. Reporters never see these notes."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Note

_LONGEST_NOTE = 50_000


def add(inbox: Inbox, who: Actor, number: int, text: str) -> Note:
    """Add a note to a case.

    Raises CaseRefused for an unknown case and for a note that is empty or too long. Also raises the same
    errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.NOTE, number)) as session:
        return _add(session, who, number, text)


def _add(session: Session, who: Actor, number: int, text: str) -> Note:
    workflow.of(session, number)
    if not text.strip():
        raise CaseRefused(sentence("the note is empty"), sentence("type the note, or use --text-file"))
    if len(text) > _LONGEST_NOTE:
        raise CaseRefused(
            sentence("a note can have at most {most} characters", most=_LONGEST_NOTE),
            sentence("split the text into two notes"),
        )
    last = session.scalar(select(func.max(Note.position)).filter_by(case=number)) or 0
    row = Note(case=number, position=last + 1, by=", ".join(who.officers), day=who.today, text=text)
    session.add(row)
    return row


def of(session: Session, number: int) -> Sequence[Note]:
    """Return the notes on a case, oldest first."""
    return session.scalars(select(Note).filter_by(case=number).order_by(Note.position)).all()
