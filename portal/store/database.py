"""The portal's database, SQLite or PostgreSQL, and its transactions."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, select
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from portal.errors import Refused, why
from portal.store.migrations import upgrading
from portal.store.schema import instance, metadata
from portal.typed import typed

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
# The error codes by which the two databases report that their own files are damaged.
_DAMAGED_SQLITE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_DAMAGED_POSTGRESQL = {"XX001", "XX002"}
_PRIMARY_CODE = 0xFF
_TABLES = [table.name for table in metadata.sorted_tables]


@dataclass(frozen=True, slots=True)
class _Words:
    """The differences between the two databases.

    ``read`` contains the options of a read-only transaction. ``alone`` contains the options of commands
    outside a transaction. All other fields are SQL: the query for the size of the database, and the commands
    to rewrite, to reclaim and to check. A check returns rows only if it finds damage.
    """

    read: Mapping[str, Any]
    alone: Mapping[str, Any]
    size: str
    rewrite: Sequence[str]
    reclaim: Sequence[str]
    check: Sequence[str]


_WORDS: Mapping[str, _Words] = {
    "sqlite": _Words(
        read={},
        alone={_BEGIN: ""},
        size="SELECT (page_count - freelist_count) * page_size"
        " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
        rewrite=["VACUUM"],
        reclaim=[],
        check=["SELECT * FROM pragma_quick_check WHERE quick_check <> 'ok'"],
    ),
    "postgresql": _Words(
        # The whole transaction sees a single snapshot, which is not PostgreSQL's default.
        read={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        alone={"isolation_level": "AUTOCOMMIT"},
        size="SELECT " + " + ".join(f"pg_total_relation_size('{table}')" for table in _TABLES),
        rewrite=[f"CLUSTER {table} USING {table}_pkey" for table in _TABLES],
        reclaim=[f"VACUUM {table}" for table in _TABLES],
        # PostgreSQL finds most damage only when it reads the damaged rows.
        check=[],
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database server listens. ``host`` is a name, an address or the folder of a UNIX socket."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether the server listens on a UNIX socket."""
        return self.host[:1] in {"/", "@"}


class StoreBusy(Exception):
    """Deleted bytes could not be overwritten yet: the database is in use or the disk is full. Try again."""


class Damaged(Refused):
    """The database's own files are damaged."""

    def __init__(self) -> None:
        super().__init__(
            "the database is damaged",
            "stop the portal, keep a copy of the database, and follow “A database is corrupt” in"
            " /usr/share/doc/fanal-portal/docs/when-something-goes-wrong.md",
        )


# The errors that an open database may raise.
FAILURES = (StoreBusy, Damaged, SQLAlchemyError)


class Database:
    """Transactions on one database. Each process opens its own Database after the fork.

    Every transaction raises Damaged if it meets a damaged page.
    """

    def __init__(self, url: URL) -> None:
        self._words = _WORDS[url.get_backend_name()]
        self._engine = _engine(url)
        self._reader = self._engine.execution_options(**self._words.read)
        self._writer = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Begin a read-only transaction, which sees one snapshot."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Begin a transaction that commits when the block ends, and rolls back if the block raises."""
        with self._writer.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Overwrite deleted data, including data in the write-ahead log.

        Raises StoreBusy if the data cannot be overwritten now. Raises Damaged if the database is damaged.
        Never call this method for a request, because the time taken reveals whether others have written.
        PostgreSQL cannot overwrite. Deleted rows stay in the tables until ``rewrite``, and in the log until
        the server removes old parts of the log (THREAT_MODEL).
        """
        end = time.monotonic() + _WAIT_SECONDS
        while not self.try_to_scrub():
            if time.monotonic() > end:
                raise StoreBusy
            time.sleep(_PAUSE_SECONDS)

    def try_to_scrub(self) -> bool:
        """Overwrite as ``scrub`` does, or return False at once if other processes use the database."""
        if self._engine.dialect.name != "sqlite":
            return True
        try:
            with closing(self._engine.raw_connection()) as connection:
                cursor = connection.cursor()
                # With a timeout, SQLite would wait for readers and block all writers during that time.
                cursor.execute("PRAGMA busy_timeout = 0")
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    ((busy, *_),) = cursor.fetchall()
                finally:
                    cursor.execute(f"PRAGMA {_BUSY}")
        except (sqlite3.Error, DatabaseError) as error:
            # SQLAlchemy does not see errors of the driver's own connection.
            _refuse_damaged(error)
            raise StoreBusy from error
        return not busy

    def check(self) -> None:
        """Look for damage in the files of a SQLite database. Raises Damaged.

        Reads the whole database, so that damage is found before somebody needs the damaged part.
        """
        with self.read() as connection:
            found = [connection.exec_driver_sql(each).first() for each in self._words.check]
        if any(found):
            raise Damaged

    @property
    def free(self) -> int | None:
        """The free bytes on the disk of the database, or None with a database server."""
        if self._engine.dialect.name != "sqlite":
            return None
        return shutil.disk_usage(Path(str(self._engine.url.database)).parent).free

    @property
    def size(self) -> int:
        """The approximate size of all rows in bytes."""
        with self.read() as connection:
            return int(connection.exec_driver_sql(self._words.size).scalar_one())

    def rewrite(self) -> None:
        """Rewrite each table, sorted by its random keys, so that no deleted data is left in it.

        SQLite needs the rewrite too: SQLite overwrites deleted rows, but leaves a copy of about one row in
        five hundred behind when it splits a page. Other transactions wait. The rewrite needs memory (SQLite)
        or disk space (PostgreSQL) equal to the size of the database. Raises StoreBusy if the tables are in
        use.
        """
        self._maintain(self._words.rewrite)
        self.scrub()

    def reclaim(self) -> None:
        """Let PostgreSQL reuse the space of deleted rows.

        On SQLite, ``scrub`` has already overwritten the deleted rows.
        """
        self._maintain(self._words.reclaim)

    def _maintain(self, commands: Sequence[str]) -> None:
        # Neither database can run these commands within a transaction.
        try:
            with self._engine.connect().execution_options(**self._words.alone) as connection:
                for command in commands:
                    connection.exec_driver_sql(command)
        except DatabaseError as error:
            raise StoreBusy from error

    def places(self) -> list[Place]:
        """Return the servers to which the next connection may go, or an empty list for SQLite.

        Opens a connection if no connection is open.
        """
        if self._engine.dialect.name == "sqlite":
            return []
        _, given = self._engine.dialect.create_connect_args(self._engine.url)
        with closing(self._engine.raw_connection()) as connection:
            # libpq may also have read hosts from the environment or from a service file.
            driver: Any = connection.driver_connection
            info = driver.info
            # psycopg adds the address that a name resolved to. The next connection may use another address.
            found = {**info.get_parameters(), "hostaddr": ""}
            words = {"host": info.host, "port": info.port, **found, **given}
        names, addresses, ports = (str(words[name]).split(",") for name in ("host", "hostaddr", "port"))
        several = range(max(len(names), len(addresses)))
        each = zip(several, cycle(names), cycle(addresses), cycle(ports), strict=False)
        return [
            Place(address or name or info.host, int(port or info.port)) for _, name, address, port in each
        ]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def create(url: URL, fill: Callable[[Connection], object] = lambda _: None) -> Database:
    """Return the database at ``url``, with new tables if it has none; existing tables stay as they are.

    ``fill`` writes the first rows, in the same transaction. Raises Refused if the database cannot be created
    or reached. Raises any error that ``fill`` raises.
    """
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        try:
            file.touch(mode=0o600)
        except OSError as error:
            raise Refused(
                f"database {file} could not be created: {why(error)}",
                "make the folder for the database, or set another `database`",
            ) from error
    database = Database(url)
    try:
        with _reachable(url), database.write() as connection:
            if upgrading.revision(connection) is None:
                upgrading.upgrade(connection)
            fill(connection)
    except BaseException:
        database.close()
        raise
    return database


def open_database(url: URL) -> Database:
    """Return the database at ``url``; raises Refused unless it exists and has this version's tables.

    Raises Damaged if its first pages are damaged. ``Database.check`` reads all of them.
    """
    database, version = _open_any(url)
    if version != upgrading.newest():
        database.close()
        raise Refused(
            "the database was made by an earlier version of the program",
            f"run {typed('upgrade')}",
        )
    return database


def upgrade(url: URL) -> str:
    """Upgrade the database at ``url`` to this version, unless it already has it; return its previous version.

    Raises Refused if there is no database, or if the database has a newer version.
    """
    database, version = _open_any(url)
    with closing(database):
        if version == upgrading.newest():
            return version
        with database.write() as connection:
            # Wait for a running export, import or upgrade.
            connection.execute(select(instance.c.public).with_for_update())
            upgrading.upgrade(connection)
        database.scrub()
    return version


def version(url: URL) -> str | None:
    """Return the version of the tables at ``url``, or None if the database has no tables. Raises Refused."""
    if (database := _existing(url)) is None:
        return None
    with closing(database):
        return _version(database, url)


def _open_any(url: URL) -> tuple[Database, str]:
    missing = Refused("the portal has no database yet", f"run {typed('init')}")
    if (database := _existing(url)) is None:
        raise missing
    found = _version(database, url)
    if found in upgrading.known():
        return database, found
    database.close()
    if found is None:
        raise missing
    raise Refused("the database was made by a newer version of the program", "use that version")


def _existing(url: URL) -> Database | None:
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return None
    return Database(url)


def _version(database: Database, url: URL) -> str | None:
    with _reachable(url), database.read() as connection:
        return upgrading.revision(connection)


@contextmanager
def _reachable(url: URL) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise Refused(
            # The query string of the URL may also contain a password.
            f"database {url.set(query={}).render_as_string()} cannot be used",
            "check that the database runs, that the setting `database` is right, and that the"
            " portal's user may write there",
        ) from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    else:
        options = f"{url.query.get('options', '')} -c lock_timeout={_WAIT_SECONDS}s"
        wait = {"connect_timeout": _WAIT_SECONDS, "options": options}
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=wait)
    event.listen(engine, "handle_error", _recognise_damage)
    return engine


def _recognise_damage(context: ExceptionContext) -> None:
    """Raise Damaged if the error reports damage; SQLAlchemy then raises Damaged instead of its own error."""
    _refuse_damaged(context.original_exception)


def _refuse_damaged(error: BaseException) -> None:
    """Raise Damaged if the files are damaged, but not if the database is full, busy or unreachable."""
    # Errors that Python's own module raises have no code.
    sqlite = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if sqlite in _DAMAGED_SQLITE or getattr(error, "sqlstate", None) in _DAMAGED_POSTGRESQL:
        raise Damaged


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # Otherwise, sqlite3 would begin transactions itself, but too late.
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if command := connection.get_execution_options().get(_BEGIN, "BEGIN"):
        connection.exec_driver_sql(command)
