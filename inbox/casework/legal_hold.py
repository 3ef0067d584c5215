"""A case that must be kept for a procedure, however long that takes; its author sees nothing of it."""

from datetime import date

from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence


def hold(session: Session, number: int, today: date) -> None:
    """Let nothing destroy a case; CaseRefused for an unknown one, and for one that is held."""
    work = workflow.of(session, number)
    if work.held:
        raise CaseRefused(
            sentence("case {number} is held since {day}", number=number, day=work.held),
            sentence("there is nothing to do"),
        )
    work.held = today
    workflow.acted(session, number, today)


def release(session: Session, number: int, today: date) -> None:
    """Let a case end as others do; CaseRefused for an unknown one, and for one that is not held."""
    work = workflow.of(session, number)
    if not work.held:
        raise CaseRefused(
            sentence("case {number} is not held", number=number), sentence("there is nothing to do")
        )
    work.held = None
    workflow.acted(session, number, today)
