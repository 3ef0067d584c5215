"""The archives' approval (visa): cases that need it are listed, approved by the archives, then destroyed.

A case is taken off its list as soon as an officer acts on it or its reporter writes. The archives must then
be asked again with a new list, because the case has changed since they were asked.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.deadlines import office, retention_schedule, visas
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.retention_schedule import Due, UnopenedTerm
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.retention import destroy_cases
from inbox.session import chosen_action, unsaid
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system.home import Home
from inbox.vault import queries_cases, queries_exchange, queries_office
from inbox.vault.casework_tables import ListedCase, Workflow
from inbox.vault.destroyed_tables import VisaList
from templates.law import rules

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Given:
    """The archives' approval (visa) of a list: the day and the reference of the approval."""

    day: date
    reference: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A list for the archives, as values for JSON, without any text, day or category of a report.

    ``unopened`` is the number of unfiled envelopes to discard; 0 if discarding them needs no approval.
    """

    name: str
    office: str
    day: date
    visa: rules.Visa
    lines: Sequence[View]
    unopened: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored list, and the cases that are still on it; ``row`` has the other facts about the list."""

    name: str
    row: VisaList
    cases: Sequence[int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The retention schedule, and the lists for the archives."""

    cases: Sequence[Due]
    unopened: UnopenedTerm
    lists: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class _Chosen:
    cases: Sequence[Due]
    lines: Sequence[View]
    unopened: int
    unopened_to: date | None

    @property
    def sha256(self) -> bytes:
        said = json.dumps([self.lines, self.unopened, str(self.unopened_to)], sort_keys=True)
        return hashlib.sha256(said.encode()).digest()


def ask(inbox: Inbox, who: Actor, numbers: Sequence[int] = ()) -> AskedFor:
    """List cases for the archives and return the list.

    Without ``numbers``, all cases that wait only for the archives' approval are listed. Cases in ``numbers``
    may be listed some time before they are due, within the limit of the law, because the archives need weeks
    to reply. The cases are still destroyed only on the day when they are due.

    Raises Refused if no case waits for approval, if a case needs no approval, or if the day of a case is too
    far off. Raises the same errors as ``exits.check`` if a case has another obstacle.
    """

    def choose(session: Session) -> Action:
        found = _chosen(inbox.home, session, numbers, who.today)
        return action(Code.LIST_FOR_VISA, list=visas.name(_next(session), found.sha256))

    with chosen_action.acting(inbox, who, None, choose, quarantine=True) as session:
        found = _chosen(inbox.home, session, numbers, who.today)
        n = _next(session)
        session.add(
            VisaList(
                n=n,
                made=who.today,
                sha256=found.sha256,
                unopened=found.unopened,
                unopened_to=found.unopened_to,
            )
        )
        session.flush()
        session.add_all(ListedCase(case=each.case, list=n) for each in found.cases)
        return AskedFor(
            name=visas.name(n, found.sha256),
            office=queries_office.office(session).name,
            day=who.today,
            visa=in_use.of(session).retention.visa,
            lines=found.lines,
            unopened=found.unopened,
        )


def record(inbox: Inbox, who: Actor, name: str, word: Given) -> Listed:
    """Record the archives' approval of the list with this name; return what is still on the list.

    Needs two officers. Raises Refused for a list that is unknown, already approved or empty. Raises Refused
    for a day in the future or before the list was made. Raises Refused for a reference that is empty or
    longer than LONGEST characters. Raises CaseRefused if the reference reveals something about a case on
    the list (``unsaid.check_line``).
    """
    reference = word.reference.strip()
    if not 0 < len(reference) <= LONGEST:
        raise Refused(
            sentence("the reference of a visa must have 1 to {most} characters", most=LONGEST),
            sentence("give the reference as the archives wrote it, so that they can find the visa"),
        )
    noted = action(Code.RECORD_VISA, list=name, day=word.day, reference=reference)
    with inbox.acting(who, noted) as session:
        found = next((each for each in lists(session) if each.name == name), None)
        if found is None:
            raise Refused(
                sentence(
                    "the list {name} is unknown, or nothing on it still needs a visa",
                    name=name,
                ),
                sentence("see the lists, with their full names: inbox retention list"),
            )
        if found.row.visa:
            raise Refused(
                sentence("the list {name} has had its visa since {day}", name=name, day=found.row.visa),
                sentence("there is nothing to do"),
            )
        if not found.row.made <= word.day <= who.today:
            raise Refused(
                sentence("{day} is in the future, or before the list was made", day=word.day),
                sentence("give the day on which the archives gave their visa for this list"),
            ).at("day")
        for number in found.cases:
            unsaid.check_line(session, number, reference)
        found.row.visa, found.row.reference = word.day, reference
        return found


def schedule(inbox: Inbox, who: Actor) -> Schedule:
    """Return closed and junk cases by day of destruction, and also the unfiled envelopes and the lists."""
    with inbox.acting(who, action(Code.LIST_RETENTION)) as session:
        return Schedule(
            destroy_cases.listing(inbox.home, session),
            retention_schedule.unopened(session, who.today),
            lists(session),
        )


def lists(session: Session) -> list[Listed]:
    """Return the lists that still have entries which the signed-in officers may see, newest first.

    A list that is not approved is omitted once all its entries are approved on other lists.
    """
    on: dict[int, list[int]] = {}
    for row in session.scalars(select(ListedCase).order_by(ListedCase.case)):
        on.setdefault(row.list, []).append(row.case)
    agreed, rest = visas.given(session), min(queries_exchange.caseless_by_day(session), default=date.max)
    found = []
    for each in session.scalars(select(VisaList).order_by(VisaList.n.desc())).all():
        cases = [case for case in on.get(each.n, ()) if each.visa or case not in agreed]
        if cases or (each.unopened_to and each.unopened_to >= rest):
            found.append(Listed(visas.name(each.n, each.sha256), each, cases))
    return found


def _next(session: Session) -> int:
    return (session.scalar(select(func.max(VisaList.n))) or 0) + 1


def _chosen(home: Home, session: Session, numbers: Sequence[int], today: date) -> _Chosen:
    term = retention_schedule.unopened(session, today)
    cases = _named(home, session, numbers, today) if numbers else _ready(home, session, today)
    unopened, to = (0, None) if numbers else (term.unasked, term.unasked_to)
    if not cases and not unopened:
        raise Refused(
            sentence(
                "there is nothing to list: no case due for destruction is waiting for the archives' visa"
            ),
            sentence("see what each case waits for: inbox retention list"),
        )
    return _Chosen(cases, [_line(session, each) for each in cases], unopened, to)


def _ready(home: Home, session: Session, today: date) -> list[Due]:
    found = destroy_cases.listing(home, session)
    return sorted((each for each in found if exits.waits_for_visa(each, today)), key=lambda due: due.case)


def _named(home: Home, session: Session, numbers: Sequence[int], today: date) -> list[Due]:
    found: Mapping[int, Due] = {each.case: each for each in retention_schedule.listing(home, session)}
    cases = []
    for number in sorted(set(numbers)):
        due = found.get(number)
        asked = Asked(way=Exit.DESTROY, today=today, due=due)
        exits.check(session, number, asked, but={Obstacle.VISA, Obstacle.NOT_DUE, Obstacle.ONE_CLOCK})
        if due is None or Obstacle.VISA not in due.facts:
            raise Refused(
                sentence("case {number} needs no visa, or already has one", number=number),
                sentence(
                    "try again without case {number}, or destroy it: inbox retention destroy {number}",
                    number=number,
                ),
            )
        if due.day > (last := _last_day(session, today)):
            raise Refused(
                sentence("case {number} is not due until {day}", number=number, day=due.day),
                sentence(
                    "list only cases that are due by {last}: the due day of a later case may still change",
                    last=last,
                ),
            )
        cases.append(due)
    return cases


def _last_day(session: Session, today: date) -> date:
    """Return the last day on which a case on a list made today may become due for destruction."""
    return in_use.of(session).retention.visa.ahead.after(today, office.of(session).calendar.legal)


def _line(session: Session, due: Due) -> View:
    """Return a case's entry on the list. The entry has years, not days, because the list may get lost."""
    received = queries_cases.case(session, due.case).received
    closed = session.get_one(Workflow, due.case).closed
    return {
        "case": due.case,
        "received": received.year,
        "closed": closed.year if closed else None,
        "rule": due.rule,
    }
