"""A plan is refused if codes or the law tell readers more about its counts than the certificate knows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from crypto.toml_schema import Mismatch
from inbox.exchange.manual_entry import Route
from inbox.figures import adoption, certificate, counting, layout, plan
from inbox.figures.events import Event, Kind
from inbox.figures.rule import protect
from inbox.language.errors import Refused
from inbox.session.inbox import Unlocked
from tests.support import inference
from tests.support.figures_room import YEAR, three
from tests.support.inbox_builders import Office, today
from tests.support.publication import OUTCOME, plan_file, table, total

RECEIVED, CLOSED = total("received", "received"), total("closed", "closed")
TIMES = (*counting.AFTER, counting.LATER)
SANCTION, OPENED, SUSPENDED = "disciplinary_sanction", "disciplinary_opened", "suspension"
DECIDED = "office_decision"
GROUPS = ("group_1", "group_2", "group_3", "group_4")


@pytest.fixture
def room(founded_three: Office, tmp_path: Path) -> Iterator[Unlocked]:
    """An inbox of three officers without cases, opened by two of them."""
    with three(founded_three, tmp_path) as opened:
        yield opened


def adopt(room: Unlocked, parts: str) -> None:
    adoption.adopt(room.inbox, room.by_opening(today()), plan_file(YEAR, parts=parts))


def refused(room: Unlocked, parts: str) -> str:
    with pytest.raises(Refused) as error:
        adopt(room, parts)
    assert adoption.listing(room.inbox, room.by_opening(today())) == []
    return str(error.value.what)


def divided(kind: str, by: str, groups: Mapping[str, Sequence[str]], only: Sequence[str] = ()) -> str:
    """Return a plan with one table, which divides all events of a kind."""
    counted = "" if kind == "received" else total(kind, kind, only)
    return RECEIVED + counted + table("one", f"{kind} by {by}", groups)


@pytest.mark.parametrize(
    ("kind", "by", "groups", "only"),
    [
        ("received", "junk", {"other": [], "all": ["yes", "no"]}, ()),
        ("received", "identity", {"other": [], "all": ["named", "anonymous"]}, ()),
        ("received", "route", {"other": [], "portal": ["portal"], "rest": [*Route]}, ()),
        ("received", "role", {"other": [], "agent": ["agent"], "rest": ["outsider", "nothing"]}, ()),
        ("closed", "after", {"unknown": [], "fast": TIMES[:2], "slow": TIMES[2:]}, ()),
        ("measure", "kind", {"other": [], "both": [OPENED, SANCTION]}, (OPENED, SANCTION)),
        ("measure", "degree", {"none": [], "one": GROUPS[:1], "higher": GROUPS[1:]}, (SANCTION,)),
    ],
)
def test_a_plan_is_refused_if_nothing_can_count_in_the_first_group_of_a_table(
    room: Unlocked, kind: str, by: str, groups: dict[str, Sequence[str]], only: Sequence[str]
) -> None:
    """Once another group leaves one of its codes to the first group, the plan can be adopted."""
    why = refused(room, divided(kind, by, groups, only))
    assert why == "nothing can count in the first group of the table one"
    *_, last = groups
    adopt(room, divided(kind, by, groups | {last: groups[last][1:]}, only))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (divided("received", "role", {"other": [], "agent": ["agent", "several"]}), "several"),
        (divided("measure", "kind", {"other": [], "opened": [OPENED, SUSPENDED]}, [OPENED]), SUSPENDED),
        (divided("measure", "degree", {"other": [], "one": ["group_1"]}, [OPENED]), "group_1"),
        (divided("measure", "degree", {"other": [], "none": ["nothing"]}, [SANCTION]), "nothing"),
        (
            divided("measure", "kind", {"other": [], "ends": [DECIDED, SUSPENDED]})
            + table("degree", "one.ends by degree", {"other": [], "one": ["group_1"]}),
            "group_1",
        ),
    ],
)
def test_a_plan_is_refused_if_it_names_a_code_that_no_event_of_the_table_can_have(
    room: Unlocked, parts: str, code: str
) -> None:
    assert refused(room, parts).endswith(f": {code}")


def test_the_first_group_of_a_part_of_a_table_counts_measures_of_this_part(room: Unlocked) -> None:
    """A table of sanctions within a table of measures has groups only, and one of all others has none."""
    outer = divided("measure", "kind", {"other": [], "sanction": [SANCTION]})
    groups = {"first": [], "higher": GROUPS[1:]}
    assert "group_2" in refused(room, outer + table("degree", "one.other by degree", groups))
    adopt(room, outer + table("degree", "one.sanction by degree", groups))


def test_the_attacker_finds_small_counts_beside_a_first_group_in_which_nothing_can_count() -> None:
    """The certificate moves hidden events there. Readers know better: of 12 events, each group has four."""
    named = {"other": [], "many": ["a"], "some": ["b"], "few": ["c"], "rare": ["d"]}
    parts = RECEIVED + CLOSED + table("outcome", "closed by outcome", named)
    under = plan.parse(plan_file(YEAR, parts=parts))
    events = [Event(Kind.RECEIVED, YEAR, {})] * 60
    for code, n in {"a": 20, "b": 4, "c": 4, "d": 4}.items():
        events += [Event(Kind.CLOSED, YEAR, {"outcome": code})] * n
    cells, facts = layout.layout([under], YEAR)
    counted = layout.count([under], events)
    shown = protect(cells, {cell: counted[cell] for cell in cells.cells()})
    assert certificate.certify(cells, facts, shown)
    assert inference.narrowed(cells, facts, shown) == {}
    empty = [({f"{YEAR}/outcome/other": 1}, {0})]
    found = inference.narrowed(cells, facts, shown, also=empty)
    assert {found[f"{YEAR}/outcome/{group}"] == {4} for group in ("some", "few", "rare")} == {True}


@pytest.mark.parametrize("parts", [CLOSED, total("sanctions", "measure", [SANCTION]), CLOSED + OUTCOME])
def test_a_plan_is_refused_if_no_total_counts_the_received_reports(parts: str) -> None:
    """Each closing and each measure needs a report, so no edition would get a certificate."""
    with pytest.raises(Mismatch, match="'total' must be a table with an entry that has event = received"):
        plan.parse(plan_file(parts=parts))
    assert plan.parse(plan_file(parts=RECEIVED + parts)).totals


ALL_OPENINGS = [OPENED, SANCTION, SUSPENDED]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (total("opened", "measure", ALL_OPENINGS) + total("decided", "measure", [DECIDED]), "decided"),
        (
            total("opened", "measure", ALL_OPENINGS[:1])
            + total("others", "measure", ALL_OPENINGS[1:])
            + total("decided", "measure", [DECIDED]),
            "decided",
        ),
        (
            total("measures", "measure")
            + table("kind", "measures by kind", {"other": [], "decided": [DECIDED, "final_decision"]}),
            "kind.decided",
        ),
        (
            total("measures", "measure", [*ALL_OPENINGS, DECIDED])
            + table("kind", "measures by kind", {"decided": [], "opened": ALL_OPENINGS}),
            "kind.decided",
        ),
    ],
)
def test_a_plan_is_refused_if_it_counts_decisions_that_end_proceedings_and_all_that_open_them(
    room: Unlocked, parts: str, name: str
) -> None:
    why = refused(room, RECEIVED + parts)
    assert why.startswith(f"{name} counts only decisions that end proceedings")


@pytest.mark.parametrize(
    "parts",
    [
        total("opened", "measure", ALL_OPENINGS[1:]) + total("decided", "measure", [DECIDED]),
        total("opened", "measure", ALL_OPENINGS) + total("decided", "measure", [DECIDED, "hearing"]),
        total("measures", "measure"),
        total("opened", "measure", ALL_OPENINGS) + total("decided", "measure", ["final_decision"]),
    ],
)
def test_a_plan_may_count_decisions_if_readers_cannot_tell_how_many_openings_they_need(
    room: Unlocked, parts: str
) -> None:
    adopt(room, RECEIVED + parts)
