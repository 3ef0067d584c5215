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


def plan(inbox: Inbox, who: Actor) -> int:
    """Return how much may be discarded today; Refused if nothing may."""
    with inbox.acting(who, action(Code.LIST_RETENTION, view=Viewed.UNOPENED)) as session:
        found = retention_schedule.unopened(session, who.today)
    if not found.due and found.unasked:
        raise Refused(
            sentence("what could not be filed and is past its term has no visa of the archives"),
            sentence("list it for them, then note their visa: inbox visa list --out FOLDER"),
        )
    if not found.due:
        raise Refused(
            sentence("nothing of what could not be filed may be discarded before {day}", day=found.next_day)
            if found.next_day
            else sentence("nothing waits to be discarded"),
            sentence("see how long each is kept: inbox unopened"),
        )
    return found.due


def discard(inbox: Inbox, who: Actor, entries: int) -> None:
    """Delete what became no case and is past its term, ``entries`` of it. Takes two officers.

    Raises Refused, and nothing is discarded, if it is no longer that many. Envelopes, and what free pages of
    the vault still hold, are removed when the home is settled afterwards, however often that is cut short.
    """
    with inbox.acting(who, action(Code.DISCARD_UNOPENED, entries=entries)) as session:
        rows = _due(session, who.today)
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
