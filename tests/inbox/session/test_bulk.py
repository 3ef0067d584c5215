"""Bulk actions tag or assign either all of the chosen cases or none of them.

Each case has its own journal entry.
"""

from typing import Any

import pytest

from tests.support.inbox_builders import Office
from tests.support.inbox_outcomes import refused
from tests.support.inbox_trio import Trio

pytestmark = pytest.mark.copy_of("founded_bulk")


@pytest.fixture(scope="module")
def founded_bulk(founded_trio: Trio, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The trio's inbox with its three cases open.

    None of the cases is hidden from the two signed-in officers.
    """
    trio = Trio(founded_trio.office.copy(tmp_path_factory.mktemp("bulk")))
    for number in ("1", "2", "3"):
        trio.others.json("case", "reopen", number, "--reason", "x")
    return trio.others


def noted(office: Office, action: str) -> list[Any]:
    entries = office.json("journal", "list")["entries"]
    return [(each["case"], each["values"]) for each in entries if each.get("action") == action]


def tags(office: Office, number: int) -> Any:
    return office.json("case", "show", str(number))["work"]["tags"]


def assigned(office: Office) -> list[Any]:
    return [office.json("case", "show", str(number))["work"]["assigned"] for number in (1, 2, 3)]


def test_many_cases_are_tagged_in_one_action(office: Office) -> None:
    """The cases are chosen by number or by filter. Each case has one journal entry."""
    assert {"cases": [1, 2]} == office.json("queue", "tag", "2", "1", "2", "--add", "Escale", "--add", "quai")
    assert [["case 1", "escale", "quai"], ["case 2", "escale", "quai"]] == [tags(office, n) for n in (1, 2)]
    assert [(1, {}), (2, {})] == noted(office, "tag")
    assert (
        "3 cases: tagged\n"
        == office.run("queue", "tag", "--status", "assessing", "--count", "3", "--add", "vu").out
    )
    assert 3 == office.json("queue", "list", "--tag", "vu")["count"]
    assert [1, 2] == office.json("queue", "tag", "--tag", "quai", "--count", "2", "--remove", "quai")["cases"]
    assert 0 == office.json("queue", "list", "--tag", "quai")["count"]
    assert [(1, {"removed": True}), (2, {"removed": True})] == noted(office, "tag")[-2:]


def test_many_cases_are_assigned_in_one_action(office: Office) -> None:
    office.json("queue", "assign", "1", "2", "3", "--to", "alice")
    assert ["alice"] * 3 == assigned(office)
    assert [(number, {"officer": "alice"}) for number in (1, 2, 3)] == noted(office, "assign")
    said = office.run("queue", "unassign", "--officer", "alice", "--count", "3").out
    assert ("3 cases: assigned to nobody\n", [None] * 3) == (said, assigned(office))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["tag", "1", "9", "--add", "x"], 1, "there is no case 9"),
        (["tag", "1", "2", "--add", "two words"], 1, "invalid tag"),
        (["tag", "1", "2", "--remove", "vu"], 1, "case 2 has no such tag"),
        (["assign", "1", "9", "--to", "alice"], 1, "there is no case 9"),
        (["assign", "1", "2", "--to", "dora"], 1, "there is no officer dora"),
        (["assign", "2", "3", "--to", "bruno"], 1, "bruno is excluded from case 3"),
        (["tag", "--status", "assessing", "--count", "2", "--add", "x"], 1, "3 cases match"),
        (["tag", "--category", "none", "--count", "1", "--add", "x"], 1, "no case matches"),
        (["tag", "--add", "x"], 2, "give case numbers"),
        (["tag", "1", "--tag", "vu", "--add", "x"], 2, "not both"),
        (["tag", "1"], 2, "give --add"),
        (["tag", "1", "--add", "x", "--remove", "y"], 2, "give --add"),
        (["assign", "1"], 2, "Missing option '--to'"),
        (["unassign", "1", "--to", "alice"], 2, "No such option"),
    ],
)
def test_a_refused_bulk_action_changes_no_case(
    office: Office, words: list[str], code: int, said: str
) -> None:
    office.json("case", "tag", "add", "1", "vu")
    before = office.state()
    ended = office.run("queue", *words)
    assert (code, True) == (ended.code, said in ended.err)
    assert before == office.state()


def test_a_bulk_action_of_an_excluded_officer_neither_changes_nor_reveals_the_case(office: Office) -> None:
    """The officer tries numbers and filters, and reads the journal.

    The control is the other officers' action.
    """
    trio = Trio(office)
    for words in (["tag", "--add", "vu"], ["assign", "--to", "alice"]):
        said = refused(trio.excluded, "queue", words[0], "1", "3", *words[1:])
        assert "error: there is no case 3\n" in said
        assert "2 cases match" in trio.excluded.run("queue", *words, "--status", "assessing").err
        done = trio.excluded.json("queue", *words, "--status", "assessing", "--count", "2")
        assert [1, 2] == done["cases"]
        done = office.json("queue", *words, "--status", "assessing", "--count", "3")
        assert [1, 2, 3] == done["cases"]
    assert [1, 2] == sorted({case for case, _ in noted(trio.excluded, "tag")})
    assert "case 3" not in trio.excluded.run("journal", "list").out


def test_only_the_handlers_of_a_restricted_case_can_change_it_in_bulk(office: Office) -> None:
    trio = Trio(office)
    office.json("access", "restrict", "1", "alice", "chloe")
    for words in (["tag", "--add", "vu"], ["assign", "--to", "alice"]):
        said = refused(trio.excluded, "queue", words[0], "2", "1", *words[1:])
        assert "only its handlers may read case 1" in said
        done = trio.excluded.json("queue", *words, "--status", "assessing", "--count", "1")
        assert [2] == done["cases"]
    assert [1, 2] == office.json("queue", "tag", "1", "2", "--add", "x")["cases"]
    assert "only its handlers may read case 1" in refused(
        office, "queue", "assign", "2", "1", "--to", "bruno"
    )
