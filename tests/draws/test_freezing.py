"""A frozen list: salted leaves in strata, whose names and order say nothing about the list."""

import hashlib
from pathlib import Path

import pytest

from draws import columns, csv_files, freezing, protocol
from draws.cli.lists import CONTROLS
from draws.freezing import ListRefused, Plan
from draws.protocol import DrawList, Party
from tests.support.draw_room import DAY, HEADING, controls

ON = protocol.date.fromisoformat(DAY)
PARTIES = tuple(Party(name, name.encode() * 32) for name in "abc")


def frozen(csv: str, each: int = 1, percent: int = 0) -> tuple[DrawList, freezing.Leaves, freezing.Private]:
    tables = csv_files.tables(csv.encode(), columns.columns())
    plan = Plan("le-havre", 1, protocol.FIRST, ON, ON, ON, ON, PARTIES, each=each, percent=percent)
    return freezing.freeze(tables, plan, CONTROLS)


def test_the_leaf_of_a_line_is_that_of_the_specification() -> None:
    """A short computation from docs/draws.md, 3.1, without the code of the program."""
    _, _, private = frozen(controls(5))
    position, line = 3, private.lines[3]
    salt = hashlib.sha256(b"fanal/draw/1/salt\0" + private.secret + position.to_bytes(4, "big")).digest()
    leaf = hashlib.sha256(b"fanal/draw/1/line\0" + salt + line.encode()).digest()
    assert private.salted()[position] == leaf
    assert line.startswith("MSCU0000003\n")


def test_the_same_list_has_other_leaves_each_time() -> None:
    """Otherwise somebody could guess a container, and find its leaf."""
    (first, one, _), (second, other, _) = frozen(controls(9)), frozen(controls(9))
    assert first.leaves != second.leaves
    assert {*one.leaves}.isdisjoint(other.leaves)


def test_the_names_of_strata_say_nothing_about_them() -> None:
    """In each list, another stratum is s1. Names in the order of the values would tell who they are."""
    orders = {tuple(each.values for each in frozen(controls(60))[2].strata) for _ in range(12)}
    assert len(orders) > 1
    assert len({order[0] for order in orders}) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(min(orders)))}


def test_the_public_files_contain_no_container_and_no_unit() -> None:
    of, leaves, _ = frozen(controls(60))
    public = protocol.LIST.encode(of) + freezing.LEAVES.encode(leaves)
    assert b"MSCU" not in public
    assert b"havre-" not in public


@pytest.mark.parametrize(
    ("each", "percent", "drawn"), [(1, 0, 1), (0, 10, 2), (3, 10, 3), (99, 0, 12), (0, 100, 12)]
)
def test_the_larger_of_number_and_percentage_is_drawn_and_at_most_all(
    each: int, percent: int, drawn: int
) -> None:
    lines = "\n".join(f"A{n};u;scanner;low;RAS;" for n in range(12))
    of, _, _ = frozen(f"{HEADING}\n{lines}\n", each, percent)
    assert [stratum.drawn for stratum in of.strata] == [drawn]


@pytest.mark.parametrize("weight", ["0", "101", "1.5", "", "x"])
def test_a_weight_that_is_not_a_number_from_1_to_100_is_refused(weight: str) -> None:
    with pytest.raises(ListRefused, match="line 3: the weight is not a number from 1 to 100"):
        frozen(f"{HEADING};weight\nA;u;s;low;RAS;;7\nB;u;s;low;RAS;;{weight}\n")


def test_each_weight_stays_with_its_line() -> None:
    of, leaves, private = frozen(f"{HEADING};weight\nA;u;s;low;RAS;;7\nB;u;s;low;RAS;;9\nC;v;s;low;RAS;;3\n")
    assert all(stratum.weighted for stratum in of.strata)
    lines = dict(zip(private.salted(), private.lines, strict=True))
    found = {
        lines[leaf][0]: weight
        for own, heavy in leaves.strata()
        for leaf, weight in zip(own, heavy, strict=True)
    }
    assert found == {"A": 7, "B": 9, "C": 3}


def test_a_list_in_another_office_s_csv_can_be_frozen(tmp_path: Path) -> None:
    """CP1252 and a tab between the cells, as an office program may write them."""
    csv = controls(9).replace(";", "\t").replace("low", "modéré").encode("cp1252")
    (tmp_path / "list.csv").write_bytes(csv)
    rows = csv_files.read((tmp_path / "list.csv").read_bytes(), columns.columns())
    assert {row["origin_risk"] for row in rows} == {"high", "modéré"}
