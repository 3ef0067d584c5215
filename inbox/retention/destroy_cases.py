"""The destruction of cases: rows, index, keys of their files; what is left is a line in a list.

Domain 1.2 lets a case be destroyed or made anonymous. It is destroyed: nobody can tell of free text that no
reader would know its author by it. What figures need is counted before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines import retention_schedule, workflow
from inbox.deadlines.retention_schedule import Due, Obstacle, Rule
from inbox.keys import key_store
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import Sentence, sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.system.home import Home, keystore_name
from inbox.vault import queries_access, queries_cases, row_security, tombstones
from inbox.vault.destroyed_tables import VAULT, Elimination, Leaving, PastExclusion
from inbox.vault.tables import Attachment, Case, KeyStoreKey, Unopened

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """The cases that go, and the key stores of which any copy still opens their files."""

    cases: tuple[Due, ...]
    backups: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many cases; which is not noted, as who may not know of one of them reads the journal, too."""
        return len(self.cases)


def plan_due(home: Home, session: Session, today: date) -> Plan:
    """Return the destruction of all that is due; Refused if nothing is."""
    found = retention_schedule.listing(home, session)
    due = [each for each in found if each.is_due(today)]
    if not due:
        waiting = [each.day for each in found if not each.obstacles]
        raise Refused(
            sentence("nothing is due before {day}", day=min(waiting))
            if waiting
            else sentence("nothing is due"),
            sentence("see what waits for what: inbox retention"),
        )
    return _plan(session, due)


def plan(home: Home, session: Session, numbers: Sequence[int], today: date, *, early: bool = False) -> Plan:
    """Return the destruction of these cases; ``early`` those that are closed, whatever their day.

    So a case is destroyed once proceedings are over. Raises Refused for no case, CaseRefused for an unknown
    one, and one that is open, not due, held for a procedure, of which nobody has read all that its author
    wrote, or the portal has not heard the last.
    """
    if not numbers:
        raise Refused(sentence("no case was chosen"), sentence("see what there is: inbox retention"))
    found = {each.case: each for each in retention_schedule.listing(home, session)}
    due = []
    for number in sorted(set(numbers)):
        queries_cases.case(session, number)
        if number not in found:
            raise CaseRefused(sentence("case {number} is open", number=number), sentence("close it first"))
        each = found[number]
        early_now = early and not each.is_due(today)
        _check(replace(each, obstacles=_left(each, early=early)), None if early else today)
        due.append(replace(each, rule=Rule.EARLY) if early_now else each)
    return _plan(session, due)


def destroy(home: Home, session: Session, by: Actor, planned: Plan) -> None:
    """Remove cases from every table and the keys of their files; note each in journal and list.

    All of it becomes true when ``session`` commits. Files, and what free pages still hold, go when the home
    is settled afterwards, however often that is cut short.
    """
    numbers = [each.case for each in planned.cases]
    for each in planned.cases:
        _line(session, by, each)
    keys = set(session.scalars(select(Attachment.id).where(Attachment.case.in_(numbers))))
    session.merge(Leaving(name=VAULT))
    session.add_all(_leavings(home, session, numbers, keys))
    session.flush()
    if keys:
        key_store.save(home, session, key_store.load(home, session).without_attachments(keys))
    row_security.forget(session, numbers)


def _left(each: Due, *, early: bool) -> tuple[Obstacle, ...]:
    """Return what officers cannot overrule."""
    return tuple(what for what in each.obstacles if not early or what is not Obstacle.PROCEEDINGS)


def _check(each: Due, today: date | None) -> None:
    for what in each.obstacles:
        why, hint = _why(each.case, what)
        raise CaseRefused(why, hint)
    if today is not None and each.day > today:
        raise CaseRefused(
            sentence("case {case} is not due before {day}", case=each.case, day=each.day),
            sentence("wait, or say why not: --early REASON"),
        )


def _why(case: int, what: Obstacle) -> tuple[Sentence, Sentence]:
    match what:
        case Obstacle.HELD:
            return sentence("case {case} is held for a procedure", case=case), sentence("lift the hold first")
        case Obstacle.PROCEEDINGS:
            return (
                sentence("case {case} is kept while proceedings go on", case=case),
                sentence("once they and the time for appeals are over: --early REASON"),
            )
        case Obstacle.UNREAD:
            return (
                sentence("case {case} has a letter that nobody has read", case=case),
                sentence("read it first: inbox show {case}", case=case),
            )
        case Obstacle.PORTAL:
            return (
                sentence(
                    "case {case} waits for the portal, which has not confirmed that it heard of the closing",
                    case=case,
                ),
                sentence("make an outbox, carry it over, and collect the next bundle"),
            )


def _plan(session: Session, due: Sequence[Due]) -> Plan:
    last = session.get_one(KeyStoreKey, 1).generation
    has_files = select(Attachment.id).where(Attachment.case.in_([each.case for each in due])).limit(1)
    first = key_store.FIRST if session.scalar(has_files) else last + 1
    return Plan(tuple(due), tuple(keystore_name(n) for n in range(first, last + 1)))


def _line(session: Session, by: Actor, due: Due) -> None:
    """Note the end of a case where it outlives it."""
    case, work = queries_cases.case(session, due.case), workflow.of(session, due.case)
    journal.note(session, by, action(Code.DESTROYED, due.case, rule=due.rule))
    excluded = queries_access.excluded_from(session, due.case)
    session.add_all(PastExclusion(case=due.case, officer=name) for name in excluded)
    tombstones.remember(session, case)
    session.add(
        Elimination(
            case=due.case,
            day=by.today,
            by=", ".join(by.officers),
            rule=due.rule,
            received=case.received,
            closed=work.closed,
            category=work.category,
            outcome=work.outcome,
        )
    )


def _leavings(home: Home, session: Session, numbers: Sequence[int], keys: Iterable[bytes]) -> list[Leaving]:
    ids = select(Case.case_id).where(Case.number.in_(numbers), Case.case_id.is_not(None))
    belongs = Unopened.case.in_(numbers) | Unopened.case_id.in_(ids)
    hashes = set(session.scalars(select(Unopened.envelope).where(belongs, Unopened.envelope.is_not(None))))
    paths = [*map(home.attachment, keys), *(home.envelope(each) for each in hashes if each)]
    return [Leaving(name=home.name_of(path)) for path in paths]
