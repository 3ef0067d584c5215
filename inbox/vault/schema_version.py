"""The versions of the vault that this program knows, by the last migration that a vault had."""

from sqlalchemy import Connection, inspect, text

# The last of `migrations/versions`: what the tables of ``schema`` are.
NEWEST = "0002"
# In their order; a vault at any of them can be brought to the newest.
_KNOWN = ("0001", NEWEST)
# Where alembic keeps it.
_TABLE = "alembic_version"


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration of a database, None if it never had one."""
    if not inspect(connection).has_table(_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608


def is_known(number: str) -> bool:
    """Tell whether this version of the program knows the migration."""
    return number in _KNOWN
