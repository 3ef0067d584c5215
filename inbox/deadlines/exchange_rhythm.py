"""How often bundles cross, as reporters are told, and whether an exchange was missed.

Nobody sees a danger before the report is opened: a missed exchange is shown before all else.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox.deadlines import office
from inbox.vault import queries_exchange


@dataclass(frozen=True, slots=True)
class Missed:
    """An exchange that did not take place by the day on which it was ``due``.

    Until the day ``until``, all that came to the portal is here.
    """

    until: date
    due: date


def missed(session: Session, today: date) -> Missed | None:
    """Return the exchange that was missed, None if none was, or if neither an intake nor an outbox ever was.

    An office that never collected has missed what was due after its first outbox. It counts the days that
    reporters are told of: the office's own days off do not put it off. A bundle brings what was there when
    it was exported, however late it is collected. An export dated in the future counts from the day of its
    collection.
    """
    found = _next(session)
    return found if found and found.due < today else None


def due(session: Session) -> date | None:
    """Return the day by which the next exchange is due, None before the first bundle."""
    found = _next(session)
    return found.due if found else None


def _next(session: Session) -> Missed | None:
    until = _until(session)
    if until is None:
        return None
    how = office.of(session)
    return Missed(until, how.law.exchange.every.after(until, how.calendar.legal))


def _until(session: Session) -> date | None:
    """Return the day until which all that came to the portal is here, None before the first bundle."""
    last = queries_exchange.newest_intake(session)
    if last is not None:
        return min(last.exported, last.collected)
    first = queries_exchange.first_outbox(session)
    return first.made if first is not None else None
