"""The goals of the office, and what became of them in a year (ISO 37002, 9.1).

Everything is computed from the journal, whose chain and signatures are verified first, and from the law in
use. So everybody who can open the inbox can compute each figure again.

The figures contain days and numbers, but nothing from reports. As in oversight, a case from which a signed-in
officer is excluded is not counted. A case whose handlers do not include all signed-in officers is not counted
either, because one case can make up a whole row; the table says how many such cases there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median

from sqlalchemy.orm import Session

from crypto.journal import Entry, Head, JournalBroken
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.overview import goal_steps
from inbox.overview.goal_steps import Case
from inbox.session import anchors, journal, journal_view
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access
from templates.law.rules import Goal, Law, Repeated, Rhythm, Step

FIRST, LAST = 2000, 9000
# Reporters whom nobody can answer get neither.
_TEXTS = frozenset({Step.ACKNOWLEDGED, Step.ANSWERED})
# Not every case needs a measure or a sanction, so a case without one is never late.
_OPTIONAL = frozenset({Step.MEASURE, Step.SANCTION})


class Result(StrEnum):
    """Whether a goal was met. ``NO_CASE`` and, for a rhythm, ``NOT_YET``: there is nothing to measure yet."""

    MET = "met"
    MISSED = "missed"
    NO_CASE = "no-case"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A goal for a step, and its figures.

    ``cases`` is the number of measured cases: those that took the step, and those that are late. ``median``
    is in days, over the cases that took the step; None without such a case. ``within`` is the share of the
    measured cases, in percent, rounded down.
    """

    step: Step
    goal: Goal
    cases: int
    median: float | None
    within: int | None
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The longest gap of a rhythm, in days, and how often the action was taken; None outside the journal."""

    code: Repeated
    rhythm: Rhythm
    times: int
    longest: int | None
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The goals of a ``year`` as of a ``day``, computed from the journal up to ``head``.

    ``not_counted`` is the number of cases that are left out because only their handlers may read them.
    """

    year: int
    day: date
    head: Head
    rows: list[Row]
    gaps: list[Gap]
    not_counted: int


def view(found: Table) -> View:
    """Return a table as a JSON value."""
    return {
        "year": found.year,
        "day": found.day.isoformat(),
        "head": journal_view.head_view(found.head),
        "goals": [
            {
                "goal": row.step.value,
                "from": row.goal.starts.value,
                "days": row.goal.days,
                "share": row.goal.share,
                "cases": row.cases,
                "median": row.median,
                "within": row.within,
                "result": row.result.value,
            }
            for row in found.rows
        ],
        "rhythms": [
            {
                "rhythm": gap.code.value,
                "days": gap.rhythm.days,
                "times": gap.times,
                "longest": gap.longest,
                "result": gap.result.value,
            }
            for gap in found.gaps
        ],
        "not_counted": found.not_counted,
    }


def look(inbox: Inbox, who: Actor, year: int | None = None) -> Table:
    """Return the table of a year, or of the current year.

    Raises Refused for a year outside FIRST to LAST, and for a journal that was altered. Also raises the same
    errors as ``Inbox.acting``.
    """
    year = who.today.year if year is None else year
    if not FIRST <= year <= LAST:
        raise Refused(
            sentence("there are no goals for the year {year}", year=year),
            sentence("give a year from {first} to {last}", first=FIRST, last=LAST),
        )
    with inbox.acting(who, action(Code.MEASURE_GOALS, year=year)) as session:
        others = queries_access.for_other_handlers(session)
        try:
            entries = [*_visible(session, others)]
        except JournalBroken as broken:
            raise anchors.refusal(broken) from None
        rows, gaps = table(entries, in_use.of(session), year, who.today)
        head = journal.head(session)
    return Table(year=year, day=who.today, head=head, rows=rows, gaps=gaps, not_counted=len(others))


def _visible(session: Session, others: set[int]) -> Iterator[Entry]:
    """Verify the whole journal; yield the first entry, and all that matter here and may be counted."""
    shown = set(queries_access.journal_numbers(session))
    for entry in journal.verified(session):
        is_counted = entry.action in goal_steps.READ and entry.n in shown and entry.case not in others
        if is_counted or entry.n == 1:
            yield entry


def table(entries: Sequence[Entry], law: Law, year: int, today: date) -> tuple[list[Row], list[Gap]]:
    """Return the goals and rhythms of a law in a year.

    A goal covers the cases that took its first step in that year, even if they took the other step later.
    """
    found = goal_steps.steps(entries, law)
    began = min((entry.day for entry in entries), default=today)
    rows = [_row(step, goal, found.cases.values(), year, today) for step, goal in law.goals.items()]
    gaps = [
        _gap(code, rhythm, [began, *found.repeated[code]], year, today)
        for code, rhythm in law.rhythms.items()
    ]
    return rows, gaps


def _row(step: Step, goal: Goal, cases: Iterable[Case], year: int, today: date) -> Row:
    taken: list[int] = []
    late = 0
    for case in cases:
        start, done = case.days.get(goal.starts), case.days.get(step)
        if start is None or start.year != year:
            continue
        if done is not None:
            taken.append(max(0, (done - start).days))
        elif _is_due(step, case):
            late += ((case.ended or today) - start).days > goal.days
    count, within = len(taken) + late, sum(days <= goal.days for days in taken)
    is_met = within * 100 >= goal.share * count
    return Row(
        step=step,
        goal=goal,
        cases=count,
        median=median(taken) if taken else None,
        within=within * 100 // count if count else None,
        result=Result.NO_CASE if not count else Result.MET if is_met else Result.MISSED,
    )


def _is_due(step: Step, case: Case) -> bool:
    """Return whether a case must take a step. Once it has ended, it is late only if it was late by then."""
    return step not in _OPTIONAL and (step not in _TEXTS or case.is_answerable)


def _gap(code: Repeated, rhythm: Rhythm, days: Sequence[date], year: int, today: date) -> Gap:
    """Return the longest gap that ends in the year, or, while the year runs, today.

    ``days`` begins with the first day of the journal, followed by the days of the action.
    """
    first, last = date(year, 1, 1), min(date(year, 12, 31), today)
    there = [*sorted(day for day in days if day <= last), last]
    gaps = [(later - earlier).days for earlier, later in pairwise(there) if later >= first]
    longest, times = max(gaps, default=None), sum(first <= day <= last for day in days[1:])
    is_missed = longest is not None and longest > rhythm.days
    is_empty = longest is None or not (times or is_missed)
    result = Result.NOT_YET if is_empty else Result.MISSED if is_missed else Result.MET
    return Gap(code=code, rhythm=rhythm, times=times, longest=longest, result=result)
