"""Related cases: the program proposes links with their reasons; an officer links or dismisses them.

Nothing is ever linked or merged automatically (SPEC 9.6).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, aliased, undefer

from inbox.access import conflicts, declarations, named
from inbox.casework import link_index, prosecutor_word
from inbox.casework.marks import Mark
from inbox.deadlines import bonds, proceedings, workflow
from inbox.deadlines.bonds import Relation
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.questionnaire import answers
from inbox.session import chosen_action, journal
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text import similarity
from inbox.text.entities import Kind
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Dismissal, Link, Term, Workflow
from inbox.vault.tables import Case

# A mark that is in more cases than this limit does not suggest a relation, and is listed as common.
MANY = 50
# At most this many cases are proposed: the cases with the best reasons.
PROPOSED = 20
# At most this many complete texts are compared.
_COMPARED = 10
_WEIGHTS = {Kind.CONTAINER: 6, Kind.PLATE: 6, Kind.PHONE: 6, Kind.TEXT: 6, Kind.NAME: 3, Kind.DAY: 1}


@dataclass(frozen=True, slots=True)
class Reason:
    """A mark that two cases share, as this case writes it; or how many percent of a text they share."""

    kind: Kind
    shown: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that may be related to the case at hand."""

    case: Case
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """The total weight of the reasons."""
        return sum(_WEIGHTS[reason.kind] for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposed cases, best reasons first; ``common`` is what the case shares with more than MANY cases."""

    cases: tuple[Proposal, ...]
    common: tuple[Reason, ...]


def proposed(session: Session, number: int) -> Proposals:
    """Return the cases that may be related to a case; raises the same errors as ``queries_cases.case``.

    Only cases that the signed-in officers may read are counted and compared. Junk is left out, and so are
    cases that are already linked or dismissed.
    """
    case = queries_cases.case(session, number)
    settled = _settled(session, number)
    shared, common = _shared(session, number)
    by_case: defaultdict[int, set[Mark]] = defaultdict(set)
    for mark, numbers in shared.items():
        for other in numbers - settled:
            by_case[other].add(mark)
    said = link_index.explained(session, case, {*shared, *common})
    known = {mark: Reason(found.kind, found.shown) for mark, found in said.items()}
    alike = _alike(session, case, by_case)
    found = [
        Proposal(other, reasons)
        for other in session.scalars(select(Case).where(Case.number.in_(list(by_case))))
        if (reasons := _reasons(by_case[other.number], known, alike.get(other.number)))
    ]
    found.sort(key=lambda each: (-each.weight, -each.case.number))
    return Proposals(tuple(found[:PROPOSED]), _in_order(known[mark] for mark in common if mark in known))


def view(session: Session, number: int) -> View:
    """Return the linked and the proposed cases of a case, as plain values.

    Raises the same errors as ``declarations.check``, because a reason quotes the case. The summary of another
    case is shown only after all signed-in officers have also declared that case. Otherwise, anybody could
    link a case in order to read it.
    """
    declarations.check(session, number)
    settled, found = linked(session, number), proposed(session, number)
    others = [other.number for _, other in settled] + [each.case.number for each in found.cases]
    declared = declarations.given(session, others)
    return {
        "case": number,
        "linked": [
            _line(other, declared) | {"relation": link.kind, "since": link.since.isoformat()}
            for link, other in settled
        ],
        "proposed": [
            _line(each.case, declared) | {"reasons": [_reason(reason) for reason in each.reasons]}
            for each in found.cases
        ],
        "common": [_reason(reason) for reason in found.common],
    }


def _line(case: Case, declared: Collection[int]) -> View:
    return {
        "case": case.number,
        "status": case.status,
        "received": case.received.isoformat(),
        "summary": case.summary if case.number in declared else None,
    }


def _reason(reason: Reason) -> View:
    return {"kind": reason.kind.value, "shown": reason.shown}


def linked(session: Session, number: int) -> Sequence[tuple[Link, Case]]:
    """Return the links of a case, each with the other case.

    Raises the same errors as ``queries_cases.case``.
    """
    queries_cases.case(session, number)
    rows = select(Link, Case).join(Case, Case.number == Link.other).where(Link.case == number)
    return [(link, other) for link, other in session.execute(rows.order_by(Link.other))]


def look(inbox: Inbox, who: Actor, number: int) -> View:
    """Show the linked and the proposed cases of a case.

    Raises the same errors as ``view`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST_LINKS, number)) as session:
        return view(session, number)


def link(inbox: Inbox, who: Actor, number: int, other: int, relation: Relation) -> Sequence[tuple[int, str]]:
    """State how two cases are related, replacing any earlier statement.

    If the cases then belong to one matter, an officer who is excluded from one of them becomes excluded from
    all of them. Return each case with each newly excluded officer. Each of the two cases has a journal entry,
    which does not name the other case. Two officers may be required to weaken a link (``_is_guarded``).
    Raises CaseRefused if one of the cases is unknown, or if both are the same case. Also raises the same
    errors as ``conflicts.join`` and ``chosen_action.together``.
    """
    with _changing(inbox, who, Code.LINK, (number, other), relation) as session:
        for one, two in ((number, other), (other, number)):
            session.add(Link(case=one, other=two, kind=relation.value, since=who.today))
        kept = conflicts.join(session, journal.actor(session), number, inbox.quorum)
        _keep_in_step(session, number, other)
    return kept


def is_duplicate(session: Session, number: int) -> bool:
    """Return whether a case is linked as the duplicate of a case that is or was investigated.

    The other case must be neither junk, nor closed as a duplicate, nor in quarantine, and the signed-in
    officers must be able to see it. Otherwise two cases could end as duplicates of each other, and nobody
    would investigate either case.
    """
    rows = select(Link.case).join(Workflow, Workflow.case == Link.other)
    rows = rows.where(Link.case == number, Link.kind == Relation.DUPLICATE.value)
    rows = rows.where(Workflow.junked.is_(None), Workflow.outcome.not_in(in_use.of(session).linked))
    return session.scalar(rows.where(Workflow.quarantined.is_(None)).limit(1)) is not None


def dismiss(inbox: Inbox, who: Actor, number: int, other: int) -> None:
    """State that two cases are unrelated, so that they are no longer proposed.

    Raises the same errors as ``link``.
    """
    with _changing(inbox, who, Code.DISMISS_LINK, (number, other)) as session:
        for one, two in ((number, other), (other, number)):
            session.add(Dismissal(case=one, other=two))
        _keep_in_step(session, number, other)


def unlink(inbox: Inbox, who: Actor, number: int, other: int) -> None:
    """Remove a link or a dismissal.

    Raises CaseRefused if there is no link and no dismissal. Also raises the same errors as ``link``.
    """
    with _changing(inbox, who, Code.UNLINK, (number, other)) as session:
        _keep_in_step(session, number, other)


@contextmanager
def _changing(
    inbox: Inbox, who: Actor, code: Code, pair: tuple[int, int], relation: Relation | None = None
) -> Iterator[Session]:
    """Yield a session in which any link or dismissal between the two cases has been deleted.

    Raises the same errors as ``link`` and ``unlink``.
    """
    number, other = pair

    def choose(session: Session) -> Sequence[Action]:
        _check_two(session, number, other)
        if code is Code.UNLINK and not _said(session, number, other):
            raise CaseRefused(
                sentence(
                    "cases {number} and {other} are not linked, and no link between them was dismissed",
                    number=number,
                    other=other,
                ),
                sentence("see: inbox case link list {number}", number=number),
            )
        least = 2 if _is_guarded(session, number, other, relation) else 1
        return [action(code, each, relation=relation).by(least) for each in pair]

    with chosen_action.together(inbox, who, number, choose) as session:
        for row in _said(session, number, other):
            session.delete(row)
        session.flush()
        yield session


def _is_guarded(session: Session, number: int, other: int, relation: Relation | None) -> bool:
    """Return whether a change that weakens a link requires two officers.

    Two officers are required in each of these situations:

    - proceedings, a hold or a prosecutor's restrictions bind the case, or the prosecutor's word is awaited:
      one officer alone, who may be the person concerned, must not release one of the cases;
    - a case ended as a duplicate because of the link;
    - because of the link, a case may concern somebody who has made an access request, and the officers decide
    whether it does.
    """
    row = session.get(Link, (number, other))
    if row is None:
        return False
    if row.kind == Relation.DUPLICATE and relation is not Relation.DUPLICATE:
        outcomes = {workflow.of(session, each).outcome for each in (number, other)}
        if not outcomes.isdisjoint(in_use.of(session).linked):
            return True
    is_person = row.kind == Relation.SAME_PERSON and relation is not Relation.SAME_PERSON
    if is_person and named.may_wait(session, (number, other)):
        return True
    if not Relation(row.kind).binds or (relation is not None and relation.binds):
        return False
    return (
        prosecutor_word.is_awaited(session, number)
        or prosecutor_word.is_restricted(session, number)
        or proceedings.keep(session, number)
    )


def _keep_in_step(session: Session, number: int, other: int) -> None:
    workflow.keep_in_step(session, number)
    if other not in bonds.of(session, number):
        workflow.keep_in_step(session, other)
    for each in (number, other):
        prosecutor_word.freed(session, each)


def _check_two(session: Session, number: int, other: int) -> None:
    for each in (number, other):
        queries_cases.case(session, each)
    if number == other:
        raise CaseRefused(
            sentence("a case cannot be linked to itself"), sentence("give two different numbers")
        )


def _said(session: Session, number: int, other: int) -> Sequence[Link | Dismissal]:
    """Return the links or dismissals between two cases, one row for each of the two."""
    found: list[Link | Dismissal | None] = []
    for pair in ((number, other), (other, number)):
        found += [session.get(Link, pair), session.get(Dismissal, pair)]
    return [row for row in found if row is not None]


def _settled(session: Session, number: int) -> set[int]:
    links = select(Link.other).filter_by(case=number)
    dismissals = select(Dismissal.other).filter_by(case=number)
    return {*session.scalars(links), *session.scalars(dismissals)}


def _shared(session: Session, number: int) -> tuple[dict[Mark, set[int]], list[Mark]]:
    """Return the other cases with each mark of a case, and the marks that more than MANY cases have."""
    mine, theirs = aliased(Term), aliased(Term)
    others = (
        select(theirs.case)
        .join(Workflow, Workflow.case == theirs.case)
        .where(theirs.kind == mine.kind, theirs.value == mine.value, theirs.case != number)
        .where(Workflow.junked.is_(None))
    )
    # Stop counting above MANY, because a mark may be in all cases, and the exact number does not matter.
    some = others.limit(MANY + 1).correlate(mine).subquery()
    counted = select(func.count()).select_from(some).scalar_subquery()
    counts = {
        (kind, value): count
        for kind, value, count in session.execute(
            select(mine.kind, mine.value, counted).where(mine.case == number)
        )
    }
    telling = [mark for mark, count in counts.items() if 0 < count <= MANY]
    pairs = select(theirs.kind, theirs.value, theirs.case).join(Workflow, Workflow.case == theirs.case)
    pairs = pairs.where(tuple_(theirs.kind, theirs.value).in_(telling))
    shared: dict[Mark, set[int]] = {mark: set() for mark in telling}
    for kind, value, other in session.execute(pairs.where(Workflow.junked.is_(None))):
        shared[kind, value].add(other)
    return {mark: cases - {number} for mark, cases in shared.items()}, [
        mark for mark, count in counts.items() if count > MANY
    ]


def _alike(session: Session, case: Case, by_case: Mapping[int, set[Mark]]) -> dict[int, Reason]:
    """Return the cases that share marks with this case and have mostly the same first text."""
    counts = {number: sum(kind == Kind.TEXT for kind, _ in marks) for number, marks in by_case.items()}
    likely = [number for number in counts if counts[number] >= similarity.LEAST_COMMON]
    likely.sort(key=lambda number: (-counts[number], number))
    mine = _pieces(case)
    found = {}
    compared = select(Case).where(Case.number.in_(likely[:_COMPARED])).options(undefer(Case.message))
    for other in session.scalars(compared):
        share = similarity.share(mine, _pieces(other))
        if share >= similarity.ALIKE:
            found[other.number] = Reason(Kind.TEXT, f"{share:.0%}")
    return found


def _pieces(case: Case) -> frozenset[str]:
    return similarity.pieces(answers.texts(answers.of(case)))


def _reasons(marks: set[Mark], known: Mapping[Mark, Reason], alike: Reason | None) -> tuple[Reason, ...]:
    common = {known[mark] for mark in marks if mark in known}
    # If a name is part of a longer name, only the longer name is shown.
    parts = {
        one
        for one in common
        for other in common
        if one.kind == other.kind and one.shown in other.shown != one.shown
    }
    return _in_order([*([alike] if alike else []), *(common - parts)])


def _in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-_WEIGHTS[reason.kind], reason.kind, reason.shown)))
