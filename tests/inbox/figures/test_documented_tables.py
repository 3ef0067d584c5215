"""The page that compares the plan of publication with the tables that were asked for."""

import re

import pytest

from inbox.figures import plan
from inbox.figures.plan import CROSS, Plan
from templates import shipped
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "figures.md").read_text("utf-8")
NAMES = re.compile(r"`(total|table)\.(\w+)`")


@pytest.fixture(scope="module")
def shipped_plan() -> Plan:
    return plan.parse((shipped.FOLDER / "publication" / "fr.toml").read_bytes())


def test_the_page_names_every_total_and_table_of_the_plan_and_no_other(shipped_plan: Plan) -> None:
    planned = {("total", name) for name in shipped_plan.totals} | {
        ("table", name) for name in shipped_plan.tables
    }
    assert set(NAMES.findall(PAGE)) == planned


def test_every_row_of_the_page_names_a_table_or_gives_a_reason() -> None:
    rows = [line.split("|")[3] for line in PAGE.splitlines() if re.match(r"\| A?\d+ \|", line)]
    assert len(rows) > 40
    for row in rows:
        assert NAMES.search(row) or "left out: " in row or "as in A1" in row or "computed from" in row, row


def test_the_page_has_a_row_for_each_of_the_ten_and_of_the_fourteen_tables() -> None:
    found = set(re.findall(r"^\| (A?\d+) \|", PAGE, re.MULTILINE))
    assert found == {*(f"A{n}" for n in range(1, 11)), *map(str, range(1, 15))}


def test_the_plan_hides_counts_below_five_and_has_no_cross_table(shipped_plan: Plan) -> None:
    assert shipped_plan.k == 5
    assert {each.k for each in shipped_plan.tables.values()} == {5}
    assert not [each.id for each in shipped_plan.tables.values() if shipped_plan.is_cross(each)]
    assert CROSS == 10


def test_the_areas_of_the_plan_are_groups_of_regions(shipped_plan: Plan) -> None:
    """A single port would name the few officers who work there."""
    assert [group.id for group in shipped_plan.tables["area"].groups] == [
        "elsewhere",
        "channel_north",
        "atlantic",
        "mediterranean",
        "overseas",
    ]
