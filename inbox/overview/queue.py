"""Which cases wait for staff, what is most pressing first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, false, func, not_, or_, select
from sqlalchemy.orm import Session

from crypto.questionnaire import Questionnaire
from inbox.access import access_requests, declarations
from inbox.casework import assignment
from inbox.casework.assignment import Load
from inbox.deadlines import exchange_rhythm, legal_duties
from inbox.deadlines.exchange_rhythm import Missed
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.overview import queue_lines
from inbox.overview.queue_lines import Line
from inbox.questionnaire import catalogue
from inbox.session import declared
from inbox.session.actions import Action, Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault import fulltext, queries_access, queries_office
from inbox.vault.casework_tables import AccessRequest, Duty, Fulltext, Tag, Workflow
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.score import RANKS
from inbox.vault.tables import Case, FollowUp

PAGE = 50
# From so many on, nobody counts any more.
MANY = 1_000
# Words that stand in so many cases are looked up in one case after the other until a page is full; of rarer
# ones it takes less to find all cases first.
_DENSE = 10_000


class Order(StrEnum):
    """What comes first."""

    PRIORITY = "priority"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases are asked for; an empty value asks for all, ``closed`` and ``junk`` for those alone.

    There is something ``to_read`` in a case that is new, and in one with an unread letter. One is
    ``undeclared`` that those who act may read, and of which not all of them have declared it.
    """

    status: str = ""
    category: str = ""
    area: str = ""
    priority: int = 0
    overdue: bool = False
    due_by: date | None = None
    to_read: bool = False
    undeclared: bool = False
    closed: bool = False
    officer: str = ""
    tag: str = ""
    junk: bool = False
    search: str = ""

    @property
    def tells_words(self) -> bool:
        """Whether it finds cases by what they say, or officers wrote of that."""
        return bool(self.search or self.tag or self.area)

    @property
    def tells_nothing(self) -> bool:
        """Whether all that is asked for is what a line of the queue shows of every case."""
        return replace(self, priority=0, overdue=False, due_by=None, closed=False, junk=False) == Filter()


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue: how many cases match, up to MANY, and lines of PAGE of them.

    ``unread_closed`` closed cases have an unread letter; about ``undecided_closed`` ones the law asks for a
    decision. ``declared_only``: only cases are searched of which
    all who act have declared it. ``officers`` and ``questionnaire`` are those of today, to choose from.
    ``missed`` is the exchange that should have brought more by now.
    ``requests`` are the open requests for access, the first due first. ``workload`` tells who sees to how
    many cases.
    """

    count: int
    cases: Sequence[View]
    unread_closed: int
    undecided_closed: int
    declared_only: bool
    officers: Sequence[str]
    questionnaire: Questionnaire
    missed: Missed | None
    requests: Sequence[AccessRequest]
    workload: Sequence[Load]

    @property
    def is_many(self) -> bool:
        """Whether there may be more cases than ``count``."""
        return self.count >= MANY


def look(inbox: Inbox, who: Actor, wanted: Filter, order: Order, number: int) -> QueuePage:
    """Show page ``number``, from 1 on, of the cases that are wanted; raises as ``Inbox.acting``.

    The journal notes whether words were searched, never which.
    """
    with inbox.acting(who, _looking(wanted)) as session:
        first = max(0, number - 1) * PAGE
        access_requests.forget_names(session, who.today)
        return QueuePage(
            count(session, wanted, today=who.today),
            queue_lines.views(session, page(session, wanted, order, today=who.today, first=first), who.today),
            unread_closed(session),
            undecided_closed(session, legal_duties.others(session)),
            leaves_out(session, wanted),
            [each.name for each in queries_office.officers(session)],
            catalogue.readable_in_use(session),
            exchange_rhythm.missed(session, who.today),
            access_requests.pending(session),
            assignment.workload(session, who.today),
        )


def pick(inbox: Inbox, who: Actor, wanted: Filter, confirmed: int | None) -> Sequence[int]:
    """Return the numbers of the cases that ``wanted`` finds, as many as were ``confirmed``.

    That they were looked for is noted, whatever comes of it. Of what is for its handlers alone only they find
    anything. Raises Refused for another count, or more than MANY.
    """
    if wanted.search and not fulltext.phrase(wanted.search):
        raise Refused(
            sentence("a search has a word of letters or digits"), sentence("else it would find every case")
        )
    with inbox.acting(who, _looking(wanted)) as session:
        found = numbers(session, wanted, today=who.today)
    if len(found) > MANY:
        raise Refused(
            sentence("more than {many} cases match", many=MANY), sentence("narrow what is asked for")
        )
    if not found:
        raise Refused(sentence("no case matches"), sentence("see what there is: inbox queue"))
    if len(found) != confirmed:
        raise Refused(
            sentence("1 case matches")
            if len(found) == 1
            else sentence("{count} cases match", count=len(found)),
            sentence(
                "look at them: inbox queue; if it is these that are meant, add: --count {count}",
                count=len(found),
            ),
        )
    return found


def _looking(wanted: Filter) -> Action:
    return action(Code.SEARCH if wanted.search else Code.LIST, view=Viewed.QUEUE)


def page(session: Session, wanted: Filter, order: Order, *, today: date, first: int = 0) -> Sequence[Line]:
    """Return up to PAGE cases with the work on them, from place ``first`` (from 0) on.

    What is for its handlers alone is among them where the filter tells nothing more of it than the line does.
    """
    wanted_rows = (
        _matching(session, wanted, today).order_by(*_ORDER[order]).execution_options(**_reach(wanted))
    )
    found = session.execute(wanted_rows.offset(first).limit(PAGE)).all()
    on_page = [number for number, _, _ in found]
    rows = session.execute(
        select(Case, Workflow).join(Workflow, Workflow.case == Case.number).where(Case.number.in_(on_page))
    )
    known = {case.number: (case, work) for case, work in rows}
    closed_up = select(Workflow.case, Workflow.quarantined, Workflow.archive_from).where(
        Workflow.case.in_(on_page), Workflow.quarantined.is_not(None) | (Workflow.archive_from <= today)
    )
    rows_held = session.execute(closed_up.execution_options(**AS_A_LINE))
    held = {number: (quarantined, archived) for number, quarantined, archived in rows_held}
    apart = queries_access.for_others(session, [number for number in on_page if number not in known])
    told = declarations.given(session, on_page)
    lines = []
    for number, rank, deadline in found:
        case, work = known.get(number, (None, None))
        quarantined, archived = held.get(number, (None, None))
        is_archived = archived is not None and archived <= today and number not in apart
        lines.append(
            Line(
                number=number,
                priority=rank // RANKS,
                deadline=deadline,
                case=case,
                work=work,
                quarantined=quarantined,
                archived=archived if is_archived else None,
                undeclared=number not in told,
            )
        )
    return lines


def numbers(session: Session, wanted: Filter, *, today: date) -> Sequence[int]:
    """Return the numbers of the cases that are asked for and may be read, MANY + 1 at most."""
    # Sorted here: to sort them, the vault would find all there are, and not as many as anybody asks for.
    return sorted(session.scalars(_matching(session, wanted, today).limit(MANY + 1)))


def ordered(session: Session, wanted: Filter, order: Order, *, today: date) -> Sequence[int]:
    """Return the cases that are asked for and may be read, in the queue's order, MANY at most."""
    return session.scalars(_matching(session, wanted, today).order_by(*_ORDER[order]).limit(MANY)).all()


def count(session: Session, wanted: Filter, *, today: date) -> int:
    """Return how many cases are asked for, MANY if there are as many or more."""
    matching = _lines(session, wanted, today)
    if asked := fulltext.phrase(wanted.search):
        # Joined, the search ends with the last one that counts; a set of what it finds is made to its end.
        matching = matching.join(Fulltext, Fulltext.case == Workflow.case).where(Fulltext.text.match(asked))
    counted = select(func.count()).select_from(matching.limit(MANY).subquery())
    return session.scalar(counted.execution_options(**_reach(wanted))) or 0


def leaves_out(session: Session, wanted: Filter) -> bool:
    """Tell whether only cases are found of which all who are present have declared it (``declarations``)."""
    return wanted.tells_words and declarations.is_asked(session)


def unread_closed(session: Session) -> int:
    """Return how many closed cases have a letter that nobody has read: what waits does not tell of them."""
    letters = select(func.count(FollowUp.case.distinct())).join(Workflow, Workflow.case == FollowUp.case)
    unread = letters.where(FollowUp.unread.is_(True), Workflow.closed.is_not(None), Workflow.junked.is_(None))
    return session.scalar(unread) or 0


def undecided_closed(session: Session, codes: Sequence[str]) -> int:
    """Return about how many closed cases one of these duties is to be decided: what waits does not tell."""
    duties = select(func.count(Duty.case.distinct())).join(Workflow, Workflow.case == Duty.case)
    due = duties.where(Duty.kind.in_(codes), Duty.decided.is_(None))
    return session.scalar(due.where(Workflow.closed.is_not(None), Workflow.junked.is_(None))) or 0


# Down to the columns of the indexes: then nothing is sorted.
_LAST = (Workflow.category, Workflow.area, Workflow.junked, Workflow.assigned, Workflow.case)
_ORDER = {
    Order.PRIORITY: (Workflow.rank, Workflow.deadline, *_LAST),
    Order.DEADLINE: (Workflow.deadline.nulls_last(), Workflow.rank, *_LAST),
}


def _matching(session: Session, wanted: Filter, today: date) -> Select[int, int, date | None]:
    rows = _lines(session, wanted, today)
    if asked := fulltext.phrase(wanted.search):
        found = select(Fulltext.case).where(Fulltext.text.match(asked))
        if _is_dense(session, found):
            return rows.where(found.where(Fulltext.case == Workflow.case).exists())
        rows = rows.where(Workflow.case.in_(found))
    return rows


def _is_dense(session: Session, found: Select[int]) -> bool:
    return session.scalar(select(func.count()).select_from(found.limit(_DENSE).subquery())) == _DENSE


def _lines(session: Session, wanted: Filter, today: date) -> Select[int, int, date | None]:
    """Return the lines of what is asked for, but for what it says."""
    rows = select(Workflow.case, Workflow.rank, Workflow.deadline).where(*_conditions(wanted, today))
    given = declared.is_given(session, Workflow.case)
    if wanted.undeclared:
        rows = rows.where(or_(*(not_(each) for each in given)) if given else false())
    return rows.where(*given) if wanted.tells_words else rows


def _reach(wanted: Filter) -> Mapping[str, bool]:
    """Return how a statement reaches what is for its handlers alone, if nothing more of it is asked for."""
    return AS_A_LINE if wanted.tells_nothing else {}


def _conditions(wanted: Filter, today: date) -> Iterator[ColumnElement[bool]]:
    yield from _by_columns(wanted, today)
    if wanted.status:
        yield Workflow.case.in_(select(Case.number).where(Case.status == wanted.status))
    if wanted.officer:
        yield Workflow.assigned == wanted.officer
    if wanted.tag:
        yield Workflow.case.in_(select(Tag.case).where(Tag.name == wanted.tag))
    if wanted.to_read:
        new = select(Case.number).where(Case.new.is_(True))
        yield Workflow.case.in_(new.union(select(FollowUp.case).where(FollowUp.unread.is_(True))))


def _by_columns(wanted: Filter, today: date) -> Iterator[ColumnElement[bool]]:
    """Yield what the indexes of the queue answer by themselves."""
    yield Workflow.is_open == (not wanted.closed and not wanted.junk)
    if wanted.junk:
        yield Workflow.junked.is_not(None)
    elif wanted.closed:
        yield Workflow.junked.is_(None)
    for column in ("category", "area"):
        if value := getattr(wanted, column):
            yield getattr(Workflow, column) == value
    if wanted.priority:
        yield Workflow.rank.between(wanted.priority * RANKS, (wanted.priority + 1) * RANKS - 1)
    if wanted.overdue:
        yield Workflow.deadline < today
    if wanted.due_by:
        yield Workflow.deadline <= wanted.due_by
