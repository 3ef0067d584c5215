"""The numbers of what became no case: each is given once, also after rows were deleted."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.vault.casework_tables import Setting
from inbox.vault.tables import Unopened

_LAST = "last-unopened"


def last(session: Session) -> int:
    """Return the highest number given so far, 0 for none."""
    named = session.scalar(select(Setting.value).filter_by(name=_LAST)) or "0"
    return max(int(named), session.scalar(select(func.max(Unopened.number))) or 0)


def remember(session: Session) -> None:
    """Write the highest number down: the row that has it may be deleted now."""
    if number := last(session):
        session.merge(Setting(name=_LAST, value=str(number)))
