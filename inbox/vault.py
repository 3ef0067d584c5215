"""The encrypted database under its 32-byte key (SQLCipher), opened, made and used in transactions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, or_, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from inbox import schema
from inbox.errors import Refused, VaultDamaged, VaultMissing
from inbox.schema import Attachment, Case, Exclusion, FollowUp, Message, Unopened

_driver: Any = dbapi2

# SQLCipher writes to standard error by itself unless told so before the key.
_BEFORE_KEY = "PRAGMA cipher_log_level = NONE"
_AFTER_KEY = (
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = DELETE",  # one file beside which nothing lingers
    "PRAGMA synchronous = EXTRA",  # a commit also outlives power lost before the journal's name is gone
)


_PRESENT = "present"


class _Session(Session):
    """What reads the vault for people: the cases that exclude one of them are not there."""


class Vault:
    """An open vault; everything in it is read and written inside ``transaction``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self, present: Sequence[str] = ()) -> Iterator[Session]:
        """Give a session whose changes are all kept if the block ends, none if it raises.

        Whatever is asked of it, no case that excludes an officer who is ``present`` is there, nor anything
        that belongs to one. Without officers it is for the program's own work, of which nobody is shown
        anything. Raises VaultDamaged if the file does not read, Refused if the disk does not let it be used.
        """
        info = {_PRESENT: tuple(present)}
        try:
            with _Session(self._engine, expire_on_commit=False, info=info) as session, session.begin():
                yield session
        except OperationalError as error:
            raise Refused(
                f"the vault could not be used: {error.orig}",
                "check the free space, and that the home folder can be written",
            ) from None
        except DatabaseError as error:
            # The class itself stands for a file that does not read; those below it for faults of ours.
            if type(error) is not DatabaseError:
                raise
            raise VaultDamaged from None

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()


@event.listens_for(_Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    """Narrow every statement: nobody who lists, counts or searches has to think of this."""
    present = state.session.info[_PRESENT]
    if not present:
        return
    kept = select(Exclusion.__table__.c.case).where(Exclusion.__table__.c.officer.in_(present))
    known = select(Case.__table__.c.case_id).where(
        Case.__table__.c.number.in_(kept), Case.__table__.c.case_id.is_not(None)
    )
    belongs = (
        with_loader_criteria(kind, kind.case.not_in(kept), include_aliases=True)
        for kind in (FollowUp, Attachment, Message)
    )
    state.statement = state.statement.options(
        with_loader_criteria(Case, Case.number.not_in(kept), include_aliases=True),
        *belongs,
        with_loader_criteria(
            Unopened,
            or_(Unopened.case.is_(None), Unopened.case.not_in(kept))
            & or_(Unopened.case_id.is_(None), Unopened.case_id.not_in(known)),
            include_aliases=True,
        ),
    )


def create(path: Path, key: bytes) -> Vault:
    """Return a new, empty vault at ``path``, mode 0600."""
    path.touch(mode=0o600, exist_ok=False)
    engine = _engine(path, key)
    schema.Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text(f"PRAGMA user_version = {schema.VERSION}"))
    return Vault(engine)


def load(path: Path, key: bytes) -> Vault:
    """Return the vault at ``path``; raise VaultMissing, or VaultDamaged if ``key`` does not open it."""
    if not path.exists():
        raise VaultMissing(path.name)
    vault = Vault(_engine(path, key))
    with vault.transaction() as session:
        version, pages, page = (
            _number(session, name) for name in ("user_version", "page_count", "page_size")
        )
    if not version or pages * page != path.stat().st_size:
        raise VaultDamaged
    if version != schema.VERSION:
        raise Refused("the vault was made by another version", "use the version of the program that made it")
    return vault


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
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine
