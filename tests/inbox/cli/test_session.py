"""A session at a real terminal: what its officers see, and whether a key remains after its process ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crypto import passphrase
from inbox.keys import officers, vault_header
from templates import version
from tests.support import goldens
from tests.support.forks import INBOX
from tests.support.inbox_builders import QUICKLY, Office, passphrase_of
from tests.support.slow_passphrases import SLOW, types_ahead
from tests.support.traces import found_in, found_in_files, found_in_memory
from tests.support.typist import JOB, Typist, typing, typing_to_fork

pytestmark = [pytest.mark.long, pytest.mark.copy_of("founded_three")]

NAMES = ("alice", "bruno", "chloe")
PROMPT = "alice, bruno> "
COMMAND: list[str | Path] = [Path(sys.executable).with_name("inbox")]
# The same program with a shorter time limit: one second counts as a minute.
HASTY = """
from inbox.cli import main
from inbox.system import idle_timeout
limited = idle_timeout.limited
idle_timeout.limited = lambda seconds: limited(seconds // 60)
idle_timeout.QUESTION = 120
idle_timeout.GRACE = 3
main.main()
"""


@contextmanager
def session(
    office: Office, *options: str, program: str = INBOX, command: list[str | Path] | None = None
) -> Iterator[Typist]:
    """Open a session. Yield the session's terminal once the session waits for a command.

    With ``command``, the session runs in a process of its own.
    """
    shares = [word for name in office.present for word in ("--share", office.share_of(name))]
    words = ["--home", "inbox", "session", *shares, *options]
    folder = office.root.parent
    with typing([*command, *words], folder) if command else typing_to_fork(words, folder, program) as at:
        for name in office.present:
            at.confides(f"passphrase of {name}: ", passphrase_of(name))
        at.sees(f"{', '.join(office.present)}> ")
        yield at


def entries(office: Office) -> list[str]:
    return [entry["action"] for entry in office.json("journal", "list")["entries"] if not entry["withheld"]]


def test_the_output_of_a_whole_session_equals_the_golden_file(office: Office) -> None:
    """The officers type commands, some with mistakes.

    The officers confirm an action first with a wrong passphrase and then with the right one. The journal
    records each action.
    """
    with session(office, command=COMMAND) as at:
        for line in (
            "case list",
            "case show 7",
            "inbox officer list",
            "message reply 1 --text 'and",
            "nonsense",
            "session",
        ):
            at.types(line)
            at.sees(PROMPT)
        at.types(f"case list --share {office.share_of('alice')}")
        at.sees(PROMPT)
        for given in (passphrase_of("alice"), passphrase_of("bruno")):
            at.types("key rotate --now --reason 'a drill'")
            at.confides("passphrase of alice: ", passphrase_of("alice"))
            at.confides("passphrase of bruno: ", given)
            at.sees(PROMPT)
        at.types("lock")
        assert 0 == at.waits()
    shown = re.sub("its memory .*", "MEMORY", at.shown.replace(str(office.shares), "SHARES"))
    goldens.check("session", shown)
    assert [] == found_in(at.shown.encode(), map(passphrase_of, NAMES))
    assert ["found", "open", "list", "list-officers", "rotate-keys", "read-journal"] == entries(office)


def test_the_journal_names_the_version_of_the_program_that_opened_the_inbox(office: Office) -> None:
    """So officers can tell which version was in use before and after an update."""
    with session(office) as at:
        at.types("lock")
        assert 0 == at.waits()
    (entry,) = (each for each in office.json("journal", "list")["entries"] if each.get("action") == "open")
    assert version.text() == entry["values"]["program_version"]
    assert f"program version {version.text()}" in office.run("journal", "list").out


def test_any_two_of_three_signed_in_officers_can_confirm_an_action(office: Office) -> None:
    """An officer who presses Enter leaves the confirmation to the others. Nobody can confirm twice."""
    with session(office.of(*NAMES)) as at:
        at.types("key rotate --now")
        at.confides("passphrase of alice: ", "")
        at.confides("passphrase of bruno: ", passphrase_of("bruno"))
        at.confides("passphrase of chloe: ", passphrase_of("chloe"))
        at.sees("alice, bruno, chloe> ")
        at.types("key rotate --now")
        for name in NAMES:
            at.confides(f"passphrase of {name}: ", passphrase_of(name) if name == "alice" else "")
        at.sees("error: two officers must each enter")
        at.types("lock")
        assert 0 == at.waits()
    rotated = [
        entry for entry in office.json("journal", "list")["entries"] if entry.get("action") == "rotate-keys"
    ]
    assert [dict.fromkeys(("bruno", "chloe"), "confirmed")] == [entry["officers"] for entry in rotated]


@pytest.mark.parametrize("key", [b"\x04", b"\x03"], ids=["end-of-input", "ctrl-c"])
def test_ctrl_d_or_ctrl_c_ends_a_session_and_its_process(office: Office, key: bytes) -> None:
    """Other commands can then open the inbox again."""
    with session(office) as at:
        assert re.search(r"open since \S+ \S+ UTC: session, alice, bruno\n", office.run("case", "list").err)
        at.presses(key)
        # A signal that arrives just as the program begins to wait can be lost. A person would press the keys
        # again.
        at.insists(key)
        at.waits()
    assert not Path(f"/proc/{at.process.pid}").exists()
    assert 0 == office.run("case", "list").code


@pytest.mark.parametrize("place", ["passphrase", "question"])
def test_a_session_locks_itself_if_nobody_types(office: Office, place: str) -> None:
    """The session also locks while it asks for a passphrase or an answer. An unfinished action is undone."""
    with session(office, "--minutes", "3", program=HASTY) as at:
        at.types("officer renew --shares new --sheets --same-disk")
        at.confides("passphrase of alice: ", passphrase_of("alice"))
        if place == "question":
            at.confides("passphrase of bruno: ", passphrase_of("bruno"))
            at.sees("agree? (yes/no) ")
        locks_later(at, minutes=3)
    assert ["found", "open", "read-journal"] == entries(office)
    assert not (office.root.parent / "new").exists() or not list((office.root.parent / "new").iterdir())


def test_typing_restarts_the_time_limit_of_a_session(office: Office) -> None:
    """The officers type for longer than the limit. Then the session locks at the prompt."""
    typed = 0
    with session(office, "--minutes", "2", program=HASTY) as at:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            at.types("case list")
            at.sees(PROMPT)
            typed += 1
        locks_later(at, minutes=2)
    assert ["found", "open", *["list"] * typed, "read-journal"] == entries(office)


def locks_later(at: Typist, minutes: int) -> None:
    """Type nothing, and wait until the session locks itself; this does not happen at once."""
    begun = time.monotonic()
    assert 0 == at.waits()
    assert 1 < time.monotonic() - begun
    assert f"nobody typed for {minutes} minutes: locked" in at.shown


FAULTY = """
from inbox.overview import case_view
from inbox.cli import main
case_view.overview = lambda *_: {}["canary"]
main.main()
"""


def test_an_error_in_the_program_ends_the_session_with_a_message(office: Office) -> None:
    """The program wipes the screen before it prints the message, so that officers can read it.

    A refused command does not end the session.
    """
    with session(office, program=FAULTY) as at:
        at.types("case show 7")
        at.sees(PROMPT)
        at.types("case list")
        at.sees("\x1b[3J")
        at.sees("an error in the program ended this session\n")
        at.sees("error: the program has a fault (KeyError")
        assert 1 == at.waits()
    assert "canary" not in at.shown
    assert "session is over" not in at.shown.split(PROMPT)[1]


def test_a_session_cannot_be_suspended(office: Office) -> None:
    """If Ctrl-Z stopped the process, its keys would stay in memory without a time limit.

    The control is a program that Ctrl-Z stops.
    """
    with session(office, command=[*JOB, *COMMAND]) as at:
        at.presses(b"\x1a")
        at.types("case list")
        at.sees("no cases yet")
        at.sees(PROMPT)
        at.types("lock")
        at.sees("ended with 0\n")
        at.waits()
    with typing([*JOB, "cat"], office.root.parent) as at:
        at.types("it reads")
        at.sees("it reads\nit reads")
        at.presses(b"\x1a")
        at.sees(f"ended with {128 + signal.SIGTSTP}")


def test_ctrl_s_does_not_stop_an_open_session(office: Office) -> None:
    """If Ctrl-S stopped the session, the text would stay on the screen without a time limit.

    After the session, Ctrl-S works again.
    """
    with session(
        office, "--minutes", "5", command=["sh", "-c", '"$@"; stty -a', "sh", sys.executable, "-c", HASTY]
    ) as at:
        at.presses(b"\x13\x15")  # Ctrl-S is an ordinary character here; Ctrl-U erases it
        at.types("case list")
        at.sees("no cases yet")
        at.sees("nobody typed for 5 minutes: locked")
        at.sees(" ixon ")
        at.waits()


@pytest.mark.parametrize("line", ["", "case list\n"], ids=["at-the-prompt", "as-a-command-prints"])
def test_a_session_ends_even_if_the_output_of_its_terminal_is_stopped(office: Office, line: str) -> None:
    """The operating system then ends the process. Other commands can open the inbox again."""
    with session(office, "--minutes", "5", program=HASTY) as at:
        at.can_be_stopped()
        at.presses(b"\x13" + line.encode())
        assert -signal.SIGALRM == at.waits()
    assert "nobody typed" not in at.shown
    assert 0 == office.run("case", "list").code


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_single_command_that_asks_a_question_has_a_time_limit_too(
    office: Office, options: list[str]
) -> None:
    """The vault is open while the command asks, and anybody at the terminal could choose new passphrases."""
    command = ["officer", "renew", "--shares", "new", "--same-disk", *options]
    words: list[str | Path] = ["--home", office.root, *office.opening(), *command]
    before = office.state()
    with typing_to_fork(words, office.root.parent, HASTY) as at:
        at.answers("agree? (yes/no) ", "yes")
        at.sees("new passphrase of alice: ")
        assert 1 == at.waits()
    told = at.shown.rpartition("new passphrase of alice: ")[2]
    message, hint = "nobody answered", "unfinished work was undone; start again"
    if options:
        assert {"code": "nobody-answered", "message": message, "hint": hint} == json.loads(told)
    else:
        assert f"\nerror: {message}\nhint: {hint}\n" == told
    assert before == office.state()


LIMITED = """
import time
from inbox.system import idle_timeout, terminal
idle_timeout.GRACE = 1
with idle_timeout.limited(1):
    for done in range(4):
        time.sleep(0.5)
        terminal.progress("unsealing", done, 9)
time.sleep(1.5)
print("no limit is left", flush=True)
try:
    with idle_timeout.limited(1):
        time.sleep(60)
except idle_timeout.Inactive:
    print("inactive", flush=True)
time.sleep(60)
"""


def test_the_time_limit_does_not_interrupt_work_that_makes_progress() -> None:
    """The limit applies only within the ``with`` block. A program that ignores the exception is killed."""
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=False)
    assert (-signal.SIGALRM, "no limit is left\ninactive\n") == (done.returncode, done.stdout)


def test_a_change_of_officers_ends_the_session(office: Office) -> None:
    """The shares with which its officers signed in are no longer valid."""
    new = [word for name in NAMES for word in ("--new-passphrase-file", f"shares/{name}.passphrase")]
    with session(office, program=QUICKLY) as at:
        at.types(f"officer renew --shares shares --same-disk {' '.join(new)}")
        at.confides("passphrase of alice: ", passphrase_of("alice"))
        at.confides("passphrase of bruno: ", passphrase_of("bruno"))
        at.sees("share test: 3 quorums of 2 opened the test message, 3 single shares did not")
        at.sees("Press Enter once you have read all this")
        assert "\x1b" not in at.shown
        at.types("")
        assert 0 == at.waits()
    assert ["found", "open", "renew-shares", "read-journal"] == entries(office)


def test_a_session_ignores_the_environment_variable_that_names_the_home(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the session, a command that names a home is refused."""
    monkeypatch.setenv("FANAL_HOME", str(office.root))
    with session(office) as at:
        at.types("case list")
        at.sees("no cases yet")
        at.sees(PROMPT)
        at.types("--home elsewhere case list")
        at.sees("in a session, --home cannot be given")
        at.types("lock")
        assert 0 == at.waits()


def test_a_session_runs_commands_from_a_pipe_and_then_ends(office: Office) -> None:
    """A command that needs a person at a terminal is refused."""
    command = [*COMMAND, "--home", office.root, *office.opening(), "session"]
    lines = "case list\nkey rotate --now\nofficer list\n"
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    assert (0, True) == (done.returncode, done.stdout.startswith("no cases yet\nsharing "))
    assert "no terminal at which to type the passphrase" in done.stderr
    assert "\x1b" not in done.stdout


def test_a_session_refuses_bytes_that_are_not_valid_text(office: Office) -> None:
    """A terminal with another encoding may send invalid bytes, in a command or in a passphrase."""
    with session(office) as at:
        at.presses(b"\xe9t\xe9\n")
        at.sees("not valid text")
        at.types("key rotate --now")
        at.sees("passphrase of alice: ")
        at.presses(b"\xe9t\xe9\n")
        at.sees("error: the input is not valid text")
        at.types("lock")
        assert 0 == at.waits()


def test_a_session_without_a_quorum_is_refused(office: Office) -> None:
    said = office.of("alice").run("session")
    assert (1, True) == (said.code, "1 of the 2 required officers" in said.err)


def test_no_key_remains_after_a_session_is_locked(office: Office) -> None:
    """While the session is open, its memory contains the vault key.

    After the session is locked, no process and no file contains a key.
    """
    found = vault_header.parse((office.root / "vault.json").read_bytes())
    master = officers.open_master(found, office.bring()).master
    keys = [passphrase.vault_key(master), passphrase.backup_key(master), master]
    chosen = [passphrase_of(name).encode() for name in NAMES]
    with session(office, command=COMMAND) as at:
        process = at.process.pid
        assert re.search("Max core file size +0 +0 ", Path(f"/proc/{process}/limits").read_text())
        locked = "its memory is locked" in at.shown
        assert locked == (_locked_kilobytes(process) > 10_000)
        given = Path(f"/proc/{process}/cmdline").read_bytes() + Path(f"/proc/{process}/environ").read_bytes()
        assert b"session" in given
        assert [] == sockets(process)
        with socket.socket():
            assert sockets(os.getpid())  # control: an open socket is found
        assert [] == found_in(given, chosen + keys)
        if os.geteuid():
            with pytest.raises(PermissionError):  # the system protects it from processes of the same user
                found_in_memory([process], keys)
        else:
            assert (process, keys[0]) in found_in_memory([process], keys)
        at.types("lock")
        assert 0 == at.waits()
        assert not Path(f"/proc/{process}").exists()
    folder = office.root.parent
    for name in NAMES:
        office.secret_of(name).unlink()
    assert [] == found_in_files(folder, chosen + keys)
    (folder / "control").write_text(f"a key in hex: {keys[0].hex()}, and {chosen[0].decode()}")
    assert [("control", chosen[0]), ("control", keys[0])] == found_in_files(folder, chosen + keys)


def sockets(process: int) -> list[str]:
    """Return the names of the open sockets of a process."""
    opened = [path.readlink() for path in Path(f"/proc/{process}/fd").iterdir() if path.is_symlink()]
    return [target.name for target in opened if target.name.startswith("socket:")]


def _locked_kilobytes(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmLck"))


LOCKING = """
import resource, sys
from crypto import passphrase
from inbox.system import memory
limit, memory._TRIAL = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_MEMLOCK, (limit, limit))
memory.forbid_dumps()
held = memory.lock()
passphrase.stretch("a lantern", bytes(16))
print(held, memory._libc().prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.parametrize(
    ("dropped", "trial"), [("-ipc_lock", 1 << 30), ("+ipc_lock", 1 << 60)], ids=["at-once", "later"]
)
def test_argon2id_works_even_if_memory_cannot_be_locked(dropped: str, trial: int) -> None:
    """Either the system refuses to lock memory, or too little memory would be left for Argon2id."""
    right = ["setpriv", f"--bounding-set={dropped}"] if os.geteuid() == 0 else []
    command = [*right, sys.executable, "-c", LOCKING, str(1 << 16), str(trial)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("False 0 (0, 0)\n", "") == (done.stdout, done.stderr)


def test_text_typed_while_a_passphrase_is_checked_is_neither_shown_nor_read(office: Office) -> None:
    """The test types while the vault opens, and between the two passphrases of a confirmation.

    The control is a command typed at the prompt.
    """
    folder, bruno = office.root.parent, passphrase_of("bruno")
    shares = [word for name in office.present for word in ("--share", office.share_of(name))]
    with typing_to_fork(["--home", "inbox", "session", *shares], folder, SLOW) as at:
        for name in office.present:
            at.confides(f"passphrase of {name}: ", passphrase_of(name))
        for _ in office.present:
            types_ahead(at, folder, bruno, "key rotate --now")
        at.sees(PROMPT)
        at.answers("", "key rotate --now --reason ahead")
        at.confides("passphrase of alice: ", passphrase_of("alice"))
        types_ahead(at, folder, "not " + bruno)
        at.confides("passphrase of bruno: ", bruno)
        types_ahead(at, folder, bruno, "key list")
        at.sees(PROMPT)
        at.answers("", "lock")
        assert 0 == at.waits()
    assert [] == found_in(at.shown.encode(), [bruno])
    assert 1 == at.shown.count("key rotate")
    assert ["found", "open", "rotate-keys", "read-journal"] == entries(office)
