"""What a PostgreSQL server does by itself, and what it has left, which no table shows."""

import secrets

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError

from portal.store.database import Database
from portal.store.schema import chunks


def settings(connection: Connection, *names: str) -> dict[str, str]:
    """Return server settings by name; none on SQLite, which has no server."""
    if connection.dialect.name == "sqlite":
        return {}
    return {name: str(connection.execute(select(func.current_setting(name))).scalar_one()) for name in names}


def can_keep(database: Database, size: int) -> bool:
    """Return whether the server takes ``size`` more bytes: they are written, and taken back.

    It tells nobody how much its disk has left. False also if the tables are locked for long, or it is gone.
    """
    # At random, as it would else make them short.
    row = {"envelope_id": secrets.token_bytes(16), "position": 0, "data": secrets.token_bytes(size)}
    try:
        with database.write() as connection, connection.begin_nested() as tried:
            connection.execute(insert(chunks).values(row))
            tried.rollback()
    except DBAPIError:
        return False
    return True
