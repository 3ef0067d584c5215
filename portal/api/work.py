"""Work before an envelope is taken: it slows a flood; what protects is the quota (SPEC 7.6, THREAT_MODEL).

Everybody is asked for the same within an hour, so that asking tells nothing of who asks. The cost rises after
days on which there was no room and falls after others; within a day the public would count reports by it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from flask import Blueprint, Flask, Response
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from crypto import work
from crypto.errors import Malformed
from crypto.work import OFFER, Offer, Payment, Puzzle, Unsolved
from portal import days
from portal.api.context import Context, context
from portal.api.problems import Problem
from portal.api.quotas import NoRoom
from portal.store import work as store
from portal.store.database import StoreBusy

HEADER = "Proof-Of-Work"
# One hour more than a page may be open, as the present one may be nearly over.
_HOURS = 5

_views = Blueprint("work", __name__)


def init_app(app: Flask) -> None:
    """Serve what everybody is asked for."""
    app.register_blueprint(_views)


@_views.get("/api/work")
def offer() -> Response:
    """Give seed and cost of this hour, the same for everybody."""
    now = context()
    with now.database.read() as connection:
        hour = now.hour()
        made = Offer(_seeds(connection, now)(hour), _cost(connection, now, hour))
    return Response(OFFER.encode(made), content_type="application/json")


def check(connection: Connection, context: Context, text: str | None, channel: str, size: int) -> Payment:
    """Return the payment in a header's value, if it pays for an envelope of this size; else a Problem."""
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
    """Return the id of the upload whose envelope has this header (SPEC 7.6)."""
    return work.upload_id(store.secret(connection), context.settings.deployment_id, header_hash)


@contextmanager
def noting_refusals(context: Context) -> Iterator[None]:
    """Note for the cost of the next day if there is no room for what the block takes."""
    try:
        yield
    except NoRoom:
        # On a disk that is full it cannot be noted.
        with suppress(StoreBusy, DBAPIError):
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
    # By the day of the hour: what was offered before midnight is paid for as it was offered.
    return context.settings.work_cost[store.level(connection, days.day_of(hour))]
