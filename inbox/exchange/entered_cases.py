"""Cases that officers entered.

Nobody uploaded a report for these cases, so an outbox opens them at the portal (SPEC 8.2, 9.5).
"""

from collections.abc import Collection

from sqlalchemy import NotNullable, select, update
from sqlalchemy.orm import Session

from crypto.bundle import Opened
from inbox.vault.casework_tables import Opening
from inbox.vault.queries_exchange import CONFIRMED
from inbox.vault.tables import Case


def waiting(session: Session) -> dict[int, Opened]:
    """Return, by case number, the entered cases that no confirmed outbox has opened at the portal."""
    untold = Opening.told.is_(None) | Opening.told.not_in(CONFIRMED)
    # Every entered case has both ids (``manual_entry``).
    columns = select(Opening.case, NotNullable(Case.case_id), Opening.memo, NotNullable(Case.withdraw_id))
    rows = session.execute(columns.join(Case, Case.number == Opening.case).where(untold))
    return {number: Opened(case_id, memo, withdraw_id) for number, case_id, memo, withdraw_id in rows}


def note_told(session: Session, numbers: Collection[int], n: int) -> None:
    """Record outbox ``n`` as the first to open each of these cases, unless an earlier outbox is recorded."""
    new = update(Opening).where(Opening.case.in_(numbers), Opening.told.is_(None))
    session.execute(new.values(told=n))


def tell_again(session: Session) -> None:
    """Let the next outbox open all entered cases again, because a new portal knows no entered case."""
    session.execute(update(Opening).values(told=None))
