"""Inserts into tables that may already contain the row, for both databases. Each statement is built once."""

from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

_Insert: TypeAlias = sqlite.Insert | postgresql.Insert


def insert_new(connection: Connection, table: Table, **values: object) -> bool:
    """Insert a row unless a row with the same primary key exists; return whether it is new."""
    return connection.execute(_inserting(connection.dialect.name, table), values).first() is not None


def add_to(
    connection: Connection, table: Table, key: Mapping[str, object], amounts: Mapping[str, int]
) -> Mapping[str, int]:
    """Add ``amounts`` to the numbers in a row and return the sums. The row is created if it does not exist.

    The row is locked until the transaction ends.
    """
    adding = _adding(connection.dialect.name, table, tuple(key), tuple(amounts))
    row = connection.execute(adding, {**key, **amounts}).one()
    return dict(zip(amounts, row, strict=True))


@cache
def _inserting(dialect: str, table: Table) -> Executable:
    return _into(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _adding(dialect: str, table: Table, key: tuple[str, ...], amounts: tuple[str, ...]) -> Executable:
    into = _into(dialect, table)
    sums = {name: table.c[name] + into.excluded[name] for name in amounts}
    added = into.on_conflict_do_update(index_elements=list(key), set_=sums)
    return added.returning(*(table.c[name] for name in amounts))


def _into(dialect: str, table: Table) -> _Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
