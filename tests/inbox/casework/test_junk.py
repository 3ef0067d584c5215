"""Officers move many junk cases out of the queue and back in one action.

The reporters of these cases are not told.
"""

from pathlib import Path
from typing import Any

import pytest

from inbox.casework import junk
from inbox.language.errors import Locked
from inbox.overview import queue as case_queue
from inbox.session.actions import Actor
from tests.support import inbox_builders as build
from tests.support.desk_room import sitting
from tests.support.inbox_builders import (
    PASSPHRASE,
    Office,
    Portal,
    Reporter,
    Sent,
    World,
    answering,
    first,
    read_outbox,
    today,
)
from tests.support.inbox_clock import moved
from tests.support.inbox_ending import aged, dated_by_portal, tell_portal
from tests.support.inbox_trio import NAMES, Trio

WHY = ("--reason", "advertising")


class Flooded:
    """An inbox with five reports, and the reporter of the first.

    Three of the reports are junk in one category.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.office = Office.found(folder)
        self.world = World(self.office)
        self.portal = Portal(self.world, folder / "medium")
        self.reporter = Reporter(self.world)
        for n in range(5):
            reporter = self.reporter if n == 0 else Reporter(self.world)
            edit = answering(category="other" if n < 3 else "conflict_interest")
            self.collect(first(reporter, text="achetez" if n < 3 else "on me menace", edit=edit))

    def collect(self, sent: Sent) -> None:
        bundle = self.portal.bundle(sent)
        self.office.json("exchange", "collect", bundle, "--confirm-instance", self.portal.fingerprint)


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Flooded:
    return Flooded(tmp_path_factory.mktemp("flooded"))


@pytest.fixture
def office(flooded: Flooded, tmp_path: Path) -> Office:
    return flooded.office.copy(tmp_path / "copy")


def queue(office: Office, *filters: str) -> list[int]:
    return sorted(case["case"] for case in office.json("queue", "list", *filters)["cases"])


def noted(office: Office, action: str) -> list[Any]:
    entries = office.json("journal", "list")["entries"]
    return [
        (each["case"], each["values"], each["reason"]) for each in entries if each.get("action") == action
    ]


def test_one_action_marks_many_cases_as_junk_and_another_recovers_them(office: Office) -> None:
    """The cases are chosen by number and move to the list of junk.

    The journal records each case with the reason.
    """
    done = office.json("case", "junk", "3", "1", "2", "1", "--reason", "advertising")
    assert {"cases": [1, 2, 3], "junk": True} == done
    assert ([4, 5], [1, 2, 3], []) == (queue(office), queue(office, "--junk"), queue(office, "--closed"))
    assert [(number, {}, "advertising") for number in (1, 2, 3)] == noted(office, "junk")
    assert (
        f"JUNK since {today()}: not in the queue; inbox case unjunk 2" in office.run("case", "show", "2").out
    )
    office.json("case", "unjunk", "2", "3")
    assert ([2, 3, 4, 5], [1]) == (queue(office), queue(office, "--junk"))
    assert [(2, {}, ""), (3, {}, "")] == noted(office, "recover")
    assert "JUNK" not in office.run("case", "show", "2").out


def test_one_officer_alone_cannot_mark_a_case_as_junk(office: Office) -> None:
    with office.unlocked() as opened, pytest.raises(Locked):
        junk.mark(opened.inbox, Actor(opened.present, today()), [1], "advertising")
    assert [] == queue(office, "--junk")
    with office.unlocked() as opened:
        assert [1] == junk.mark(opened.inbox, opened.by_opening(today()), [1], "advertising")


def test_the_results_of_a_filter_are_marked_as_junk_once_their_count_is_confirmed(office: Office) -> None:
    """The journal records each search, even if it finds nothing."""
    said = office.run("case", "junk", "--search", "achetez", "--category", "other", *WHY)
    assert (1, "error: 3 cases match\n") == (said.code, said.err.partition("hint")[0])
    assert "add: --count 3" in said.err
    assert 1 == office.run("case", "junk", "--search", "achetez", "--count", "2", *WHY).code
    assert (2, [1, 2, 3, 4, 5]) == (len(noted(office, "search")), queue(office))
    assert (
        "3 cases marked as junk; see: inbox queue list --junk\n"
        == office.run("case", "junk", "--search", "achetez", "--count", "3", *WHY).out
    )
    assert [4, 5] == queue(office)
    assert [1, 2, 3] == office.json("case", "unjunk", "--category", "other", "--count", "3")["cases"]


def test_the_results_of_a_filter_are_not_marked_as_junk_if_they_are_too_many_to_count(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_queue, "MANY", 2)
    said = office.run("case", "junk", "--search", "achetez", "--count", "3", *WHY)
    assert (1, "error: more than 2 cases match\n") == (said.code, said.err.partition("hint")[0])
    assert [1, 2, 3, 4, 5] == queue(office)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["case", "junk", "1", "9"], 1, "there is no case 9"),
        (["case", "junk", "1", "5"], 1, "case 5: already closed"),
        (["case", "junk", "1", "4"], 1, "case 4: already junk"),
        (["case", "unjunk", "4", "1"], 1, "case 1 is not junk"),
        (["case", "junk", "--category", "nothing", "--count", "1"], 1, "no case matches"),
        (["case", "junk", "--search", "!!", "--count", "3"], 1, "a search needs a word"),
        (["case", "junk"], 2, "give case numbers"),
        (["case", "unjunk"], 2, "give case numbers"),
        (["case", "junk", "1", "--category", "other"], 2, "not both"),
    ],
)
def test_no_case_changes_if_one_of_the_chosen_cases_cannot_be_marked_as_junk(
    office: Office, words: list[str], code: int, said: str
) -> None:
    office.json("case", "junk", "4", *WHY)
    office.close("5", "moot", "--disclosure", "withheld", "--reason", "x")
    before = office.state()
    refused = office.run(*words, *WHY)
    assert (code, True) == (refused.code, said in refused.err)
    assert before == office.state()


def test_the_deadlines_of_a_junk_case_continue_to_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of junk shows these deadlines, and oversight counts the overdue deadlines."""
    (before,) = [case["deadline"] for case in office.json("queue", "list")["cases"] if case["case"] == 1]
    office.json("case", "junk", "1", *WHY)
    (junk,) = office.json("queue", "list", "--junk")["cases"]
    assert (before, True) == (junk["deadline"], bool(before))
    moved(monkeypatch).wait(20)
    assert [1] == [
        case["case"] for case in office.json("queue", "list", "--junk", "--due", "overdue")["cases"]
    ]
    seen = office.json("office", "oversight")
    assert (5, 4, 1) == (
        seen["deadlines"]["first_act"]["overdue"],
        seen["cases"]["open"],
        seen["cases"]["junk"],
    )


def test_oversight_counts_junk_cases_and_recovered_cases_and_destroyed_cases(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal(World(office), office.out.parent / "medium")
    office.json("case", "junk", "1", "2", "3", *WHY)
    office.json("case", "unjunk", "3")
    moved(monkeypatch).wait(31)
    office.json("exchange", "collect", portal.bundle(), "--new-instance", portal.fingerprint)
    tell_portal(office, portal)
    dated_by_portal(office)
    office.json("retention", "destroy", "1")
    office.json("case", "junk", "3", *WHY)
    aged(office)
    office.json("retention", "destroy", "2")
    counts = office.json("office", "oversight")["actions"]
    expected = {"junk": 4, "recover": 1, "destroyed-junk": 2}
    assert expected == {name: counts[name] for name in expected}


def test_a_case_that_needs_attention_cannot_be_marked_as_junk(tmp_path: Path) -> None:
    """The case is an urgent threat with an unread message and an undecided duty.

    Each of these facts keeps the case from being marked as junk.
    """
    office = Office.found_by(tmp_path, NAMES, 2)
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    reporter = Reporter(world)
    edit = answering(category="threat", danger_now="unsure", who_id="Firmin")
    sent = first(reporter, text="on me menace", edit=edit)
    office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    office.json("exchange", "collect", portal.bundle(Sent(reporter.follow_up("ils sont revenus"))))
    lifts = [
        ("must first declare", ["case", "declare", "1"]),
        ("too urgent (priority P1)", ["case", "set-score", "1", "--danger", "0", *WHY]),
        ("somebody may be in danger", ["case", "measure", "add", "1", "none"]),
        ("nobody has read", ["case", "show", "1"]),
        ("whether to inform the prosecutor", ["case", "decide", "1", "no_transmission", *WHY]),
        ("whether to inform the persons", ["case", "decide", "1", "not_needed", *WHY]),
    ]
    for why, lift in lifts:
        assert why in office.run("case", "junk", "1", *WHY).err
        assert (0, []) == (office.run(*lift).code, queue(office, "--junk"))
    office.json("case", "junk", "1", *WHY)
    assert [1] == queue(office, "--junk")


def test_a_reason_is_required_to_mark_a_case_as_junk(office: Office) -> None:
    before = office.state()
    assert "a reason is required" in office.run("case", "junk", "1", "--reason", " ").err
    assert (2, True) == ((said := office.run("case", "junk", "1")).code, "'--reason'" in said.err)
    assert before == office.state()


def test_the_reporter_of_a_junk_case_cannot_tell_that_it_is_junk(tmp_path: Path) -> None:
    """The slot is refreshed with the usual status.

    A new message of the reporter brings the case back into the queue as unread.
    """
    flooded = Flooded(tmp_path)
    office = flooded.office
    office.json("case", "junk", "1", "2", *WHY)
    office.json("exchange", "outbox", "--out", office.out)
    outbox, _, files = read_outbox(office.out / "outbox-inspection-1.tar", flooded.world)
    assert 5 == len(outbox.slots)
    name = build.bundle.slot_name(flooded.reporter.keys.case_id)
    assert "received" == build.read_slot(files[name], flooded.reporter).status
    flooded.collect(Sent(flooded.reporter.follow_up("je parle sérieusement")))
    assert ([1, 3, 4, 5], [2]) == (queue(office), queue(office, "--junk"))
    assert all(case["deadline"] for case in office.json("queue", "list")["cases"])


def test_at_the_desk_the_journal_records_each_junk_case_with_the_reason(office: Office) -> None:
    """The journal entry is the same as after the command.

    If no case is chosen, or one of the chosen cases is refused, nothing is recorded.
    """
    with sitting(office) as client:
        for path, reason in (("junk", "advertising"), ("recover", "mine")):
            form = {"case": ["2", "1", "2"], "reason": reason, "passphrase-officer": PASSPHRASE}
            assert client.send(f"/en/many/{path}", **form).status_code == 303
        assert client.send("/en/many/recover", case=["1"], reason="x").status_code == 409
        assert client.send("/en/many/junk", reason="x").status_code == 409
    assert [(1, {}, "advertising"), (2, {}, "advertising")] == noted(office, "junk")
    assert [(1, {}, "mine"), (2, {}, "mine")] == noted(office, "recover")


@pytest.fixture
def cleared(trio: Trio) -> Trio:
    """The fixture ``trio`` with cases that can be marked as junk.

    All three cases are reopened, and nothing prevents marking them as junk.
    """
    for number in ("1", "2", "3"):
        for words in (
            ["case", "reopen", number, *WHY],
            ["case", "decide", number, "no_transmission", *WHY],
            ["case", "show", number],
        ):
            trio.others.json(*words)
    return trio


def test_an_excluded_officer_can_neither_mark_a_case_as_junk_nor_learn_that_it_is_junk(cleared: Trio) -> None:
    """Neither the number of the case, nor a filter, nor its count, nor the journal reveals the case.

    The control is what the other officers can do.
    """
    trio = cleared
    assert "there is no case 3" in trio.excluded.run("case", "junk", "1", "3", *WHY).err
    assert "2 cases match" in trio.excluded.run("case", "junk", "--status", "assessing", *WHY).err
    assert [1, 2, 3] == trio.others.json("case", "junk", "--status", "assessing", "--count", "3", *WHY)[
        "cases"
    ]
    assert [1, 2] == [case for case, _, _ in noted(trio.excluded, "junk")]
    assert [1, 2] == queue(trio.excluded, "--junk")
    assert "case 3" not in trio.excluded.run("journal", "list").out


def test_a_restricted_case_can_be_marked_as_junk_only_by_its_handlers(cleared: Trio) -> None:
    """For other officers, a filter does not select the case even if the queue lists it."""
    trio = cleared
    trio.others.close("3")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    assert "only its handlers may read case 1" in trio.excluded.run("case", "junk", "1", *WHY).err
    assert [2] == trio.excluded.json("case", "junk", "--priority", "4", "--count", "1", *WHY)["cases"]
    assert [1] == trio.others.json("case", "junk", "--priority", "4", "--count", "1", *WHY)["cases"]
