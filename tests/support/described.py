"""Descriptions of the tables of a database, for comparison."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text

Described = Mapping[str, object]


def described(connection: Connection) -> Described:
    """Return columns, keys and indexes of each table except Alembic's, and whether SQLite gives it rowids."""
    found = inspect(connection)
    tables = set(found.get_table_names()) - {"alembic_version"}
    told: dict[str, object] = {
        name: (
            {(each["name"], str(each["type"]), each["nullable"]) for each in found.get_columns(name)},
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(found.get_foreign_keys(name), key=repr),
            sorted(found.get_unique_constraints(name), key=repr),
            sorted((_plain(each) for each in found.get_indexes(name)), key=repr),
        )
        for name in tables
    }
    if connection.dialect.name == "sqlite":
        made = connection.execute(text("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")).all()
        told |= {f"rowid of {name}": "WITHOUT ROWID" not in sql for name, sql in made if name in tables}
    return told


def _plain(index: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of an index, with its condition as text.

    Conditions themselves cannot be compared.
    """
    options = index.get("dialect_options", {})
    return {**index, "dialect_options": {name: str(value) for name, value in options.items()}}


def reflected(connection: Connection) -> MetaData:
    """Return the tables that exist in the database."""
    found = MetaData()
    found.reflect(connection)
    return found
