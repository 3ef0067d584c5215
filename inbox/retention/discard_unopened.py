"""Discard expired envelopes that did not become a case, and their rows.

Nobody could read the envelopes, so nobody knows what is lost. Therefore, discarding takes two officers, and
oversight counts the discarded envelopes.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from inbox.deadlines import retention_schedule
from inbox.exchange import unopened_numbers
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_exchange
from inbox.vault.destroyed_tables import VAULT, Leaving
from inbox.vault.tables import Unopened


def plan(inbox: Inbox, who: Actor, reason: str = "") -> int:
    """Return how many envelopes may be discarded today.

    If there is a ``reason``, the number includes envelopes that have expired only according to this machine's
    clock. Raises Refused if no envelope may be discarded.
    """
    with inbox.acting(who, action(Code.LIST_RETENTION, view=Viewed.UNOPENED)) as session:
        found = retention_schedule.unopened(session, who.today)
    due = found.due + (found.by_one_clock if reason.strip() else 0)
    if not due and found.by_one_clock:
        raise Refused(
            sentence(
                "only this machine's clock shows that the unfiled envelopes have expired; a collected"
                " bundle that was exported on or after the day of expiry would confirm it"
            ),
            sentence(
                "export a bundle from the portal now, and collect it; if the portal no longer"
                " exists, two officers can confirm today's date: inbox exchange unopened discard"
                " --reason TEXT"
            ),
        )
    if not due and found.unasked:
        raise Refused(
            sentence("the expired unfiled envelopes do not have the archives' visa"),
            sentence(
                "make the list for the archives: inbox retention visa request --out FOLDER; then"
                " record the archives' visa: inbox retention visa add LIST --day DAY --reference TEXT"
            ),
        )
    if not due:
        raise Refused(
            sentence("no unfiled envelope may be discarded before {day}", day=found.next_day)
            if found.next_day
            else sentence("there are no unfiled envelopes to discard"),
            sentence("see how long each envelope is kept: inbox exchange unopened list"),
        )
    return due


def discard(inbox: Inbox, who: Actor, entries: int, reason: str = "") -> None:
    """Discard the expired envelopes that did not become a case; requires two officers.

    ``entries`` is the expected number of envelopes. If the number has changed, raises Refused and discards
    nothing. A ``reason`` says how officers know the day. With a reason, envelopes that have expired by this
    machine's clock alone are included. The journal records the reason only if some envelopes have expired by
    this machine's clock alone. Afterwards, ``Inbox.settle`` deletes the envelopes and the contents of the
    database's free pages, even if it is interrupted several times.
    """
    with inbox.transaction() as session:
        by_one_clock = bool(reason.strip() and retention_schedule.unopened(session, who.today).by_one_clock)
    given = reason if by_one_clock else ""
    noted = action(Code.DISCARD_UNOPENED, None, given, entries=entries, by_one_clock=by_one_clock)
    with inbox.acting(who, noted) as session:
        day = who.today if by_one_clock else retention_schedule.day_of_two_clocks(session, who.today)
        rows = _due(session, day) if day else []
        if len(rows) != entries:
            raise Refused(
                sentence("the unfiled envelopes that may be discarded have changed since you looked"),
                sentence("look at the list again, then try again"),
            )
        unopened_numbers.remember(session)
        envelopes = {row.envelope for row in rows if row.envelope is not None}
        names = [inbox.home.name_of(inbox.home.envelope(each)) for each in envelopes]
        for name in (*names, VAULT):
            session.merge(Leaving(name=name))
        for row in rows:
            session.delete(row)


def _due(session: Session, today: date) -> Sequence[Unopened]:
    return queries_exchange.caseless(session, retention_schedule.discardable(session, today))
