"""A PostgreSQL server for tests, which can be stopped and started."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.support.small_disk import small_disk

# These settings are faster, and safe in tests, which do not cut the power. Surviving a power cut is
# PostgreSQL's own task.
FAST = ("fsync=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server that listens only on a private socket. ``options`` are settings as name=value."""

    folder: Path
    options: tuple[str, ...] = FAST

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the server's first database."""
        found = URL.create(
            "postgresql+psycopg", "fanal", database="postgres", query={"host": str(self.folder)}
        )
        return found.render_as_string(hide_password=False)

    def make(self) -> "Cluster":
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            # With these rights, a portal that gave up root's capabilities can reach the socket.
            self.folder.chmod(0o711)
        choices = ["--username=fanal", "--auth=trust", "--no-sync", "--encoding=UTF8"]
        self._run("initdb", "--pgdata", str(self.data), *choices)
        return self

    def start(self) -> None:
        settings = ("listen_addresses=''", *self.options)
        options = " ".join([f"-k {self.folder}", *(f"-c {setting}" for setting in settings)])
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "--wait", "-D", str(self.data), "--log", log, "-o", options)

    def stop(self) -> None:
        """Stop the server immediately, as a crash would."""
        self._run("pg_ctl", "stop", "--wait", "-D", str(self.data), "--mode=immediate")

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs.

        PostgreSQL's programs refuse to run as root, so a test that runs as root uses the user of PostgreSQL.
        """
        folders = Path("/usr/lib/postgresql").glob("*/bin")
        newest = max(folders, key=lambda folder: int(folder.parent.name))
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, newest / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def serving(options: tuple[str, ...] = FAST, configuration: str = "") -> Iterator[Cluster]:
    """Yield a new server for the block. ``configuration`` is added to the server's configuration file."""
    with tempfile.TemporaryDirectory(prefix="fanal-postgres-") as folder:
        cluster = Cluster(Path(folder), options).make()
        with (cluster.data / "postgresql.conf").open("a") as file:
            file.write(configuration)
        with cluster.running():
            yield cluster


@contextmanager
def database(url: str, tablespace: str = "pg_default") -> Iterator[str]:
    """Yield the address of an empty database that exists during the block, on the server at ``url``."""
    name = f"test_{uuid.uuid4().hex}"
    identifiers = map(sql.Identifier, (name, tablespace))
    execute(url, sql.SQL("CREATE DATABASE {} TABLESPACE {}").format(*identifiers))
    yield make_url(url).set(database=name).render_as_string(hide_password=False)
    execute(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def database_below(url: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database with tables in ``folder``; the server's log is elsewhere."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    name = f"test_{uuid.uuid4().hex}"
    made = sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(folder)))
    execute(url, made)
    with database(url, name) as address:
        yield address
    execute(url, sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(name)))


@contextmanager
def database_on_small_disk(url: str, size: str) -> Iterator[tuple[str, Path]]:
    """Yield the address of an empty database with tables on a separate disk, and a folder there."""
    with tempfile.TemporaryDirectory(prefix="fanal-disk-") as folder:
        Path(folder).chmod(0o711)
        disk = Path(folder, "disk")
        with small_disk(disk, size):
            (disk / "tables").mkdir()
            with database_below(url, disk / "tables") as address:
                yield address, disk


def clear(url: str, tables: Iterable[str]) -> None:
    """Delete all rows of these tables, in this order. End other connections to the database."""
    others = sql.SQL(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deletions = (sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables)
    execute(url, sql.SQL(";").join([others, *deletions]))


def execute(url: str, command: sql.Composed | sql.SQL) -> None:
    """Run a command as the server's administrator, outside a transaction."""
    server = make_url(url)
    with psycopg.connect(
        host=str(server.query["host"]), user=server.username, dbname=server.database, autocommit=True
    ) as connection:
        connection.execute(command)
