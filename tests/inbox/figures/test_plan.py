"""A plan of publication is refused at its first mistake, with the place and the line."""

import pytest

from crypto import questionnaire
from crypto.keyring import Texts
from crypto.toml_schema import Mismatch
from inbox.figures import plan
from inbox.figures.counting import ASKED, Kept
from inbox.figures.events import Kind
from inbox.questionnaire import scoring
from templates import shipped
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
            TOTALS + PATH + table("area", "path by area", GROUPS),
            "'table.area.k' must be a number from 10",
        ),
        (
            TOTALS
            + PATH
            + table("area", "path by area", GROUPS, k=10)
            + table("role", "area.one by role", GROUPS),
            "'table.role.divides' must be one of",
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
    said = TOTALS + PATH + table("area", "path by area", GROUPS, k=10) + OUTCOME
    found = plan.parse(plan_file(parts=said))
    assert found.is_cross(found.tables["area"])
    assert not found.is_cross(found.tables["outcome"])


_VECTOR = table("vector", "received by vector", GROUPS)
_KIND = table("kind", "measures by kind", GROUPS)
_MEASURES = total("measures", "measure")


@pytest.mark.parametrize(
    ("parts", "by", "other"),
    [
        (PATH + _VECTOR, "vector", "path"),
        (_VECTOR + PATH, "path", "vector"),
        (PATH + table("means", "received by means", GROUPS, years=3), "means", "path"),
        (PATH + table("service", "received by service_sought", GROUPS), "service", "path"),
        (PATH + table("vector", "path by vector", GROUPS, k=10), "vector", "path"),
        (AREA + PATH + table("vector", "area.north by vector", GROUPS, years=3), "vector", "path"),
        (AREA + table("path", "area by path", GROUPS, years=3, k=10) + _VECTOR, "vector", "path"),
        (_MEASURES + _KIND + table("degree", "measures by degree", GROUPS), "degree", "kind"),
    ],
)
def test_no_total_is_divided_by_two_codes_of_which_one_depends_on_the_other(
    parts: str, by: str, other: str
) -> None:
    """Only after some answers about the path does the questionnaire ask for the vector."""
    with pytest.raises(
        Mismatch, match=rf"'table\.{by}\.by' must be a code that does not depend on {other}, "
    ):
        plan.parse(plan_file(parts=total("received", "received") + parts))


_MEANS = table("means", "vector.online by means", GROUPS)


@pytest.mark.parametrize(
    "parts",
    [
        PATH + VECTOR + _MEANS,
        PATH + VECTOR + _MEANS.replace("vector.online", "path.approached"),
        _VECTOR + table("means", "received by means", GROUPS),
        AREA + _VECTOR,
        _MEASURES + _KIND + table("degree", "kind.one by degree", GROUPS),
        _MEASURES + table("degree", "measures by degree", GROUPS),
        total("a", "measure", ["a"])
        + total("b", "measure", ["b"])
        + _KIND.replace("measures", "a")
        + table("degree", "b by degree", GROUPS),
    ],
)
def test_a_code_may_divide_one_group_of_the_code_on_which_it_depends_or_other_events(parts: str) -> None:
    assert plan.parse(plan_file(parts=total("received", "received") + parts)).tables


_FEEDBACK = table("feedback", "received by feedback_given", {"other": [], "late": ["late"]}, years=3)


@pytest.mark.parametrize(
    "groups",
    [
        {"rest": [], "never": ["unreachable"]},
        {"rest": [], "late": ["late"], "never": ["not_yet", "unreachable"]},
        {"rest": [], "late": ["late"], "in_time": ["in_time", "in_longer_time"]},
    ],
)
@pytest.mark.parametrize("is_last", [True, False])
def test_each_group_of_acknowledgements_can_have_any_code_of_what_follows(
    groups: dict[str, list[str]], *, is_last: bool
) -> None:
    """If no message can reach a reporter, both tables count the report as such."""
    said = table("acknowledged", "received by acknowledged", groups)
    assert plan.parse(plan_file(parts=TOTALS + said)).tables
    said_first = r"'table\.acknowledged\.group' must be a list of groups that each contain one of "
    message = said_first + "in_longer_time, in_time, late"
    for follows in (
        _FEEDBACK,
        *(table(by, f"received by {by}", GROUPS) for by in ("extended", "wrote_again")),
    ):
        with pytest.raises(Mismatch, match=message):
            plan.parse(plan_file(parts=TOTALS + (follows + said if is_last else said + follows)))


def test_acknowledgements_and_feedback_can_be_counted_together() -> None:
    groups = {"in_time": [], "rest": ["late", "not_yet", "unreachable"]}
    said = table("acknowledged", "received by acknowledged", groups)
    assert plan.parse(plan_file(parts=TOTALS + said + _FEEDBACK)).tables
    assert {*Kept} > plan.ACKNOWLEDGED


def test_the_program_knows_on_which_question_each_counted_question_depends() -> None:
    """A question that the questionnaire asks only after some answers depends on that other question."""
    asked = questionnaire.parse(shipped.QUESTIONNAIRE.read_bytes())
    subject = scoring.questions()
    counted = {question: by for by, question in ASKED.items()}
    counted |= {subject.category: "category", subject.area: "area"}
    found = {
        counted[field.id]: counted.get(other, other)
        for section in asked.sections
        for field in section.fields
        for other in {**(section.when or {}), **(field.when or {})}
        if field.id in counted
    }
    assert found == plan.DEPENDS[Kind.RECEIVED]


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
