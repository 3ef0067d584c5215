"""Count the events of cases for the annual figures, and keep the counts of cases that are destroyed.

An event counts in the year in which the vault records it. For a report, this is the year of its collection.
For a closing, it is the year of the closing. For a measure, it is the year in which officers record the
measure. Nothing can then be added to a year that is over. Suppose that events counted by their own day. A
measure taken in December but recorded in May would then change an edition that is final, or would never
count. The time from report to measure is computed from the day of the measure itself.

Only the first closing of a case counts, because otherwise there could be more closings than reports.
Reopening the case changes nothing.

Junk counts, with a code of its own. Otherwise, if officers recover a case from junk and close it after the
edition, this closing would have no report. The number of junk cases also shows how often officers end a case
in this way.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from inbox.deadlines import clocks, office
from inbox.deadlines.clocks import Events
from inbox.deadlines.office import Practice
from inbox.figures import layout, plan
from inbox.figures.events import NOTHING, SEVERAL, Event, Kind
from inbox.figures.plan import YEARS, Plan, Planned
from inbox.law import in_use
from inbox.vault import score
from inbox.vault.casework_tables import Duty, Identity, Measure, Workflow
from inbox.vault.destroyed_tables import Counted, Edition, PublicationPlan
from inbox.vault.score import Parts
from inbox.vault.tables import Case, FollowUp, OutboxBundle
from templates.law import rules
from templates.law.rules import DutyRole


class Kept(StrEnum):
    """Whether the office kept a deadline, as of the day of the edition.

    Several clocks of the law can run to the same event. ``IN_TIME``: all were kept. ``IN_LONGER_TIME``: not
    the shortest, but the longest. ``UNREACHABLE``: no message can reach the reporter.
    """

    IN_TIME = "in_time"
    IN_LONGER_TIME = "in_longer_time"
    LATE = "late"
    NOT_YET = "not_yet"
    UNREACHABLE = "unreachable"


class Known(StrEnum):
    """Whether the inspectorate knows the reporter's identity."""

    ANONYMOUS = "anonymous"
    NAMED = "named"


class Whether(StrEnum):
    """The answer to a yes-or-no question."""

    YES = "yes"
    NO = "no"


# The answers that the figures count: for each name of a code, the id of the question.
ASKED: Mapping[str, str] = {
    "path": "path",
    "vector": "vector",
    "service_sought": "service_sought",
    "means": "means",
    "role": "who_you",
}
# The time from receipt, by its upper limit in months: less than one month, then less than three, and so on.
AFTER = {f"month_{months}": months for months in (1, 3, 6, 12, 24)}
LATER = "later"


@dataclass(frozen=True)
class Book:
    """The plans in the order of their years, and the day of each edition by its year."""

    plans: Sequence[Plan]
    made: Mapping[int, date]

    @cached_property
    def by_year(self) -> Mapping[int, Plan]:
        """The plan of each year that has one."""
        return {each.first + place: each for each in self.plans for place in range(YEARS)}

    @property
    def open_years(self) -> list[int]:
        """The years that have a plan but no edition yet."""
        return [year for year in self.by_year if year not in self.made]


def book(session: Session, today: date) -> Book:
    """Return the plans that are in force or adopted for later, and the editions."""
    files = session.scalars(select(PublicationPlan.raw).order_by(PublicationPlan.first_year))
    made = session.execute(select(Edition.year, Edition.made).order_by(Edition.year))
    plans = plan.in_force(map(plan.parse, files), today.year)
    return Book(plans, {row.year: row.made for row in made})


def keep(session: Session, numbers: Collection[int], today: date) -> None:
    """Add the events of cases that are about to be destroyed to the counts of years without an edition."""
    kept = book(session, today)
    for year in kept.open_years:
        # A case that is destroyed before a year begins does not count as open in that year.
        if year <= today.year:
            _add(session, year, count(session, kept, year, numbers))


def _add(session: Session, year: int, cells: Mapping[str, int]) -> None:
    for cell, n in cells.items():
        row = session.get(Counted, (year, cell))
        if row is None:
            session.add(Counted(year=year, cell=cell, n=n))
        else:
            row.n += n
    session.flush()


def count(session: Session, kept: Book, year: int, numbers: Collection[int] | None = None) -> Counter[str]:
    """Return how many events of a year each cell counts, for the cases ``numbers`` or for all cases.

    The year must have a plan. Needs a session that sees all these cases.
    """
    first = kept.plans[0]
    # A report from before the first plan counts only if this plan counts the open reports of that time.
    since = [Case.collected >= _begin(first.first)] if first.opens else []
    of_cases = _of(Case.number, numbers)
    # An index has both days, so this reads no reports.
    received = dict(session.execute(select(Case.number, Case.received).where(*of_cases, *since)).all())
    events = chain(
        _received(session, kept.by_year[year], year, of_cases),
        _closed(session, year, received, numbers),
        _measures(session, year, received, numbers),
    )
    counted = layout.count(kept.plans, events)
    if year == first.first and not first.opens:
        counted[f"{year}/{layout.OPEN}"] = _open_before(session, _begin(year), of_cases)
    return +counted


def _begin(year: int) -> date:
    return date(year, 1, 1)


def _in_year(column: Any, year: int) -> tuple[ColumnElement[bool], ...]:
    return (column >= _begin(year), column < _begin(year + 1))


def _of(column: Any, numbers: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if numbers is None else [column.in_(numbers)]


def _open_before(session: Session, day: date, of_cases: Iterable[ColumnElement[bool]]) -> int:
    """Return how many reports were collected before a day, and not closed before it."""
    is_open = Workflow.first_closed.is_(None) | (Workflow.first_closed >= day)
    counted = select(func.count()).select_from(Case).join(Workflow, Workflow.case == Case.number)
    return session.scalar(counted.where(Case.collected < day, is_open, *of_cases)) or 0


def _closed(
    session: Session, year: int, received: Mapping[int, date], only: Collection[int] | None
) -> Iterator[Event]:
    columns = (Workflow.case, Workflow.first_outcome, Workflow.first_closed)
    for number, outcome, day in session.execute(
        select(*columns).where(*_in_year(Workflow.first_closed, year), *_of(Workflow.case, only))
    ):
        if number in received:
            yield Event(Kind.CLOSED, year, {"outcome": outcome, "after": after(received[number], day)})


def _measures(
    session: Session, year: int, received: Mapping[int, date], only: Collection[int] | None
) -> Iterator[Event]:
    columns = (Measure.case, Measure.kind, Measure.degree, Measure.day)
    for number, kind, degree, day in session.execute(
        select(*columns).where(*_in_year(Measure.recorded, year), *_of(Measure.case, only))
    ):
        if number in received:
            codes = {"kind": kind, "after": after(received[number], day), "degree": degree_code(degree)}
            yield Event(Kind.MEASURE, year, codes)


def degree_code(degree: int | None) -> str:
    """Return the code of the group of a sanction, or NOTHING if the measure is no sanction."""
    return NOTHING if degree is None else f"group_{degree}"


@cache
def _priority(*parts: int) -> int:
    return Parts(*parts).priority


@cache
def after(received: date, day: date) -> str:
    """Return the code of the time from the receipt of a report to a later day."""
    months = (day.year - received.year) * 12 + day.month - received.month - (day.day < received.day)
    return next((code for code, limit in AFTER.items() if months < limit), LATER)


def _received(
    session: Session, under: Plan, year: int, only: Iterable[ColumnElement[bool]]
) -> Iterator[Event]:
    """Yield the reports that were collected in a year, with their codes."""
    tables = {each.by: each for each in under.tables.values() if under.event(each) is Kind.RECEIVED}
    answers = [_answer(tables.get(name)) for name in ASKED]
    deadlines = _Deadlines(office.of(session))
    persons = {"persons": in_use.of(session).duty(DutyRole.PERSONS)}
    for row in session.execute(_RECEIVED.where(*_in_year(Case.collected, year), *only), persons):
        # The answers are the first columns, and the next columns are codes.
        codes = [answer(said) for answer, said in zip(answers, row, strict=False)]
        yield Event(
            Kind.RECEIVED,
            year,
            {
                **dict(zip(_CODES, chain(codes, row[len(codes) :]), strict=False)),
                "acknowledged": deadlines.acknowledged(row),
                "feedback_given": deadlines.answered(row),
            },
        )


def _said(question: str) -> ColumnElement[str | None]:
    """Return the answer to a question as JSON; an unsigned drop is a text without answers."""
    return case((Case.unsigned, None), else_=cast(Case.message, Text).op("->")(f"$.answers.{question}"))


def _if(condition: ColumnElement[bool], code: str, other: ColumnElement[str] | str) -> ColumnElement[str]:
    return case((condition, code), else_=other)


_TOLD = aliased(OutboxBundle)
# The codes of a report in one query, because a code that the database finds takes no time in Python.
_CODES: Mapping[str, ColumnElement[Any]] = {
    **{name: _said(question) for name, question in ASKED.items()},
    "category": _if(Workflow.category == "", NOTHING, Workflow.category.expression),
    "area": _if(Workflow.area == "", NOTHING, Workflow.area.expression),
    "route": Workflow.route.expression,
    "identity": _if(Identity.case.is_(None), Known.ANONYMOUS, Known.NAMED),
    "wrote_again": _if(
        exists().where(FollowUp.case == Case.number, FollowUp.after > 0), Whether.YES, Whether.NO
    ),
    "extended": _if(Workflow.extended.is_(None), Whether.NO, Whether.YES),
    "persons_informed": _if(
        or_(Duty.decision.is_(None), Duty.decision == ""), NOTHING, Duty.decision.expression
    ),
    "junk": _if(Workflow.junked.is_(None), Whether.NO, Whether.YES),
}
_RECEIVED = (
    select(
        *_CODES.values(),
        Case.received,
        Case.collected,
        or_(Case.case_id.is_(None), Case.recipient.is_(None), Case.withdrawn).label("unreachable"),
        Workflow.acknowledged,
        Workflow.answered,
        Workflow.extended,
        _TOLD.made.label("sent"),
        # The parts of the score are the last columns.
        *(getattr(Workflow, name) for name in score.NAMES),
    )
    .join(Workflow, Workflow.case == Case.number)
    .outerjoin(_TOLD, _TOLD.n == Workflow.acknowledged_in)
    .outerjoin(Identity, Identity.case == Case.number)
    .outerjoin(Duty, and_(Duty.case == Case.number, Duty.kind == bindparam("persons")))
)


def _answer(table: Planned | None) -> Callable[[str | None], str]:
    """Return a function that returns the code of an answer, which is given as JSON."""

    @cache  # Many reports have the same answer.
    def code(said: str | None) -> str:
        return _one(table, json.loads(said) if said else None)

    return code


def _one(table: Planned | None, answer: Any) -> str:
    """Return the code of an answer; several codes remain one code if the table counts them together."""
    codes: Iterable[str] = answer if isinstance(answer, list) else [answer] if answer else []
    several = sorted(set(codes))
    if not several:
        return NOTHING
    together = len(several) == 1 or (table and len({table.group(code) for code in several}) == 1)
    return several[0] if together else SEVERAL


class _Deadlines:
    """Whether deadlines were kept; each is computed once, because many reports have the same days."""

    def __init__(self, how: Practice) -> None:
        @cache
        def last_days(
            ends: rules.Event, received: date, collected: date, priority: int, *days: Any
        ) -> tuple[date, date]:
            sent, acknowledged, extended = days
            events = Events(
                received=received,
                collected=collected,
                priority=priority,
                sent=sent,
                acknowledged=acknowledged,
                extended=extended,
            )
            return clocks.last_days(ends, events, how)

        self._last_days = last_days

    def acknowledged(self, row: Row[*tuple[Any, ...]]) -> Kept:
        """Return whether a report was acknowledged in time."""
        return self._kept(rules.Event.ACKNOWLEDGED, row, row.acknowledged, None, None, None)

    def answered(self, row: Row[*tuple[Any, ...]]) -> Kept:
        """Return whether a reporter got feedback in time."""
        return self._kept(rules.Event.ANSWERED, row, row.answered, row.sent, row.acknowledged, row.extended)

    def _kept(
        self, ends: rules.Event, row: Row[*tuple[Any, ...]], done: date | None, *days: date | None
    ) -> Kept:
        if done is None:
            return Kept.UNREACHABLE if row.unreachable else Kept.NOT_YET
        # There are four priorities, but thousands of scores.
        priority = _priority(*row[-len(score.NAMES) :])
        shortest, longest = self._last_days(ends, row.received, row.collected, priority, *days)
        if done <= shortest:
            return Kept.IN_TIME
        return Kept.IN_LONGER_TIME if done <= longest else Kept.LATE
