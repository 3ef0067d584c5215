"""Compiled statements that all engines of a test process share.

A program opens one database. A test process opens thousands, and would compile every statement for each.
"""

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

_STATEMENTS = 2_000  # all of the portal and the inbox, and room for those of tests


def share_statements() -> None:
    """Make new connections use the statements compiled for any other connection with the same driver."""
    dialects: dict[object, Dialect] = {}
    compiled: LRUCache[object, object] = LRUCache(_STATEMENTS)

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        # Statements are cached by dialect, one for each driver.
        dialect = connection.dialect
        connection.dialect = dialects.setdefault((dialect.name, dialect.dbapi), dialect)
        connection.execution_options(compiled_cache=compiled)
