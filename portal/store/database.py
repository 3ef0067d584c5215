"""The database behind the portal, SQLite or PostgreSQL, with its transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError

from portal.refusals import Refused
from portal.store.schema import instance, metadata

_WAIT_SECONDS = 10
_PRAGMAS = (
    f"busy_timeout = {_WAIT_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
)
_BEGIN = "fanal_begin"


class StoreBusy(Exception):
    """Deleted bytes could not be overwritten yet, as the database is in use or the disk full: try again."""


class Database:
    """Transactions on one database; each process opens its own after it was forked."""

    def __init__(self, url: URL) -> None:
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state and changes nothing."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is kept whole when the block ends, or not at all when it raises."""
        with self._writer.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Overwrite what was deleted, in the write-ahead log too; StoreBusy if that cannot be done now.

        PostgreSQL recycles its log by itself; its administrator sets how soon.
        """
        if self._engine.dialect.name != "sqlite":
            return
        try:
            with closing(self._engine.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (busy, *_) = cursor.fetchone() or (1,)
        except (sqlite3.Error, DatabaseError) as error:
            raise StoreBusy from error
        if busy:
            raise StoreBusy

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def create(url: URL) -> Database:
    """Return the database at ``url`` with the tables made where there were none."""
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        try:
            file.touch(mode=0o600)
        except OSError as error:
            raise Refused(
                f"database {file} was not made: {(error.strerror or 'unknown reason').lower()}",
                "make its folder, or set another `database`",
            ) from error
    database = Database(url)
    with _reachable(url), database.write() as connection:
        metadata.create_all(connection)
    return database


def open_database(url: URL) -> Database:
    """Return the database at ``url``; Refused unless `portal init` has made it."""
    missing = Refused("the portal has no database yet", "run `portal init`")
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise missing
    database = Database(url)
    with _reachable(url), database.read() as connection:
        made = inspect(connection).has_table(instance.name)
    if not made:
        database.close()
        raise missing
    return database


@contextmanager
def _reachable(url: URL) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise Refused(
            f"database {url.render_as_string()} cannot be used",
            "check that it is up and that `database` names it; the portal's user must be able to write",
        ) from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        wait = {"connect_timeout": _WAIT_SECONDS}
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=wait)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the module would begin by itself, and too late
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
