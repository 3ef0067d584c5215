"""One action passes all open cases of an absent officer to a deputy."""

from pathlib import Path

import pytest

from tests.support.desk_room import tell
from tests.support.inbox_builders import Office, Portal, World

pytestmark = pytest.mark.copy_of("founded_three")


@pytest.fixture
def assigned(office: Office, tmp_path: Path) -> Office:
    """Three cases assigned to bruno, and a fourth that is assigned to nobody."""
    world = World(office)
    tell(world, Portal(world, tmp_path / "medium"), *({"what": each, "coi": "no"} for each in "abcd"))
    office.json("case", "declare", "1", "2", "3", "4")
    office.json("queue", "assign", "1", "2", "3", "--to", "bruno")
    return office


def seen_to(office: Office) -> dict[int, str | None]:
    return {each["case"]: each["assigned"] for each in office.json("queue", "list")["cases"]}


def test_one_action_assigns_all_open_cases_of_an_absent_officer_to_the_deputy(assigned: Office) -> None:
    done = assigned.json("queue", "hand-over", "bruno", "alice")
    assert {"cases": [1, 2, 3], "assigned": "alice", "kept": []} == done
    assert {1: "alice", 2: "alice", 3: "alice", 4: None} == seen_to(assigned)


def test_a_case_that_the_deputy_may_not_read_is_listed_instead_of_passed_on(assigned: Office) -> None:
    assigned.json("access", "conflict", "add", "2", "chloe", "--reason", "kin")
    assert [2] == assigned.json("queue", "hand-over", "bruno", "chloe")["kept"]
    assert {1: "chloe", 2: "bruno", 3: "chloe", 4: None} == seen_to(assigned)


def test_passing_on_is_refused_for_an_unknown_officer_or_an_officer_without_cases(assigned: Office) -> None:
    before = assigned.state()
    for absent, deputy in (("chloe", "alice"), ("bruno", "mallory"), ("mallory", "alice")):
        assert 1 == assigned.run("queue", "hand-over", absent, deputy).code
    assert before == assigned.state()
