"""The restricted archive: a case that is kept as evidence, and that nobody needs any more, is opened by two.

It sits beneath every read (``inbox.vault.row_security``), like quarantine: it is a line in the queue, it is
counted, and what shows nothing of it goes on, its destruction among that. Two officers open it for a day, on
which each of them reads it. A message that nobody has read, and whoever opens the case again, takes it out.
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
    """Return the day from which a case is in the archive, None if it is not there today."""
    as_a_line = select(Workflow.archive_from).filter_by(case=number).execution_options(**AS_A_LINE)
    found = session.scalar(as_a_line)
    return found if found is not None and found <= today else None


def open_cases(inbox: Inbox, who: Actor, numbers: Iterable[int], reason: str) -> list[int]:
    """Open cases of the archive for today, for those who act and confirm, all of them or none; return which.

    Takes two officers, once for all. Raises CaseRefused for an unknown case, and for one that is not in the
    archive; Refused without a reason; otherwise as ``bulk.do`` does.
    """
    opened = action(Code.OPEN_ARCHIVED, None, reason)
    return bulk.do(inbox, who, opened, numbers, partial(_open, who.today))


def _open(today: date, session: Session, number: int) -> None:
    day = workflow.of(session, number).archive_from
    if day is None or day > today:
        raise CaseRefused(
            sentence("case {number} is not in the archive", number=number),
            sentence("see it: inbox show {number}", number=number),
        )
    # Of an earlier day none counts any more.
    session.execute(delete(ArchiveOpening).where(ArchiveOpening.day != today))
    for name in row_security.present(session):
        session.merge(ArchiveOpening(case=number, officer=name, day=today))
