"""Replies: officers type them at a terminal, where no shell keeps the text.

Officers can also retract replies and acknowledge reports.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from inbox.vault.casework_tables import Duty, Workflow
from tests.support.gate import chosen
from tests.support.inbox_builders import PASSPHRASE, Reporter, World, today
from tests.support.typist import Typist, typing_to_fork, typing_to_inbox


@pytest.fixture
def case(world: World, correspondent: Reporter) -> World:
    """An office with a case that officers can answer."""
    assert correspondent.world is world
    return world


@contextmanager
def replying(world: World, *words: str) -> Iterator[Typist]:
    """Yield a terminal that asks for the text of a reply."""
    with typing_to_fork(["--home", "inbox", *words, "message", "reply", "1"], world.office.root.parent) as at:
        at.confides("passphrase of officer: ", PASSPHRASE)
        at.sees("alone ends it:\n")
        yield at


WARNED = "agent@port.example"
SAYING: dict[str, list[str]] = {
    "reply": [],
    "extend": ["--reason", "abroad"],
    "close": ["moot", "--disclosure", "full"],
}


@pytest.mark.parametrize("way", chosen(SAYING, "close"))
def test_the_terminal_asks_for_a_reason_to_override_a_warning(case: World, way: str) -> None:
    """The terminal asks for such a reason when an officer writes a reply, an extension or a closing.

    Without a reason, nothing is sent.
    """
    case.office.tell_no_prosecutor(1)
    case.office.json("office", "set", "--regime", "external")
    case.office.settle(1)
    case.office.json("case", "show", "1")
    group = "message" if way == "reply" else "case"
    words = ["--home", "inbox", group, way, "1", *SAYING[way], "--text", WARNED]
    for start, reason, status, sent in ((typing_to_fork, "", 1, 0), (typing_to_inbox, "its own word", 0, 1)):
        with start(words, case.office.root.parent) as at:
            at.confides("passphrase of officer: ", PASSPHRASE)
            if way == "close":
                at.answers("Close the case like this? (yes/no) ", "yes")
            at.sees("it is an address or a telephone number")
            at.answers("Press Enter to cancel: ", reason)
            assert status == at.waits()
        assert sent == len(replies(case))
    (noted,) = (each for each in case.office.json("journal", "list")["entries"] if each["action"] == way)
    assert (True, True) == (noted["values"]["despite"], noted["reason"].endswith("its own word"))


@pytest.mark.parametrize(("answer", "status"), [("no", 1), ("yes", 0)])
def test_before_a_case_is_closed_the_terminal_shows_what_the_reporter_will_read(
    case: World, answer: str, status: int
) -> None:
    """The preview is in the reporter's language and shows the status. Without a “yes”, nothing is sent."""
    case.office.tell_no_prosecutor(1)
    case.office.settle(1)
    case.office.json("case", "show", "1")
    words = [
        "--home",
        "inbox",
        "case",
        "close",
        "1",
        "moot",
        "--disclosure",
        "full",
        "--text",
        "Merci de tout.",
    ]
    with typing_to_fork(words, case.office.root.parent) as at:
        at.confides("passphrase of officer: ", PASSPHRASE)
        at.sees("the reporter will see, with the next outbox:")
        at.sees("CLOS\n")
        at.sees("│ Merci de tout.")
        at.answers("Close the case like this? (yes/no) ", answer)
        assert at.waits() == status
    assert ["Merci de tout."] * (status == 0) == replies(case)


def test_a_closing_can_be_previewed_without_a_terminal_and_the_preview_changes_nothing(case: World) -> None:
    case.office.tell_no_prosecutor(1)
    case.office.settle(1)
    case.office.json("case", "show", "1")
    before = case.office.state()
    words = ("case", "close", "1", "moot", "--disclosure", "full", "--text", "Merci de tout.", "--preview")
    view = case.office.json(*words)
    assert ("Clos", "Merci de tout.") == (view["status"], view["messages"][-1]["text"])
    assert "│ Merci de tout." in case.office.run(*words).out
    assert before == case.office.state()


def replies(world: World) -> list[str]:
    return [message["text"] for message in world.office.json("case", "show", "1")["messages"]]


@pytest.mark.parametrize("end", [b".\n", b"\x04"], ids=["full-stop", "end-of-input"])
def test_a_typed_reply_may_have_several_lines(case: World, end: bytes) -> None:
    """Empty lines are kept. A full stop alone or Ctrl-D ends the reply. The terminal shows what is typed."""
    with replying(case) as at:
        assert at.is_echoing
        for line in ("Bonjour,", "", "merci. À quelle heure ?"):
            at.types(line)
        at.presses(end)
        assert 0 == at.waits()
    assert ["Bonjour,\n\nmerci. À quelle heure ?"] == replies(case)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([b"\x03"], "error: stopped"),
        ([b".\n"], "error: the reply is empty"),
        ([b"caf\xe9\n", b".\n"], "error: the input is not valid text"),
        ([b"x" * 4_095 + b"\n", b".\n"], "error: a line is too long for the terminal"),
    ],
    ids=["ctrl-c", "empty", "no-text", "too-long"],
)
def test_a_typed_reply_that_is_incomplete_or_invalid_is_refused(
    case: World, lines: list[bytes], said: str
) -> None:
    with replying(case) as at:
        for line in lines:
            if line == b"\x03":
                at.interrupts()
            else:
                at.presses(line)
        at.sees(said)
        assert 1 == at.waits()
    assert [] == replies(case)


def test_the_longest_line_that_a_terminal_accepts_is_kept_in_full(case: World) -> None:
    """The control for the test above."""
    with replying(case) as at:
        at.presses(b"x" * 4_094 + b"\n")
        at.presses(b".\n")
        assert 0 == at.waits()
    assert ["x" * 4_094] == replies(case)


def test_without_a_terminal_a_reply_is_read_from_a_file(case: World, tmp_path: Path) -> None:
    said = case.office.run("message", "reply", "1")
    assert (2, True) == (said.code, "give the text with --text-file" in said.err)
    (tmp_path / "reply").write_text("Bonjour")
    assert 0 == case.office.run("message", "reply", "1", "--text-file", tmp_path / "reply").code
    assert (
        2
        == case.office.run("message", "reply", "1", "--text-file", tmp_path / "reply", "--text", "both").code
    )
    assert ["Bonjour"] == replies(case)


@pytest.mark.parametrize("template", ["shipped", "own"])
def test_the_acknowledged_status_is_refused_before_an_acknowledgement_is_written(
    case: World, template: str, tmp_path: Path
) -> None:
    """Neither a reply of another kind nor an acknowledgement in another case counts.

    An acknowledgement from the office's own template counts, too. Officers can set any other status.
    """
    name, used, other = "acknowledgement", tmp_path / "own.toml", tmp_path / "other.toml"
    other.write_text('what = "x"', "utf-8")
    entered = ("--route", "letter", "--language", "fr", "--received", today().isoformat())
    case.office.json("case", "add", *entered, "--answers", other)
    case.office.json("message", "reply", "2", "--template", name)
    case.office.json("message", "template", "export", "--out", used)
    if template == "own":
        name = "heard"
        used.write_text(used.read_text("utf-8").replace("[reply.acknowledgement]", "[reply.heard]"), "utf-8")
        case.office.json("message", "template", "replace", used)
    for text in (None, ["--text", "Merci."], ["--template", "details", "--text", "Quand ?"]):
        if text:
            case.office.json("message", "reply", "1", *text)
        before = case.office.state()
        refused = case.office.run("case", "set-status", "1", "acknowledged")
        assert (1, True) == (refused.code, "no acknowledgement was written" in refused.err)
        assert (
            f"hint: write the acknowledgement first: inbox message reply 1 --template {name}" in refused.err
        )
        assert before == case.office.state()
    case.office.json("message", "reply", "1", "--template", name, "--despite-warning", "the text of the law")
    for status in ("acknowledged", "assessing", "acknowledged"):
        assert status == case.office.json("case", "set-status", "1", status)["status"]


def refused(world: World, *words: str) -> str:
    """Return the error of a refused command, and assert that the command changed nothing."""
    before = world.office.state()
    said = world.office.run(*words)
    assert 1 == said.code
    assert before == world.office.state()
    return said.err


def test_a_reply_can_be_retracted_until_an_outbox_contains_it(case: World) -> None:
    """The other replies keep their numbers. The journal records the retraction, but not the text."""
    office = case.office
    for text in ("un", "deux", "trois"):
        office.json("message", "reply", "1", "--text", text)
    taken = office.json("message", "retract", "1", "2")
    assert ("deux", ["un", "trois"]) == (taken["text"], replies(case))
    assert "case 1 has no reply 2" in refused(case, "message", "retract", "1", "2")
    office.json("message", "reply", "1", "--text", "quatre")
    assert [1, 3, 4] == [each["number"] for each in office.json("case", "show", "1")["messages"]]
    office.json("exchange", "outbox", "--out", office.out)
    assert "reply 3 is already in an outbox" in refused(case, "message", "retract", "1", "3")
    assert ["un", "trois", "quatre"] == replies(case)
    (noted,) = (each for each in office.json("journal", "list")["entries"] if each["action"] == "unsend")
    assert ({"reply": 2}, "") == (noted["values"], noted["reason"])


def test_retracting_the_only_acknowledgement_resets_the_status_to_received(case: World) -> None:
    """If officers have changed the status since the acknowledgement, the new status remains."""
    office, write = case.office, ("message", "reply", "1", "--template", "acknowledgement")
    for kept in ((), ("1",)):
        for _ in ("1", *kept):
            office.json(*write, "--despite-warning", "the text of the law")
        assert "acknowledged" == office.json("case", "show", "1")["status"]
        last = str(office.json("case", "show", "1")["messages"][-1]["number"])
        office.json("message", "retract", "1", last)
        assert ("acknowledged" if kept else "received") == office.json("case", "show", "1")["status"]
    office.json("case", "set-status", "1", "assessing")
    office.json("message", "retract", "1", "1")
    assert "assessing" == office.json("case", "show", "1")["status"]


def test_retracting_a_reply_undoes_the_extension_or_feedback_that_it_announced(case: World) -> None:
    """An extension takes effect only if the reporter is informed about it.

    A reply that a decision depends on cannot be retracted.
    """
    office = case.office
    office.tell_no_prosecutor(1)
    office.settle(1)
    office.json("office", "set", "--regime", "external")
    office.json("case", "extend", "1", "--reason", "abroad", "--text", "x")
    assert office.json("case", "show", "1")["work"]["extended"]
    office.json("message", "retract", "1", "1")
    assert office.json("case", "show", "1")["work"]["extended"] is None
    office.json("case", "extend", "1", "--reason", "abroad", "--text", "x")
    office.json("message", "retract", "1", "1")
    office.json("message", "acknowledge", "1")
    office.json("message", "reply", "1", "--template", "feedback", "--text", "voici les suites", "--feedback")
    office.json("message", "retract", "1", "2")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not session.get_one(Workflow, 1).feedback
    office.json("message", "reply", "1", "--text", "x")
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(Duty(case=1, kind="x", known=today(), due=today(), decision="y", reply=2))
    assert "a decision depends on reply 2, which tells the reporter of the decision" in refused(
        case, "message", "retract", "1", "2"
    )


def test_a_reply_in_an_officers_own_words_does_not_meet_the_acknowledgement_deadline(case: World) -> None:
    """The status and the deadline follow the same rule.

    Once an outbox is written, the status and the deadline agree on whether the case is acknowledged.
    """
    office = case.office

    def clock() -> dict[str, Any]:
        (found,) = (
            each for each in office.json("case", "show", "1")["work"]["clocks"] if each["clock"] == "ack_eu"
        )
        return dict(found)

    office.json("message", "reply", "1", "--text", "Où était-ce ?")
    office.json("exchange", "outbox", "--out", office.out)
    assert ("received", None) == (office.json("case", "show", "1")["status"], clock()["sent"])
    assert office.json("message", "acknowledge", "1")["acknowledged"] == [1]
    office.json("exchange", "outbox", "--out", office.out)
    assert ("acknowledged", today().isoformat()) == (
        office.json("case", "show", "1")["status"],
        clock()["sent"],
    )
