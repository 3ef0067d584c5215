"""A case in quarantine is read by nobody, whatever is asked; it stays in the queue, and goes on."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import DetachedInstanceError

from inbox.access import quarantine
from inbox.deadlines import legal_duties
from inbox.vault.casework_tables import Fulltext, Note, Workflow
from inbox.vault.tables import Attachment, Case, FollowUp
from tests.support.inbox_builders import Office, Portal, Reporter, Scene, Sent, World, first, today
from tests.support.inbox_trio import CANARY, Trio

pytestmark = pytest.mark.copy_of("founded_quarantine")


@pytest.fixture(scope="module")
def founded_quarantine(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Case 1 in quarantine, case 2 beside it, both with the same words and files."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("quarantine"))
    for each in (scene.reporter, Reporter(scene.world)):
        scene.collect(first(each, text=CANARY, files=[b"x"]), Sent(each.follow_up(CANARY)))
    scene.world.office.json("case", "note", "1", "--text", CANARY)
    scene.world.office.json("access", "quarantine", "1", "--reason", "a lawyer's letter")
    return scene


def test_nothing_of_it_is_read_beneath_every_question(office: Office) -> None:
    """The case, its letters, files, notes and words; the control is the program's own work, and case 2."""
    kinds = (Case.number, FollowUp.case, Attachment.case, Note.case, Fulltext.case, Workflow.case)
    with office.unlocked() as opened:
        with opened.inbox.vault.transaction(opened.officers) as session:
            seen = [set(session.scalars(select(kind))) for kind in kinds]
        with opened.inbox.vault.transaction() as session:
            whole = [set(session.scalars(select(kind))) for kind in kinds]
    assert [{2}, {2}, {2}, set(), {2}, {2}] == seen
    assert all(1 in each for each in whole)


@pytest.mark.parametrize(
    "words",
    [
        ["case", "show", "1"], ["file", "export", "1", "1", "--out", "OUT", "--reason", "x"], ["file",
        "preview", "1", "1"],
        ["case", "note", "1", "--text", "x"], ["case", "link", "list", "1"], ["case", "set-score", "1",
        "--danger", "1", "--reason", "x"],
        ["dossier", "preview", "1", "--for", "disciplinary", "--to", "x"],
        ["access", "quarantine", "1", "--reason", "x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_whatever_shows_or_needs_it_says_why_not(office: Office, tmp_path: Path, words: list[str]) -> None:
    given = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    before = office.state()
    said = office.run(*given)
    assert (1, True) == (said.code, f"case 1 has been in quarantine since {today()}" in said.err), said
    assert (before, False) == (office.state(), (tmp_path / "out").exists())


def test_what_a_session_holds_already_is_let_go_of(office: Office) -> None:
    """Whoever places it does not go on reading by what was loaded before."""
    with office.unlocked() as opened, opened.inbox.vault.transaction(opened.officers) as session:
        case = session.get_one(Case, 2)
        quarantine._place(session, 2, today())
        assert session.get(Case, 2) is None
        with pytest.raises(DetachedInstanceError):
            assert case.message


def test_it_stays_in_the_queue_as_a_line_and_is_not_found_by_its_words(office: Office) -> None:
    lines = {row["case"]: row for row in office.json("queue", "list")["cases"]}
    assert (today().isoformat(), None) == (lines[1]["quarantined"], lines[1]["summary"])
    assert CANARY == lines[2]["summary"]
    assert f"in quarantine since {today()}" in office.run("queue", "list").out
    assert [2] == [row["case"] for row in office.json("queue", "list", "--search", CANARY)["cases"]]
    assert [2] == [case["case"] for case in office.json("case", "list")["cases"]]


def test_it_is_answered_closed_and_heard_but_what_comes_stays_shut(
    office: Office, portal: Portal, reporter: Reporter, collect: Any
) -> None:
    """What its reporter writes is filed, and its slot refreshed, as of any other."""
    reply = ("message", "reply", "1", "--text", "Tell your lawyer's secrets to nobody")
    assert "nothing was compared with it" in office.run(*reply).err
    office.json(*reply, "--despite-warning", "it says nothing of the report")
    collected = collect(portal.bundle(Sent(reporter.follow_up("encore"))))
    assert [] == collected["unopened"]
    office.settle(1)
    office.tell_no_prosecutor(1)
    office.json("case", "close", "1", "out_of_scope", "--disclosure", "full", "--to", "ministry")
    assert 1 == office.run("case", "show", "1").code
    assert [1] == [each["case"] for each in office.json("retention", "list")["cases"]]
    office.json("access", "unquarantine", "1", "--reason", "released")
    shown = office.json("case", "show", "1")
    assert ([CANARY, "encore"], "closed") == ([each["text"] for each in shown["follow_ups"]], shown["status"])


def test_what_the_law_asks_is_decided_and_a_procedure_keeps_it(office: Office) -> None:
    """Else a case of an offence could not be closed without lifting what guards the secret."""
    with office.opened() as inbox, inbox.transaction() as session:
        legal_duties.asked_of(session, 1, "art40", today())
    office.settle(1)
    closed = ("case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")
    assert "has not been decided" in office.run(*closed).err
    office.json("case", "set-source-risk", "1", "high", "--reason", "x")
    decided = office.run(
        "case", "decide", "1", "transmit", "--reason", "the judge lifts the secret", "--json"
    )
    assert (0, CANARY in decided.out) == (decided.code, False)
    office.json("retention", "hold", "1", "--reason", "the judge asks for it")
    assert 0 == office.run(*closed).code
    assert [["held", "proceedings", "portal", "visa"]] == [
        each["obstacles"] for each in office.json("retention", "list")["cases"]
    ]
    office.json("retention", "unhold", "1", "--reason", "over")
    ended = office.run("case", "measure", "add", "1", "final_decision", "--json")
    assert (0, False) == (ended.code, CANARY in ended.out)
    assert ["portal", "visa"] == office.json("retention", "list")["cases"][0]["obstacles"]
    assert "in quarantine" in office.run("case", "show", "1").err


def test_no_emergency_opens_it(trio: Trio) -> None:
    """It is not for its handlers only; and its handlers are told why they read nothing."""
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    said = trio.others.run("access", "break-glass", "1", "--reason", "x")
    assert (1, True) == (said.code, "case 1 has been in quarantine" in said.err)
    trio.others.json("access", "unquarantine", "1", "--reason", "x")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    before = trio.office.state()
    said = trio.excluded.run("access", "break-glass", "1", "--reason", "x")
    assert (1, True, before) == (said.code, "case 1 has been in quarantine" in said.err, trio.office.state())


def test_what_is_in_no_quarantine_is_not_lifted(office: Office) -> None:
    said = office.run("access", "unquarantine", "2", "--reason", "x")
    assert (1, True) == (said.code, "case 2 is not in quarantine" in said.err)
