"""What published files prove. No hidden count ever reaches this module.

Everything that an edition says is a shown cell, or is computed from shown cells: a sum, a difference, a
share, or the group that contains the median.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from inbox.figures import plan as plans_of
from inbox.figures.events import Kind
from inbox.figures.layout import OPEN, layout
from inbox.figures.plan import YEARS, Plan, Planned
from inbox.figures.rule import Shown

# The codes for the time since a report was received, from the shortest to the longest.
_AFTER = ("month_1", "month_3", "month_6", "month_12", "month_24", "later")
# The codes of events with which something was not done in time.
_LATE = frozenset({"in_longer_time", "late", "not_yet", "unreachable"})
# If a table divides by the key, the first code says that something was done, and all others that it was not.
_DONE = {
    "acknowledged": ("in_time", _LATE),
    "feedback_given": ("in_time", _LATE),
    "wrote_again": ("yes", frozenset({"no"})),
}


class Mismatched(Exception):
    """The release files do not have the cells of the plans."""


@dataclass(frozen=True)
class Divided:
    """A table for one period: the counts of its groups in the order of the plan, and what they add up to.

    ``above`` is only for a cross-table: it is the id of the group that the table divides. Otherwise, it is
    empty.
    """

    period: str
    above: str
    counts: Sequence[int | None]
    whole: int | None

    def share(self, place: int) -> int | None:
        """Return the share of a group in percent, rounded half up, or None if it is not published."""
        count = self.counts[place]
        if count is None or not self.whole:
            return None
        return (200 * count + self.whole) // (2 * self.whole)

    def largest(self) -> int | None:
        """Return the place of the largest group, or None if the shown counts do not prove which one it is."""
        if self.whole is None:
            return None
        first, *others = sorted(
            range(len(self.counts)), key=lambda place: self.counts[place] or 0, reverse=True
        )
        most = self.counts[first] or 0
        hidden = self.whole - sum(count or 0 for count in self.counts)
        return first if most > hidden and all(most > (self.counts[place] or 0) for place in others) else None

    def median(self, order: Sequence[int]) -> int | None:
        """Return the place of the group that contains the median, if the shown counts prove it.

        ``order`` lists the places of the groups from the lowest value to the highest. If the number of events
        is even, both middle ones must be in the group.
        """
        if not self.whole:
            return None
        hidden = self.whole - self._shown(order)
        lower, upper = (self.whole + 1) // 2, self.whole // 2 + 1
        for end, place in enumerate(order):
            before, through = order[:end], order[: end + 1]
            most_before = self._shown(before) + (hidden if self._hides(before) else 0)
            least_through = self._shown(through) + (0 if self._hides(order[end + 1 :]) else hidden)
            if most_before < lower and least_through >= upper:
                return place
        return None

    def _shown(self, places: Sequence[int]) -> int:
        return sum(self.counts[place] or 0 for place in places)

    def _hides(self, places: Sequence[int]) -> bool:
        return any(self.counts[place] is None for place in places)


@dataclass(frozen=True)
class Figures:
    """Everything published up to the edition for ``year``; ``plans`` are in the order of their years."""

    year: int
    plans: Sequence[Plan]
    shown: Shown
    tables: Mapping[tuple[str, str], Sequence[Divided]]

    @property
    def plan(self) -> Plan:
        """The plan of this edition."""
        return self.of(self.year)

    @property
    def unchanged_since(self) -> int:
        """The first year of the earliest plan that the plan of this edition continues without change."""
        first = self.plans[0].first
        for before, plan in pairwise(self.plans):
            if plan.raw != plans_of.renewed(before).raw:
                first = plan.first
        return first

    @property
    def years(self) -> Sequence[int]:
        """The years of all editions up to this one."""
        return range(self.plans[0].first, self.year + 1)

    def of(self, year: int) -> Plan:
        """Return the plan for a year."""
        return next(plan for plan in self.plans if plan.first <= year < plan.first + YEARS)

    def total(self, name: str, year: int) -> int | None:
        """Return a published total, or None if it is hidden or the plan for the year does not have it."""
        return self.shown.get(f"{year}/{name}")

    def is_planned(self, name: str, year: int) -> bool:
        """Return whether the plan for a year has this total."""
        return name in self.of(year).totals

    def left_open(self, year: int) -> int | None:
        """Return how many reports were open at the end of a year, or None if a hidden count is part of it."""
        first = self.plans[0]
        begun = 0 if first.opens else self.shown[f"{first.first}/{OPEN}"]
        came, gone = ([self._all(kind, each) for each in self.years if each <= year] for kind in _FLOW)
        if begun is None or None in came or None in gone:
            return None
        return begun + sum(each or 0 for each in came) - sum(each or 0 for each in gone)

    def of_table(self, table: Planned) -> Sequence[Divided]:
        """Return a table of the plan of this edition for each of its published periods, the earliest first.

        A cross-table has one entry for each group that it divides.
        """
        first = self.plan.first
        if table.years == YEARS:
            periods = [f"{first}-{first + YEARS - 1}"]
        else:
            periods = [str(year) for year in range(first, self.year + 1)]
        return [each for period in periods for each in self.tables.get((table.id, period), ())]

    def _all(self, kind: Kind, year: int) -> int | None:
        """Return the number of all events of a kind in a year, or None if it is not published."""
        names = (name for name, each in self.of(year).totals.items() if each.event is kind)
        return next((self.total(name, year) for name in names), None)


_FLOW = (Kind.RECEIVED, Kind.CLOSED)


def read(plans: Sequence[bytes], releases: Mapping[int, bytes], year: int) -> Figures:
    """Return the figures of the edition for ``year``, from all plans and release files up to this edition.

    ``releases`` has the files by year. Raises ``Mismatched`` if the plans have other cells.
    """
    parsed = [plan for plan in map(plans_of.parse, plans) if plan.first <= year]
    cells, _ = layout(parsed, year)
    shown: dict[str, int | None] = {}
    for each, raw in releases.items():
        if each <= year:
            shown |= json.loads(raw)["cells"]
    if shown.keys() != set(cells.cells()):
        raise Mismatched
    tables: dict[tuple[str, str], list[Divided]] = {}
    for table in cells.tables:
        # The key is “period/table/group”, or, in a cross-table, “period/table/group/table/group”.
        period, *between, name, _ = table.groups[0].split("/")
        parts = [shown[cell] for cell in table.divides]
        whole = None if None in parts else sum(part or 0 for part in parts)
        divided = Divided(
            period, between[1] if between else "", [shown[cell] for cell in table.groups], whole
        )
        tables.setdefault((name, period), []).append(divided)
    return Figures(year, parsed, shown, tables)


def done(table: Planned) -> int | None:
    """Return the place of the group that means that something was done, if the table has such a group.

    The first group names no code. It has this meaning if the other groups name all other codes.
    """
    if table.by not in _DONE:
        return None
    code, others = _DONE[table.by]
    if {each for group in table.groups for each in group.codes} == others:
        return 0
    return next((place for place, group in enumerate(table.groups) if group.codes == {code}), None)


def by_length(table: Planned) -> Sequence[int]:
    """Return the places of the groups from the shortest time to the longest; empty if they have no order."""
    if table.by != "after":
        return ()
    places = {group.id: place for place, group in enumerate(table.groups)}
    order = [places[name] for name, _ in groupby(table.group(code) for code in _AFTER)]
    return order if len(order) == len(set(order)) == len(places) else ()
