"""The versions of the vault that this program knows, by the last migration that a vault had."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

FOLDER = Path(__file__).parent.parent / "migrations"
# Folders of migrations, each a file `v<number>_<name>.py`; together they make the tables of the vault.
LOCATIONS = (FOLDER / "versions",)
# Where alembic keeps the number of the last one.
_TABLE = "alembic_version"


def known() -> list[str]:
    """Return the numbers of the migrations, in their order; a vault at any of them can be upgraded."""
    return sorted(path.stem[1:5] for folder in LOCATIONS for path in folder.glob("v*.py"))


def newest() -> str:
    """Return the number of the last migration."""
    return known()[-1]


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration of a database, None if it never had one."""
    if not inspect(connection).has_table(_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608
