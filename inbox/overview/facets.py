"""Facets: the choices that narrow a queue further, and how many cases each choice leaves.

A count is the number of cases that the acting officers would find if they selected the choice. Cases from
which an acting officer is excluded are never counted. A case that is restricted to other handlers is counted
only for values that the queue shows in the line of the case. If a choice depends on the contents of reports,
its count leaves out cases that an acting officer has not declared.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from inbox.overview import queue_filter
from inbox.overview.queue_filter import ME, NOBODY, WEEK, Due, Filter, State
from inbox.vault import row_security
from inbox.vault.casework_tables import IN_DANGER, Workflow
from inbox.vault.score import RANKS
from inbox.vault.tables import Case

# Beyond this number, cases are not counted. Officers can narrow the filter until fewer cases match.
COUNTED = 10_000
# The filter fields that serve as facets, in display order. The sample value of each field is used to find out
# how much a query on this field reveals.
FIELDS: Mapping[str, Any] = {
    "state": "",
    "due": Due.TODAY,
    "danger": True,
    "status": "?",
    "officer": "?",
    "category": "?",
    "priority": 1,
    "area": "?",
    "language": "?",
}
_EMPTY = Filter()
_PRIORITIES = {"1", "2", "3", "4"}
# The number of cases with each value of a field, and whether all cases were counted.
_Counted: TypeAlias = tuple[Counter[str], bool]
# The count of each due date includes the counts of the earlier due dates.
_CUMULATED = (Due.OVERDUE, Due.TODAY, Due.WEEK)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a field; ``count`` is the number of matching cases, or None for COUNTED cases or more."""

    value: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A field of a filter with its choices.

    A value that no case matches is not a choice, unless it is a state or already chosen.
    """

    field: str
    choices: Sequence[Choice]


def look(session: Session, wanted: Filter, today: date) -> Sequence[Facet]:
    """Return the facets that narrow a filter. Each facet counts the cases that match all other fields."""
    states = _states(session, wanted, today)
    counted = _counts(session, wanted, today)
    others = (_facet(session, wanted, field, counted[field]) for field in FIELDS if field in counted)
    found = next(each.count for each in states if each.is_chosen)
    narrowing = (each for each in others if each.choices and not _leaves_all(each, found))
    return [Facet("state", states), *narrowing]


def _leaves_all(facet: Facet, found: int | None) -> bool:
    first, *others = facet.choices
    return not others and not first.is_chosen and first.count == found is not None


def toggled(wanted: Filter, field: str, value: str) -> Filter:
    """Return the filter with a choice added, or without the choice if the filter already has it.

    A state can be replaced but not removed. Raises ValueError for an unknown field or value.
    """
    if field not in FIELDS:
        raise ValueError(field)
    given = _given(field, value)
    is_off = field != "state" and getattr(wanted, field) == given
    return replace(wanted, **{field: getattr(_EMPTY, field) if is_off else given})


def _given(field: str, value: str) -> Any:
    match field:
        case "priority" if value in _PRIORITIES:
            return int(value)
        case "priority":
            raise ValueError(value)
        case "danger":
            return True
        case "state":
            return str(State(value))
        case "due":
            return str(Due(value))
        case _:
            return value


def _facet(session: Session, wanted: Filter, field: str, counted: _Counted) -> Facet:
    counts, is_counted = counted
    chosen = str(getattr(wanted, field) or "")
    if field == "due":
        counts = _cumulated(counts, chosen)
    if field == "officer":
        counts[ME] = sum(counts[name] for name in row_security.present(session))
    if chosen and chosen not in counts:
        counts[chosen] = 0
    values = [value for value in _in_order(field, counts) if counts[value] or value == chosen]
    return Facet(
        field, [Choice(value, counts[value] if is_counted else None, value == chosen) for value in values]
    )


def _counts(session: Session, wanted: Filter, today: date) -> Mapping[str, _Counted]:
    """For each field except the state, return the number of cases per value, and whether all were counted.

    Fields whose counts cover the same cases share one query.
    """
    alike: defaultdict[tuple[Filter, bool, bool], list[str]] = defaultdict(list)
    for field in FIELDS:
        if field != "state":
            free = replace(wanted, **{field: getattr(_EMPTY, field)})
            asked = replace(free, **{field: FIELDS[field]})
            alike[free, asked.tells_nothing, asked.tells_words].append(field)
    found: dict[str, _Counted] = {}
    for (free, _, _), fields in alike.items():
        counts: Mapping[str, Counter[str]] = {field: Counter() for field in fields}
        is_counted = True
        for each in free.by_state():
            rows = _grouped(session, each, fields, today)
            is_counted &= sum(row[-1] for row in rows) < COUNTED
            for row in rows:
                for field, value in zip(fields, row[:-1], strict=True):
                    if value:
                        counts[field][str(value)] += row[-1]
        found |= {field: (counts[field], is_counted) for field in fields}
    return found


def _states(session: Session, wanted: Filter, today: date) -> Sequence[Choice]:
    every = replace(wanted, state=State.ALL)
    counts = {State(each.state): _counted(session, each, today) for each in every.by_state()}
    known = [each for each in counts.values() if each is not None]
    total = sum(known) if len(known) == len(counts) else None
    chosen = wanted.states[0] if len(wanted.states) == 1 else State.ALL
    return [Choice(str(each), n, each is chosen) for each, n in (*counts.items(), (State.ALL, total))]


def _counted(session: Session, wanted: Filter, today: date) -> int | None:
    rows = queue_filter.matching(session, wanted, today).limit(COUNTED).subquery()
    asked = select(func.count()).select_from(rows).execution_options(**queue_filter.reach(wanted))
    found = session.scalar(asked) or 0
    return found if found < COUNTED else None


def _grouped(session: Session, free: Filter, fields: Sequence[str], today: date) -> Sequence[Any]:
    """Count the cases of one state by their values in these fields, up to COUNTED cases."""
    asked = replace(free, **{fields[0]: FIELDS[fields[0]]})
    rows = queue_filter.matching(session, free, today, as_of=asked)
    if not {"status", "language"}.isdisjoint(fields):
        rows = rows.join(Case, Case.number == Workflow.case)
    values = (_value(field, today).label(field) for field in fields)
    found = rows.with_only_columns(*values, maintain_column_froms=True).limit(COUNTED).subquery()
    grouped = select(*found.c, func.count()).group_by(*found.c)
    return session.execute(grouped.execution_options(**queue_filter.reach(asked))).all()


def _value(field: str, today: date) -> Any:
    """Return an SQL expression for the choice that selects a value of a field.

    The expression is "" for a value that no choice selects.
    """
    late = Workflow.deadline
    columns: Mapping[str, Any] = {
        "due": case(
            (late.is_(None), Due.NEVER.value),
            (late < today, Due.OVERDUE.value),
            (late < today + timedelta(days=1), Due.TODAY.value),
            (late <= today + WEEK, Due.WEEK.value),
            else_=Due.LATER.value,
        ),
        "danger": case((IN_DANGER, "True"), else_=""),
        "status": Case.status,
        "officer": func.coalesce(Workflow.assigned, NOBODY),
        "category": Workflow.category,
        "priority": Workflow.rank // RANKS,
        "area": Workflow.area,
        "language": Case.language,
    }
    return columns[field]


def _cumulated(counts: Counter[str], chosen: str) -> Counter[str]:
    """Make the counts of "overdue", "today" and "this week" cumulative: each includes those before it.

    If a value has no cases of its own, its count is 0, unless officers have chosen it.
    """
    total, found = 0, Counter(counts)
    for each in _CUMULATED:
        total += counts[each]
        found[each] = total if counts[each] or each == chosen else 0
    return found


def _in_order(field: str, counts: Counter[str]) -> Sequence[str]:
    """Return the choices in their natural order if they have one, otherwise by their counts."""
    if field == "due":
        return list(Due)
    if field == "priority":
        return sorted(counts)
    first = (ME, NOBODY) if field == "officer" else ()
    others = sorted((value for value in counts if value not in first), key=lambda each: (-counts[each], each))
    return [*(value for value in first if value in counts), *others]
