"""The cells of all editions, from the plans of publication.

Examples of keys of cells:

- ``2027/received``: a total of the year 2027
- ``2027/path/approached``: a group of a table for 2027
- ``2027-2029/area/coast``: a group of a table for three years
- ``2027/area/coast/path/approached``: a group of a cross-table
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter

from inbox.figures.events import Event, Kind
from inbox.figures.plan import YEARS, Plan, Planned
from inbox.figures.plan import Total as Counts
from inbox.figures.rule import Fact, Layout, Table, Total

# The reports that came before the first plan and were still open when it began.
OPEN = "open"
# Each total comes after the totals that it depends on.
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
    largest = 0
    for plan in plans:
        largest = max(largest, plan.k)
        for year in range(plan.first, min(plan.first + YEARS, last + 1)):
            for total in sorted(plan.totals.values(), key=lambda each: _ORDER.index(each.event)):
                totals.append(_total(_key(year, total.id), plan.k, largest, total.event, cells))
                cells[total.event] += (totals[-1].cell,)
            facts.append(Fact(cells[Kind.CLOSED], cells[Kind.RECEIVED]))
            facts.append(Fact(cells[Kind.MEASURE], cells[Kind.RECEIVED], is_at_most=False))
            ending = [each for each in plan.tables.values() if _ends(plan, each, year)]
            tables += chain.from_iterable(_tables(plan, each, year) for each in ending)
    return Layout(totals, tables), facts


def _total(cell: str, k: int, largest: int, event: Kind, cells: Mapping[Kind, tuple[str, ...]]) -> Total:
    """Return a total; ``cells`` are the earlier totals of each kind.

    A later plan can have a smaller threshold. An earlier total of closed reports may be hidden because of the
    larger threshold. That total would have too few values if a later edition revealed that fewer reports than
    the larger threshold are open.
    """
    match event:
        case Kind.RECEIVED:
            return Total(cell, k)
        case Kind.CLOSED:
            return Total(cell, k, out_of=cells[Kind.RECEIVED], before=cells[Kind.CLOSED], stay=largest)
        case Kind.MEASURE:
            return Total(cell, k, needs=cells[Kind.RECEIVED])


def _ends(plan: Plan, each: Planned, year: int) -> bool:
    """Return whether a period of this table ends with ``year``."""
    return each.years == 1 or year == plan.first + YEARS - 1


def count(plans: Iterable[Plan], events: Iterable[Event]) -> Counter[str]:
    """Return how many events each cell counts; a cell without events is not in the result."""
    alike: defaultdict[tuple[Kind, int], list[Mapping[str, str]]] = defaultdict(list)
    for event in events:
        alike[event.kind, event.year].append(event.codes)
    by_year = {plan.first + place: plan for plan in plans for place in range(YEARS)}
    found: Counter[str] = Counter()
    for (kind, year), codes in alike.items():
        if year in by_year:
            found += _counted(by_year[year], kind, year, codes)
    return found


def _counted(plan: Plan, kind: Kind, year: int, codes: Sequence[Mapping[str, str]]) -> Counter[str]:
    """Return how many events of one kind and year, with these codes, each cell counts."""
    found: Counter[str] = Counter()
    for total in plan.totals.values():
        if total.event is kind:
            found[_key(year, total.id)] = sum(_has(total, each) for each in codes)
    for table in plan.tables.values():
        if plan.event(table) is kind:
            names = _needed(plan, table)
            # There are few combinations of the codes that one table needs, so each is looked up only once.
            alike = Counter(zip(*(map(itemgetter(name), codes) for name in names), strict=True))
            for values, n in alike.items():
                if cell := _cell(plan, table, year, dict(zip(names, values, strict=True))):
                    found[cell] += n
    return found


def _has(total: Counts, codes: Mapping[str, str]) -> bool:
    return not total.only or codes["kind"] in total.only


def _needed(plan: Plan, table: Planned) -> list[str]:
    """Return the codes that decide which cell of a table counts an event."""
    above = table.divides.partition(".")[0]
    if above not in plan.totals:
        return [table.by, *_needed(plan, plan.tables[above])]
    return [table.by, "kind"] if plan.totals[above].only else [table.by]


def _cell(plan: Plan, table: Planned, year: int, codes: Mapping[str, str]) -> str | None:
    """Return the cell of a table that counts an event with these codes, or None."""
    group = _group(plan, table, codes)
    if group is None:
        return None
    above = plan.tables[table.divides] if plan.is_cross(table) else None
    place = [above.id, above.group(codes[above.by])] if above else []
    return _key(_period(plan, table, year), *place, table.id, group)


def _group(plan: Plan, table: Planned, codes: Mapping[str, str]) -> str | None:
    """Return the group that counts an event with these codes, or None if the table does not count it."""
    above, _, one = table.divides.partition(".")
    if above in plan.totals:
        counts = _has(plan.totals[above], codes)
    else:
        group = _group(plan, plan.tables[above], codes)
        counts = group is not None and one in {"", group}
    return table.group(codes[table.by]) if counts else None


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
