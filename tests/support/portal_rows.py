"""Envelopes in the portal's tables, stored as its routes store them."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from portal.store import envelopes, intakes
from portal.store.cases import Report
from portal.store.envelopes import Upload
from tests.support.builders import INSPECTORATE

DAY = date(2026, 3, 10)
# An even hour. Bytes deleted in an even hour are recorded separately from those deleted in odd hours.
HOUR = 20_000


def report() -> Report:
    """Return the public values of a new case."""
    return Report(
        case_id=secrets.token_bytes(32), memo=secrets.token_bytes(60), withdraw_id=secrets.token_bytes(32)
    )


def arrived(  # noqa: PLR0913 - a test names what it is about
    connection: Connection,
    size: int = 10,
    received: int | None = None,
    *,
    of: Report | None = None,
    channel: str = INSPECTORATE,
    day: date = DAY,
    scriptless: bool = False,
) -> bytes:
    """Store an envelope of which ``received`` bytes (by default all) have arrived; return its id."""
    begun = Upload(
        id=secrets.token_bytes(16), channel=channel, size=size, received=0, begun=day, scriptless=scriptless
    )
    envelopes.begin(connection, begun, of, bytes(size if received is None else received))
    return begun.id


def hashed(connection: Connection, **given: Any) -> bytes:
    """Store a complete envelope of ten bytes, record its hash for the export, and return its id."""
    made = arrived(connection, 10, **given)
    intakes.keep_hash(connection, made, bytes(32), 10)
    return made


def kept(connection: Connection, table: Table, *names: str) -> list[Sequence[Any]]:
    """Return these columns of all rows of a table, sorted."""
    found = connection.execute(select(*(table.c[name] for name in names)))
    return sorted((tuple(row) for row in found), key=repr)
