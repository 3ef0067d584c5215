"""What came in and became no case, as officers see it: a page at a time, with how long each is kept."""

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
    """Up to PAGE entries, newest first, of ``count`` in all; ``term`` says what may be discarded."""

    entries: list[View]
    count: int
    term: UnopenedTerm


def look(inbox: Inbox, who: Actor, number: int) -> Page:
    """Return page ``number``, from 1, of what became no case and those present may see."""
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
