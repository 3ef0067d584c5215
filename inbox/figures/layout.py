"""The cells of all editions, from the plans of publication.

Examples of keys of cells:

- ``2027/received``: a total of the year 2027
- ``2027/path/approached``: a group of a table for 2027
- ``2027-2029/area/coast``: a group of a table for three years
- ``2027/area/coast/path/approached``: a group of a cross-table
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from inbox.figures.events import Event, Kind
from inbox.figures.plan import YEARS, Plan, Planned
from inbox.figures.rule import Fact, Layout, Table, Total

# The reports that came before the first edition and are still open then.
OPEN = "open"
# A total comes after those that it depends on.
_ORDER = tuple(Kind)


def layout(plans: Sequence[Plan], last: int) -> tuple[Layout, list[Fact]]:
    """Return the cells of all editions up to the year ``last``, and the facts that everybody knows of them.

    ``plans`` are in the order of their years. The facts: each closed report was received before, and there is
    no measure without a report.
    """
    totals: list[Total] = []
    tables: list[Table] = []
    facts: list[Fact] = []
    cells: dict[Kind, tuple[str, ...]] = dict.fromkeys(Kind, ())
    if not plans[0].opens:
        totals.append(Total(_key(plans[0].first, OPEN), plans[0].k))
        cells[Kind.RECEIVED] += (totals[0].cell,)
    for plan in plans:
        for year in range(plan.first, min(plan.first + YEARS, last + 1)):
            for total in sorted(plan.totals.values(), key=lambda each: _ORDER.index(each.event)):
                totals.append(_total(_key(year, total.id), plan.k, total.event, cells))
                cells[total.event] += (totals[-1].cell,)
            facts.append(Fact(cells[Kind.CLOSED], cells[Kind.RECEIVED]))
            facts.append(Fact(cells[Kind.MEASURE], cells[Kind.RECEIVED], is_at_most=False))
            ending = [each for each in plan.tables.values() if _ends(plan, each, year)]
            tables += chain.from_iterable(_tables(plan, each, year) for each in ending)
    return Layout(totals, tables), facts


def _total(cell: str, k: int, event: Kind, cells: Mapping[Kind, tuple[str, ...]]) -> Total:
    """Return a total; ``cells`` are the earlier totals of each kind."""
    match event:
        case Kind.RECEIVED:
            return Total(cell, k)
        case Kind.CLOSED:
            return Total(cell, k, out_of=cells[Kind.RECEIVED], before=cells[Kind.CLOSED])
        case Kind.MEASURE:
            return Total(cell, k, needs=cells[Kind.RECEIVED])


def _ends(plan: Plan, each: Planned, year: int) -> bool:
    """Return whether a period of this table ends with ``year``."""
    return each.years == 1 or year == plan.first + YEARS - 1


def count(plans: Iterable[Plan], events: Iterable[Event]) -> Counter[str]:
    """Return how many events each cell counts; a cell without events is not in the result."""
    by_year = {plan.first + place: plan for plan in plans for place in range(YEARS)}
    return Counter(
        cell for event in events if event.year in by_year for cell in _cells(by_year[event.year], event)
    )


def _cells(plan: Plan, event: Event) -> Iterator[str]:
    """Return the cells that count an event."""
    groups: dict[str, str] = {}
    for total in plan.totals.values():
        if total.event is event.kind and (not total.only or event.codes["kind"] in total.only):
            groups[total.id] = ""
            yield _key(event.year, total.id)
    for each in plan.tables.values():
        above, _, group = each.divides.partition(".")
        if above in groups and group in {"", groups[above]}:
            groups[each.id] = each.group(event.codes[each.by])
            place = [above, groups[above]] if plan.is_cross(each) else []
            yield _key(_period(plan, each, event.year), *place, each.id, groups[each.id])


def _tables(plan: Plan, each: Planned, year: int) -> Iterator[Table]:
    """Return a table of the edition for ``year``; for a cross-table, one table for each group it divides."""
    period = _period(plan, each, year)
    years = [year] if each.years == 1 else range(plan.first, plan.first + YEARS)
    above, _, one = each.divides.partition(".")
    if above in plan.totals:
        yield _table(each, tuple(_key(one, above) for one in years), period)
        return
    parent = plan.tables[above]
    periods = dict.fromkeys(_period(plan, parent, each_year) for each_year in years)
    for group in parent.groups:
        if one in {"", group.id}:
            place = [above, group.id] if plan.is_cross(each) else []
            yield _table(each, tuple(_key(when, above, group.id) for when in periods), period, *place)


def _table(each: Planned, divides: tuple[str, ...], *place: str) -> Table:
    return Table(divides, tuple(_key(*place, each.id, group.id) for group in each.groups), each.k)


def _period(plan: Plan, each: Planned, year: int) -> str:
    return str(year) if each.years == 1 else f"{plan.first}-{plan.first + YEARS - 1}"


def _key(*parts: object) -> str:
    return "/".join(map(str, parts))
