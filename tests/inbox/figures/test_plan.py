"""A plan of publication is refused at its first mistake, with the place and the line."""

import pytest

from crypto.keyring import Texts
from crypto.toml_schema import Mismatch
from inbox.figures import plan
from inbox.figures.events import Kind
from tests.support.publication import AREA, OUTCOME, PATH, TOTALS, VECTOR, plan_file, table, total

GROUPS = {"other": [], "one": ["a"]}


def test_a_plan_names_its_totals_tables_and_groups() -> None:
    found = plan.parse(plan_file(2030, opens=False, k=7))
    assert (found.first, found.opens, found.k) == (2030, False, 7)
    assert found.totals["art40"].title == Texts(fr="Titre", en="Title")
    assert found.tables["path"].title == Texts(fr="Titre", en="Title")
    assert found.tables["path"].groups[1].label == Texts(fr="Groupe", en="Group")
    assert found.totals["art40"].event is Kind.MEASURE
    assert found.totals["art40"].only == {"art40"}
    assert found.tables["vector"].divides == "path.approached"
    assert found.tables["area"].years == 3
    assert found.tables["path"].group("gave_in") == "approached"
    assert found.tables["path"].group("anything") == "other"
    assert found.event(found.tables["vector"]) is Kind.RECEIVED


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (TOTALS + TOTALS.replace("received]", "again]"), "is not TOML"),
        (
            TOTALS + total("again", "received"),
            "'total.again' must be a table of events that no other total counts",
        ),
        (
            TOTALS + total("all", "measure"),
            "'total.all' must be a table of events that no other total counts",
        ),
        (
            TOTALS + total("more", "measure", ["art40", "x"]),
            "'total.more' must be a table of events",
        ),
        (total("received", "received", ["path"]), "'total.received.only' is not known here"),
        (total("received", "sent"), "'total.received.event' must be one of received, closed, measure"),
        (TOTALS + VECTOR + PATH, "'table.vector.divides' must be one of received, closed, art40"),
        (TOTALS + table("received", "received by path", GROUPS), "'table.received' must be a unique id"),
        (TOTALS + PATH + table("again", "received by path", GROUPS), "'table.again.by' must be one of "),
        (TOTALS + table("path", "closed by path", GROUPS), "'table.path.by' must be one of after, outcome"),
        (
            TOTALS + table("path", "received by path", GROUPS, years=2),
            "'table.path.years' must be one of 1, 3",
        ),
        (
            TOTALS + AREA + table("vector", "area.north by vector", GROUPS),
            "'table.vector.years' must be one of 3",
        ),
        (
            TOTALS + PATH + table("vector", "path by vector", GROUPS),
            "'table.vector.k' must be a number from 10",
        ),
        (
            TOTALS
            + PATH
            + table("vector", "path by vector", GROUPS, k=10)
            + table("means", "vector.one by means", GROUPS),
            "'table.means.divides' must be one of",
        ),
        (
            TOTALS + table("path", "received by path", GROUPS, k=2),
            "'table.path.k' must be a number from 3 to 100",
        ),
        (TOTALS + table("path", "received by path", {"other": []}), "'table.path.group' must be a list"),
        (
            TOTALS + table("path", "received by path", {"other": ["x"], "one": ["a"]}),
            "'codes' is not known here",
        ),
        (TOTALS + table("path", "received by path", {"other": [], "one": []}), "'codes' is missing"),
        (
            TOTALS + table("path", "received by path", {"other": [], "one": ["a"], "two": ["a"]}),
            "'codes' must be a list of codes without duplicates",
        ),
        (
            TOTALS + table("path", "received by path", GROUPS).replace('"one"', '"other"'),
            "'id' must be a unique id",
        ),
    ],
)
def test_a_mistake_in_a_plan_is_named(parts: str, message: str) -> None:
    with pytest.raises(Mismatch) as refused:
        plan.parse(plan_file(parts=parts))
    assert message in str(refused.value)


@pytest.mark.parametrize(("k", "allowed"), [(2, False), (3, True), (100, True), (101, False)])
def test_a_threshold_below_the_floor_is_refused(k: int, *, allowed: bool) -> None:
    if allowed:
        assert plan.parse(plan_file(k=k)).k == k
    else:
        with pytest.raises(Mismatch, match="'k' must be a number from 3 to 100"):
            plan.parse(plan_file(k=k))


def test_a_cross_table_divides_each_group_of_a_table() -> None:
    said = TOTALS + PATH + table("vector", "path by vector", GROUPS, k=10) + OUTCOME
    found = plan.parse(plan_file(parts=said))
    assert found.is_cross(found.tables["vector"])
    assert not found.is_cross(found.tables["outcome"])


_BY_AFTER = (
    table("slow", "art40 by after", GROUPS),
    total("sanctions", "measure", ["sanction"]),
    table("slow_sanction", "sanctions by after", GROUPS),
)


def test_two_totals_of_measures_can_both_be_divided_by_the_time_since_the_report() -> None:
    """No measure is in both totals, so no cell repeats another."""
    found = plan.parse(plan_file(parts=TOTALS + "".join(_BY_AFTER)))
    assert [found.total(each).id for each in found.tables.values()] == ["art40", "sanctions"]
    with pytest.raises(Mismatch, match=r"'table\.again\.by' must be one of "):
        plan.parse(plan_file(parts=TOTALS + "".join(_BY_AFTER) + table("again", "art40 by after", GROUPS)))


def test_a_renewed_plan_is_the_same_except_for_its_first_year() -> None:
    before = plan.parse(b"# first_year = 1\n" + plan_file(2027, parts=TOTALS + PATH + AREA))
    after = plan.renewed(before)
    assert after.raw == before.raw.replace(b"2027", b"2030")
    assert after == plan.parse(after.raw)
    assert (after.first, after.tables) == (2030, before.tables)


def test_a_plan_is_renewed_wherever_no_other_was_adopted_and_never_for_a_later_period() -> None:
    first, other = (plan.parse(plan_file(year, k=k)) for year, k in ((2027, 5), (2036, 7)))
    assert plan.in_force([], 2040) == []
    assert plan.in_force([first], 2029) == [first]
    assert [(each.first, each.k) for each in plan.in_force([first], 2033)] == [
        (2027, 5),
        (2030, 5),
        (2033, 5),
    ]
    for last, more in ((2029, []), (2038, []), (2039, [(2039, 7)])):
        found = [(each.first, each.k) for each in plan.in_force([first, other], last)]
        assert found == [(2027, 5), (2030, 5), (2033, 5), (2036, 7), *more]
