"""Only printable text reaches the terminal of an officer."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.cli import main
from tests.support import hostile, inbox_builders
from tests.support.command_tree import every_command
from tests.support.inbox_builders import Portal, Reporter, Sent, World, drop, today
from tests.support.typist import CLEARED, deceiving, typing, typing_to_fork

ALL = f"{hostile.ESCAPES}\x7f\x85\u2028\u2029{hostile.BIDI}\r\nend"
TYPE = f"image/{hostile.ESCAPES}"
LONG_AGO = (today() - timedelta(25)).isoformat()
ESC, SPELLED = "\x1b", "<U+001B>"
# Each line is typed in a session. The value says whether the line prints words of the reports.
LINES = {
    "case show 1": True,
    "case show 2": True,
    "case list": True,
    "file preview 1 1": True,
    "file preview 1 2": True,
    "case note 1 --text-file hostile.txt": False,
    "case tag add 1 alpha": False,
    "case tag remove 1 alpha": False,
    "case set-score 1 --danger 2 --reason x": False,
    "case set-source-risk 1 high --reason x": False,
    "case set-credibility 1 2 --reason x": False,
    "case measure add 1 protection_offered": False,
    "case measure share 1 1": False,
    "case measure unshare 1 1": False,
    "case measure retract 1 1 --reason x": False,
    "case decide 1 not_needed --reason x": False,
    "message reply 1 --text-file hostile.txt --preview": True,
    "message reply 1 --text-file hostile.txt --despite-warning x": False,
    "case extend 1 --reason x --text-file hostile.txt --preview": False,
    "message retract 1 1": False,
    "case set-status 1 assessing": False,
    "case show 1 --json": False,
    "queue list": True,
    "queue list --search owned": True,
    "queue list --all --facets": True,
    "case link list 1": False,
    "case link add 1 2 same_facts": False,
    "case link remove 1 2": False,
    "case link dismiss 1 2": False,
    "case assign 1 officer": False,
    "case unassign 1": False,
    "queue unassign 1": False,
    "queue tag 1 --add beta": False,
    "queue assign 1 --to officer": False,
    "queue hand-over officer officer": False,
    "message acknowledge 1": False,
    "case timeline 1": False,
    "case identity add 1 --text-file hostile.txt": False,
    "case identity show 1": True,
    "case identity consent 1 --day 2026-01-02 --reason x": False,
    "case identity withdraw 1": False,
    "dossier disclosure add 1 --to x --what other --ground other --reason x": False,
    "dossier disclosure list 1": False,
    "dossier preview 1 --for prosecutor --to x --redact *:owned": True,
    f"request add --person owned --received {LONG_AGO} --way letter": False,
    "request list": False,
    "request show 1": False,
    "request passages 1 --request 1": True,
    "request extend --because number": False,
    f"request unopposed 1 --request 1 --day {LONG_AGO} --reference x": False,
    "request answer 1 --out held.pdf": False,
    "case redact 1 where --text-file hostile.txt --reason x": False,
    "file export 1 1 --out out --reason x": False,
    "access handlers 1": False,
    "access restrict 1 officer": False,
    "access unrestrict 1": False,
    "case declare 1": False,
    "retention hold 1 --reason x": False,
    "access quarantine 1 --reason x": False,
    "case junk 2 --reason x": False,
    "exchange unopened list": False,
    # An access request names somebody. Therefore the decision whether to inform the persons concerned is due
    # again.
    "case decide 1 not_needed --reason anew": False,
    "case close 1 moot --disclosure withheld --reason x": False,
    "case reopen 1 --reason x": False,
    "exchange outbox --out out": False,
    "retention list": False,
    "retention list-destroyed": False,
    "office oversight": False,
    "journal list": False,
    "retention destroy 1": False,
    "exchange collect hostile.txt": False,
    "access conflict list": False,
    "access break-glass 1 --reason x": False,
    "access unquarantine 1 --reason x": False,
    "retention unhold 1 --reason x": False,
    "case unjunk 2": False,
    "case show 1 'what \x1b is this'": True,
}
# These commands ask for the passphrase again.
CONFIRMED = {
    "request answer",
    "case redact",
    "file export",
    "case identity show",
    "access break-glass",
    "case junk",
    "case close",
}
CONFIRMED |= {
    "access unquarantine",
    "retention unhold",
    "request unopposed",
    "request extend",
    "case identity consent",
    "case decide",
}
# These commands only print information about keys, officers and the office, or start a new inbox. `case add`
# shows what its officer typed.
NOTHING_OF_A_REPORT = {
    "backup make",
    "exchange card",
    "desk",
    "dossier make",
    "dossier verify",
    "case add",
    "init",
    "exchange keyring",
}
NOTHING_OF_A_REPORT |= {
    "office questionnaire replace",
    "backup restore",
    "doctor",
    "session",
    "office set",
    "office show",
    "exchange sign-pages",
}
NOTHING_OF_A_REPORT |= {
    "law replace",
    "law show",
    "message template export",
    "message template list",
    "message template replace",
    "upgrade",
    "journal correct-clock",
    "journal verify",
    "exchange unopened discard",
}
NOTHING_OF_A_REPORT |= {"access open-archive", *(f"retention visa {each}" for each in ("request", "add"))}
NOTHING_OF_A_REPORT |= {f"queue view {each}" for each in ("list", "save", "rename", "remove")}
NOTHING_OF_A_REPORT |= {
    "request namesake",
    "request same-person",
    "dossier letter",
    "office register",
    "office sheet",
}
NOTHING_OF_A_REPORT |= {f"office consultation {each}" for each in ("add", "retract")}
# The commands for an exercise show the programme's own texts, codes of the journal, and officers' replies.
NOTHING_OF_A_REPORT |= {f"office exercise {each}" for each in ("begin", "list", "release", "run", "debrief")}
NOTHING_OF_A_REPORT |= {f"exchange channel {each}" for each in ("add", "list", "remove")}
NOTHING_OF_A_REPORT |= {
    f"access {each}"
    for each in ("alias add", "alias list", "alias remove", "conflict add", "conflict remove")
}
NOTHING_OF_A_REPORT |= {"office goals"}
NOTHING_OF_A_REPORT |= {f"statistics plan {each}" for each in ("list", "check", "adopt")}
NOTHING_OF_A_REPORT |= {f"statistics {each}" for each in ("edition make", "edition write", "show", "check")}
NOTHING_OF_A_REPORT |= {f"office day-off {each}" for each in ("add", "list", "remove")}
NOTHING_OF_A_REPORT |= {f"key {each}" for each in ("destroy", "list", "rotate")}
NOTHING_OF_A_REPORT |= {f"officer {each}" for each in ("add", "list", "remove", "renew", "acknowledge")}


@pytest.fixture
def hostile_world(
    world: World, portal: Portal, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> World:
    """An inbox with a signed and an unsigned report.

    Every field, name and type in these reports is hostile.
    """
    described = inbox_builders.describe

    def named(files: list[bytes]) -> object:
        return tuple(replace(each, name=hostile.BIDI + ESC, type=TYPE) for each in described(files))

    monkeypatch.setattr(inbox_builders, "describe", named)
    reporter = Reporter(world)

    def everywhere(report: Any) -> Any:
        return replace(report, answers=dict.fromkeys(["what", "where", "who", "category", "zz"], ALL))

    files = [hostile.image("JPEG"), ALL.encode()]
    sent = Sent(reporter.report(files=files, edit=everywhere), reporter.keys.case_id)
    collect(portal.bundle(sent, Sent(reporter.follow_up(ALL))))
    collect(portal.bundle(Sent(drop(world, ALL))))
    return world


@pytest.mark.slow
def test_no_command_prints_control_characters_of_a_report_on_a_terminal(
    hostile_world: World, tmp_path: Path
) -> None:
    """A session runs each command that prints any part of a report.

    The output must contain words of the reports. Otherwise the test would prove nothing.
    """
    office, missing = hostile_world.office, []
    known = set(every_command(main.commands))
    tried = {each for each in known for line in LINES if f"{line} ".startswith(f"{each} ")}
    assert known - NOTHING_OF_A_REPORT == tried
    (tmp_path / "hostile.txt").write_text(ALL)
    with typing_to_fork(["--home", office.root, *office.opening(), "session"], tmp_path) as at:
        at.sees("officer> ")
        for line, is_told in LINES.items():
            before = len(at.shown)
            at.types(line)
            if line.startswith("case close "):
                at.answers("Close the case like this? (yes/no) ", "yes")
            if line.startswith(tuple(CONFIRMED)):
                at.confides("passphrase of officer: ", inbox_builders.PASSPHRASE)
            at.sees("officer> ")
            if is_told and SPELLED not in at.shown[before:]:
                missing.append((line, at.shown[before:]))
        at.types("lock")
        assert 0 == at.waits()
    assert [] == deceiving(at.shown), at.shown
    assert [] == missing


@pytest.mark.parametrize("char", [*"\x1b\x9b\x7f\x85\u2028\u202e\x07"])
def test_the_search_finds_a_control_character_on_a_terminal(char: str, tmp_path: Path) -> None:
    """The control for the test above, with a real terminal."""
    program = [sys.executable, "-c", f"print({char!a}, end='')"]
    with typing(program, tmp_path) as at:
        assert 0 == at.waits()
    assert [char] == deceiving(at.shown)
    assert [] == deceiving(f"\rsealing: 1 of 2\n{CLEARED}locked;")
    assert [ESC] * 3 == deceiving(f"{CLEARED}{CLEARED}locked;")


FAULTY = {"in what is deleted", "in a thread", "from a library", "from another"}
FAULTS = """
import logging, sys, threading, warnings
from inbox.system import terminal
if sys.argv[1] == "silent":
    terminal.silence_others()
class Faulty:
    def __del__(self):
        raise ValueError("\x1b in what is deleted")
def fault():
    raise ValueError("\x1b in a thread")
Faulty()
thread = threading.Thread(target=fault)
thread.start()
thread.join()
logging.getLogger("fpdf").warning("\x1b from a library")
warnings.warn("\x1b from another")
fault()
"""


@pytest.mark.parametrize("how", ["silent", "as it is"])
def test_neither_the_interpreter_nor_a_library_prints_the_data_that_it_handles(how: str) -> None:
    """Without our protection, errors, warnings and logs would be printed.

    As a control, the unprotected process prints all of these.
    """
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=False)
    written = {place for place in FAULTY if f"{ESC} {place}" in done.stderr}
    assert (1, set() if how == "silent" else FAULTY) == (done.returncode, written)
    assert 3 * (how == "silent") == done.stderr.count("the program has a fault (ValueError")
    assert (how == "silent") == (ESC not in done.stderr)
