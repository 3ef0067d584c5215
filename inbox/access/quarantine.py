"""Quarantine: nobody may read a case that contains legally protected secrets (loi 2016-1691, article 6 II).

``inbox.vault.row_security`` enforces this on every read: signed-in officers see the case only as a line in
the queue. Actions that do not show the report are still possible: officers can answer, close and destroy the
case.
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
    """Return the day since which a case is in quarantine, or None."""
    as_a_line = select(Workflow.quarantined).filter_by(case=number).execution_options(**AS_A_LINE)
    return session.scalar(as_a_line)


def place(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Put a case into quarantine. Raises the same errors as ``queries_cases.case`` and ``Inbox.acting``."""
    with inbox.acting(who, action(Code.QUARANTINE, number, reason)) as session:
        _place(session, number, who.today)


def lift(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Lift the quarantine, so that officers who could read the case can read it again.

    Raises CaseRefused if the case is not in quarantine. Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIFT_QUARANTINE, number, reason)) as session:
        work = workflow.of(session, number)
        if work.quarantined is None:
            raise CaseRefused(
                sentence("case {number} is not in quarantine", number=number),
                sentence("see: inbox queue list"),
            )
        work.quarantined = None


def _place(session: Session, number: int, today: date) -> None:
    workflow.of(session, number).quarantined = today
    session.flush()
    session.expunge_all()  # Cached rows would stay readable.
