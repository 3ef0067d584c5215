"""Which cases are asked for of the queue, in which order, and how the vault is asked for them."""

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

# What is due within so many days is due this week.
WEEK = timedelta(days=7)
# In the place of an officer: those who ask, and no officer. No officer can have such a name.
ME, NOBODY = "@me", "@nobody"
# Words that stand in so many cases are looked up in one case after the other until a page is full; of rarer
# ones it takes less to find all cases first.
_DENSE = 10_000


class Order(StrEnum):
    """What comes first."""

    PRIORITY = "priority"
    DEADLINE = "deadline"


class State(StrEnum):
    """Whether cases wait, are closed, or are junk; ``ALL`` are all three, in this order.

    One that is closed, or junk, and waits for a decision (``legal_duties.owed_after_end``) is among those
    that wait.
    """

    OPEN = "open"
    CLOSED = "closed"
    JUNK = "junk"
    ALL = "all"


class Due(StrEnum):
    """When something is due: each but ``LATER`` and ``NEVER`` includes what is overdue."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NEVER = "never"


# A longer one takes minutes, in which nobody else can work.
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases are asked for; an empty value asks for all.

    Without a ``state`` it is for what waits; with words, for cases in every state. ``officer`` may be ME or
    NOBODY. ``danger``: an answer tells or fears some, or an officer judged so. There is something ``to_read``
    in a case that is new, and in one with an unread letter. One is ``undeclared`` that those who act may
    read, and of which not all of them have declared it. ``search`` has LONGEST_SEARCH characters at most.
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
        """Return the states of what it finds, in the order in which that is shown."""
        if self.state not in {"", State.ALL}:
            return (State(self.state),)
        is_all = self.state == State.ALL or self.search
        return (State.OPEN, State.CLOSED, State.JUNK) if is_all else (State.OPEN,)

    def __post_init__(self) -> None:
        """Raise Refused for more words than anybody types: they would keep all others waiting."""
        if len(self.search) > LONGEST_SEARCH:
            raise Refused(
                sentence("a search has at most {most} characters", most=LONGEST_SEARCH),
                sentence("shorten the search"),
            )

    def without(self, name: str) -> "Filter":
        """Return it without what one of its fields asks for; ValueError for a field that it does not have."""
        if name not in {each.name for each in fields(self)}:
            raise ValueError(name)
        return replace(self, **{name: getattr(Filter(), name)})

    @property
    def tells_words(self) -> bool:
        """Whether it finds cases by what they say, or officers wrote or judged of that."""
        return bool(self.search or self.tag or self.area or self.danger or self.language)

    @property
    def tells_nothing(self) -> bool:
        """Whether all that is asked for is what a line of the queue shows of every case."""
        return replace(self, state="", priority=0, due="") == Filter()

    def by_state(self) -> Iterator["Filter"]:
        """Yield what it asks for of each state; the functions of this module take one of them."""
        return (replace(self, state=state) for state in self.states)


@dataclass(frozen=True, slots=True)
class QueueView:
    """What the queue is asked for, and in which order."""

    wanted: Filter
    order: Order = Order.PRIORITY


# Down to the columns of the indexes: then nothing is sorted.
_LAST = (Workflow.category, Workflow.area, Workflow.junked, Workflow.assigned, Workflow.case)
ORDER = {
    Order.PRIORITY: (Workflow.rank, Workflow.deadline, *_LAST),
    Order.DEADLINE: (Workflow.deadline.nulls_last(), Workflow.rank, *_LAST),
}


def runs(wanted: Filter, order: Order, today: date) -> Iterator[tuple[Filter, Sequence[ColumnElement[bool]]]]:
    """Yield each state that is asked for, run by run in the queue's order, with what holds of a run's cases.

    The most pressing first is the rule of ``_pressing``; each run is sorted by ``ORDER``.
    """
    for each in wanted.by_state():
        if order is Order.DEADLINE:
            yield each, ()
        else:
            yield from ((each, where) for where in _pressing(each, today))


def _pressing(wanted: Filter, today: date) -> Sequence[Sequence[ColumnElement[bool]]]:
    """Return the runs of the queue, the most pressing first: what cannot wait, what is overdue, all else.

    What cannot wait has priority 1: danger is never behind papers that are late. Each is sorted by its rank,
    a decision about danger before all others, and of one rank by deadline.
    """
    # No column by itself where another index would be taken: one by deadlines, to sort all that it finds, or
    # that of all ranks in the place of that of the cases in danger.
    rank = Workflow.rank + 0 if wanted.danger else Workflow.rank
    due, others = func.coalesce(Workflow.deadline, date.max), rank >= 2 * RANKS
    return (rank < 2 * RANKS,), (others, due < today), (others, due >= today)


def matching(
    session: Session, wanted: Filter, today: date, *, as_of: Filter | None = None
) -> Select[int, int, date | None]:
    """Return the question for number, rank and deadline of what is asked for.

    It finds what may be told of ``as_of`` instead, if that asks for more than ``wanted`` does.
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
    """Return the question of ``matching``, but for the words that are searched."""
    rows = select(Workflow.case, Workflow.rank, Workflow.deadline).where(*_conditions(session, wanted, today))
    given = declared.is_given(session, Workflow.case)
    if wanted.undeclared:
        rows = rows.where(or_(*(not_(each) for each in given)) if given else false())
    return rows.where(*given) if (as_of or wanted).tells_words else rows


def reach(wanted: Filter) -> Mapping[str, bool]:
    """Return how a statement reaches what is for its handlers alone, if nothing more of it is asked for."""
    return AS_A_LINE if wanted.tells_nothing else {}


def by_due(due: str, today: date) -> ColumnElement[bool]:
    """Return what holds of a case in which something is due then."""
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
    """Yield what the indexes of the queue answer by themselves."""
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
