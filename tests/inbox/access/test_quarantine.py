"""No officer can read a case in quarantine.

A case in quarantine stays in the queue, and its deadlines continue.
"""

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
    """Case 1 is in quarantine and case 2 is not; both have the same texts and files."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("quarantine"))
    for each in (scene.reporter, Reporter(scene.world)):
        scene.collect(first(each, text=CANARY, files=[b"x"]), Sent(each.follow_up(CANARY)))
    scene.world.office.json("case", "note", "1", "--text", CANARY)
    scene.world.office.json("access", "quarantine", "1", "--reason", "a lawyer's letter")
    return scene


def test_no_query_returns_a_row_of_a_case_in_quarantine(office: Office) -> None:
    """The test queries cases, messages, files, notes, fulltext and workflow.

    The controls are case 2, and a session of the program itself, which reads both cases.
    """
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
def test_each_command_that_reads_or_changes_a_case_in_quarantine_is_refused_with_the_reason(
    office: Office, tmp_path: Path, words: list[str]
) -> None:
    given = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    before = office.state()
    said = office.run(*given)
    assert (1, True) == (said.code, f"case 1 has been in quarantine since {today()}" in said.err), said
    assert (before, False) == (office.state(), (tmp_path / "out").exists())


def test_rows_of_a_case_loaded_before_its_quarantine_can_no_longer_be_read(office: Office) -> None:
    """Otherwise the officer who places the case in quarantine could still read what was already loaded."""
    with office.unlocked() as opened, opened.inbox.vault.transaction(opened.officers) as session:
        case = session.get_one(Case, 2)
        quarantine._place(session, 2, today())
        assert session.get(Case, 2) is None
        with pytest.raises(DetachedInstanceError):
            assert case.message


def test_the_queue_lists_a_case_in_quarantine_but_no_search_finds_it(office: Office) -> None:
    lines = {row["case"]: row for row in office.json("queue", "list")["cases"]}
    assert (today().isoformat(), None) == (lines[1]["quarantined"], lines[1]["summary"])
    assert CANARY == lines[2]["summary"]
    assert f"in quarantine since {today()}" in office.run("queue", "list").out
    assert [2] == [row["case"] for row in office.json("queue", "list", "--search", CANARY)["cases"]]
    assert [2] == [case["case"] for case in office.json("case", "list")["cases"]]


def test_officers_reply_to_and_close_a_case_in_quarantine_without_seeing_new_messages(
    office: Office, portal: Portal, reporter: Reporter, collect: Any
) -> None:
    """New messages are filed as for every other case, but stay hidden until the quarantine is lifted."""
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


def test_officers_can_decide_legal_duties_and_record_proceedings_during_quarantine(office: Office) -> None:
    """Otherwise officers would have to lift the quarantine to close a case about an offence."""
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


def test_break_glass_does_not_open_a_case_in_quarantine(trio: Trio) -> None:
    """The result is the same for a case with handlers and for a case without.

    The refusal mentions the quarantine.
    """
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    said = trio.others.run("access", "break-glass", "1", "--reason", "x")
    assert (1, True) == (said.code, "case 1 has been in quarantine" in said.err)
    trio.others.json("access", "unquarantine", "1", "--reason", "x")
    trio.others.json("access", "restrict", "1", "alice", "chloe")
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    before = trio.office.state()
    said = trio.excluded.run("access", "break-glass", "1", "--reason", "x")
    assert (1, True, before) == (said.code, "case 1 has been in quarantine" in said.err, trio.office.state())


def test_lifting_the_quarantine_of_a_case_that_is_not_in_quarantine_is_refused(office: Office) -> None:
    said = office.run("access", "unquarantine", "2", "--reason", "x")
    assert (1, True) == (said.code, "case 2 is not in quarantine" in said.err)
