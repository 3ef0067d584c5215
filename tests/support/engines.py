"""Compiled statements that all database engines of a test process share.

A program opens one database. A test process opens thousands of databases, and would compile every statement
again for each database.
"""

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

_STATEMENTS = 2_000  # enough for all statements of the portal, the inbox and the tests


def share_statements() -> None:
    """Let new connections reuse the statements compiled for an earlier connection with the same driver."""
    dialects: dict[object, Dialect] = {}
    compiled: LRUCache[object, object] = LRUCache(_STATEMENTS)

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        # Statements are cached by dialect, so all connections of a driver use one dialect.
        dialect = connection.dialect
        connection.dialect = dialects.setdefault((dialect.name, dialect.dbapi), dialect)
        connection.execution_options(compiled_cache=compiled)
