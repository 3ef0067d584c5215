"""The numbered migrations of the vault (alembic), each in the transaction that is given."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

# The last of `migrations/versions`: what the tables of ``schema`` are.
NEWEST = "0002"
# In their order; a vault at any of them can be brought to the newest.
_KNOWN = ("0001", NEWEST)


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration of a database, None if it never had one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(number: str) -> bool:
    """Tell whether this version of the program knows the migration."""
    return number in _KNOWN


def upgrade(connection: Connection) -> None:
    """Run what is missing, from nothing for a new database; all or nothing with the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
