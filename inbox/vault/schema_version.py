"""The versions of the vault that this program supports. A vault's version is its last migration."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

FOLDER = Path(__file__).parent.parent / "migrations"
# Folders with migrations in files named `v<number>_<name>.py`. Together, the migrations create the tables of
# the vault.
LOCATIONS = (FOLDER / "versions",)
# The table in which alembic keeps the last number. Each command reads this table, and
# SQLAlchemy's inspector would take ten times longer.
_HAS_TABLE = "SELECT count(*) FROM sqlite_schema WHERE name = 'alembic_version'"
_NUMBER = "SELECT version_num FROM alembic_version"


def known() -> tuple[str, ...]:
    """Return the numbers of the migrations in order. A vault with any of these numbers can be upgraded."""
    return _in(LOCATIONS)


@cache
def _in(locations: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(sorted(path.stem[1:5] for folder in locations for path in folder.glob("v*.py")))


def newest() -> str:
    """Return the number of the last migration."""
    return known()[-1]


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration of a database, or None if no migration has run yet."""
    if not connection.execute(text(_HAS_TABLE)).scalar_one():
        return None
    return connection.execute(text(_NUMBER)).scalar_one_or_none()
