"""If a reporter's text is pasted at a question, it does not become commands of a session or of a shell."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.support.inbox_builders import PASSPHRASE, QUICKLY, Office, Portal, Sent, World, drop
from tests.support.typist import Typist, typing, typing_to_fork

pytestmark = pytest.mark.long

COMMAND = "access quarantine 1 --reason pasted\n"
HOSTILE = f"Bonjour,\nvoici.\n.\n{COMMAND}"
DISCARDED = "the input had more lines than one answer can have; all lines were discarded"


def pastes(at: Typist, text: str) -> None:
    """Send a text to the terminal in one piece, unchanged."""
    at.presses(text.encode())


@contextmanager
def pasting(at: Typist, text: str) -> Iterator[None]:
    """Send more text than the terminal can buffer, in a thread that must finish soon after the block."""
    thread = Thread(target=pastes, args=(at, text), daemon=True)
    thread.start()
    yield
    thread.join(20)
    assert not thread.is_alive(), at.shown


def acts(office: Office) -> list[str]:
    return [entry["action"] for entry in office.json("journal", "list")["entries"]]


@pytest.fixture
def filed(world: World, portal: Portal) -> Office:
    """An inbox with one case."""
    sent = Sent(drop(world, "à la main"))
    world.office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    return world.office


@contextmanager
def session(office: Office) -> Iterator[Typist]:
    with typing_to_fork(["--home", "inbox", "session"], office.root.parent) as at:
        at.confides("passphrase of officer: ", PASSPHRASE)
        at.sees("officer> ")
        yield at


@pytest.mark.parametrize("times", [1, 1_000])
def test_lines_pasted_after_the_end_of_a_text_are_not_taken_as_commands(filed: Office, times: int) -> None:
    """A long text reaches the program in many pieces.

    The control: the pasted text lacks the line that ends it, so the officer types that line.
    """
    before = acts(filed)
    with session(filed) as at:
        at.answers("", "case note 1")
        at.sees("a full stop alone ends it:")
        with pasting(at, HOSTILE + COMMAND * times):
            at.sees(DISCARDED)
        at.answers("officer> ", "case note 1")
        at.sees("a full stop alone ends it:")
        pastes(at, HOSTILE.replace("\n.\n", "\n. \n"))
        at.sees("--reason pasted")
        at.types(".")
        at.sees("note 1 is recorded")
        at.answers("officer> ", "lock")
        assert 0 == at.waits()
    assert [*before, "open", "note", "read-journal"] == acts(filed)


def test_no_pasted_text_is_left_for_the_shell(filed: Office) -> None:
    """Not even the beginning of a line is left for the shell.

    The control is a line typed after the program has ended.
    """
    script = '"$@"; read -r line; echo "shell: $line"'
    words = ["--home", "inbox", "--passphrase-file", filed.secret, "case", "note", "1"]
    command = ["bash", "-c", script, "bash", sys.executable, "-c", QUICKLY, *words]
    for rest in ("echo owned\n", "echo ow"):
        with typing(command, filed.root.parent) as at:
            at.sees("a full stop alone ends it:")
            pastes(at, f"voici\n.\n{rest}")
            at.sees("hint: " if rest.endswith("\n") else "is recorded")
            at.sees("\n")
            at.types("mine")
            at.sees("shell: mine\n")
            assert 0 == at.waits()


@pytest.mark.parametrize("key", ["\x03", "\x1c"], ids=["interrupt", "quit"])
def test_a_pasted_control_character_does_not_turn_the_following_lines_into_commands(
    filed: Office, key: str
) -> None:
    """The character could interrupt the question or end the program.

    The next prompt would then read the lines after the character.
    """
    with session(filed) as at:
        at.answers("", "case note 1")
        at.sees("a full stop alone ends it:")
        with pasting(at, f"Bonjour,{key}\n.\n" + COMMAND * 1_000):
            at.sees("officer> " if key == "\x03" else DISCARDED)
        at.answers("", "lock")
        assert 0 == at.waits()
    assert "quarantine" not in acts(filed)


@pytest.mark.parametrize("end", ["\n", "\x03", "\x04", "\x1c"], ids=["line", "interrupt", "end", "quit"])
def test_text_pasted_as_a_passphrase_does_not_become_a_command(filed: Office, end: str) -> None:
    """The text is more than a terminal can buffer.

    Part of the text arrives after the passphrase was checked.
    """
    with session(filed) as at:
        at.answers("", "case junk 1 --reason x")
        at.sees("passphrase of officer: ")
        with pasting(at, end + COMMAND * 1_000):
            at.sees("error: ")
            at.sees("officer> ")
        at.answers("", "lock")
        assert 0 == at.waits()
    assert {"quarantine", "junk"}.isdisjoint(acts(filed))


def test_a_pasted_ctrl_z_does_not_stop_the_program(filed: Office) -> None:
    """Otherwise the shell would take the next line as a command."""
    words = ["--home", "inbox", "--passphrase-file", filed.secret, "case", "note", "1"]
    script = '"$@"; read -r line; echo "shell: $line"'
    command = ["bash", "-mc", script, "bash", sys.executable, "-c", QUICKLY, *words]
    with typing(command, filed.root.parent) as at:
        at.sees("a full stop alone ends it:")
        pastes(at, "voici\x1a\necho owned\n.\n")
        at.sees("is recorded")
        at.types("mine")
        at.sees("shell: mine\n")
        assert 0 == at.waits()


def test_an_answer_counts_only_if_it_is_typed_after_its_question(world: World, portal: Portal) -> None:
    """A “yes” that was pasted earlier is ignored."""
    bundle = portal.bundle(Sent(drop(world, "à la main")))
    with session(world.office) as at:
        pastes(at, f"exchange collect {bundle}\nyes\n")
        at.answers("(yes/no) ", "no")
        at.sees("error: ")
        at.answers("officer> ", f"exchange collect {bundle}")
        at.answers("(yes/no) ", "yes")
        at.confides("passphrase of officer: ", PASSPHRASE)
        at.sees("bundle 1 collected")
        at.answers("officer> ", "lock")
        assert 0 == at.waits()


def test_an_interview_continues_after_too_much_text_was_pasted(filed: Office) -> None:
    """The question is repeated, so the officer does not have to restart the interview."""
    with session(filed) as at:
        at.answers("", "case add --route telephone --language fr --received 2026-01-05")
        at.answers("a full stop alone ends it:", "Un badge prêté\n.")
        for _ in range(2):
            at.sees("a number, or Enter to skip: ")
            pastes(at, f"1\n{COMMAND}")
            at.sees(DISCARDED)
        at.sees("a number, or Enter to skip: ")
        pastes(at, "2\n")
        at.sees("Enter to skip: ")
        at.interrupts()
        at.answers("officer> ", "lock")
        assert 0 == at.waits()
    assert "quarantine" not in acts(filed)
