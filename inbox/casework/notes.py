"""What officers write about a case for one another; no reporter ever sees it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Note

_LONGEST_NOTE = 50_000


def add(session: Session, number: int, text: str, *, by: Sequence[str], today: date) -> Note:
    """Add a note to a case; CaseRefused for an unknown case, and for a note that is empty or too long."""
    workflow.of(session, number)
    if not text.strip():
        raise CaseRefused(sentence("the note is empty"), sentence("type it, or give it with --text-file"))
    if len(text) > _LONGEST_NOTE:
        raise CaseRefused(
            sentence("a note has at most {most} characters", most=_LONGEST_NOTE),
            sentence("make two of it"),
        )
    last = session.scalar(select(func.max(Note.position)).filter_by(case=number)) or 0
    row = Note(case=number, position=last + 1, by=", ".join(by), day=today, text=text)
    session.add(row)
    return row


def of(session: Session, number: int) -> Sequence[Note]:
    """Return the notes to a case, oldest first."""
    return session.scalars(select(Note).filter_by(case=number).order_by(Note.position)).all()
