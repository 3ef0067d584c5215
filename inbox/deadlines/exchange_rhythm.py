"""How often bundles are exchanged, as stated to reporters, and whether an exchange was missed.

A report of danger goes unseen until the report is opened, so a missed exchange is shown first.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox.deadlines import office
from inbox.vault import queries_exchange


@dataclass(frozen=True, slots=True)
class Missed:
    """An exchange that did not take place by the day on which it was ``due``.

    Everything that reached the portal up to the day ``until`` is in the inbox.
    """

    until: date
    due: date


def missed(session: Session, today: date) -> Missed | None:
    """Return the missed exchange, or None; an office that never exchanged a bundle has not missed any.

    If the office has never collected a bundle, an exchange is due after its first outbox. Days are counted in
    the way stated to reporters, so the office's own days off do not delay an exchange. A bundle counts from
    the day of its export, however late it is collected, because it contains what the portal held on that day.
    An export dated in the future counts from the day of its collection.
    """
    found = _next(session)
    return found if found and found.due < today else None


def due(session: Session) -> date | None:
    """Return the day by which the next exchange is due, or None before the first bundle."""
    found = _next(session)
    return found.due if found else None


def _next(session: Session) -> Missed | None:
    until = _until(session)
    if until is None:
        return None
    how = office.of(session)
    return Missed(until, how.law.exchange.every.after(until, how.calendar.legal))


def _until(session: Session) -> date | None:
    """Return the day up to which the inbox has all uploads to the portal, or None before the first bundle."""
    last = queries_exchange.newest_intake(session)
    if last is not None:
        return min(last.exported, last.collected)
    first = queries_exchange.first_outbox(session)
    return first.made if first is not None else None
