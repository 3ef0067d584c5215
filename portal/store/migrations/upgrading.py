"""The numbered migrations of the database (alembic), each in the transaction that is given."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from portal.store.schema import instance

_FOLDER = Path(__file__).parent
# Folders of migrations, each a file `v<number>_<name>.py`; together they make the tables of ``schema``.
LOCATIONS = (_FOLDER / "versions",)
# Where alembic keeps the number of the last one.
_TABLE = "alembic_version"


def known() -> list[str]:
    """Return the numbers of the migrations, in their order; a database at any of them can be upgraded."""
    return sorted(path.stem[1:5] for folder in LOCATIONS for path in folder.glob("v*.py"))


def newest() -> str:
    """Return the number of the last migration."""
    return known()[-1]


def revision(connection: Connection) -> str | None:
    """Return the number of the last migration that was run, None if the database holds no portal."""
    if not {instance.name, _TABLE} <= set(inspect(connection).get_table_names()):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608


def upgrade(connection: Connection) -> None:
    """Run what is missing, from nothing for a new database; all or nothing with the caller's transaction."""
    # Here alone: it takes as long to load as a third of all the rest, for what happens once in years.
    from alembic import command, config  # noqa: PLC0415

    given = config.Config()
    given.set_main_option("script_location", str(_FOLDER))
    given.set_main_option("path_separator", "newline")
    given.set_main_option("version_locations", "\n".join(map(str, LOCATIONS)))
    given.attributes["connection"] = connection
    command.upgrade(given, "head")
