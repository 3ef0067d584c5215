"""Serve the slot of a case by its locator, and withdraw a report by its key (SPEC 7.2, 7.3)."""

import struct
from datetime import date

from flask import Blueprint, Flask, Response, request

from crypto import casetoken
from portal import days
from portal.api import decoy, receiving
from portal.api.context import context
from portal.api.problems import Problem
from portal.store import cases
from portal.store.cases import Case

UNKNOWN, WAITING, COLLECTED = range(3)
_SECRET = 32
_NOTHING = Case(memo=None, day=None, slot=None, collected=False)
_FIRST = date(1970, 1, 1)

_views = Blueprint("slots", __name__)


def init_app(app: Flask) -> None:
    """Serve slots and withdrawals."""
    app.register_blueprint(_views)


@_views.post("/api/slot")
def fetch_slot() -> Response:
    """Serve 18,108 bytes for any locator. A decoy replaces each part that the case does not have."""
    return Response(answer(_secret()), content_type="application/octet-stream")


@_views.post("/api/withdraw")
def withdraw() -> Response:
    """Withdraw the report filed under a withdraw key. The answer is the same for any key."""
    key = _secret()
    withdraw_id, database = casetoken.withdraw_id(key), context().database
    with database.read() as connection:
        is_filed = cases.is_filed(connection, withdraw_id)
    # A request with an invented key must not wait for a writer, because the time taken would reveal the
    # writer.
    if is_filed:
        with database.write() as connection:
            cases.withdraw(connection, context().hour(), withdraw_id, key)
    return Response(status=204)


def answer(locator: bytes) -> bytes:
    """Return the 18,108 bytes for a locator (32 bytes), known or not."""
    case_id = casetoken.case_id(locator)
    with context().database.read() as connection:
        case = cases.find(connection, case_id)
    return _encode(case)


def _encode(case: Case | None) -> bytes:
    # Decoys are always made, needed or not, so that the time taken reveals nothing.
    memo, slot = decoy.memo(), decoy.slot()
    state = UNKNOWN if case is None else COLLECTED if case.collected else WAITING
    known = case or _NOTHING
    head = struct.pack(">BI", state, days.number(known.day or _FIRST))
    return head + (known.memo or memo) + (known.slot or slot)


def _secret() -> bytes:
    secret, broken = receiving.read(request.stream, _SECRET + 1)
    if broken or len(secret) != _SECRET or request.content_length not in {None, _SECRET}:
        raise Problem(400, "wrong_length")
    return secret
