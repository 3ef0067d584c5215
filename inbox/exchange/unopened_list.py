"""The list of envelopes that did not become a case, in pages, and how long each envelope is kept."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto import base64url
from inbox.deadlines import retention_schedule
from inbox.deadlines.retention_schedule import UnopenedTerm
from inbox.language.views import View
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_exchange
from inbox.vault.tables import Unopened

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Up to PAGE of all ``count`` entries, newest first; ``term`` says which of them may be discarded."""

    entries: list[View]
    count: int
    term: UnopenedTerm


def look(inbox: Inbox, who: Actor, number: int) -> Page:
    """Return page ``number``, counted from 1, of the entries that the signed-in officers may see."""
    with inbox.acting(who, action(Code.LIST, view=Viewed.UNOPENED)) as session:
        rows = queries_exchange.unopened(session, skip=max(0, number - 1) * PAGE, most=PAGE)
        return Page(
            [_view(session, row) for row in rows],
            queries_exchange.count_unopened(session),
            retention_schedule.unopened(session, who.today),
        )


def _view(session: Session, row: Unopened) -> View:
    return {
        "number": row.number,
        "kind": row.kind,
        "received": row.received.isoformat(),
        "collected": row.collected.isoformat(),
        "kept_until": retention_schedule.unopened_until(session, row.collected).isoformat(),
        "bundle": row.intake,
        "file": None if row.envelope is None else f"unopened/{base64url.encode(row.envelope)}.age",
    }
