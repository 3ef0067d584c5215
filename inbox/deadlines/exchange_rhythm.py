"""How often bundles cross, as reporters are told, and whether an exchange was missed.

Nobody sees that somebody is in danger before the report is opened: one that is missed comes before all else.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox.deadlines import office
from inbox.vault import queries_exchange


@dataclass(frozen=True, slots=True)
class Missed:
    """An exchange that did not take place by the day on which it was ``due``.

    What has come to the portal is here up to the day ``until``.
    """

    until: date
    due: date


def missed(session: Session, today: date) -> Missed | None:
    """Return the exchange that was missed, None if none was, or if none was ever made.

    The days count that reporters know of: a day that the office takes off is none. A bundle brings what was
    there as it was exported, however late it is collected; an export from days to come, none of that.
    """
    last = queries_exchange.newest_intake(session)
    if last is None:
        return None
    how = office.of(session)
    until = min(last.exported, last.collected)
    due = how.law.exchange.every.after(until, how.calendar.legal)
    return Missed(until, due) if due < today else None
