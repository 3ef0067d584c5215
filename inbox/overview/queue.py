"""The queue: the cases that wait for officers, the most urgent first."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, undefer

from crypto.questionnaire import Questionnaire
from inbox.access import access_requests, declarations
from inbox.casework import assignment
from inbox.casework.assignment import Load
from inbox.deadlines import exchange_rhythm, legal_duties
from inbox.deadlines.exchange_rhythm import Missed
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.language.views import View
from inbox.overview import facets, queue_filter, queue_lines
from inbox.overview.facets import Facet
from inbox.overview.queue_filter import Filter, Order, QueueView, State
from inbox.overview.queue_lines import Line
from inbox.questionnaire import catalogue, scoring
from inbox.session.actions import Action, Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault import fulltext, queries_access, queries_cases, queries_office
from inbox.vault.casework_tables import AccessRequest, Fulltext, Workflow
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.score import RANKS
from inbox.vault.tables import Case, FollowUp

PAGE = 50
# Beyond this number, matches are not counted.
MANY = 1_000


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue: the number of matching cases, up to MANY, and the lines of up to PAGE cases.

    ``undecided_closed`` is the number of closed and junk cases that wait among the open cases because they
    still need a decision. ``unread_closed`` is the number of other closed cases with an unread message.
    ``declared_only`` is true if the search covers only cases that all acting officers have declared.
    ``officers`` (all current officers) and ``questionnaire`` (the current questionnaire) provide choices for
    the page. ``danger_left_out`` is the number of cases outside this list that report danger or may report
    danger. A case may report danger if it is undeclared and has priority 1. ``missed`` is the exchange that
    should have taken place by now. ``requests`` are the open access requests, in order of their deadlines.
    ``workload`` is the number of cases assigned to each officer. ``facets`` are the choices that narrow the
    queue, if they were requested.
    """

    count: int
    cases: Sequence[View]
    unread_closed: int
    undecided_closed: int
    declared_only: bool
    danger_left_out: int
    officers: Sequence[str]
    questionnaire: Questionnaire
    missed: Missed | None
    requests: Sequence[AccessRequest]
    workload: Sequence[Load]
    facets: Sequence[Facet]

    @property
    def is_many(self) -> bool:
        """Whether there may be more cases than ``count``."""
        return self.count >= MANY


def look(inbox: Inbox, who: Actor, view: QueueView, number: int, *, is_faceted: bool = True) -> QueuePage:
    """Show page ``number`` of a view, counted from 1; raises the same errors as ``Inbox.acting``.

    The journal records whether words were searched, but never the words.
    """
    wanted = view.wanted
    with inbox.acting(who, _looking(wanted)) as session:
        first = max(0, number - 1) * PAGE
        access_requests.forget_names(session, who.today)
        return QueuePage(
            count(session, wanted, today=who.today),
            queue_lines.views(
                session, page(session, wanted, view.order, today=who.today, first=first), who.today
            ),
            unread_closed(session),
            undecided_closed(session),
            leaves_out(session, wanted),
            _danger_left_out(session, wanted, who.today),
            [each.name for each in queries_office.officers(session)],
            catalogue.readable_in_use(session),
            exchange_rhythm.missed(session, who.today),
            access_requests.pending(session),
            assignment.workload(session, who.today),
            facets.look(session, wanted, who.today) if is_faceted else (),
        )


def check_codes(inbox: Inbox, who: Actor, wanted: Filter) -> None:
    """Raise Refused if the questionnaire in use does not have the category or the area of a filter."""
    with inbox.vault.transaction(who.officers) as session:
        asked = catalogue.readable_in_use(session)
    ids = scoring.questions()
    _check_code(
        asked, ids.category, sentence("unknown category: {code}", code=wanted.category), wanted.category
    )
    _check_code(asked, ids.area, sentence("unknown area: {code}", code=wanted.area), wanted.area)


def _check_code(asked: Questionnaire, question: str, unknown: Sentence, code: str) -> None:
    codes = [option.id for option in asked.options(question)]
    if code and code not in codes:
        raise Refused(unknown, sentence("use one of these codes: {codes}", codes=", ".join(codes)))


@dataclass(frozen=True, slots=True)
class Pressing:
    """Cases of priority 1 that the acting officers may read.

    All these officers have declared the ``declared`` cases. At least one of them still has to declare each of
    the ``undeclared`` cases.
    """

    undeclared: Collection[int]
    declared: Collection[int]

    def __contains__(self, number: int) -> bool:
        return number in self.undeclared or number in self.declared


def pressing(inbox: Inbox, who: Actor, numbers: Collection[int]) -> Pressing:
    """Return which of these cases have priority 1. Lists of cases highlight the cases in the result."""
    with inbox.vault.transaction(who.officers) as session:
        rows = select(Workflow.case).where(Workflow.case.in_(numbers), Workflow.rank < 2 * RANKS)
        found = set(session.scalars(rows))
        declared = found & declarations.given(session, sorted(found))
        return Pressing(found - declared, declared)


def pick(inbox: Inbox, who: Actor, wanted: Filter, confirmed: int | None) -> Sequence[int]:
    """Return the numbers of the cases that match ``wanted``; ``confirmed`` is the expected count.

    The journal records the search even if it finds nothing. A restricted case is found only by its handlers.
    Raises Refused if the count differs, or if more than MANY cases match.
    """
    if wanted.search and not fulltext.phrase(wanted.search):
        raise Refused(
            sentence("a search needs a word of letters or digits"),
            sentence("without a word of letters or digits, the search would find every case"),
        )
    with inbox.acting(who, _looking(wanted)) as session:
        found = numbers(session, wanted, today=who.today)
    if len(found) > MANY:
        raise Refused(sentence("more than {many} cases match", many=MANY), sentence("narrow the search"))
    if not found:
        raise Refused(sentence("no case matches"), sentence("see all cases: inbox queue list"))
    if len(found) != confirmed:
        raise Refused(
            sentence("1 case matches")
            if len(found) == 1
            else sentence("{count} cases match", count=len(found)),
            sentence(
                "look at the cases: inbox queue list; if you mean all of these cases, add: --count {count}",
                count=len(found),
            ),
        )
    return found


def _looking(wanted: Filter) -> Action:
    return action(Code.SEARCH if wanted.search else Code.LIST, view=Viewed.QUEUE)


def page(session: Session, wanted: Filter, order: Order, *, today: date, first: int = 0) -> Sequence[Line]:
    """Return up to PAGE cases of the queue, starting at place ``first`` (counted from 0).

    Open cases come first, then closed cases, then junk. Cases restricted to other handlers are included if
    the filter reveals no more about a case than its line in the queue does.
    """
    found = list(islice(_found(session, wanted, order, today, first), PAGE))
    on_page = [number for number, _, _, _ in found]
    rows = session.execute(
        select(Case, Workflow)
        .join(Workflow, Workflow.case == Case.number)
        .where(Case.number.in_(on_page))
        .options(undefer(Case.message))
    )
    known = {case.number: (case, work) for case, work in rows}
    closed_up = select(Workflow.case, Workflow.quarantined, Workflow.archive_from).where(
        Workflow.case.in_(on_page), Workflow.quarantined.is_not(None) | (Workflow.archive_from <= today)
    )
    rows_held = session.execute(closed_up.execution_options(**AS_A_LINE))
    held = {number: (quarantined, archived) for number, quarantined, archived in rows_held}
    apart = queries_access.for_others(session, [number for number in on_page if number not in known])
    told = declarations.given(session, on_page)
    letters = queries_cases.unread_counts(session, on_page)
    lines = []
    for number, rank, deadline, state in found:
        case, work = known.get(number, (None, None))
        quarantined, archived = held.get(number, (None, None))
        is_archived = archived is not None and archived <= today and number not in apart
        lines.append(
            Line(
                number=number,
                state=_state(work) or state,
                priority=rank // RANKS,
                deadline=deadline,
                case=case,
                work=work,
                quarantined=quarantined,
                archived=archived if is_archived else None,
                undeclared=number not in told,
                unread=letters.get(number, 0),
            )
        )
    return lines


def _state(work: Workflow | None) -> State | None:
    """Return the state of an ended case, even if it still waits among the open cases."""
    if work is None or not work.has_ended:
        return None
    return State.JUNK if work.junked else State.CLOSED


def numbers(session: Session, wanted: Filter, *, today: date) -> Sequence[int]:
    """Return the numbers of the matching cases that may be read, at most MANY + 1."""
    each_state = (
        session.scalars(queue_filter.matching(session, each, today).limit(MANY + 1))
        for each in wanted.by_state()
    )
    # The numbers are sorted in Python, because a sort in the database would first find all matches, even
    # those that are not needed.
    return sorted(islice(chain.from_iterable(each_state), MANY + 1))


def ordered(session: Session, wanted: Filter, order: Order, *, today: date) -> Sequence[int]:
    """Return the matching cases that may be read, in the queue's order, at most MANY."""
    each_run = (
        session.scalars(
            queue_filter.matching(session, each, today)
            .where(*run)
            .order_by(*queue_filter.ORDER[order])
            .limit(MANY)
        )
        for each, run in queue_filter.runs(wanted, order, today)
    )
    return list(islice(chain.from_iterable(each_run), MANY))


def count(session: Session, wanted: Filter, *, today: date) -> int:
    """Return the number of matching cases, at most MANY."""
    return min(MANY, sum(_count(session, each, today, MANY) for each in wanted.by_state()))


def _count(
    session: Session, wanted: Filter, today: date, most: int, run: Sequence[ColumnElement[bool]] = ()
) -> int:
    """Return the number of matching cases, at most ``most``.

    ``wanted`` has a single state. With ``run``, only the cases in this run of the state are counted.
    """
    matching = queue_filter.lines(session, wanted, today).where(*run)
    if asked := fulltext.phrase(wanted.search):
        # A joined search stops after ``most`` matches. A subquery would compute all matches.
        matching = matching.join(Fulltext, Fulltext.case == Workflow.case).where(Fulltext.text.match(asked))
    counted = select(func.count()).select_from(matching.limit(most).subquery())
    return session.scalar(counted.execution_options(**queue_filter.reach(wanted))) or 0


def _danger_left_out(session: Session, wanted: Filter, today: date) -> int:
    """Return how many open cases outside the list report danger, or may report danger if undeclared."""
    if wanted == Filter():
        return 0
    feared = Filter(danger=True), Filter(priority=1, undeclared=True)
    waiting = sum(count(session, each, today=today) for each in feared)
    if not waiting:
        return 0
    is_open, narrow = State.OPEN in wanted.states, replace(wanted, state=State.OPEN)
    both = [replace(narrow, danger=True)] if is_open else []
    if is_open and wanted.priority in {0, 1}:
        both.append(replace(narrow, priority=1, undeclared=True))
    return max(0, waiting - sum(count(session, each, today=today) for each in both))


def _found(
    session: Session, wanted: Filter, order: Order, today: date, first: int
) -> Iterator[tuple[int, int, date | None, State]]:
    """Yield the number, rank, deadline and state of each matching case from place ``first`` on.

    Each run yields at most PAGE cases.
    """
    for each, run in queue_filter.runs(wanted, order, today):
        rows = queue_filter.matching(session, each, today).where(*run).order_by(*queue_filter.ORDER[order])
        rows = rows.execution_options(**queue_filter.reach(each)).offset(first).limit(PAGE)
        found = session.execute(rows).all()
        yield from ((*row, State(each.state)) for row in found)
        first = 0 if found else first - _count(session, each, today, first, run)


def leaves_out(session: Session, wanted: Filter) -> bool:
    """Return whether a filter is limited to cases that all signed-in officers have declared."""
    return wanted.tells_words and declarations.is_asked(session)


def unread_closed(session: Session) -> int:
    """Return how many closed cases have an unread message and do not wait for a decision."""
    letters = select(func.count(FollowUp.case.distinct())).join(Workflow, Workflow.case == FollowUp.case)
    unread = letters.where(FollowUp.unread.is_(True), Workflow.waits.is_(False), Workflow.junked.is_(None))
    return session.scalar(unread) or 0


def undecided_closed(session: Session) -> int:
    """Return how many closed and junk cases wait among the open cases because they still need a decision."""
    return len(legal_duties.owed_after_end(session))
