"""The archives' visa, before anything that needs one is destroyed: a list, their word on it, then the end.

What is on a list leaves it as soon as somebody acts on the case, or its reporter writes: then it is no longer
what the archives were asked about, and a new list asks them again.
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
    """The archives' word on a list: on which day, and where it stands."""

    day: date
    reference: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A list for the archives, as values for JSON: nothing of a report, no day, no category.

    ``unopened`` is how much became no case and is to be discarded, 0 where that needs no visa.
    """

    name: str
    office: str
    day: date
    visa: rules.Visa
    lines: Sequence[View]
    unopened: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was made, and the cases that are still on it; ``row`` says the rest."""

    name: str
    row: VisaList
    cases: Sequence[int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is kept until when, and the lists of what the archives are asked about."""

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
    """List cases for the archives, all that wait for their visa alone if none is named; return the list.

    Those that are named may be listed ahead of their day, as far as the law says: the archives take weeks.
    They go on their day.

    Raises Refused if nothing waits for a visa, as ``exits.check`` for one of the cases that something else
    stands in the way of, for one that needs no visa, and for one whose day is too far off.
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
    """Record the visa of the archives for a list, by its name; return what is still on it.

    Takes two officers. Raises Refused for an unknown list, one that has its visa, one of which nothing is
    left, a day before it was made or to come, and a reference that is empty or longer than LONGEST
    characters; CaseRefused as ``unsaid.check_line`` for a case of the list.
    """
    reference = word.reference.strip()
    if not 0 < len(reference) <= LONGEST:
        raise Refused(
            sentence("the reference of a visa has 1 to {most} characters", most=LONGEST),
            sentence("give it as the archives wrote it: it is by this that their word is found again"),
        )
    noted = action(Code.RECORD_VISA, list=name, day=word.day, reference=reference)
    with inbox.acting(who, noted) as session:
        found = next((each for each in lists(session) if each.name == name), None)
        if found is None:
            raise Refused(
                sentence("of the list {name} nothing is left to be destroyed", name=name),
                sentence("see the lists, with their whole names: inbox retention"),
            )
        if found.row.visa:
            raise Refused(
                sentence("the list {name} has its visa since {day}", name=name, day=found.row.visa),
                sentence("there is nothing to do"),
            )
        if not found.row.made <= word.day <= who.today:
            raise Refused(
                sentence("{day} is to come, or before the list was made", day=word.day),
                sentence("give the day on which the archives gave their visa for this very list"),
            ).at("day")
        for number in found.cases:
            unsaid.check_line(session, number, reference)
        found.row.visa, found.row.reference = word.day, reference
        return found


def schedule(inbox: Inbox, who: Actor) -> Schedule:
    """Return every case that is closed or junk by the day on which it goes; what became none; the lists."""
    with inbox.acting(who, action(Code.LIST_RETENTION)) as session:
        return Schedule(
            destroy_cases.listing(inbox.home, session),
            retention_schedule.unopened(session, who.today),
            lists(session),
        )


def lists(session: Session) -> list[Listed]:
    """Return the lists of which something is left that those present may see, the newest first.

    One without a visa is left out once all that stands on it has the visa of another.
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
            sentence("nothing that is due waits for the archives' visa"),
            sentence("see what waits for what: inbox retention"),
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
                sentence("case {number} needs no visa, or has it", number=number),
                sentence("leave it out, or destroy it: inbox destroy {number}", number=number),
            )
        if due.day > (last := _last_day(session, today)):
            raise Refused(
                sentence("case {number} is due on {day} only", number=number, day=due.day),
                sentence(
                    "list what is due by {last}: what becomes of a case by then nobody knows yet", last=last
                ),
            )
        cases.append(due)
    return cases


def _last_day(session: Session, today: date) -> date:
    """Return the last day that a case on a list of today can be due."""
    return in_use.of(session).retention.visa.ahead.after(today, office.of(session).calendar.legal)


def _line(session: Session, due: Due) -> View:
    """Return what the archives read of a case: whoever finds the list learns no day of it."""
    received = queries_cases.case(session, due.case).received
    closed = session.get_one(Workflow, due.case).closed
    return {
        "case": due.case,
        "received": received.year,
        "closed": closed.year if closed else None,
        "rule": due.rule,
    }
