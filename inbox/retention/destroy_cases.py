"""Destroy cases: delete their rows, index entries and file keys.

Only one line in a list remains of a destroyed case.

Cases are destroyed rather than made anonymous, because nobody can be sure that free text does not identify
its reporter. Their events are counted for the annual figures beforehand (``counting.keep``).
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import named
from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.deadlines import retention_schedule, visas, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.retention_schedule import Due
from inbox.exchange import unopened_numbers
from inbox.figures import counting
from inbox.keys import key_store
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal, unsaid
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.system.home import Home, keystore_name
from inbox.vault import queries_access, queries_cases, row_security, tombstones
from inbox.vault.destroyed_tables import VAULT, DestroyedCase, Leaving, PastExclusion
from inbox.vault.tables import Attachment, Case, KeyStoreKey, Unopened


@dataclass(frozen=True, slots=True)
class Plan:
    """The cases to destroy, and the key stores whose copies would still open the files of these cases.

    If only this machine's clock says that a case is due, ``reason`` says how officers know today's date;
    otherwise, ``reason`` is empty.
    """

    cases: tuple[Due, ...]
    backups: tuple[str, ...]
    reason: str = ""


def plan(inbox: Inbox, who: Actor, numbers: Sequence[int], reason: str = "") -> Plan:
    """Return the plan to destroy these cases; a ``reason`` is needed if no bundle has confirmed the day.

    Raises Refused if no case is given. Also raises the same errors as ``exits.check``.
    """
    with _planning(inbox, who) as session:
        return _planned(inbox.home, session, numbers, who.today, reason)


def plan_due(inbox: Inbox, who: Actor) -> Plan:
    """Return the plan to destroy all cases that are due; raise Refused if no case is due."""
    with _planning(inbox, who) as session:
        found = listing(inbox.home, session)
        due = [each for each in found if exits.is_due(each, who.today)]
        if not due:
            _check_asked(found, who.today)
            waiting = [each.day for each in found if not exits.waits_for(each)]
            raise Refused(
                sentence("nothing is due before {day}", day=min(waiting))
                if waiting
                else sentence("nothing is due"),
                sentence("see what each case waits for: inbox retention list"),
            )
        return _plan(session, due)


def destroy(inbox: Inbox, who: Actor, planned: Plan) -> Plan:
    """Destroy cases and everything that belongs to them; return what was destroyed. Needs two officers.

    Deletes the rows of the cases from every table, deletes the keys of their files, and records each case in
    the journal and the list. Files and the contents of free pages are deleted afterwards by ``Inbox.settle``,
    even after several interruptions. Checks everything again, and raises the same errors as ``plan``.
    """
    numbers = [each.case for each in planned.cases]
    by_one_clock = any(each.by_one_clock for each in planned.cases)
    reason = planned.reason if by_one_clock else ""
    noted = action(Code.DESTROY_CASES, None, reason, cases=len(numbers), by_one_clock=by_one_clock)
    with inbox.acting(who, noted) as session:
        now = _planned(inbox.home, session, numbers, who.today, reason)
        for each in numbers:
            unsaid.check_reason(session, each, reason)
        _destroy(inbox.home, session, now)
    return now


def _check_asked(found: Sequence[Due], today: date) -> None:
    """Raise Refused if only a confirmation of the date, or the archives' approval, is missing for a case.

    The portal confirms the date with a bundle that it exported on or after the day when the case is due.
    """
    if count := sum(exits.waits_for_portal_day(each, today) for each in found):
        raise Refused(
            sentence(
                "only this machine's clock shows that cases are due (number: {count}); a collected bundle"
                " that was exported on or after their due day would confirm it",
                count=count,
            ),
            sentence(
                "export a bundle from the portal now, and collect it; if the portal no longer"
                " exists, two officers can confirm today's date: inbox retention destroy CASE"
                " --reason TEXT"
            ),
        )
    if count := sum(exits.waits_for_visa(each, today) for each in found):
        raise Refused(
            sentence(
                "no case due for destruction has the archives' visa yet; cases waiting for a visa: {count}",
                count=count,
            ),
            sentence(
                "make the list for the archives: inbox retention visa request --out FOLDER; then"
                " record the archives' visa: inbox retention visa add LIST --day DAY --reference TEXT"
            ),
        )


def _planning(inbox: Inbox, who: Actor) -> AbstractContextManager[Session]:
    return inbox.acting(who, action(Code.LIST_RETENTION, view=Viewed.DESTROYABLE))


def listing(home: Home, session: Session) -> list[Due]:
    """Return the retention schedule; it marks the cases that wait for the reply to an access request."""
    rows = retention_schedule.listing(home, session)
    waiting = named.may_wait(session, [each.case for each in rows])
    return [
        replace(each, facts=each.facts | {Obstacle.REQUEST}) if each.case in waiting else each
        for each in rows
    ]


def _planned(home: Home, session: Session, numbers: Sequence[int], today: date, reason: str) -> Plan:
    if not numbers:
        raise Refused(sentence("no case was chosen"), sentence("see the list of cases: inbox retention list"))
    found = {each.case: each for each in retention_schedule.listing(home, session)}
    due = []
    for number in sorted(set(numbers)):
        each = found.get(number)
        exits.check(session, number, Asked(way=Exit.DESTROY, today=today, due=each, reason=reason))
        if each:
            due.append(each)
    return replace(_plan(session, due), reason=reason)


def _destroy(home: Home, session: Session, planned: Plan) -> None:
    numbers = [each.case for each in planned.cases]
    counting.keep(session, numbers, journal.actor(session).today)
    agreed = visas.given(session)
    for each in planned.cases:
        found = agreed.get(each.case)
        _line(session, journal.actor(session), each, visas.reference(found) if found else "")
    keys = set(session.scalars(select(Attachment.id).where(Attachment.case.in_(numbers))))
    session.merge(Leaving(name=VAULT))
    session.add_all(_leavings(home, session, numbers, keys))
    session.flush()
    if keys:
        key_store.save(home, session, key_store.load(home, session).without_attachments(keys))
    unopened_numbers.remember(session)
    row_security.forget(session, numbers)


def _plan(session: Session, due: Sequence[Due]) -> Plan:
    last = session.get_one(KeyStoreKey, 1).generation
    files = select(Attachment.id).where(Attachment.case.in_([each.case for each in due]))
    generations = range(key_store.FIRST, last + 1) if session.scalar(files) else ()
    return Plan(tuple(due), tuple(map(keystore_name, generations)))


def _line(session: Session, by: Actor, due: Due, visa: str) -> None:
    """Record the end of a case in the records that are kept after its destruction."""
    case, work = queries_cases.case(session, due.case), workflow.of(session, due.case)
    gone = action(
        Code.DESTROYED,
        due.case,
        rule=due.rule,
        outcome=work.outcome or None,
        junk=work.junked is not None,
        unanswered=work.answered is None,
    )
    journal.note(session, by, gone)
    excluded = queries_access.excluded_from(session, due.case)
    session.add_all(PastExclusion(case=due.case, officer=name) for name in excluded)
    tombstones.remember(session, case)
    session.add(
        DestroyedCase(
            case=due.case,
            day=by.today,
            by=", ".join(by.officers),
            rule=due.rule,
            received=case.received,
            closed=work.closed,
            category=work.category,
            outcome=work.outcome,
            visa=visa,
        )
    )


def _leavings(home: Home, session: Session, numbers: Sequence[int], keys: Iterable[bytes]) -> list[Leaving]:
    ids = select(Case.case_id).where(Case.number.in_(numbers), Case.case_id.is_not(None))
    belongs = Unopened.case.in_(numbers) | Unopened.case_id.in_(ids)
    hashes = set(session.scalars(select(Unopened.envelope).where(belongs, Unopened.envelope.is_not(None))))
    paths = [*map(home.attachment, keys), *(home.envelope(each) for each in hashes if each)]
    return [Leaving(name=home.name_of(path)) for path in paths]
