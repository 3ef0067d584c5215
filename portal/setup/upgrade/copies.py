"""A copy of the database, which an upgrade puts back if the new version does not work.

The copy reveals no more than the database, and does not exist longer than needed:

- The copy exists only while no portal runs. The copy is overwritten and deleted as soon as the new version
  has answered, before anybody can reach the portal. If the copy were kept longer, it would still contain
  reports that were withdrawn, and other data that the portal deleted.
- The copy of a SQLite database is beside the database: on the same disk, and readable only by the portal's
  user. SQLite writes the copy sorted by its random keys and without remains of deleted rows, so the copy does
  not show the order of arrival. `pg_dump` writes the rows in the order of PostgreSQL's own files.
- The file's time is the time of the upgrade. No portal runs at that time, so no report comes.

Only the portal's user may run this code, because root must not follow a link in a folder of that user.
"""

import glob
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, text

from portal import files
from portal.errors import Refused, why
from portal.store import database
from portal.store.database import Database

_BEFORE, _PART, _GONE, _FAILED = ".before-", ".part", ".gone", ".failed"
_ZEROS = bytes(1 << 20)
_LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy of the database at ``url``.

    ``folder`` is for the copy of a PostgreSQL database. At most one copy exists.
    """

    url: URL
    folder: Path

    @property
    def room(self) -> int:
        """The free bytes on the disk of the copy."""
        return shutil.disk_usage(self._base.parent).free

    @property
    def needs(self) -> int:
        """The size of the database in bytes, or 0 if there is no database.

        A copy is not larger than this size.
        """
        if self._is_sqlite:
            return self._base.stat().st_size if self._base.exists() else 0
        with closing(Database(self.url)) as store, store.read() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    @property
    def version(self) -> str | None:
        """The version of the tables in the copy, or None if there is no complete copy."""
        found = self._found()
        return found.name.rpartition(_BEFORE)[2] if found else None

    def make(self) -> None:
        """Copy the database; discard an older copy. Raises Refused.

        The copy gets its name only once all its bytes are on the disk.
        """
        version = database.version(self.url)
        if version is None:
            raise Refused("the portal has no database yet", "run `fanal-portal setup`")
        self.discard()
        part, whole = self._named(_PART), self._named(f"{_BEFORE}{version}")
        try:
            part.touch(mode=0o600)
            (_copy_sqlite if self._is_sqlite else _dump)(self.url, part)
            files.sync(part)
            part.replace(whole)
            files.sync(whole.parent)
        except OSError as error:
            raise Refused(
                f"the database was not copied: {why(error)}", "make room on the disk, then try again"
            ) from error

    def put_back(self) -> None:
        """Replace the database with the copy, if there is one. Raises Refused or OSError.

        Until the copy is complete in its place, the earlier version refuses the database. The database is
        then missing, has no tables, or has the tables of the newer version. Call this method again after an
        interruption.
        """
        if found := self._found():
            (self._rename if self._is_sqlite else self._restore)(found)
        self.discard()

    def leftovers(self) -> list[Path]:
        """Return all files that an upgrade has made."""
        kinds = (f"{_BEFORE}*", _PART, _GONE, _FAILED)
        return [file for kind in kinds for file in self._like(kind)]

    def discard(self) -> None:
        """Overwrite and delete all files that an upgrade has made. Raises OSError."""
        gone = self._named(_GONE)
        _wipe(gone)
        for file in self.leftovers():
            # An interrupted deletion must not leave a file that looks like a complete copy.
            file.replace(gone)
            _wipe(gone)

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def _base(self) -> Path:
        """The beginning of the paths of all files that an upgrade makes."""
        return Path(str(self.url.database)) if self._is_sqlite else self.folder / "postgresql"

    def _named(self, ending: str) -> Path:
        return self._base.with_name(f"{self._base.name}{ending}")

    def _found(self) -> Path | None:
        return next(iter(self._like(f"{_BEFORE}*")), None)

    def _like(self, ending: str) -> list[Path]:
        return [*self._base.parent.glob(f"{glob.escape(self._base.name)}{ending}")]

    def _rename(self, copy: Path) -> None:
        if self._base.exists():
            self._base.replace(self._named(_FAILED))
        # SQLite would apply a write-ahead log of the newer database to the copy.
        for ending in ("-wal", "-shm"):
            _wipe(self._named(ending))
        copy.replace(self._base)
        files.sync(copy.parent)

    def _restore(self, dump: Path) -> None:
        with closing(Database(self.url)) as store, store.write() as connection:
            # Tables that the newer version added are not in the dump.
            names = connection.scalars(
                text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
            ).all()
            if names:
                connection.exec_driver_sql(f"DROP TABLE {', '.join(names)} CASCADE")
        options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        _run(self.url, ["pg_restore", *options], [str(dump)])


def _copy_sqlite(url: URL, part: Path) -> None:
    try:
        with closing(sqlite3.connect(str(url.database))) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        raise Refused(
            f"the database was not copied: {error}", "make room on the disk, then try again"
        ) from error


def _dump(url: URL, part: Path) -> None:
    options = ("--format=custom", "--compress=1", "--no-owner", "--no-privileges")
    _run(url, ["pg_dump", *options, f"--file={part}"], [])


def _run(url: URL, program: list[str], more: list[str]) -> None:
    """Run a program of PostgreSQL on the database; raises Refused.

    The program gets the password in its environment, because every user can read a program's arguments.
    """
    named = url.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    command = [*program, f"--dbname={named}", *more]
    hint = "apt install postgresql-client"
    try:
        done = subprocess.run(  # noqa: S603 - no outside input chooses the program
            command, env={**os.environ, **password}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise Refused(f"{program[0]} is not installed", hint) from error
    if done.returncode:
        said = "; ".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
        raise Refused(f"{program[0]} failed: {said}", "check the disk, and check that PostgreSQL runs")


def _wipe(file: Path) -> None:
    """Overwrite and delete a file, if it exists."""
    # Some file systems cannot overwrite on a full disk. On such a file system, the file can only be deleted.
    with suppress(OSError), file.open("r+b") as opened:
        left = file.stat().st_size
        while left > 0:
            left -= opened.write(_ZEROS[:left])
        opened.flush()
        os.fsync(opened.fileno())
    file.unlink(missing_ok=True)
