"""The end of what came in and became no case: rows, and the envelopes as they came.

Nobody could read it, so nobody can say what is lost: it takes two officers, and oversight counts it.
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
    """Return how much may be discarded today, with a ``reason`` also what only this machine's clock says.

    Raises Refused if nothing may.
    """
    with inbox.acting(who, action(Code.LIST_RETENTION, view=Viewed.UNOPENED)) as session:
        found = retention_schedule.unopened(session, who.today)
    due = found.due + (found.by_one_clock if reason.strip() else 0)
    if not due and found.by_one_clock:
        raise Refused(
            sentence(
                "what could not be filed is past its term by the clock of this machine alone: no bundle was"
                " collected that the portal exported on that day or later"
            ),
            sentence(
                "collect a bundle that the portal exports now; where no portal is left, two officers answer"
                " for the day: inbox discard --reason TEXT"
            ),
        )
    if not due and found.unasked:
        raise Refused(
            sentence("what could not be filed and is past its term has no visa of the archives"),
            sentence("list it for them, then note their visa: inbox visa list --out FOLDER"),
        )
    if not due:
        raise Refused(
            sentence("nothing of what could not be filed may be discarded before {day}", day=found.next_day)
            if found.next_day
            else sentence("nothing waits to be discarded"),
            sentence("see how long each is kept: inbox unopened"),
        )
    return due


def discard(inbox: Inbox, who: Actor, entries: int, reason: str = "") -> None:
    """Delete what became no case and is past its term, ``entries`` of it. Takes two officers.

    With a ``reason``, also that of which only the clock of this machine says so: the journal keeps how
    officers know the day. Without such, it keeps none. Raises Refused, and nothing is discarded, if it is no
    longer that many. Envelopes, and what free pages of the vault still hold, are removed when the home is
    settled afterwards, however often that is cut short.
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
                sentence("something else may be discarded by now"), sentence("look again, then repeat")
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
