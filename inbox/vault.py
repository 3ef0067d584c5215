"""The encrypted database under its 32-byte key (SQLCipher), opened, made and used in transactions.

Longer than other modules: whatever reaches the tables past the narrowing stands here alone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    SelectBase,
    create_engine,
    delete,
    event,
    func,
    select,
    text,
    union,
)
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.base import ExecutableOption
from sqlcipher3 import dbapi2

from inbox import casework, remains, schema, upgrading
from inbox.errors import Refused, VaultDamaged, VaultMissing
from inbox.schema import Case, Exclusion, JournalEntry, Unopened

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


_PRESENT = "present"
_DEPTH = "depth"
_WHOLE = "whole_journal"
# For the journal's own chain, which goes through entries that some of those present may not read.
WHOLE_JOURNAL = {_WHOLE: True}
_LINE = "as_a_line"
# For the line of the queue by which all know that a case is there which only its handlers may read: of such
# a statement nothing but number, priority and deadline may be shown.
AS_A_LINE = {_LINE: True}
# Of all modules of tables.
_OF_A_CASE: list[Any] = [
    mapper.class_ for mapper in casework.Handling.registry.mappers if "case" in mapper.columns
]
_OF_TWO_CASES: list[Any] = [kind for kind in _OF_A_CASE if "other" in kind.__mapper__.columns]
# Who does what, and who may: this is no secret among those from whom the case is not kept.
_OF_OFFICERS: list[Any] = [JournalEntry, Exclusion, casework.Handler, casework.Declaration]
_OF_OFFICERS += [remains.PastExclusion]
_LASTING: list[Any] = [JournalEntry, remains.Elimination, remains.PastExclusion]
# Removed text stays in free pages where a page was split, and in the index whatever its option says.
_REBUILD = "INSERT INTO words (words) VALUES ('rebuild')"


class _Depth(Enum):
    """How much those present are shown: all, what shows nothing of a report, no more than a line."""

    ALL = auto()
    UNSEEN = auto()
    LINE = auto()


class _Session(Session):
    """What reads the vault for people: the cases that exclude one of them are not there."""


def present(session: Session) -> tuple[str, ...]:
    """Return the officers for whom a session reads; nobody where it does the program's own work."""
    names: tuple[str, ...] = session.info[_PRESENT]
    return names


class Vault:
    """An open vault; everything in it is read and written inside ``transaction``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self, present: Sequence[str] = (), *, quarantine: bool = False) -> Iterator[Session]:
        """Give a session whose changes are all kept if the block ends, none if it raises.

        Whatever is asked of it, no case that excludes an officer who is ``present`` is there, nor anything
        that belongs to one; nor is a case with handlers, unless all who are present are among them, but as a
        line, nor one in quarantine, for anybody, unless what is done shows nothing of it (``quarantine``).
        Without officers it is for the program's own work, of which nobody is shown anything.
        Raises VaultDamaged if the file does not read, Refused if the disk does not let it be used.
        """
        info = {_PRESENT: tuple(present), _DEPTH: _Depth.UNSEEN if quarantine else _Depth.ALL}
        try:
            with _Session(self._engine, expire_on_commit=False, info=info) as session, session.begin():
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
        connection = self._engine.raw_connection()
        try:
            _check_pages(connection.cursor().execute("PRAGMA cipher_integrity_check"))
        except _driver.DatabaseError:
            raise VaultDamaged from None
        finally:
            connection.close()

    def compact(self) -> None:
        """Write index and file anew from what is in them: of what was deleted no page keeps anything.

        Not inside a transaction. Raises VaultDamaged, or Refused if the disk does not let it be written.
        """
        with self._statements() as run:
            run(_REBUILD)
            run("VACUUM")

    @contextmanager
    def _statements(self) -> Iterator[Callable[..., Any]]:
        """Give what runs a statement outside of any transaction; raises as ``copy_to``."""
        connection = self._engine.raw_connection()
        try:
            yield connection.cursor().execute
        except _driver.OperationalError as error:
            raise _unusable(error) from None
        except _driver.DatabaseError:
            raise VaultDamaged from None
        finally:
            connection.close()

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()


@event.listens_for(_Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    """Narrow every statement: nobody who lists, counts or searches has to think of this."""
    if names := present(state.session):
        asked = state.execution_options
        depth = _Depth.LINE if asked.get(_LINE) else state.session.info[_DEPTH]
        state.statement = state.statement.options(*_narrowing(names, depth, whole=bool(asked.get(_WHOLE))))


@lru_cache(maxsize=64)  # making them takes longer than most questions do
def _narrowing(names: tuple[str, ...], depth: _Depth, *, whole: bool) -> tuple[ExecutableOption, ...]:
    unread = [_kept_from(kind, names) for kind in (Exclusion, remains.PastExclusion)]
    kept = union(*unread)
    if depth is not _Depth.LINE:
        unread.append(_entrusted_to_others(names))
    if depth is _Depth.ALL:
        unread.append(_in_quarantine())
    return tuple(_without(kept, union(*unread), whole=whole))


def _kept_from(kind: Any, present: Sequence[str]) -> Select[Any]:
    return select(kind.__table__.c.case).where(kind.__table__.c.officer.in_(present))


def _entrusted_to_others(present: Sequence[str]) -> Select[Any]:
    """Return the numbers of the cases with handlers of whom not all those present are one."""
    handlers = casework.Handler.__table__.c
    among = func.count().filter(handlers.officer.in_(present))
    return select(handlers.case).group_by(handlers.case).having(among < len(present))


def _in_quarantine() -> Select[Any]:
    handlings = casework.Handling.__table__.c
    return select(handlings.case).where(handlings.quarantined.is_not(None))


def _without(kept: SelectBase, unread: SelectBase, *, whole: bool) -> Iterator[ExecutableOption]:
    """Yield what leaves out the cases of these numbers, and every row of any table that names one of them.

    Of those that are ``unread``, a wider choice than ``kept``, it leaves out all but what is of officers.
    """
    known = select(Case.__table__.c.case_id).where(
        Case.__table__.c.number.in_(unread), Case.__table__.c.case_id.is_not(None)
    )
    yield _only(Case, lambda kind: kind.number.not_in(unread))
    yield _only(Unopened, lambda kind: kind.case_id.is_(None) | kind.case_id.not_in(known))
    for each in _OF_A_CASE:
        if each not in _OF_OFFICERS:
            yield _only(each, lambda kind: kind.case.is_(None) | kind.case.not_in(unread))
        elif each is not JournalEntry or not whole:
            yield _only(each, lambda kind: kind.case.is_(None) | kind.case.not_in(kept))
    for each in _OF_TWO_CASES:
        yield _only(each, lambda kind: kind.other.not_in(unread))


def _only(kind: type[schema.Base], holds: Callable[[Any], ColumnElement[bool]]) -> ExecutableOption:
    # A function, as an expression would be of the table alone where a join has it under another name.
    return with_loader_criteria(kind, holds, include_aliases=True)


def create(path: Path, key: bytes) -> Vault:
    """Return a new, empty vault at ``path``, mode 0600."""
    path.touch(mode=0o600, exist_ok=False)
    engine = _engine(path, key)
    with engine.begin() as connection:
        upgrading.upgrade(connection)
    return Vault(engine)


def load(path: Path, key: bytes) -> Vault:
    """Return the vault at ``path``.

    Raises VaultMissing, VaultDamaged if ``key`` does not open it, Refused if another version made it.
    """
    vault, version = load_any(path, key)
    if version != upgrading.NEWEST:
        vault.close()
        raise Refused(
            "the vault is of an earlier version of the program",
            "make a backup of the whole home folder, then: inbox upgrade",
        )
    return vault


def load_any(path: Path, key: bytes) -> tuple[Vault, str]:
    """Return the vault at ``path``, and its version: an earlier one can be upgraded. Raises as ``load``."""
    if not path.exists():
        raise VaultMissing(path.name)
    vault = Vault(_engine(path, key))
    with vault.transaction() as session:
        pages, page = (_number(session, name) for name in ("page_count", "page_size"))
        version = upgrading.revision(session.connection())
    if not version or pages * page != path.stat().st_size:
        raise VaultDamaged
    if not upgrading.is_known(version):
        raise Refused("the vault was made by a newer version", "use the version of the program that made it")
    return vault, version


def upgrade(session: Session) -> None:
    """Bring the vault of this session to the newest version."""
    upgrading.upgrade(session.connection())


def forget(session: Session, numbers: Sequence[int]) -> None:
    """Delete every row of these cases from every table, also what others have to do with them.

    Nobody's absence narrows this: a row that stayed would refer to nothing. What is to outlive a case stays.
    """
    session.flush()
    case = Case.__table__.c
    ids = select(case.case_id).where(case.number.in_(numbers), case.case_id.is_not(None))
    gone: list[tuple[Any, Any]] = [(Unopened, Unopened.__table__.c.case_id.in_(ids))]
    of_one = [(kind, kind.__mapper__.columns["case"]) for kind in _OF_A_CASE if kind not in _LASTING]
    of_two = [(kind, kind.__mapper__.columns["other"]) for kind in _OF_TWO_CASES]
    gone += [(kind, column.in_(numbers)) for kind, column in (*of_one, *of_two)]
    for kind, belongs in (*gone, (Case, case.number.in_(numbers))):
        session.connection().execute(delete(kind.__table__).where(belongs))
    session.expunge_all()


def _check_pages(faults: Any) -> None:
    if faults.fetchall():
        raise VaultDamaged


def _unusable(error: BaseException | None) -> Refused:
    return Refused(
        f"the vault could not be used: {error}",
        "check the free space, and that the home folder can be written",
    )


def _number(session: Session, pragma: str) -> int:
    return int(session.execute(text(f"PRAGMA {pragma}")).scalar_one())


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
