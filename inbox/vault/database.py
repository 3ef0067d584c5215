"""The encrypted database under its 32-byte key (SQLCipher), opened, made and used in transactions."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from inbox.language.errors import Refused, VaultDamaged, VaultMissing
from inbox.language.messages import sentence
from inbox.vault import row_security, schema_version

_driver: Any = dbapi2

# SQLCipher writes to standard error by itself unless told so before the key.
_BEFORE_KEY = "PRAGMA cipher_log_level = NONE"
_AFTER_KEY = (
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # KiB: each page that is not there is deciphered again
    "PRAGMA journal_mode = DELETE",  # one file beside which nothing lingers
    "PRAGMA synchronous = EXTRA",  # a commit also outlives power lost before the journal's name is gone
)

# In bytes, what the header says that the file has.
_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"

# Removed text stays in free pages where a page was split, and in the index whatever its option says.
_ANEW = ("INSERT INTO fulltext (fulltext) VALUES ('rebuild')", "VACUUM")


class Vault:
    """An open vault; everything in it is read and written inside ``transaction``.

    ``known`` is what each session is given in its ``info``: what lies beside the vault. ``today`` is the day
    on which it is read; before somebody says which that is, all that will ever go into the archive is there.
    """

    def __init__(self, engine: Engine) -> None:
        self.known: dict[str, Any] = {}
        self.today = date.max
        self._engine = engine
        self._is_in_use = False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Refuse a second use within the block: both share one connection, and it would end the transaction.

        Who is present is part of that transaction: the first would go on reading as somebody else.
        """
        if self._is_in_use:
            raise RuntimeError("the vault is in use")
        self._is_in_use = True
        try:
            yield
        finally:
            self._is_in_use = False

    @contextmanager
    def transaction(self, present: Sequence[str] = (), *, quarantine: bool = False) -> Iterator[Session]:
        """Give a session whose changes are all kept if the block ends, none if it raises.

        Whatever is asked of it, no case that excludes an officer who is ``present`` is there, nor anything
        that belongs to one; nor is a case with handlers, unless all who are present are among them, but as a
        line, nor one in quarantine, for anybody, unless what is done shows nothing of it (``quarantine``).
        So it is with one in the archive, until two officers open it for themselves, for a day.
        Without officers it is for the program's own work, of which nobody is shown anything.
        Raises VaultDamaged if the file does not read, Refused if the disk does not let it be used.
        """
        try:
            with (
                self._alone(),
                row_security.session(
                    self._engine, present, self.known, self.today, quarantine=quarantine
                ) as session,
                session.begin(),
            ):
                yield session
        except OperationalError as error:
            raise _unusable(error.orig) from None
        except DatabaseError as error:
            # The class itself stands for a file that does not read; those below it for faults of ours.
            if type(error) is not DatabaseError:
                raise
            raise VaultDamaged from None

    def copy_to(self, path: Path, key: bytes) -> None:
        """Write all that is in it, and nothing that was deleted, to a new file under another key, mode 0600.

        Raises VaultDamaged if something does not read, Refused if the disk does not let it be written.
        """
        path.touch(mode=0o600, exist_ok=False)
        with self._statements() as run:
            _check_pages(run("PRAGMA cipher_integrity_check"))
            run("ATTACH DATABASE ? AS copy KEY ?", (str(path), f"x'{key.hex()}'"))
            run("PRAGMA copy.synchronous = EXTRA")
            run("SELECT sqlcipher_export('copy')").fetchall()
            _check_pages(run("PRAGMA copy.cipher_integrity_check"))
            run("DETACH DATABASE copy")

    def check(self) -> None:
        """Raise VaultDamaged if a page does not read."""
        with self._alone(), closing(self._engine.raw_connection()) as connection:
            try:
                _check_pages(connection.cursor().execute("PRAGMA cipher_integrity_check"))
            except _driver.DatabaseError:
                raise VaultDamaged from None

    def compact(self, progress: Callable[[int, int], None]) -> None:
        """Write index and file anew from what is in them: of what was deleted no page keeps anything.

        It takes a minute or two where there are 100,000 cases: ``progress`` is told of each step. Not inside
        a transaction. Raises VaultDamaged, or Refused if the disk does not let it be written.
        """
        with self._statements() as run:
            for done, statement in enumerate(_ANEW):
                progress(done, len(_ANEW))
                run(statement)
            progress(len(_ANEW), len(_ANEW))

    @contextmanager
    def _statements(self) -> Iterator[Callable[..., Any]]:
        """Give what runs a statement outside of any transaction; raises as ``copy_to``."""
        with self._alone(), closing(self._engine.raw_connection()) as connection:
            try:
                yield connection.cursor().execute
            except _driver.OperationalError as error:
                raise _unusable(error) from None
            except _driver.DatabaseError:
                raise VaultDamaged from None

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()


def create(path: Path, key: bytes) -> Vault:
    """Return a new vault at ``path``, mode 0600, without any tables."""
    path.touch(mode=0o600, exist_ok=False)
    return Vault(_engine(path, key))


def load(path: Path, key: bytes) -> Vault:
    """Return the vault at ``path``.

    Raises VaultMissing, VaultDamaged if ``key`` does not open it, Refused if another version made it.
    """
    vault, version = load_any(path, key)
    if version != schema_version.newest():
        vault.close()
        raise Refused(
            sentence("the vault is of an earlier version of the program"),
            sentence("make a backup of the whole home folder, then: inbox upgrade"),
        )
    return vault


def load_any(path: Path, key: bytes) -> tuple[Vault, str]:
    """Return the vault at ``path``, and its version: an earlier one can be upgraded. Raises as ``load``."""
    if not path.exists():
        raise VaultMissing(path.name)
    vault = Vault(_engine(path, key))
    with vault.transaction() as session:
        size = session.execute(text(_SIZE)).scalar_one()
        version = schema_version.revision(session.connection())
    if not version or size != path.stat().st_size:
        raise VaultDamaged
    if version not in schema_version.known():
        raise Refused(
            sentence("the vault was made by a newer version"),
            sentence("use the version of the program that made it"),
        )
    return vault, version


def _check_pages(faults: Any) -> None:
    if faults.fetchall():
        raise VaultDamaged


def _unusable(error: BaseException | None) -> Refused:
    return Refused(
        sentence("the vault could not be used: {error}", error=error),
        sentence("check the free space, and that the home folder can be written"),
    )


def _engine(path: Path, key: bytes) -> Engine:
    def connect() -> Any:
        connection = _driver.connect(str(path), isolation_level=None)
        connection.execute(_BEFORE_KEY).fetchall()
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in _AFTER_KEY:
            connection.execute(pragma).fetchall()
        return connection

    # The bare address would take a pool of connections for each thread; there is one of both.
    engine = create_engine(
        "sqlite://", module=_driver, creator=connect, poolclass=StaticPool, hide_parameters=True
    )
    # The driver would begin a transaction only before it writes: what was read first could then be stale.
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    # Rows of a case may be written before the case, and removed after it: what counts is the end.
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
