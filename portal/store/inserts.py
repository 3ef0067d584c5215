"""Inserts that yield to a row already there, in the words of either database."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, **values: object) -> None:
    """Insert a row unless one of the same primary key exists."""
    into = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    connection.execute(into.values(**values).on_conflict_do_nothing())
