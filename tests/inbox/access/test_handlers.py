"""Only the handlers read a restricted case.

In an emergency, two other officers can open the case (break-glass).
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.access import handlers
from inbox.overview import queue_filter
from inbox.session import journal_view
from tests.support.inbox_builders import CLOSING, Office, today
from tests.support.inbox_trio import CANARY, Trio


@pytest.fixture(scope="module")
def founded_entrusted(founded_trio: Trio, tmp_path_factory: pytest.TempPathFactory) -> Trio:
    """Two open cases. Case 1 is restricted to alice and chloe."""
    trio = Trio(founded_trio.office.copy(tmp_path_factory.mktemp("entrusted")))
    for number in ("1", "2"):
        trio.others.json("case", "reopen", number, "--reason", "x")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    return trio


@pytest.fixture
def entrusted(founded_entrusted: Trio, tmp_path: Path) -> Trio:
    """A copy of ``founded_entrusted`` for one test."""
    return Trio(founded_entrusted.office.copy(tmp_path / "entrusted"))


def line(office: Office, number: int, *filters: str) -> Any:
    """Return the row of a case in the queue, or None if the queue does not list the case."""
    found = [row for row in office.json("queue", "list", *filters)["cases"] if row["case"] == number]
    return found[0] if found else None


READING = [
    ["case", "show", "1"],
    ["file", "preview", "1", "1"],
    ["file", "export", "1", "1", "--out", "OUT", "--reason", "x"],
    ["message", "reply", "1", "--text", "x"],
    ["case", "set-status", "1", "assessing"],
    ["case", "note", "1", "--text", "x"],
    ["case", "close", "1", *CLOSING],
    ["case", "set-score", "1", "--danger", "1", "--reason", "x"],
    ["access", "conflict", "add", "1", "chloe", "--reason", "x"],
    ["access", "restrict", "1", "alice", "bruno"],
    ["access", "unrestrict", "1"],
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_an_officer_who_is_not_a_handler_neither_reads_nor_changes_the_case(
    entrusted: Trio, tmp_path: Path, words: list[str]
) -> None:
    """The officer is refused even if a handler is also signed in, because both see the same screen.

    The control: the handlers are not refused.
    """
    before = entrusted.office.state()
    said = entrusted.excluded.run(*(str(tmp_path / "out") if word == "OUT" else word for word in words))
    assert (1, "") == (said.code, said.out)
    assert (
        "error: only its handlers may read case 1\nhint: see the handlers: inbox access handlers 1"
        in said.err
    )
    assert before == entrusted.office.state()
    done = entrusted.others.run(*(str(tmp_path / "out") if word == "OUT" else word for word in words))
    assert "only its handlers may read case" not in done.err


@pytest.mark.parametrize("dense", [1, 10_000], ids="words in {} cases".format)
def test_the_queue_shows_other_officers_little_more_than_the_number_and_priority_and_deadline(
    entrusted: Trio, dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter by any other property does not find the case."""
    monkeypatch.setattr(queue_filter, "_DENSE", dense)
    seen, whole = line(entrusted.excluded, 1), line(entrusted.others, 1)
    told = {"case", "state", "priority", "deadline", "urgency", "for_handlers", "undeclared"}
    assert {name for name, value in seen.items() if value is not None} == told
    assert all(seen[name] == whole[name] for name in told - {"for_handlers", "undeclared"})
    assert (whole["summary"], True) == ("case 1", seen["for_handlers"])
    assert "    1  P4              due " in entrusted.excluded.run("queue", "list").out
    for filters in (["--search", "case"], ["--status", "assessing"]):
        assert line(entrusted.excluded, 1, *filters) is None
        assert entrusted.excluded.json("queue", "list", *filters)["count"] == 1
        assert line(entrusted.others, 1, *filters)
    assert entrusted.excluded.json("queue", "list", "--priority", "4")["count"] == 2
    assert [2] == [case["case"] for case in entrusted.excluded.json("case", "list")["cases"]]
    assert "FOR ITS HANDLERS ONLY: alice, chloe" in entrusted.others.run("case", "show", "1").out


def test_the_queue_hides_a_restricted_case_from_an_excluded_officer(trio: Trio) -> None:
    """The queue does not count its unread message either, and break-glass does not open the case."""
    trio.decide_all()
    assert [2, 3] == [each.json("queue", "list")["unread_closed"] for each in (trio.excluded, trio.others)]
    trio.others.json("case", "reopen", "3", "--reason", "x")
    trio.others.json("access", "restrict", "3", "alice", "chloe")
    assert trio.excluded.json("queue", "list") == {
        "count": 0,
        "many": False,
        "cases": [],
        "unread_closed": 2,
        "undecided_closed": 0,
        "declared_only": False,
        "danger_left_out": 0,
        "missed": None,
        "requests": [],
        "facets": {},
    }
    assert 1 == trio.excluded.run("access", "break-glass", "3", "--reason", "x").code
    assert CANARY in trio.others.run("case", "show", "3").out


@pytest.mark.parametrize(
    ("case", "names", "words"),
    [
        ("1", ["alice"], "the inbox opens only with 2 officers"),
        ("1", ["alice", "alice"], "the inbox opens only with 2 officers"),
        ("1", ["alice", "dora"], "dora cannot be a handler"),
        ("3", ["alice", "bruno"], "bruno cannot be a handler"),
        ("9", ["alice", "chloe"], "there is no case 9"),
    ],
)
def test_the_handlers_must_form_a_quorum_of_officers_who_may_read_the_case(
    trio: Trio, case: str, names: list[str], words: str
) -> None:
    before = trio.office.state()
    said = trio.others.run("access", "restrict", case, *names)
    assert (1, True) == (said.code, words in said.err)
    assert before == trio.office.state()


def test_the_command_that_removes_a_restriction_accepts_no_officer_names(founded_trio: Trio) -> None:
    assert 2 == founded_trio.others.run("access", "unrestrict", "1", "alice").code


@pytest.mark.parametrize("name", ["a b", "Alice", "", "x" * 33, "x" * 2_000, "a\x1b[2J"])
def test_an_invalid_officer_name_is_refused_before_it_is_recorded(founded_trio: Trio, name: str) -> None:
    """The commands for handlers, exclusions and aliases check names in the same way.

    The journal could not parse an invalid name.
    """
    others = founded_trio.others
    before = founded_trio.office.state()
    for words in (
        ("access", "restrict", "1", "alice", name),
        ("access", "conflict", "add", "1", name, "--reason", "x"),
        ("access", "conflict", "remove", "1", name, "--reason", "x"),
        ("access", "alias", "add", name, "Jean Dupont"),
        ("access", "alias", "remove", name, "Jean Dupont"),
    ):
        said = others.run(*words)
        assert (1, True) == (said.code, "cannot be the name of an officer" in said.err), words
    assert before == founded_trio.office.state()


def test_an_officer_who_restricts_a_case_to_others_can_no_longer_read_it(entrusted: Trio) -> None:
    """The officer can read the case again after the new handlers have removed the restriction."""
    entrusted.others.json("access", "restrict", "1", "alice", "bruno")
    assert 1 == entrusted.others.run("case", "show", "1").code
    assert ["alice", "bruno"] == entrusted.others.json("access", "handlers", "1")["handlers"]
    entrusted.excluded.json("access", "unrestrict", "1")
    assert 0 == entrusted.others.run("case", "show", "1").code
    assert 1 == entrusted.others.run("access", "unrestrict", "1").code


def test_officers_are_told_whether_they_may_read_a_restricted_case(entrusted: Trio) -> None:
    """Case 2 has no handlers, so every officer may read it."""
    for office, reads in ((entrusted.excluded, [False, True]), (entrusted.others, [True, True])):
        with office.unlocked() as opened:
            who = opened.by_opening(today())
            told = [handlers.look(opened.inbox, who, number).is_read for number in (1, 2)]
        assert reads == told


def test_break_glass_adds_two_officers_to_the_handlers_and_is_reported_to_the_referent(
    entrusted: Trio,
) -> None:
    """In the journal, break-glass is an action of its own."""
    office = entrusted.excluded
    opened = office.json("access", "break-glass", "1", "--reason", "he is in danger tonight")
    assert ["alice", "bruno", "chloe"] == opened["handlers"]
    assert 0 == office.run("case", "show", "1").code
    assert (
        "the signed-in officers may already read case 1"
        in office.run("access", "break-glass", "1", "--reason", "x").err
    )
    assert 1 == office.run("access", "break-glass", "2", "--reason", "x").code
    with office.opened() as inbox, inbox.transaction() as session:
        told = list(map(journal_view.line, handlers.broken_since(session, today())))
        later = list(handlers.broken_since(session, today() + timedelta(1)))
    (one,) = told
    by = "alice (passphrase), bruno (passphrase)"
    assert one.endswith(f"{by}: break-glass case 1 reason: he is in danger tonight")
    assert not later
