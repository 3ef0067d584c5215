"""The rule that hides small counts before publication.

Everything is a count of events. A cell is one count; its key names it in full. A total is a cell that no
table explains. A table divides a total, the sum of several totals, or a cell of another table into groups.
All this is public: the program, this rule, the thresholds and the plan of publication.

The rule hides a total below its threshold. It also hides a total of closed reports that would reveal how few
reports are open: fewer than the largest threshold so far. It hides every total of measures as long as no
total of reports is shown.

If the rule hides a count that a table divides, it hides all groups of the table. Otherwise, it hides each
group below the threshold k. Zero is below k, too: a published zero would reveal that another hidden count is
not zero. If any group is hidden, the rule hides more groups, from the first group of the plan on. It stops
when the first group is hidden and the hidden counts add up to 2k - 1 or more, or when all groups are hidden.

This order is fixed. The usual rule hides the next smallest count instead. This reveals that no hidden count
is larger than the smallest published one: of 3, 7 and 7 it hides 3 and one 7, so the first count can only be
3 or 4. With the fixed order, each hidden count can have k values. For a proof, take a hidden group other than
the first, and any count v from 0 to k - 1. Suppose that this group has v events, and that all other hidden
events are in the first group. The hidden counts add up to 2k - 1 or more, so the first group has at least k
events. The rule then hides the same groups.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

# The count of each cell, or None if it is hidden.
Shown: TypeAlias = Mapping[str, int | None]


@dataclass(frozen=True)
class Total:
    """A cell that no table explains; ``k`` is its threshold.

    ``out_of`` are the totals of the reports that were received so far, and ``before`` the totals of those
    that were closed earlier. What remains is a count, too, and must be at least ``stay``. If all totals in
    ``needs`` are hidden, this total is hidden, too.
    """

    cell: str
    k: int
    out_of: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    stay: int = 0
    needs: tuple[str, ...] = ()

    def is_shown(self, count: int, shown: Shown) -> bool:
        """Return whether the rule shows ``count``; ``shown`` has the cells that it has decided on so far."""
        return (
            count >= self.k
            and (not self.out_of or self.left(shown) - count >= self.stay)
            and (not self.needs or any(shown[cell] is not None for cell in self.needs))
        )

    def left(self, shown: Shown) -> int:
        """Return the received reports minus the reports closed earlier, by the counts that are shown."""
        return sum(shown[cell] or 0 for cell in self.out_of) - sum(shown[cell] or 0 for cell in self.before)


@dataclass(frozen=True)
class Table:
    """A table of the plan: ``groups`` divide the sum of the cells ``divides``; ``k`` is its threshold."""

    divides: tuple[str, ...]
    groups: tuple[str, ...]
    k: int


@dataclass(frozen=True)
class Layout:
    """All cells that were ever published or hidden.

    A total follows the totals that it depends on. A table follows the table whose cell it divides.
    """

    totals: Sequence[Total]
    tables: Sequence[Table]

    def cells(self) -> Iterable[str]:
        """Return the keys of all cells, totals first."""
        return chain(
            (total.cell for total in self.totals), chain.from_iterable(table.groups for table in self.tables)
        )


@dataclass(frozen=True)
class Fact:
    """A fact about counts that everybody knows: the sum of ``few`` is not larger than the sum of ``many``.

    Without ``is_at_most``, the fact says only this: if there are events of ``few``, there are events of
    ``many``, too.
    """

    few: tuple[str, ...]
    many: tuple[str, ...]
    is_at_most: bool = True

    def holds(self, counts: Mapping[str, int]) -> bool:
        """Return whether the fact is true of ``counts``."""
        few, many = sum(counts[cell] for cell in self.few), sum(counts[cell] for cell in self.many)
        return few <= many if self.is_at_most else many > 0 or few == 0


def protect(layout: Layout, counts: Mapping[str, int]) -> Shown:
    """Return the cells of ``layout`` as they may be published; ``counts`` has the exact count of each."""
    shown: dict[str, int | None] = {}
    for total in layout.totals:
        count = counts[total.cell]
        shown[total.cell] = count if total.is_shown(count, shown) else None
    for table in layout.tables:
        if any(shown[cell] is None for cell in table.divides):
            shown |= dict.fromkeys(table.groups)
        else:
            hidden = to_hide([counts[group] for group in table.groups], table.k)
            shown |= {
                group: None if place in hidden else counts[group] for place, group in enumerate(table.groups)
            }
    return shown


def to_hide(counts: Sequence[int], k: int) -> set[int]:
    """Return the places of the groups to hide in a table whose total is published."""
    hidden = {place for place, count in enumerate(counts) if count < k}
    if hidden:
        for place in range(len(counts)):
            if is_enough({each: counts[each] for each in hidden}, k):
                break
            hidden.add(place)
    return hidden


def is_enough(hidden: Mapping[int, int], k: int) -> bool:
    """Return whether the hidden groups protect each other; ``hidden`` has their counts by place."""
    return 0 in hidden and sum(hidden.values()) >= 2 * k - 1


def needed(layout: Layout, shown: Shown) -> dict[str, int]:
    """Return how many values each hidden count must be able to have.

    This is the threshold that hid the count. Usually, it is the threshold of the total or table. If a table
    divides a hidden count, it is the threshold that hid the divided count. A cross-table has a larger
    threshold, so it can divide a shown count that is below this threshold. Then all its groups are hidden,
    and each must be able to have all values from 0 to the divided count.
    """
    need = {total.cell: total.k for total in layout.totals if shown[total.cell] is None}
    for table in layout.tables:
        above = [need[cell] for cell in table.divides if cell in need]
        enough = min(above) if above else min(table.k, 1 + sum(shown[cell] or 0 for cell in table.divides))
        need |= {group: enough for group in table.groups if shown[group] is None}
    return need
