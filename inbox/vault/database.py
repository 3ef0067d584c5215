"""The encrypted database (SQLCipher, 32-byte key): create it, open it, and use it in transactions."""

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

from crypto.errors import CryptoError
from inbox.language.errors import Refused, VaultDamaged, VaultMissing
from inbox.language.messages import sentence
from inbox.vault import row_security, schema_version

_driver: Any = dbapi2

# SQLCipher logs to standard error unless logging is switched off before the key is set.
_BEFORE_KEY = "PRAGMA cipher_log_level = NONE"
_AFTER_KEY = (
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # In KiB. A page outside the cache must be decrypted again.
    "PRAGMA journal_mode = DELETE",  # No journal file remains beside the vault.
    "PRAGMA synchronous = EXTRA",  # A commit survives a power cut even before the journal file is deleted.
)

# The size of the file in bytes, according to its header.
_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"

# Deleted text stays in free space where a page was split. The index keeps deleted text too, even with
# secure-delete on.
_ANEW = ("INSERT INTO fulltext (fulltext) VALUES ('rebuild')", "VACUUM")


class Vault:
    """An open vault. All reads and writes happen inside ``transaction``.

    ``known`` holds objects from outside the vault that users of a session need. The objects in ``known`` are
    added to each session's ``info``. ``today`` is the day that decides which cases are archived. Until
    ``today`` is set, every case with an archive date counts as archived.
    """

    def __init__(self, engine: Engine) -> None:
        self.known: dict[str, Any] = {}
        self.today = date.max
        self._engine = engine
        self._is_in_use = False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Refuse a second use within the block, because both uses would share one connection.

        A second use would end the transaction of the first use, and would replace the signed-in officers. The
        first use would then continue with the rights of other officers.
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
        """Yield a session. Its changes are committed if the block ends normally, and rolled back otherwise.

        The session hides these cases, with all rows that belong to them:

        - cases that exclude an officer who is ``present``;
        - cases with handlers, unless all ``present`` officers are handlers (the cases' queue lines stay
          visible);
        - cases in quarantine, unless the action shows no part of a report (``quarantine``);
        - cases in the archive, except those that two officers have opened for themselves for the day.

        A session without officers is for the program's own work, which is shown to nobody. Raises
        VaultDamaged if the file cannot be read. Raises Refused if the disk refuses access.
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
        except CryptoError:
            # SQLCipher returns zeros for the first damaged page, and an error only for the next page. A
            # damaged vault then looks like a wrong key.
            self.check()
            raise
        except OperationalError as error:
            raise _unusable(error.orig) from None
        except DatabaseError as error:
            # DatabaseError itself means that the file cannot be read. A subclass of DatabaseError means that
            # our code has a bug.
            if type(error) is not DatabaseError:
                raise
            raise VaultDamaged from None

    def copy_to(self, path: Path, key: bytes) -> None:
        """Write the content to a new file (mode 0600) under another key, without remains of deleted data.

        Raises VaultDamaged if a page cannot be read. Raises Refused if writing to the disk fails.
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
        """Raise VaultDamaged if a page cannot be read."""
        with self._alone(), closing(self._engine.raw_connection()) as connection:
            try:
                _check_pages(connection.cursor().execute("PRAGMA cipher_integrity_check"))
            except _driver.DatabaseError:
                raise VaultDamaged from None

    def compact(self, progress: Callable[[int, int], None]) -> None:
        """Rebuild the search index and the file, so that no page still contains deleted data.

        The rebuild takes a minute or two with 100,000 cases; ``progress`` is called at each step. Do not call
        this function inside a transaction. Raises VaultDamaged if the file cannot be read. Raises Refused if
        writing to the disk fails.
        """
        with self._statements() as run:
            for done, statement in enumerate(_ANEW):
                progress(done, len(_ANEW))
                run(statement)
            progress(len(_ANEW), len(_ANEW))

    @contextmanager
    def _statements(self) -> Iterator[Callable[..., Any]]:
        """Yield a function that runs a statement outside any transaction.

        Raises the same errors as ``copy_to``.
        """
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

    Raises VaultMissing. Raises VaultDamaged if ``key`` does not open the vault. Raises Refused if another
    version made the vault.
    """
    vault, version = load_any(path, key)
    if version != schema_version.newest():
        vault.close()
        raise Refused(
            sentence("the vault was made by an earlier version of the program"),
            sentence("make a backup of the whole home folder, then upgrade the vault: inbox upgrade"),
        )
    return vault


def load_any(path: Path, key: bytes) -> tuple[Vault, str]:
    """Return the vault at ``path`` and its version.

    The vault may have an earlier version that can be upgraded. Otherwise raises the same errors as ``load``.
    """
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
            sentence("the vault was made by a newer version of the program"),
            sentence("use the version of the program that made the vault"),
        )
    return vault, version


def _check_pages(faults: Any) -> None:
    if faults.fetchall():
        raise VaultDamaged


def _unusable(error: BaseException | None) -> Refused:
    return Refused(
        sentence("the vault could not be used: {error}", error=error),
        sentence("check the free space, and whether you may write to the home folder"),
    )


def _engine(path: Path, key: bytes) -> Engine:
    def connect() -> Any:
        connection = _driver.connect(str(path), isolation_level=None)
        connection.execute(_BEFORE_KEY).fetchall()
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in _AFTER_KEY:
            connection.execute(pragma).fetchall()
        return connection

    # By default, SQLAlchemy would open a connection for each thread. One connection is enough for the vault.
    engine = create_engine(
        "sqlite://", module=_driver, creator=connect, poolclass=StaticPool, hide_parameters=True
    )
    # The driver would begin a transaction only before the first write. Data that is read before the
    # transaction begins could be stale.
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    # Rows of a case may be written before the case itself, and may be removed after the case. Foreign keys
    # are therefore checked only at commit.
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
