"""The database behind the portal, SQLite or PostgreSQL, with its transactions."""

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DatabaseError

from portal.errors import Refused
from portal.store.migrations import upgrading
from portal.store.schema import instance, metadata

_WAIT_SECONDS = 10
_PAUSE_SECONDS = 0.01
_BUSY = f"busy_timeout = {_WAIT_SECONDS * 1000}"
_PRAGMAS = (
    _BUSY,
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
)
_BEGIN = "fanal_begin"


_TABLES = [table.name for table in metadata.sorted_tables]


@dataclass(frozen=True, slots=True)
class _Words:
    """One kind of database: options of a transaction that reads, of commands outside any, and commands."""

    read: Mapping[str, Any]
    alone: Mapping[str, Any]
    size: str
    rewrite: Sequence[str]
    reclaim: Sequence[str]


_WORDS: Mapping[str, _Words] = {
    "sqlite": _Words(
        read={},
        alone={_BEGIN: ""},
        size="SELECT (page_count - freelist_count) * page_size"
        " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
        rewrite=["VACUUM"],
        reclaim=[],
    ),
    "postgresql": _Words(
        # One state for the whole transaction, which PostgreSQL gives only to who asks.
        read={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        alone={"isolation_level": "AUTOCOMMIT"},
        size="SELECT " + " + ".join(f"pg_total_relation_size('{table}')" for table in _TABLES),
        rewrite=[f"CLUSTER {table} USING {table}_pkey" for table in _TABLES],
        reclaim=[f"VACUUM {table}" for table in _TABLES],
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database server listens: the name, address or socket folder in ``host``, and its port."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Return whether it is a UNIX socket."""
        return self.host[:1] in {"/", "@"}


class StoreBusy(Exception):
    """Deleted bytes could not be overwritten yet, as the database is in use or the disk full: try again."""


class Database:
    """Transactions on one database; each process opens its own after it was forked."""

    def __init__(self, url: URL) -> None:
        self._words = _WORDS[url.get_backend_name()]
        self._engine = _engine(url)
        self._reader = self._engine.execution_options(**self._words.read)
        self._writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state and changes nothing."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is kept whole when the block ends, or not at all when it raises."""
        with self._writer.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Overwrite what was deleted, in the write-ahead log too; StoreBusy if that cannot be done now.

        Never to be called for a request: how long it takes tells whether others have written. PostgreSQL
        cannot overwrite: deleted rows stay until ``rewrite``, and in its log until it removes that by itself
        (THREAT_MODEL).
        """
        end = time.monotonic() + _WAIT_SECONDS
        while not self.try_to_scrub():
            if time.monotonic() > end:
                raise StoreBusy
            time.sleep(_PAUSE_SECONDS)

    def try_to_scrub(self) -> bool:
        """Overwrite as ``scrub`` does, or return False at once if others are at work."""
        if self._engine.dialect.name != "sqlite":
            return True
        try:
            with closing(self._engine.raw_connection()) as connection:
                cursor = connection.cursor()
                # SQLite itself would wait for readers, and let nobody write meanwhile.
                cursor.execute("PRAGMA busy_timeout = 0")
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    (busy, *_) = cursor.fetchone() or (1,)
                finally:
                    cursor.execute(f"PRAGMA {_BUSY}")
        except (sqlite3.Error, DatabaseError) as error:
            raise StoreBusy from error
        return not busy

    @property
    def free(self) -> int | None:
        """The bytes that the disk has left for it; None where a server has that."""
        if self._engine.dialect.name != "sqlite":
            return None
        return shutil.disk_usage(Path(str(self._engine.url.database)).parent).free

    @property
    def size(self) -> int:
        """The bytes that its rows take, roughly."""
        with self.read() as connection:
            return int(connection.exec_driver_sql(self._words.size).scalar_one())

    def rewrite(self) -> None:
        """Write each table anew, sorted by random keys, so that nothing that was deleted is left in it.

        SQLite overwrites, but forgets a copy of about one row in five hundred when it divides a page. Others
        wait meanwhile; it takes as much again in memory (SQLite) or on disk (PostgreSQL). StoreBusy if the
        tables are in use.
        """
        self._maintain(self._words.rewrite)
        self.scrub()

    def reclaim(self) -> None:
        """Have PostgreSQL put new rows where deleted ones lie; on SQLite ``scrub`` has overwritten them."""
        self._maintain(self._words.reclaim)

    def _maintain(self, commands: Sequence[str]) -> None:
        # Neither database can do this within a transaction.
        try:
            with self._engine.connect().execution_options(**self._words.alone) as connection:
                for command in commands:
                    connection.exec_driver_sql(command)
        except DatabaseError as error:
            raise StoreBusy from error

    def places(self) -> list[Place]:
        """Return where the next connection may go, nowhere for SQLite; connects, if no connection is open."""
        if self._engine.dialect.name == "sqlite":
            return []
        _, given = self._engine.dialect.create_connect_args(self._engine.url)
        with closing(self._engine.raw_connection()) as connection:
            # Hosts may also stand in the environment or in a service's file, which libpq has read.
            driver: Any = connection.driver_connection
            info = driver.info
            # psycopg adds the address that a name has now, which need not be that of the next connection.
            found = {**info.get_parameters(), "hostaddr": ""}
            words = {"host": info.host, "port": info.port, **found, **given}
        names, addresses, ports = (str(words[name]).split(",") for name in ("host", "hostaddr", "port"))
        several = range(max(len(names), len(addresses)))
        each = zip(several, cycle(names), cycle(addresses), cycle(ports), strict=False)
        return [
            Place(address or name or info.host, int(port or info.port)) for _, name, address, port in each
        ]

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def create(url: URL) -> Database:
    """Return the database at ``url`` with the tables made where there were none; others stay as they are."""
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
    try:
        with _reachable(url), database.write() as connection:
            if upgrading.revision(connection) is None:
                upgrading.upgrade(connection)
    except Refused:
        database.close()
        raise
    return database


def open_database(url: URL) -> Database:
    """Return the database at ``url``; Refused unless `portal init` has made it, in this version."""
    database, version = _open_any(url)
    if version != upgrading.newest():
        database.close()
        raise Refused(
            "the database is of an earlier version of the program",
            "stop the portal, make a copy of the database, then: `portal upgrade`",
        )
    return database


def upgrade(url: URL) -> str:
    """Bring the database at ``url`` to this version, or leave it as it was; return its version before.

    Refused if there is nothing to do.
    """
    database, version = _open_any(url)
    with closing(database):
        if version == upgrading.newest():
            raise Refused(f"the database is of version {version} already", "nothing was changed")
        with database.write() as connection:
            # Whoever exports or imports is waited for, and so is another upgrade.
            connection.execute(select(instance.c.public).with_for_update())
            upgrading.upgrade(connection)
        database.scrub()
    return version


def _open_any(url: URL) -> tuple[Database, str]:
    missing = Refused("the portal has no database yet", "run `portal init`")
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise missing
    database = Database(url)
    with _reachable(url), database.read() as connection:
        version = upgrading.revision(connection)
    if version in upgrading.known():
        return database, version
    database.close()
    if version is None:
        raise missing
    raise Refused("the database was made by a newer version", "use the version of the program that made it")


@contextmanager
def _reachable(url: URL) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise Refused(
            # What stands behind the name may be a password, too.
            f"database {url.set(query={}).render_as_string()} cannot be used",
            "check that it is up and that `database` names it; the portal's user must be able to write",
        ) from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        options = f"{url.query.get('options', '')} -c lock_timeout={_WAIT_SECONDS}s"
        wait = {"connect_timeout": _WAIT_SECONDS, "options": options}
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
    if command := connection.get_execution_options().get(_BEGIN, "BEGIN"):
        connection.exec_driver_sql(command)
