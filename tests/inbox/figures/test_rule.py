"""The rule hides small counts: an attacker who tries all counts still finds k values for each of them."""

import pytest

from inbox.figures.rule import Fact, Layout, Shown, Table, Total, needed, protect, to_hide
from tests.support import attacker

YEARS = (2027, 2028, 2029)


def _table(divides: str, *groups: str, k: int = 3) -> Table:
    return Table((divides,), groups, k)


def _stock(years: int, k: int = 3) -> tuple[list[Total], list[Fact]]:
    """Return the totals of received and of closed reports by year; only received reports can be closed."""
    came = [f"{year}/received" for year in YEARS[:years]]
    gone = [f"{year}/closed" for year in YEARS[:years]]
    totals = []
    for place in range(years):
        totals.append(Total(came[place], k))
        before = tuple(gone[:place])
        totals.append(Total(gone[place], k, out_of=tuple(came[: place + 1]), before=before, stay=k))
    facts = [Fact(tuple(gone[: place + 1]), tuple(came[: place + 1])) for place in range(years)]
    return totals, facts


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((6, 7, 8), set()),
        ((6, 7, 4), {0, 2}),
        ((6, 7, 0), {0, 1, 2}),
        ((0, 20, 20), {0, 1}),
        ((5, 5, 4, 9), {0, 2}),
        ((5, 5, 3, 9), {0, 1, 2}),
        ((20, 0, 30), {0, 1}),
        ((0, 0, 0), {0, 1, 2}),
        ((40, 4), {0, 1}),
    ],
)
def test_if_a_group_is_small_other_groups_are_hidden_too_in_the_order_of_the_plan(
    counts: tuple[int, ...], hidden: set[int]
) -> None:
    assert to_hide(counts, 5) == hidden


@pytest.mark.parametrize(
    ("k", "groups", "most"), [(3, 2, 16), (3, 3, 14), (3, 4, 11), (5, 2, 24), (5, 3, 17)]
)
def test_each_hidden_group_of_a_table_can_have_k_values(k: int, groups: int, most: int) -> None:
    table = Table(("all",), tuple(f"all/{place}" for place in range(groups)), k)
    assert attacker.narrowed(Layout([Total("all", k)], [table]), [], most) == {}


def test_the_attacker_finds_a_hidden_count_if_the_rule_hides_the_next_smallest_count() -> None:
    def usual(layout: Layout, counts: attacker.Counts) -> dict[str, int | None]:
        shown = dict(protect(layout, counts))
        for table in layout.tables:
            ascending = sorted(table.groups, key=lambda cell: counts[cell])
            small = [cell for cell in ascending if counts[cell] < table.k]
            hidden = ascending[: max(len(small), 2)] if small else []
            shown |= {cell: None if cell in hidden else counts[cell] for cell in table.groups}
        return shown

    layout = Layout([Total("all", 3)], [_table("all", "a", "b", "c")])
    assert attacker.narrowed(layout, [], 14, usual)


def test_the_attacker_finds_a_single_hidden_group() -> None:
    def alone(layout: Layout, counts: attacker.Counts) -> dict[str, int | None]:
        return {cell: None if counts[cell] < 3 else counts[cell] for cell in layout.cells()}

    layout = Layout([Total("all", 3)], [_table("all", "a", "b", "c")])
    assert attacker.narrowed(layout, [], 12, alone)


def test_the_attacker_finds_a_hidden_group_whose_count_is_in_a_sentence() -> None:
    layout = Layout([Total("all", 3)], [_table("all", "a", "b", "c")])
    assert attacker.narrowed(layout, [], 12, also=[lambda counts: counts["a"] + counts["b"]])


def test_the_attacker_finds_hidden_counts_if_yearly_tables_appear_beside_a_table_for_two_years() -> None:
    totals = [Total("1/all", 3), Total("2/all", 3)]
    yearly = [_table("1/all", "1/a", "1/b"), _table("2/all", "2/a", "2/b")]
    both = Table(("1/all", "2/all"), ("1-2/a", "1-2/b"), 3)
    assert attacker.narrowed(Layout(totals, yearly), [], 8) == {}
    sums = [lambda counts: counts["1/a"] + counts["2/a"]]
    assert attacker.narrowed(Layout(totals, yearly), [], 8, also=sums)
    assert attacker.narrowed(Layout(totals, [both]), [], 8) == {}


def test_a_table_that_divides_a_hidden_count_is_hidden_whole() -> None:
    layout = Layout([Total("all", 3)], [_table("all", "a", "b"), _table("b", "b/x", "b/y")])
    shown = protect(layout, {"all": 20, "a": 18, "b": 2, "b/x": 1, "b/y": 1})
    assert shown == {"all": 20, "a": None, "b": None, "b/x": None, "b/y": None}
    assert attacker.narrowed(layout, [], 10) == {}


def test_a_table_for_three_years_is_hidden_if_the_total_of_one_of_the_years_is_hidden() -> None:
    layout = Layout([Total("1/all", 3), Total("2/all", 3)], [Table(("1/all", "2/all"), ("a", "b"), 3)])
    assert protect(layout, {"1/all": 9, "2/all": 2, "a": 6, "b": 5}) == {
        "1/all": 9,
        "2/all": None,
        "a": None,
        "b": None,
    }
    assert attacker.narrowed(layout, [], 7) == {}


def test_closed_reports_are_hidden_if_fewer_than_k_reports_stay_open() -> None:
    totals, _ = _stock(1)
    assert protect(Layout(totals, []), {"2027/received": 20, "2027/closed": 17})["2027/closed"] == 17
    assert protect(Layout(totals, []), {"2027/received": 20, "2027/closed": 18})["2027/closed"] is None


def test_a_total_that_an_earlier_threshold_hid_is_not_narrowed_by_a_smaller_threshold() -> None:
    def cells(stay: int) -> Layout:
        totals = [
            Total("1/received", 4),
            Total("1/closed", 4, out_of=("1/received",), stay=4),
            Total("2/closed", 2, out_of=("1/received",), before=("1/closed",), stay=stay),
        ]
        return Layout(totals, [])

    facts = [Fact(("1/closed",), ("1/received",)), Fact(("1/closed", "2/closed"), ("1/received",))]
    assert attacker.narrowed(cells(4), facts, 10) == {}
    assert attacker.narrowed(cells(2), facts, 10)["1/closed"] == {0, 1, 2}


def test_the_attacker_cannot_narrow_a_hidden_total_with_the_stock_of_three_years() -> None:
    totals, facts = _stock(3)
    assert attacker.narrowed(Layout(totals, []), facts, 6) == {}


def test_the_attacker_finds_a_hidden_total_if_the_rule_ignores_how_many_reports_stay_open() -> None:
    totals, facts = _stock(2)
    plain = Layout([Total(total.cell, total.k) for total in totals], [])
    assert attacker.narrowed(plain, facts, 8)


def test_measures_are_hidden_as_long_as_no_total_of_reports_is_shown() -> None:
    layout = Layout([Total("received", 3), Total("measures", 3, needs=("received",))], [])
    assert protect(layout, {"received": 2, "measures": 9}) == {"received": None, "measures": None}
    assert protect(layout, {"received": 3, "measures": 9}) == {"received": 3, "measures": 9}
    fact = Fact(("measures",), ("received",), is_at_most=False)
    assert attacker.narrowed(layout, [fact], 12) == {}
    assert attacker.narrowed(Layout([Total("received", 3), Total("measures", 3)], []), [fact], 12)


def test_a_hidden_group_needs_as_many_values_as_the_threshold_that_hid_it() -> None:
    layout = Layout([Total("all", 3)], [_table("all", "a", "b"), _table("b", "b/x", "b/y", k=10)])
    shown = protect(layout, {"all": 40, "a": 20, "b": 20, "b/x": 11, "b/y": 9})
    assert needed(layout, shown) == {"b/x": 10, "b/y": 10}
    shown = protect(layout, {"all": 40, "a": 39, "b": 1, "b/x": 1, "b/y": 0})
    assert needed(layout, shown) == {"a": 3, "b": 3, "b/x": 3, "b/y": 3}


def test_a_group_of_two_hidden_counts_needs_as_many_values_as_the_smaller_threshold_that_hid_them() -> None:
    layout = Layout([Total("1/all", 3), Total("2/all", 7)], [Table(("1/all", "2/all"), ("a", "b"), 5)])
    shown = protect(layout, {"1/all": 2, "2/all": 6, "a": 4, "b": 4})
    assert needed(layout, shown) == {"1/all": 3, "2/all": 7, "a": 3, "b": 3}
    shown = protect(layout, {"1/all": 9, "2/all": 6, "a": 8, "b": 7})
    assert needed(layout, shown) == {"2/all": 7, "a": 7, "b": 7}


_LAYOUTS = [
    (Layout([Total("all", 3)], [_table("all", "a", "b", "c")]), 10),
    (Layout([Total("all", 2)], [_table("all", "a", "b"), _table("b", "b/x", "b/y", k=5)]), 8),
    (
        Layout([Total("1", 2), Total("2", 4)], [Table(("1", "2"), ("a", "b"), 3), _table("a", "a/x", "a/y")]),
        5,
    ),
]


@pytest.mark.parametrize(("layout", "most"), _LAYOUTS)
def test_each_hidden_count_needs_the_values_that_its_threshold_promises_and_can_have_them(
    layout: Layout, most: int
) -> None:
    """The solver, the checker and the attacker all take their goal from ``needed``, so it is tried alone.

    Follows each hidden group up to the hidden counts that hid it, and tries all counts for their values.
    """
    own = {total.cell: total.k for total in layout.totals}
    above: dict[str, Table] = {group: table for table in layout.tables for group in table.groups}

    def promised(cell: str, shown: Shown) -> int:
        if cell in own:
            return own[cell]
        table = above[cell]
        if hidden := [each for each in table.divides if shown[each] is None]:
            return min(promised(each, shown) for each in hidden)
        # A group cannot have more values than from 0 to the divided count.
        return min(table.k, sum(shown[each] or 0 for each in table.divides) + 1)

    values: dict[tuple[int | None, ...], dict[str, set[int]]] = {}
    for counts in attacker.possible(layout, [], most):
        shown = protect(layout, counts)
        found = values.setdefault((*shown.values(),), {})
        for cell in layout.cells():
            found.setdefault(cell, set()).add(counts[cell])
    kinds = set()
    for seen, found in values.items():
        shown = dict(zip(found, seen, strict=True))
        need = needed(layout, shown)
        assert need == {cell: promised(cell, shown) for cell, count in shown.items() if count is None}
        assert all(len(found[cell]) >= enough for cell, enough in need.items()), shown
        kinds |= {*need.items()}
    assert len(kinds) >= 4


@pytest.mark.parametrize(
    ("few", "many", "at_most", "needs"),
    [(0, 0, True, True), (3, 3, True, True), (4, 3, False, True), (1, 0, False, False)],
)
def test_a_fact_holds_for_some_counts_and_not_for_others(
    few: int, many: int, *, at_most: bool, needs: bool
) -> None:
    counts = {"few": few, "many": many}
    assert Fact(("few",), ("many",)).holds(counts) is at_most
    assert Fact(("few",), ("many",), is_at_most=False).holds(counts) is needs
