"""The numbered migrations of the database (alembic). The migrations run in the caller's transaction."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from portal.store.schema import instance

_FOLDER = Path(__file__).parent
# Folders of migrations. Each migration is a file `v<number>_<name>.py`; together, the migrations make the
# tables of ``schema``.
LOCATIONS = (_FOLDER / "versions",)
# The table in which alembic stores the number of the last migration.
_TABLE = "alembic_version"


def known() -> list[str]:
    """Return the numbers of the migrations in order.

    A database at any of these migrations can be upgraded.
    """
    return sorted(path.stem[1:5] for folder in LOCATIONS for path in folder.glob("v*.py"))


def newest() -> str:
    """Return the number of the last migration."""
    return known()[-1]


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration that was run, or None if the database has no tables."""
    if not {instance.name, _TABLE} <= set(inspect(connection).get_table_names()):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608


def upgrade(connection: Connection) -> None:
    """Run the missing migrations in the caller's transaction: for a new database, all of them."""
    # Imported only here, because importing alembic takes a third as long as all other imports together, and
    # upgrades are rare.
    from alembic import command, config  # noqa: PLC0415

    given = config.Config()
    given.set_main_option("script_location", str(_FOLDER))
    given.set_main_option("path_separator", "newline")
    given.set_main_option("version_locations", "\n".join(map(str, LOCATIONS)))
    given.attributes["connection"] = connection
    command.upgrade(given, "head")
