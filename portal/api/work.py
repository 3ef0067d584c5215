"""Proof of work for each envelope: it slows a flood, but only quotas stop a flood (SPEC 7.6, THREAT_MODEL).

Seed and cost are the same for everybody within an hour, so that a request for them reveals nothing. The cost
rises after a day with refusals for lack of room, and falls after a day without such refusals. The cost never
changes within a day, because anybody could use such changes to count reports.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from flask import Blueprint, Flask, Response
from sqlalchemy import Connection

from crypto import work
from crypto.errors import Malformed
from crypto.work import OFFER, Offer, Payment, Puzzle, Unsolved
from portal import days
from portal.api.context import Context, context
from portal.api.problems import Problem
from portal.api.quotas import NoRoom
from portal.store import work as store
from portal.store.database import FAILURES

HEADER = "Proof-Of-Work"
# This time is one hour longer than a page may stay open, because the current hour may be almost over.
_HOURS = 5

_views = Blueprint("work", __name__)


def init_app(app: Flask) -> None:
    """Serve the seed and the cost of the proof of work."""
    app.register_blueprint(_views)


@_views.get("/api/work")
def offer() -> Response:
    """Serve this hour's seed and cost, which are the same for everybody."""
    now = context()
    with now.database.read() as connection:
        hour = now.hour()
        made = Offer(_seeds(connection, now)(hour), _cost(connection, now, hour))
    return Response(OFFER.encode(made), content_type="application/json")


def check(connection: Connection, context: Context, text: str | None, channel: str, size: int) -> Payment:
    """Return the proof of work in a header's value; raises a Problem if it is not valid for this ``size``."""
    if text is None:
        raise Problem(403, "work_missing")
    try:
        paid = Payment.parse(text)
    except Malformed:
        raise Problem(403, "work_malformed") from None
    now, seed = context.hour(), _seeds(connection, context)
    hour = next((each for each in range(now, now - _HOURS, -1) if seed(each) == paid.seed), None)
    if hour is None:
        raise Problem(403, "work_stale")
    cost = _cost(connection, context, hour)
    try:
        Puzzle(paid.seed, paid.header_hash, channel, work.size_class(size), cost).check(paid.counter)
    except Unsolved:
        raise Problem(403, "work_unsolved") from None
    return paid


def upload_id(connection: Connection, context: Context, header_hash: bytes) -> bytes:
    """Return the id of the upload whose envelope begins with this header (SPEC 7.6)."""
    return work.upload_id(store.secret(connection), context.settings.deployment_id, header_hash)


@contextmanager
def noting_refusals(context: Context) -> Iterator[None]:
    """Run the block.

    If the block raises NoRoom, record the refusal, which raises the cost of the next day.
    """
    try:
        yield
    except NoRoom:
        # On a full disk, the refusal cannot be recorded.
        with suppress(*FAILURES):
            _note_refusal(context)
        raise


def _note_refusal(context: Context) -> None:
    today = context.today()
    with context.database.read() as connection:
        noted = store.had_refusal(connection, today)
    if not noted:
        with context.database.write() as connection:
            store.note_refusal(connection, today)


def _seeds(connection: Connection, context: Context) -> Callable[[int], bytes]:
    return partial(work.seed, store.secret(connection), context.settings.deployment_id)


def _cost(connection: Connection, context: Context, hour: int) -> int:
    # An hour has the cost of the day to which it belongs, so that seeds issued before midnight keep their
    # cost.
    return context.settings.work_cost[store.level(connection, days.day_of(hour))]
