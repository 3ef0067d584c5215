"""What an attacker infers from twenty years of published figures: the values each hidden count can have.

The attacker knows the program, the rule, the thresholds, the plans and everything ever published. The search
uses no code of the certificate, and no solver. It finds everything that can be inferred from one table, or
from several tables connected by published sums. ``tests/support/attacker.py`` tries all counts instead, which
is possible only for small layouts.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from inbox.figures.rule import Fact, Layout, Shown, Table, Total, needed, to_hide
from tests.support.attacker import splits

# A rule gets the counts of a table and its threshold, and returns the places of the groups to hide.
Rule = Callable[[Sequence[int], int], set[int]]
Values = dict[str, set[int]]
# A sum of cells, each cell with its factor, and the values that the sum can have. A published sum has one
# value, which is 0 for a table that repeats other tables.
Sum = tuple[Mapping[str, int], Container[int]]


def narrowed(
    layout: Layout, facts: Sequence[Fact], shown: Shown, rule: Rule = to_hide, also: Sequence[Sum] = ()
) -> Values:
    """Return the hidden counts with too few possible values, each with its possible values.

    ``also`` are further known sums, over tables that divide shown counts.
    """
    need = needed(layout, shown)
    found = _of_totals(layout, facts, shown)
    linked = {cell for cells, _ in also for cell in cells}
    joined = [table for table in layout.tables if linked & {*table.groups}]
    _add(found, _of_tables(joined, shown, rule, also), {})
    for table in layout.tables:
        if table not in joined:
            most = {group: need.get(group, 0) for group in table.groups}
            _add(found, _of_table(table, shown, found, rule), most)
    return {cell: found[cell] for cell, k in need.items() if len(found[cell]) < k}


def _add(found: Values, possible: Iterable[Mapping[str, int]], most: Mapping[str, int]) -> None:
    """Add possible counts to ``found`` until each cell has as many values as ``most`` says."""
    for counts in possible:
        for cell, count in counts.items():
            found.setdefault(cell, set()).add(count)
        if most and all(len(found.get(cell, ())) >= enough for cell, enough in most.items()):
            return


def _of_table(table: Table, shown: Shown, found: Values, rule: Rule) -> Iterator[dict[str, int]]:
    """Yield the counts that the hidden groups of a table can have, small counts in the later groups first."""
    divided = [shown[cell] for cell in table.divides]
    if None in divided:
        # Part of the count that the table divides is hidden. Each group can be as large as that whole count.
        most = sum(count or 0 for count in divided)
        most += max(max(found[cell]) for cell in table.divides if shown[cell] is None)
        for group in table.groups:
            yield from ({group: count} for count in range(most + 1))
        return
    hidden = [group for group in table.groups if shown[group] is None]
    if not hidden:
        return
    total = sum(filter(None, divided)) - sum(shown[group] or 0 for group in table.groups)
    for later in range(total + 1) if len(hidden) > 1 else [0]:
        for split in splits(later, len(hidden) - 1) if len(hidden) > 1 else [()]:
            counts = dict(zip(hidden, (total - later, *split), strict=True))
            whole = [counts.get(group, shown[group] or 0) for group in table.groups]
            if {table.groups[place] for place in rule(whole, table.k)} == counts.keys():
                yield counts


def _of_tables(
    tables: Sequence[Table], shown: Shown, rule: Rule, also: Sequence[Sum]
) -> Iterator[dict[str, int]]:
    """Return what the hidden groups of tables can be, given known sums over their cells.

    Follows the partial sums from table to table, forwards and then backwards.
    """
    options = [list(_of_table(table, shown, {}, rule)) or [{}] for table in tables]
    start = tuple(sum(factor * (shown[cell] or 0) for cell, factor in cells.items()) for cells, _ in also)
    reached = [{start}]
    for option in options:
        reached.append({_moved(state, counts, also) for state in reached[-1] for counts in option})
    useful = {
        state
        for state in reached[-1]
        if all(total in values for total, (_, values) in zip(state, also, strict=True))
    }
    for option, before in zip(reversed(options), reversed(reached[:-1]), strict=True):
        ways = [
            (state, counts) for state in before for counts in option if _moved(state, counts, also) in useful
        ]
        yield from (counts for _, counts in ways)
        useful = {state for state, _ in ways}


def _moved(state: tuple[int, ...], counts: Mapping[str, int], also: Sequence[Sum]) -> tuple[int, ...]:
    return tuple(
        old + sum(factor * counts.get(cell, 0) for cell, factor in cells.items())
        for old, (cells, _) in zip(state, also, strict=True)
    )


def _of_totals(layout: Layout, facts: Sequence[Fact], shown: Shown) -> Values:
    """Return the values that the totals can have, given the rule and the facts that everybody knows.

    Goes through the totals in order, forwards and then backwards. Between two totals, the function keeps only
    the partial sums of facts that are still undecided.
    """
    totals = layout.totals
    options = [_of_total(total, shown) for total in totals]
    steps = [
        _Step(total.cell, facts, {each.cell for each in totals[:place]}) for place, total in enumerate(totals)
    ]
    reached: list[set[tuple[int, ...]]] = [steps[0].start() if steps else set()]
    for step, option in zip(steps, options, strict=True):
        moved = {step.moved(state, count) for state in reached[-1] for count in option}
        reached.append({state for state in moved if state is not None})
    found: Values = {}
    useful = reached[-1]
    for step, option, before in zip(reversed(steps), reversed(options), reversed(reached[:-1]), strict=True):
        ways = [(state, count) for state in before for count in option if step.moved(state, count) in useful]
        found[step.cell] = {count for _, count in ways}
        useful = {state for state, _ in ways}
    return found


def _of_total(total: Total, shown: Shown) -> list[int]:
    """Return counts with which the rule would publish the same; of a long list, only the lowest counts."""
    count = shown[total.cell]
    if count is not None:
        return [count]
    received = sum(shown[cell] or total.k for cell in total.out_of)
    return [count for count in range(received + 2 * total.k + 1) if not total.is_shown(count, shown)]


class _Step:
    """One total: how its count changes the partial sums of the facts.

    Facts share a partial sum if they have the same cells among the totals decided so far.
    """

    def __init__(self, cell: str, facts: Iterable[Fact], decided: set[str]) -> None:
        self.cell = cell
        now = decided | {cell}
        pending = [fact for fact in facts if not {*fact.few, *fact.many} <= decided]
        places = {
            key: place for place, key in enumerate(dict.fromkeys(_key(fact, decided) for fact in pending))
        }
        self._sums = len(places)
        done = [fact for fact in pending if {*fact.few, *fact.many} <= now]
        left = [fact for fact in pending if fact not in done]
        # For each partial sum after this total: the place of the partial sum before this total, and a fact.
        later = {_key(fact, now): (places[_key(fact, decided)], fact) for fact in left}
        self._later = list(later.values())
        self._decided = [(places[_key(fact, decided)], fact) for fact in done]

    def start(self) -> set[tuple[int, ...]]:
        """Return the partial sums before the first total."""
        return {(0,) * self._sums}

    def moved(self, state: tuple[int, ...], count: int) -> tuple[int, ...] | None:
        """Return the partial sums once this total has ``count``, or None if a fact excludes that count."""
        for place, fact in self._decided:
            if not _is_true(fact, self._sum(state[place], fact, count)):
                return None
        return tuple(self._sum(state[place], fact, count) for place, fact in self._later)

    def _sum(self, before: int, fact: Fact, count: int) -> int:
        """Return a partial sum: the surplus of ``many`` over ``few``, or which of these two are not zero."""
        if fact.is_at_most:
            return before + count * ((self.cell in fact.many) - (self.cell in fact.few))
        return before | (count > 0) * (2 * (self.cell in fact.many) + (self.cell in fact.few))


def _key(fact: Fact, decided: set[str]) -> tuple[bool, frozenset[str], frozenset[str]]:
    return fact.is_at_most, frozenset(decided & {*fact.few}), frozenset(decided & {*fact.many})


def _is_true(fact: Fact, partial: int) -> bool:
    return partial >= 0 if fact.is_at_most else partial != 1
