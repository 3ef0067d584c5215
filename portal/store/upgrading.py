"""The numbered migrations of the database (alembic), each in the transaction that is given."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from portal.store.schema import cases, instance

# The last of `migrations/versions`: what the tables of ``schema`` are.
NEWEST = "0003"
# In their order; a database at any of them can be brought to the newest.
_KNOWN = ("0001", "0002", NEWEST)
# Where alembic keeps it.
_TABLE = "alembic_version"


def is_made(connection: Connection) -> bool:
    """Tell whether the database holds a portal, of whatever version."""
    return inspect(connection).has_table(instance.name)


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration, None before the first, and before they had numbers."""
    if not inspect(connection).has_table(_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608


def is_known(number: str | None) -> bool:
    """Tell whether this version of the program can bring such a database to the newest."""
    return number is None or number in _KNOWN


def upgrade(connection: Connection) -> None:
    """Run what is missing, from nothing for a new database; all or nothing with the caller's transaction."""
    # Here alone: it takes as long to load as a third of all the rest, for what happens once in years.
    from alembic import command, config  # noqa: PLC0415

    given = config.Config()
    given.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    given.attributes["connection"] = connection
    if is_made(connection) and revision(connection) is None:
        command.stamp(given, _unnumbered(connection))
    command.upgrade(given, "head")


def _unnumbered(connection: Connection) -> str:
    """Return what a portal is that was made before migrations had numbers."""
    columns = {
        table.name: {each["name"] for each in inspect(connection).get_columns(table.name)}
        for table in (cases, instance)
    }
    if "decoy" in columns[instance.name]:
        return NEWEST
    return "0001" if "closed" in columns[cases.name] else "0002"
