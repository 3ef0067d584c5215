"""Which rows belong to a case: not there for whoever it is kept from, and gone with it.

This module and ``vault`` alone speak to the tables past the narrowing.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Integer,
    MetaData,
    Select,
    SelectBase,
    String,
    Table,
    delete,
    event,
    exists,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria
from sqlalchemy.orm.interfaces import CriteriaOption

from inbox.vault import casework_tables, destroyed_tables, tables
from inbox.vault.tables import Case, Exclusion, JournalEntry, Unopened

_PRESENT = "present"
_DEPTH = "depth"
_DAY = "day"
_HELD = "held"
# So many numbers are asked for by themselves.
_FEW = 1_000
# More than one page shows of a case, fewer than could fill memory with those of an office.
_MOST_HELD = 64
_WHOLE = "whole_journal"
# For the journal's own chain, which goes through entries that some of those present may not read.
WHOLE_JOURNAL = {_WHOLE: True}
_LINE = "as_a_line"
# For the line of the queue by which all know that a case is there which only its handlers may read: of such
# a statement nothing but number, priority and deadline may be shown.
AS_A_LINE = {_LINE: True}
# Of all modules of tables.
_OF_A_CASE: list[Any] = [
    mapper.class_ for mapper in casework_tables.Workflow.registry.mappers if "case" in mapper.columns
]
_OF_TWO_CASES: list[Any] = [kind for kind in _OF_A_CASE if "other" in kind.__mapper__.columns]
# Who does what, and who may: this is no secret among those from whom the case is not kept.
_OF_OFFICERS: list[Any] = [JournalEntry, Exclusion, casework_tables.Handler, casework_tables.Declaration]
_OF_OFFICERS += [casework_tables.ArchiveOpening]
_OF_OFFICERS += [destroyed_tables.PastExclusion]
_LASTING: list[Any] = [JournalEntry, destroyed_tables.DestroyedCase, destroyed_tables.PastExclusion]


class _Depth(Enum):
    """How much those present are shown: all, what shows nothing of a report, no more than a line."""

    ALL = auto()
    UNSEEN = auto()
    LINE = auto()


# Who is present, on which day, and the numbers of the cases that are hidden from them, stand in tables and in
# views of the connection, in memory. As parameters and subqueries they would go into each statement dozens of
# times, and SQLAlchemy would take four times as long over it.
_NOW = MetaData(schema="temp")
_OFFICERS = Table("present", _NOW, Column("officer", String))
_TODAY = Table("today", _NOW, Column("day", Date))
_VIEWS = {
    _Depth.ALL: Table("hidden", _NOW, Column("case", Integer)),
    _Depth.UNSEEN: Table("hidden_unseen", _NOW, Column("case", Integer)),
    _Depth.LINE: Table("kept", _NOW, Column("case", Integer)),
}


class _Session(Session):
    """What reads the vault for people: the cases that exclude one of them are not there."""


def session(
    engine: Engine, present: Sequence[str], known: Mapping[str, Any], today: date, *, quarantine: bool
) -> Session:
    """Return a session for officers who are ``present`` today; what they are shown of the vault: see there.

    ``known`` goes into its ``info``.
    """
    depth = _Depth.UNSEEN if quarantine else _Depth.ALL
    info = {**known, _PRESENT: tuple(present), _DEPTH: depth, _DAY: today, _HELD: deque(maxlen=_MOST_HELD)}
    return _Session(engine, expire_on_commit=False, info=info)


def present(session: Session) -> tuple[str, ...]:
    """Return the officers for whom a session reads; nobody where it does the program's own work."""
    names: tuple[str, ...] = session.info[_PRESENT]
    return names


def readable(session: Session, numbers: Collection[int]) -> set[int]:
    """Return which of these cases those present may read; of many numbers at least those.

    That also holds where the session shows more cases, for what shows nothing of a report.
    """
    rows = select(Case.number)
    if present(session):
        rows = rows.where(Case.number.not_in(select(_VIEWS[_Depth.ALL].c.case)))
    if len(numbers) <= _FEW:
        rows = rows.where(Case.number.in_(numbers))
    return set(session.scalars(rows))


@contextmanager
def with_lines(session: Session) -> Iterator[None]:
    """Let the program's own work reach, within the block, also cases of which those present see a line.

    Those are never shown: what the block has read is taken from the session again. A case that is kept from
    somebody present stays hidden.
    """
    if not present(session):
        yield
        return
    depth, before = session.info[_DEPTH], {*session}
    session.info[_DEPTH] = _Depth.LINE
    try:
        yield
        session.flush()
    finally:
        session.info[_DEPTH] = depth
        for row in {*session} - before:
            session.expunge(row)


def day(session: Session) -> date:
    """Return the day on which a session reads."""
    found: date = session.info[_DAY]
    return found


@event.listens_for(_Session, "loaded_as_persistent")
def _hold(session: Session, row: object) -> None:
    """Keep what was read last: a session forgets rows that nobody holds, and would ask for a case anew.

    Where who may read a row changes, what a session has is taken from it, held or not.
    """
    session.info[_HELD].append(row)


@event.listens_for(_Session, "after_begin")
def _write_who_is_present(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if names := present(session):
        for statement in _table_and_views():
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("DELETE FROM temp.present")
        connection.exec_driver_sql("INSERT INTO temp.present VALUES (?)", [(name,) for name in set(names)])
        connection.exec_driver_sql("DELETE FROM temp.today")
        connection.exec_driver_sql("INSERT INTO temp.today VALUES (?)", (day(session).isoformat(),))


@event.listens_for(_Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    """Narrow every statement: nobody who lists, counts or searches has to think of this."""
    if present(state.session):
        # SQLAlchemy narrows no other, such as one of nothing but window functions.
        if not state.is_orm_statement:
            raise RuntimeError("a statement that names no table of its own cannot be narrowed")
        asked = state.execution_options
        depth = _Depth.LINE if asked.get(_LINE) else state.session.info[_DEPTH]
        state.statement = state.statement.options(_criteria(depth, whole=bool(asked.get(_WHOLE))))


@lru_cache(maxsize=1)
def _table_and_views() -> tuple[str, ...]:
    # Not when the vault is opened: SQLite changes no table to which a view refers, and an upgrade must.
    table = "CREATE TEMPORARY TABLE IF NOT EXISTS present (officer TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"
    today = "CREATE TEMPORARY TABLE IF NOT EXISTS today (day TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"
    view = 'CREATE TEMPORARY VIEW IF NOT EXISTS {} ("case") AS {}'
    # No plain union: to leave out what is there twice takes ten times longer than all the rest.
    views = (view.format(each.name, union_all(*_hidden(depth))) for depth, each in _VIEWS.items())
    return table, today, *views


class _Narrowing(CriteriaOption):
    """All criteria of a choice as one option of a statement.

    SQLAlchemy finds what it compiled of a statement by a key, which it makes anew from each option each time:
    of three dozen criteria that takes as long as all the rest. This key names the choice, which is all that
    the criteria depend on.
    """

    propagate_to_loaders = True

    def __init__(self, depth: _Depth, *, whole: bool) -> None:
        kept, hidden = (select(_VIEWS[each].c.case) for each in (_Depth.LINE, depth))
        self._choice = depth.name, whole
        self._criteria = tuple(_without(kept, hidden, whole=whole))

    def _gen_cache_key(self, *_: object) -> tuple[Any, ...]:
        return _Narrowing, *self._choice

    def process_compile_state(self, compile_state: Any) -> None:
        self.get_global_criteria(compile_state.global_attributes)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for each in self._criteria:
            each.get_global_criteria(attributes)


@lru_cache  # making them takes longer than most questions do
def _criteria(depth: _Depth, *, whole: bool) -> _Narrowing:
    return _Narrowing(depth, whole=whole)


def _hidden(depth: _Depth) -> Iterator[Select[Any]]:
    """Yield the numbers of the cases that are hidden from those present, choice by choice."""
    # If nobody is written as present, which only a fault could do, all are: nothing is known not to be among
    # numbers of which one is unknown.
    yield select(null()).where(~exists(select(_OFFICERS)))
    for kind in (Exclusion, destroyed_tables.PastExclusion):
        yield _kept_from(kind)
    if depth is not _Depth.LINE:
        yield _entrusted_to_others()
    if depth is _Depth.ALL:
        yield _in_quarantine()
        yield _in_archive()


def _kept_from(kind: Any) -> Select[Any]:
    return select(kind.__table__.c.case).where(kind.__table__.c.officer.in_(select(_OFFICERS)))


def _entrusted_to_others() -> Select[Any]:
    """Return the numbers of the cases with handlers of whom not all those present are one."""
    handlers = casework_tables.Handler.__table__.c
    among = func.count().filter(handlers.officer.in_(select(_OFFICERS)))
    return select(handlers.case).group_by(handlers.case).having(among < _everybody())


def _everybody() -> Any:
    return select(func.count()).select_from(_OFFICERS).scalar_subquery()


def _in_quarantine() -> Select[Any]:
    workflows = casework_tables.Workflow.__table__.c
    return select(workflows.case).where(workflows.quarantined.is_not(None))


def _in_archive() -> Select[Any]:
    """Return the numbers of the cases in the archive that were not opened today for all those present.

    Two open one; each of them then reads it, at the desk in a session of their own. One with a letter that
    nobody has read is to be read first.
    """
    work, letters = casework_tables.Workflow.__table__.c, tables.FollowUp.__table__.c
    opened = casework_tables.ArchiveOpening.__table__.c
    today = select(_TODAY.c.day).scalar_subquery()
    among = func.count().filter(opened.officer.in_(select(_OFFICERS)))
    here = select(opened.case).where(opened.day == today).group_by(opened.case)
    return select(work.case).where(
        work.archive_from <= today,
        # In the words of the index of unread letters: by others it would not be found.
        work.case.not_in(select(letters.case).where(literal_column("follow_ups.unread IS 1"))),
        work.case.not_in(here.having(among == _everybody())),
    )


def _without(kept: SelectBase, hidden: SelectBase, *, whole: bool) -> Iterator[CriteriaOption]:
    """Yield what leaves out the cases of these numbers, and every row of any table that names one of them.

    Of those that are ``hidden``, a wider choice than ``kept``, it leaves out all but what is of officers.
    What an officer keeps for themselves is there for that one alone.
    """
    known = select(Case.__table__.c.case_id).where(
        Case.__table__.c.number.in_(hidden), Case.__table__.c.case_id.is_not(None)
    )
    yield _only(Case, lambda kind: kind.number.not_in(hidden))
    yield _only(Unopened, lambda kind: kind.case_id.is_(None) | kind.case_id.not_in(known))
    for each in _OF_A_CASE:
        if each not in _OF_OFFICERS:
            yield _only(each, lambda kind: kind.case.is_(None) | kind.case.not_in(hidden))
        elif each is not JournalEntry or not whole:
            yield _only(each, lambda kind: kind.case.is_(None) | kind.case.not_in(kept))
    for each in _OF_TWO_CASES:
        yield _only(each, lambda kind: kind.other.not_in(hidden))
    yield _only(casework_tables.SavedView, lambda kind: kind.officer.in_(select(_OFFICERS.c.officer)))


def _only(kind: type[tables.Base], holds: Callable[[Any], ColumnElement[bool]]) -> CriteriaOption:
    # A function, as an expression would be of the table alone where a join has it under another name.
    return with_loader_criteria(kind, holds, include_aliases=True)


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
