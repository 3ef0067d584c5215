"""Junk leaves the queue many at once, and comes back as easily; nobody who wrote it is told."""

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
    """An inbox with five reports, three of them junk of one category, and who wrote the first."""

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


def test_many_are_marked_in_one_act_and_come_back(office: Office) -> None:
    """By their numbers; out of the queue, in the list of junk, noted of each with the reason."""
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


def test_one_officer_alone_marks_nothing_as_junk(office: Office) -> None:
    with office.unlocked() as opened, pytest.raises(Locked):
        junk.mark(opened.inbox, Actor(opened.present, today()), [1], "advertising")
    assert [] == queue(office, "--junk")
    with office.unlocked() as opened:
        assert [1] == junk.mark(opened.inbox, opened.by_opening(today()), [1], "advertising")


def test_what_a_filter_finds_is_junk_once_its_number_is_confirmed(office: Office) -> None:
    """The look is noted, also one that came to nothing: no search goes unseen."""
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


def test_so_many_that_nobody_counts_them_are_not_marked(
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
def test_all_are_marked_or_none(office: Office, words: list[str], code: int, said: str) -> None:
    office.json("case", "junk", "4", *WHY)
    office.close("5", "moot", "--disclosure", "withheld", "--reason", "x")
    before = office.state()
    refused = office.run(*words, *WHY)
    assert (code, True) == (refused.code, said in refused.err)
    assert before == office.state()


def test_its_clocks_run_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the list of junk, and in oversight, where what is late is counted like any other."""
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


def test_junk_and_its_end_are_counted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_what_has_to_be_dealt_with_is_no_junk(tmp_path: Path) -> None:
    """A threat of priority 2 with a letter that nobody read and an undecided duty: each stands in the way."""
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
        ("too urgent to wait", ["case", "set-score", "1", "--danger", "0", *WHY]),
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


def test_without_a_reason_nothing_is_junk(office: Office) -> None:
    before = office.state()
    assert "a reason is required" in office.run("case", "junk", "1", "--reason", " ").err
    assert (2, True) == ((said := office.run("case", "junk", "1")).code, "'--reason'" in said.err)
    assert before == office.state()


def test_its_reporter_sees_no_difference_and_is_heard_again(tmp_path: Path) -> None:
    """The slot is refreshed with the same status as any; a follow-up brings the case back, unread."""
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


def test_at_the_desk_each_is_noted_with_the_reason_too(office: Office) -> None:
    """As on the command line; without a case nothing is noted, and nothing where one is refused."""
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
    """The inbox of three cases, open again, each ready to be called junk."""
    for number in ("1", "2", "3"):
        for words in (
            ["case", "reopen", number, *WHY],
            ["case", "decide", number, "no_transmission", *WHY],
            ["case", "show", number],
        ):
            trio.others.json(*words)
    return trio


def test_a_case_kept_from_somebody_is_neither_marked_nor_betrayed(cleared: Trio) -> None:
    """By number, by filter, by count, in the journal; the control is what the others do."""
    trio = cleared
    assert "there is no case 3" in trio.excluded.run("case", "junk", "1", "3", *WHY).err
    assert "2 cases match" in trio.excluded.run("case", "junk", "--status", "assessing", *WHY).err
    assert [1, 2, 3] == trio.others.json("case", "junk", "--status", "assessing", "--count", "3", *WHY)[
        "cases"
    ]
    assert [1, 2] == [case for case, _, _ in noted(trio.excluded, "junk")]
    assert [1, 2] == queue(trio.excluded, "--junk")
    assert "case 3" not in trio.excluded.run("journal", "list").out


def test_what_is_for_its_handlers_alone_is_marked_by_them(cleared: Trio) -> None:
    """A filter leaves it out where it would be a line of the queue."""
    trio = cleared
    trio.others.close("3")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    assert "case 1 is for its handlers only" in trio.excluded.run("case", "junk", "1", *WHY).err
    assert [2] == trio.excluded.json("case", "junk", "--priority", "4", "--count", "1", *WHY)["cases"]
    assert [1] == trio.others.json("case", "junk", "--priority", "4", "--count", "1", *WHY)["cases"]
