"""The visa of the archives for destroying cases, for tests of later steps."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.vault.casework_tables import ListedCase
from inbox.vault.destroyed_tables import VisaList
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, today

REFERENCE = "AD 76, 2026/114"


def agree(session: Session, *numbers: int) -> None:
    """Record the archives' visa for these cases, or for all cases if no number is given."""
    n = (session.scalar(select(func.max(VisaList.n))) or 0) + 1
    session.add(VisaList(n=n, made=today(), sha256=bytes(32), visa=today(), reference=REFERENCE))
    session.flush()
    cases = numbers or session.scalars(select(Case.number)).all()
    session.add_all(ListedCase(case=number, list=n) for number in cases)


def agreed(office: Office, *numbers: int) -> None:
    """Record the visa of the archives in an inbox, as ``agree`` does."""
    with office.opened() as inbox, inbox.transaction() as session:
        agree(session, *numbers)
