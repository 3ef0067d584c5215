"""Numbers for envelopes that did not become a case; no number is used again, even if rows are deleted."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.vault.casework_tables import Setting
from inbox.vault.tables import Unopened

_LAST = "last-unopened"


def last(session: Session) -> int:
    """Return the highest number assigned so far; 0 if none was assigned."""
    named = session.scalar(select(Setting.value).filter_by(name=_LAST)) or "0"
    return max(int(named), session.scalar(select(func.max(Unopened.number))) or 0)


def remember(session: Session) -> None:
    """Store the highest number, so that the row with this number may be deleted."""
    if number := last(session):
        session.merge(Setting(name=_LAST, value=str(number)))
