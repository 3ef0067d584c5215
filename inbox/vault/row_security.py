"""Row-level security: hide a case's rows from officers who may not read the case; delete a case's rows.

Only this module and ``vault`` access the tables without this filter.
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
# Up to this many case numbers are part of the query. If there are more, ``readable`` fetches all readable
# case numbers.
_FEW = 1_000
# The number of rows that are kept: more than a page of a case shows, but too few to fill the memory.
_MOST_HELD = 64
_WHOLE = "whole_journal"
# This option serves to verify the journal, whose chain includes entries that some signed-in officers may not
# read.
WHOLE_JOURNAL = {_WHOLE: True}
_LINE = "as_a_line"
# This option adds the queue lines of cases that only their handlers may read, so that all officers know that
# these cases exist. With this option, callers may show only the number, priority and deadline of a case.
AS_A_LINE = {_LINE: True}
# Tables with a ``case`` column, from all modules of tables.
_OF_A_CASE: list[Any] = [
    mapper.class_ for mapper in casework_tables.Workflow.registry.mappers if "case" in mapper.columns
]
_OF_TWO_CASES: list[Any] = [kind for kind in _OF_A_CASE if "other" in kind.__mapper__.columns]
# Tables about officers: who does what, and who may do it. Officers see the rows of these tables unless the
# case excludes them.
_OF_OFFICERS: list[Any] = [JournalEntry, Exclusion, casework_tables.Handler, casework_tables.Declaration]
_OF_OFFICERS += [casework_tables.ArchiveOpening]
_OF_OFFICERS += [destroyed_tables.PastExclusion]
_LASTING: list[Any] = [JournalEntry, destroyed_tables.DestroyedCase, destroyed_tables.PastExclusion]


class _Depth(Enum):
    """Which cases are hidden from the signed-in officers, besides the cases that exclude one of them.

    ``ALL`` hides cases of other handlers, cases in quarantine, and cases in the archive. ``UNSEEN`` hides
    only cases of other handlers; it is for actions that show no part of a report. ``LINE`` hides no
    other cases; it is for lines of the queue.
    """

    ALL = auto()
    UNSEEN = auto()
    LINE = auto()


# The signed-in officers, the day and the numbers of the hidden cases are in temporary tables and views of the
# connection, in memory. As parameters and subqueries, these values would occur dozens of times in each
# statement, and SQLAlchemy would take four times as long.
_NOW = MetaData(schema="temp")
_OFFICERS = Table("present", _NOW, Column("officer", String))
_TODAY = Table("today", _NOW, Column("day", Date))
_VIEWS = {
    _Depth.ALL: Table("hidden", _NOW, Column("case", Integer)),
    _Depth.UNSEEN: Table("hidden_unseen", _NOW, Column("case", Integer)),
    _Depth.LINE: Table("kept", _NOW, Column("case", Integer)),
}


class _Session(Session):
    """A session that reads the vault for the signed-in officers and hides cases from them."""


def session(
    engine: Engine, present: Sequence[str], known: Mapping[str, Any], today: date, *, quarantine: bool
) -> Session:
    """Return a session for the signed-in officers in ``present``, with ``today`` as the current day.

    ``Vault.transaction`` describes which cases the session hides. ``known`` is added to the ``info`` of the
    session.
    """
    depth = _Depth.UNSEEN if quarantine else _Depth.ALL
    info = {**known, _PRESENT: tuple(present), _DEPTH: depth, _DAY: today, _HELD: deque(maxlen=_MOST_HELD)}
    return _Session(engine, expire_on_commit=False, info=info)


def present(session: Session) -> tuple[str, ...]:
    """Return the officers for whom a session reads; empty for the program's own work."""
    names: tuple[str, ...] = session.info[_PRESENT]
    return names


def readable(session: Session, numbers: Collection[int]) -> set[int]:
    """Return which of these cases the signed-in officers may read, even if the session shows more cases.

    For more than _FEW numbers, the result may also contain other readable cases.
    """
    rows = select(Case.number)
    if present(session):
        rows = rows.where(Case.number.not_in(select(_VIEWS[_Depth.ALL].c.case)))
    if len(numbers) <= _FEW:
        rows = rows.where(Case.number.in_(numbers))
    return set(session.scalars(rows))


@contextmanager
def with_lines(session: Session) -> Iterator[None]:
    """Within the block, let the program itself read cases that the officers may see only as a queue line.

    No data of these cases is shown. At the end, the session drops the rows that the block has read. Cases
    that exclude a signed-in officer stay hidden.
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
    """Return the day that a session uses as today."""
    found: date = session.info[_DAY]
    return found


@event.listens_for(_Session, "loaded_as_persistent")
def _hold(session: Session, row: object) -> None:
    """Keep references to the most recently read rows, so that the session does not query them again.

    SQLAlchemy drops a row from a session once nothing refers to the row. When the officers' rights to read
    change, rows are removed from the session, even rows that are held here.
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
    """Add the filter to every statement, so that lists, counts and searches need no filter of their own."""
    if present(state.session):
        # SQLAlchemy applies criteria only to ORM statements. A statement with only window functions is not an
        # ORM statement.
        if not state.is_orm_statement:
            raise RuntimeError("a statement without a mapped table cannot be filtered")
        asked = state.execution_options
        depth = _Depth.LINE if asked.get(_LINE) else state.session.info[_DEPTH]
        state.statement = state.statement.options(_criteria(depth, whole=bool(asked.get(_WHOLE))))


@lru_cache(maxsize=1)
def _table_and_views() -> tuple[str, ...]:
    # The table and the views are created for each transaction, not when the vault is opened: SQLite cannot
    # alter tables that a view refers to, and an upgrade must alter them.
    table = "CREATE TEMPORARY TABLE IF NOT EXISTS present (officer TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"
    today = "CREATE TEMPORARY TABLE IF NOT EXISTS today (day TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID"
    view = 'CREATE TEMPORARY VIEW IF NOT EXISTS {} ("case") AS {}'
    # UNION ALL, because removing duplicates would take ten times longer than the rest of the query.
    views = (view.format(each.name, union_all(*_hidden(depth))) for depth, each in _VIEWS.items())
    return table, today, *views


class _Narrowing(CriteriaOption):
    """All criteria for one visibility, as one option of a database statement.

    SQLAlchemy caches compiled statements under a key, which it builds from all options each time. For three
    dozen criteria, building this key takes as long as the rest of the query. The key of this option is the
    visibility alone, because the criteria depend on nothing else.
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


@lru_cache  # Cached, because building the criteria takes longer than most queries.
def _criteria(depth: _Depth, *, whole: bool) -> _Narrowing:
    return _Narrowing(depth, whole=whole)


def _hidden(depth: _Depth) -> Iterator[Select[Any]]:
    """Yield queries for the numbers of the cases hidden from the signed-in officers, one query per reason."""
    # If a bug leaves the table of officers empty, this NULL hides all cases, because in SQL, NOT IN is never
    # true for a list that contains NULL.
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
    """Return the numbers of cases with handlers, unless all signed-in officers are among the handlers."""
    handlers = casework_tables.Handler.__table__.c
    among = func.count().filter(handlers.officer.in_(select(_OFFICERS)))
    return select(handlers.case).group_by(handlers.case).having(among < _everybody())


def _everybody() -> Any:
    return select(func.count()).select_from(_OFFICERS).scalar_subquery()


def _in_quarantine() -> Select[Any]:
    workflows = casework_tables.Workflow.__table__.c
    return select(workflows.case).where(workflows.quarantined.is_not(None))


def _in_archive() -> Select[Any]:
    """Return the numbers of archived cases that at least one signed-in officer has not opened today.

    Two officers open a case together. Each of the two officers can then read the case, even alone in their
    own desk session. A case with an unread message does not count as archived, because officers must read
    the message first.
    """
    work, letters = casework_tables.Workflow.__table__.c, tables.FollowUp.__table__.c
    opened = casework_tables.ArchiveOpening.__table__.c
    today = select(_TODAY.c.day).scalar_subquery()
    among = func.count().filter(opened.officer.in_(select(_OFFICERS)))
    here = select(opened.case).where(opened.day == today).group_by(opened.case)
    return select(work.case).where(
        work.archive_from <= today,
        # The condition must equal the expression in the index of unread messages, or SQLite does not use the
        # index.
        work.case.not_in(select(letters.case).where(literal_column("follow_ups.unread IS 1"))),
        work.case.not_in(here.having(among == _everybody())),
    )


def _without(kept: SelectBase, hidden: SelectBase, *, whole: bool) -> Iterator[CriteriaOption]:
    """Yield criteria that omit both these cases and, in all tables, the rows that refer to them.

    ``kept`` are the cases from which an officer is excluded. ``hidden`` also contains other cases; the rows
    about officers of these other cases remain visible. Saved views are visible only to their own officer.
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
    # ``holds`` is a function, because an expression would not apply to an alias of the table in a join.
    return with_loader_criteria(kind, holds, include_aliases=True)


def forget(session: Session, numbers: Sequence[int]) -> None:
    """Delete the rows of these cases from every table, and the rows that link other cases to them.

    Rows that the signed-in officers may not see are deleted, too, because a remaining row would refer to a
    missing case. Rows that must outlive a case stay (``_LASTING``).
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
