"""The restricted archive: two officers must open a case that is kept only as evidence.

``inbox.vault.row_security`` hides archived cases on every read, as it hides cases in quarantine. The queue
still shows a line for an archived case, and the counts include the case. Actions that do not show the case's
content, such as destroying the case, are still possible. When two officers open the case, both can read it
for that day. A case leaves the archive when a new, unread message arrives, or when officers reopen the case.
"""

from collections.abc import Iterable
from datetime import date
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session import bulk
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import row_security
from inbox.vault.casework_tables import ArchiveOpening, Workflow
from inbox.vault.row_security import AS_A_LINE


def since(session: Session, number: int, today: date) -> date | None:
    """Return the day since which a case has been archived, or None if it is not archived today."""
    as_a_line = select(Workflow.archive_from).filter_by(case=number).execution_options(**AS_A_LINE)
    found = session.scalar(as_a_line)
    return found if found is not None and found <= today else None


def open_cases(inbox: Inbox, who: Actor, numbers: Iterable[int], reason: str) -> list[int]:
    """Open all these archived cases, or none, for the acting and confirming officers until the end of today.

    Returns the numbers of the cases. Two officers confirm once for all cases. Raises CaseRefused for a case
    that is unknown or not archived. Raises Refused if no reason is given. Also raises the same errors as
    ``bulk.do``.
    """
    opened = action(Code.OPEN_ARCHIVED, None, reason)
    return bulk.do(inbox, who, opened, numbers, partial(_open, who.today))


def _open(today: date, session: Session, number: int) -> None:
    day = workflow.of(session, number).archive_from
    if day is None or day > today:
        raise CaseRefused(
            sentence("case {number} is not in the archive", number=number),
            sentence("see the case: inbox case show {number}", number=number),
        )
    # Officers can read an opened case only on the day of its opening.
    session.execute(delete(ArchiveOpening).where(ArchiveOpening.day != today))
    for name in row_security.present(session):
        session.merge(ArchiveOpening(case=number, officer=name, day=today))
