"""What all engines of a test process share, as what one engine does would be shared in a program.

A program opens one database; a test process opens thousands, and would compile every statement anew for each.
"""

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

_STATEMENTS = 2_000  # all that the portal and the inbox have, and room for those of tests


def share_statements() -> None:
    """Let every connection made from now on use the statements compiled for any other to such a database."""
    dialects: dict[object, Dialect] = {}
    compiled: LRUCache[object, object] = LRUCache(_STATEMENTS)

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        # A statement is kept by its dialect: one for each driver.
        dialect = connection.dialect
        connection.dialect = dialects.setdefault((dialect.name, dialect.dbapi), dialect)
        connection.execution_options(compiled_cache=compiled)
