"""Plans become cells, and each event is counted in the cells it belongs to."""

from inbox.figures import layout, plan, release
from inbox.figures.events import Event, Kind
from inbox.figures.rule import Fact, Layout, Table, Total
from tests.support.publication import AREA, PATH, TOTALS, VECTOR, plan_file, table


def test_a_table_for_three_years_is_in_the_edition_of_the_last_year() -> None:
    found = plan.parse(plan_file(parts=TOTALS + AREA))
    assert not layout.layout([found], 2028)[0].tables
    years = tuple(f"{year}/received" for year in (2027, 2028, 2029))
    groups = tuple(f"2027-2029/area/{group}" for group in ("other", "north", "south"))
    assert layout.layout([found], 2029)[0].tables == [Table(years, groups, 5)]


def test_a_table_that_divides_a_group_of_another_table_divides_the_cell_of_that_group() -> None:
    tables = layout.layout([plan.parse(plan_file(parts=TOTALS + PATH + VECTOR))], 2027)[0].tables
    assert tables[1].divides == ("2027/path/approached",)
    assert tables[1].groups == ("2027/vector/other", "2027/vector/online", "2027/vector/work")


def test_a_table_for_three_years_divides_the_group_of_each_year() -> None:
    said = TOTALS + PATH + VECTOR.replace("years = 1", "years = 3")
    table = layout.layout([plan.parse(plan_file(parts=said))], 2029)[0].tables[-1]
    assert table.divides == tuple(f"{year}/path/approached" for year in (2027, 2028, 2029))
    assert table.groups[0] == "2027-2029/vector/other"


def test_a_cross_table_has_a_table_for_each_group() -> None:
    said = TOTALS + PATH + table("area", "path by area", {"other": [], "north": ["north"]}, k=10)
    tables = layout.layout([plan.parse(plan_file(parts=said))], 2027)[0].tables[1:]
    assert [each.divides for each in tables] == [
        (f"2027/path/{group}",) for group in ("other", "approached", "saw")
    ]
    assert tables[1].groups == ("2027/path/approached/area/other", "2027/path/approached/area/north")


def test_a_total_of_closed_reports_names_the_totals_of_earlier_years() -> None:
    cells, facts = layout.layout([plan.parse(plan_file(parts=TOTALS))], 2028)
    came = ("2027/received", "2028/received")
    assert cells.totals[-2] == Total("2028/closed", 5, out_of=came, before=("2027/closed",), stay=5)
    assert cells.totals[-1] == Total("2028/art40", 5, needs=came)
    assert facts[-2:] == [
        Fact(("2027/closed", "2028/closed"), came),
        Fact(("2027/art40", "2028/art40"), came, is_at_most=False),
    ]


def test_reports_from_before_the_first_plan_are_a_total_of_their_own() -> None:
    cells, facts = layout.layout([plan.parse(plan_file(opens=False, parts=TOTALS))], 2027)
    assert cells.totals[0] == Total("2027/open", 5)
    assert facts[0] == Fact(("2027/closed",), ("2027/open", "2027/received"))


def test_cells_of_a_second_plan_follow_those_of_the_first() -> None:
    plans = [plan.parse(plan_file(first, parts=TOTALS)) for first in (2027, 2030)]
    cells = list(layout.layout(plans, 2030)[0].cells())
    assert cells == [
        f"{year}/{total}" for year in (2027, 2028, 2029, 2030) for total in ("received", "closed", "art40")
    ]


def test_a_table_counts_an_event_only_if_the_total_or_group_above_the_table_counts_it() -> None:
    inside = table("after", "art40.kind by after", {"other": [], "soon": ["month_1"]})
    kinds = table("kind", "art40 by kind", {"other": [], "art40": ["art40"]})
    said = TOTALS + PATH + table("area", "path by area", {"other": [], "north": ["north"]}, k=10) + kinds
    plans = [plan.parse(plan_file(parts=said + inside.replace("art40.kind", "kind.art40")))]
    codes = {"path": "saw", "area": "north"}
    assert layout.count(plans, [Event(Kind.RECEIVED, 2027, codes)] * 2) == {
        "2027/received": 2,
        "2027/path/saw": 2,
        "2027/path/saw/area/north": 2,
    }
    art40, other = ({"kind": kind, "after": "month_1"} for kind in ("art40", "hearing"))
    assert not layout.count(plans, [Event(Kind.MEASURE, 2027, other)])
    assert layout.count(plans, [Event(Kind.MEASURE, 2027, art40)]) == {
        "2027/art40": 1,
        "2027/kind/art40": 1,
        "2027/after/soon": 1,
    }


def test_an_event_is_counted_in_each_cell_that_it_belongs_to() -> None:
    plans = [plan.parse(plan_file())]
    codes = {"path": "gave_in", "vector": "online", "area": "unheard of"}
    assert layout.count(plans, [Event(Kind.RECEIVED, 2028, codes)]) == {
        "2028/received": 1,
        "2028/path/approached": 1,
        "2028/vector/online": 1,
        "2027-2029/area/other": 1,
    }
    assert layout.count(plans, [Event(Kind.RECEIVED, 2028, codes | {"path": "saw"})]) == {
        "2028/received": 1,
        "2028/path/saw": 1,
        "2027-2029/area/other": 1,
    }
    assert layout.count(plans, [Event(Kind.MEASURE, 2029, {"kind": "art40"})]) == {"2029/art40": 1}


def test_an_event_that_no_total_selects_or_no_plan_covers_is_not_counted() -> None:
    plans = [plan.parse(plan_file())]
    assert not layout.count(plans, [Event(Kind.MEASURE, 2029, {"kind": "other"})])
    assert not layout.count(plans, [Event(Kind.MEASURE, 2030, {"kind": "art40"})])


def test_an_event_of_a_cross_table_is_counted_under_its_group() -> None:
    said = TOTALS + PATH + table("area", "path by area", {"other": [], "north": ["north"]}, k=10)
    event = Event(Kind.RECEIVED, 2027, {"path": "saw", "area": "north"})
    found = layout.count([plan.parse(plan_file(parts=said))], [event])
    assert found == {"2027/received": 1, "2027/path/saw": 1, "2027/path/saw/area/north": 1}


def test_the_file_of_an_edition_has_its_own_cells_in_the_order_of_their_keys() -> None:
    cells = Layout([Total("2026/a", 3), Total("2027/b", 3), Total("2027/a", 3)], [])
    written = release.write(cells, {"2026/a": 9, "2027/b": None, "2027/a": 4}, 2027)
    assert written == b'{\n "cells": {\n  "2027/a": 4,\n  "2027/b": null\n },\n "edition": 2027\n}\n'


def test_the_number_of_reports_that_must_stay_open_is_the_largest_threshold_so_far() -> None:
    plans = [plan.parse(plan_file(first, k=k)) for first, k in ((2027, 4), (2030, 5), (2033, 3))]
    cells, _ = layout.layout(plans, 2035)
    closed = {total.cell: (total.k, total.stay) for total in cells.totals if total.cell.endswith("/closed")}
    assert [closed[f"{year}/closed"] for year in (2027, 2030, 2035)] == [(4, 4), (5, 5), (3, 5)]
