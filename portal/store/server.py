"""The settings of a PostgreSQL server, and whether it has room left."""

import secrets

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError

from portal.store.database import Database
from portal.store.schema import chunks


def settings(connection: Connection, *names: str) -> dict[str, str]:
    """Return server settings by name, or no settings for SQLite, which has no server."""
    if connection.dialect.name == "sqlite":
        return {}
    return {name: str(connection.execute(select(func.current_setting(name))).scalar_one()) for name in names}


def can_keep(database: Database, size: int) -> bool:
    """Return whether the server can store ``size`` more bytes.

    A server does not report the free space of its disk, so this function writes ``size`` bytes and rolls
    back. Also returns False if the tables stay locked, or if the server does not answer.
    """
    # The bytes are random, because the server would compress other bytes.
    row = {"envelope_id": secrets.token_bytes(16), "position": 0, "data": secrets.token_bytes(size)}
    try:
        with database.write() as connection, connection.begin_nested() as tried:
            connection.execute(insert(chunks).values(row))
            tried.rollback()
    except DBAPIError:
        return False
    return True
