"""An attacker on published figures: tries all counts, and keeps those that lead to the same files.

The attacker knows the rule, the plan, the thresholds and everything ever published. The search is complete
for counts up to a limit, and uses no code of the certificate.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from inbox.figures.rule import Fact, Layout, Shown, needed, protect

Counts = Mapping[str, int]
Rule = Callable[[Layout, Counts], Shown]


def narrowed(
    layout: Layout,
    facts: Sequence[Fact],
    most: int,
    rule: Rule = protect,
    also: Sequence[Callable[[Counts], int]] = (),
) -> dict[str, set[int]]:
    """Return the hidden counts with too few possible values, each with its possible values.

    Tries all counts whose totals are at most ``most``. ``also`` are further sums that somebody publishes.
    """
    values: dict[object, dict[str, set[int]]] = {}
    files: dict[object, Shown] = {}
    for counts in possible(layout, facts, most):
        shown = rule(layout, counts)
        seen = (*shown.values(), *(said(counts) for said in also))
        files[seen] = shown
        found = values.setdefault(seen, {cell: set() for cell, count in shown.items() if count is None})
        for cell, each in found.items():
            each.add(counts[cell])
    return {
        cell: found[cell]
        for seen, found in values.items()
        for cell, k in needed(layout, files[seen]).items()
        if len(found[cell]) < k
    }


def possible(layout: Layout, facts: Sequence[Fact], most: int) -> Iterator[Counts]:
    """Return all counts up to ``most`` that add up and agree with the facts."""
    totals = [total.cell for total in layout.totals]
    for chosen in product(range(most + 1), repeat=len(totals)):
        counts = dict(zip(totals, chosen, strict=True))
        if all(fact.holds(counts) for fact in facts):
            yield from _divided(counts, layout, 0)


def _divided(counts: dict[str, int], layout: Layout, place: int) -> Iterator[Counts]:
    """Yield each way to divide the counts by the tables; the tables before ``place`` are already done."""
    if place == len(layout.tables):
        yield counts.copy()
        return
    table = layout.tables[place]
    for split in splits(sum(counts[cell] for cell in table.divides), len(table.groups)):
        counts.update(zip(table.groups, split, strict=True))
        yield from _divided(counts, layout, place + 1)


def splits(total: int, groups: int) -> Iterable[tuple[int, ...]]:
    """Return all ways to divide a total into a number of groups, in order."""
    if groups == 1:
        return [(total,)]
    return ((first, *rest) for first in range(total + 1) for rest in splits(total - first, groups - 1))
