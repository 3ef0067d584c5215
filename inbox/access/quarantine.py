"""Protected secrets that came nevertheless: nobody reads such a case (loi 2016-1691, article 6 II).

It sits beneath every read (``inbox.vault.row_security``): for whoever is present the case is a line in the
queue. What shows nothing of the report can be done all the same: it is answered, closed, destroyed.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Workflow
from inbox.vault.row_security import AS_A_LINE


def since(session: Session, number: int) -> date | None:
    """Return the day from which nobody reads a case, None if it is in no quarantine."""
    as_a_line = select(Workflow.quarantined).filter_by(case=number).execution_options(**AS_A_LINE)
    return session.scalar(as_a_line)


def place(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Let nobody read a case from now on; raises as ``queries_cases.case`` and ``Inbox.acting``."""
    with inbox.acting(who, action(Code.QUARANTINE, number, reason)) as session:
        _place(session, number, who.today)


def lift(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Let a case be read again by those who could.

    Raises CaseRefused if it is in no quarantine, and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIFT_QUARANTINE, number, reason)) as session:
        work = workflow.of(session, number)
        if work.quarantined is None:
            raise CaseRefused(
                sentence("case {number} is in no quarantine", number=number), sentence("see: inbox queue")
            )
        work.quarantined = None


def _place(session: Session, number: int, today: date) -> None:
    workflow.of(session, number).quarantined = today
    session.flush()
    session.expunge_all()  # what it holds is not narrowed again
