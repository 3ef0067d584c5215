"""Filters and orders of the queue, and the database queries for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, false, func, not_, or_, select
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import declared
from inbox.vault import fulltext, row_security
from inbox.vault.casework_tables import IN_DANGER, Fulltext, Tag, Workflow
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.score import RANKS
from inbox.vault.tables import Case, FollowUp

# Deadlines within this period count as due this week.
WEEK = timedelta(days=7)
# Placeholders for an officer's name; ME stands for any acting officer, and NOBODY for no officer. No officer
# can have one of these placeholders as a name.
ME, NOBODY = "@me", "@nobody"
# Words found in at least this many cases are looked up case by case until a page is full. For rarer words, it
# is faster to find all cases first.
_DENSE = 10_000


class Order(StrEnum):
    """The sort order."""

    PRIORITY = "priority"
    DEADLINE = "deadline"


class State(StrEnum):
    """Whether cases are open, closed, or junk; ``ALL`` means all three states, in this order.

    A closed or junk case that waits for a decision (``legal_duties.owed_after_end``) counts as open.
    """

    OPEN = "open"
    CLOSED = "closed"
    JUNK = "junk"
    ALL = "all"


class Due(StrEnum):
    """When a case is due. Every value except ``LATER`` and ``NEVER`` includes overdue cases."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NEVER = "never"


# A longer search would take minutes, during which nobody else could work.
LONGEST_SEARCH = 200


# Fields of a filter that depend neither on what reports say nor on what officers wrote about them.
_WORDLESS = ("state", "status", "category", "priority", "due", "to_read", "undeclared", "officer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter for cases; an empty field matches all cases.

    If ``state`` is empty, the filter matches open cases. With search words, it then matches cases in every
    state.
    ``officer`` may be ME or NOBODY. ``danger`` matches cases with an answer that states actual or possible
    danger, and cases that an officer has assessed as dangerous. ``to_read`` matches cases that are new or
    have an unread message. ``undeclared`` matches cases that the acting officers may read, but that at least
    one of them has not declared yet. ``search`` has at most LONGEST_SEARCH characters.
    """

    state: str = ""
    status: str = ""
    category: str = ""
    area: str = ""
    language: str = ""
    priority: int = 0
    danger: bool = False
    due: str = ""
    to_read: bool = False
    undeclared: bool = False
    officer: str = ""
    tag: str = ""
    search: str = ""

    @property
    def states(self) -> Sequence[State]:
        """The matching states, in display order."""
        if self.state not in {"", State.ALL}:
            return (State(self.state),)
        is_all = self.state == State.ALL or self.search
        return (State.OPEN, State.CLOSED, State.JUNK) if is_all else (State.OPEN,)

    def __post_init__(self) -> None:
        """Raise Refused if the search is too long, because everybody else would have to wait for it."""
        if len(self.search) > LONGEST_SEARCH:
            raise Refused(
                sentence("a search can have at most {most} characters", most=LONGEST_SEARCH),
                sentence("shorten the search"),
            )

    def without(self, name: str) -> "Filter":
        """Return the filter without one of its fields; raises ValueError for an unknown field."""
        if name not in {each.name for each in fields(self)}:
            raise ValueError(name)
        return replace(self, **{name: getattr(Filter(), name)})

    @property
    def tells_words(self) -> bool:
        """Whether the filter may depend on the content of reports, or on what officers wrote about them.

        The value is true as soon as one field in use depends on reports or on officers' texts.
        """
        return replace(self, **{name: getattr(Filter(), name) for name in _WORDLESS}) != Filter()

    @property
    def tells_nothing(self) -> bool:
        """Whether the filter uses only fields that the queue shows for every case."""
        return replace(self, state="", priority=0, due="") == Filter()

    def by_state(self) -> Iterator["Filter"]:
        """Yield a filter for each matching state. The functions of this module expect a single state."""
        return (replace(self, state=state) for state in self.states)


@dataclass(frozen=True, slots=True)
class QueueView:
    """A filter of the queue with an order."""

    wanted: Filter
    order: Order = Order.PRIORITY


# Each order ends with the columns of the indexes, so that the database need not sort.
_LAST = (Workflow.category, Workflow.area, Workflow.junked, Workflow.assigned, Workflow.case)
ORDER = {
    Order.PRIORITY: (Workflow.rank, Workflow.deadline, *_LAST),
    Order.DEADLINE: (Workflow.deadline.nulls_last(), Workflow.rank, *_LAST),
}


def runs(wanted: Filter, order: Order, today: date) -> Iterator[tuple[Filter, Sequence[ColumnElement[bool]]]]:
    """Yield the runs of all matching states in the order of the queue, and the query conditions of each run.

    A run is a section of the queue that is sorted by ``ORDER``. ``_pressing`` puts the most urgent runs
    first.
    """
    for each in wanted.by_state():
        if order is Order.DEADLINE:
            yield each, ()
        else:
            yield from ((each, where) for where in _pressing(each, today))


def _pressing(wanted: Filter, today: date) -> Sequence[Sequence[ColumnElement[bool]]]:
    """Return the conditions of the queue's runs: cases of priority 1, then overdue cases, then all others.

    Cases that report danger have priority 1, so they never come after late paperwork. Each run is sorted by
    rank and then by deadline. Cases that wait for a decision about danger rank before all others.
    """
    # "+ 0" keeps the database from choosing one of two slower indexes. With the index by deadline, the
    # matches would have to be sorted. The index of all ranks is longer than the index of cases that report
    # danger.
    rank = Workflow.rank + 0 if wanted.danger else Workflow.rank
    due, others = func.coalesce(Workflow.deadline, date.max), rank >= 2 * RANKS
    return (rank < 2 * RANKS,), (others, due < today), (others, due >= today)


def matching(
    session: Session, wanted: Filter, today: date, *, as_of: Filter | None = None
) -> Select[int, int, date | None]:
    """Return the query for the number, rank and deadline of each matching case.

    If ``as_of`` is given, the query finds only cases that a search with the filter ``as_of`` may reveal.
    """
    rows = lines(session, wanted, today, as_of=as_of)
    if asked := fulltext.phrase(wanted.search):
        found = select(Fulltext.case).where(Fulltext.text.match(asked))
        if _is_dense(session, found):
            return rows.where(found.where(Fulltext.case == Workflow.case).exists())
        rows = rows.where(Workflow.case.in_(found))
    return rows


def lines(
    session: Session, wanted: Filter, today: date, *, as_of: Filter | None = None
) -> Select[int, int, date | None]:
    """Return the query of ``matching`` without the search words."""
    rows = select(Workflow.case, Workflow.rank, Workflow.deadline).where(*_conditions(session, wanted, today))
    given = declared.is_given(session, Workflow.case)
    if wanted.undeclared:
        rows = rows.where(or_(*(not_(each) for each in given)) if given else false())
    return rows.where(*given) if (as_of or wanted).tells_words else rows


def reach(wanted: Filter) -> Mapping[str, bool]:
    """If the filter reveals only queue lines, return the option that includes other handlers' cases."""
    return AS_A_LINE if wanted.tells_nothing else {}


def by_due(due: str, today: date) -> ColumnElement[bool]:
    """Return the SQL condition for cases whose deadline matches ``due``."""
    week = today + WEEK
    return {
        Due.OVERDUE: Workflow.deadline < today,
        Due.TODAY: Workflow.deadline <= today,
        Due.WEEK: Workflow.deadline <= week,
        Due.LATER: Workflow.deadline > week,
        Due.NEVER: Workflow.deadline.is_(None),
    }[Due(due)]


def _is_dense(session: Session, found: Select[int]) -> bool:
    return session.scalar(select(func.count()).select_from(found.limit(_DENSE).subquery())) == _DENSE


def _conditions(session: Session, wanted: Filter, today: date) -> Iterator[ColumnElement[bool]]:
    yield from _by_columns(wanted, today)
    if wanted.status:
        yield Workflow.case.in_(select(Case.number).where(Case.status == wanted.status))
    if wanted.language:
        yield Workflow.case.in_(select(Case.number).where(Case.language == wanted.language))
    if wanted.officer == ME:
        yield Workflow.assigned.in_(row_security.present(session))
    elif wanted.officer:
        yield Workflow.assigned == (None if wanted.officer == NOBODY else wanted.officer)
    if wanted.tag:
        yield Workflow.case.in_(select(Tag.case).where(Tag.name == wanted.tag))
    if wanted.to_read:
        new = select(Case.number).where(Case.new.is_(True))
        yield Workflow.case.in_(new.union(select(FollowUp.case).where(FollowUp.unread.is_(True))))


def _by_columns(wanted: Filter, today: date) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that need only the queue's indexes."""
    (state,) = wanted.states
    yield Workflow.waits == (state is State.OPEN)
    if state is State.JUNK:
        yield Workflow.junked.is_not(None)
    elif state is State.CLOSED:
        yield Workflow.junked.is_(None)
    for column in ("category", "area"):
        if value := getattr(wanted, column):
            yield getattr(Workflow, column) == value
    if wanted.priority:
        yield Workflow.rank.between(wanted.priority * RANKS, (wanted.priority + 1) * RANKS - 1)
    if wanted.danger:
        yield IN_DANGER
    if wanted.due:
        yield by_due(wanted.due, today)
