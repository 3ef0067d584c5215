"""Nothing but printable text reaches the terminal of an officer."""

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
# What is typed in a session, and whether words of the reports stand in what it prints.
LINES = {
    "show 1": True,
    "show 2": True,
    "list": True,
    "preview 1 1": True,
    "preview 1 2": True,
    "note 1 --text-file hostile.txt": False,
    "tag 1 alpha": False,
    "judge 1 --danger 2 --reason x": False,
    "source-risk 1 high --reason x": False,
    "credibility 1 2 --reason x": False,
    "measure 1 protection_offered": False,
    "tell 1 1": False,
    "retract 1 1 --reason x": False,
    "decide 1 not_needed --reason x": False,
    "reply 1 --text-file hostile.txt --preview": True,
    "reply 1 --text-file hostile.txt --despite-warning x": False,
    "extend 1 --reason x --text-file hostile.txt --preview": False,
    "unsend 1 1": False,
    "status 1 assessing": False,
    "show 1 --json": False,
    "queue": True,
    "queue --search owned": True,
    "queue --all --facets": True,
    "links 1": False,
    "link 1 2 same_facts": False,
    "unlink 1 2": False,
    "assign 1 --nobody": False,
    "many tag 1 --add beta": False,
    "many assign 1 --to officer": False,
    "many pass-on officer officer": False,
    "acknowledge 1": False,
    "timeline 1": False,
    "identity set 1 --text-file hostile.txt": False,
    "identity show 1": True,
    "identity consent 1 --day 2026-01-02 --reason x": False,
    "disclosures add 1 --to x --what other --ground other": False,
    "disclosures list 1": False,
    "dossier preview 1 --for prosecutor --to x --redact *:owned": True,
    f"access record --person owned --received {LONG_AGO} --way letter": False,
    "access list": False,
    "access show 1": False,
    "access passages 1 --request 1": True,
    "access extend --because number": False,
    f"access unopposed 1 --request 1 --day {LONG_AGO} --reference x": False,
    "access answer 1 --out held.pdf": False,
    "minimise 1 where --text-file hostile.txt --reason x": False,
    "attachment 1 1 --out out --reason x": False,
    "handlers 1": False,
    "declare 1": False,
    "hold 1 --reason x": False,
    "quarantine 1 --reason x": False,
    "junk 2 --reason x": False,
    "unopened": False,
    # A request names somebody: whether they are informed is asked anew.
    "decide 1 not_needed --reason anew": False,
    "close 1 moot --disclosure withheld --reason x": False,
    "reopen 1 --reason x": False,
    "outbox --out out": False,
    "retention": False,
    "destroyed": False,
    "oversight": False,
    "journal print": False,
    "destroy 1": False,
    "collect hostile.txt": False,
    "conflict list": False,
    "break-glass 1 --reason x": False,
    "show 1 'what \x1b is this'": True,
}
# These ask for the passphrase once more.
CONFIRMED = {"access answer", "minimise", "attachment", "identity show", "break-glass", "junk", "close"}
CONFIRMED |= {"access unopposed", "access extend", "identity consent", "decide"}
# What prints of keys, officers and the office alone, or begins anew; `enter` shows what its officer typed.
NOTHING_OF_A_REPORT = {"backup", "card", "desk", "dossier make", "dossier verify", "enter", "init", "keyring"}
NOTHING_OF_A_REPORT |= {"questionnaire", "restore", "session", "settings", "sign-pages"}
NOTHING_OF_A_REPORT |= {"law", "templates", "upgrade", "journal clock", "journal verify", "discard"}
NOTHING_OF_A_REPORT |= {"open-archive", *(f"visa {each}" for each in ("list", "record"))}
NOTHING_OF_A_REPORT |= {f"views {each}" for each in ("list", "save", "rename", "remove")}
NOTHING_OF_A_REPORT |= {"access namesake", "letter", "register", "sheet"}
NOTHING_OF_A_REPORT |= {f"consultation {each}" for each in ("record", "retract")}
NOTHING_OF_A_REPORT |= {f"channels {each}" for each in ("accept", "list", "remove")}
NOTHING_OF_A_REPORT |= {f"conflict {each}" for each in ("alias", "aliases", "exclude", "lift", "unalias")}
NOTHING_OF_A_REPORT |= {f"days-off {each}" for each in ("add", "list", "remove")}
NOTHING_OF_A_REPORT |= {f"keys {each}" for each in ("destroy", "list", "rotate")}
NOTHING_OF_A_REPORT |= {f"officers {each}" for each in ("add", "list", "remove", "renew", "seen")}


@pytest.fixture
def hostile_world(
    world: World, portal: Portal, collect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> World:
    """An inbox with a report and an unsigned one, hostile in every field, name and type."""
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
def test_no_command_lets_a_report_write_to_a_real_terminal(hostile_world: World, tmp_path: Path) -> None:
    """Each that prints anything of one, in a session; the control is that the words of reports are there."""
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
            if line.startswith("close "):
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
def test_such_a_character_would_be_seen_on_the_terminal(char: str, tmp_path: Path) -> None:
    """The control of the test above, at a real terminal."""
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
def test_neither_interpreter_nor_library_writes_what_it_has_in_hand(how: str) -> None:
    """Faults, in threads too, warnings, logs; the control is the same without us."""
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=False)
    written = {place for place in FAULTY if f"{ESC} {place}" in done.stderr}
    assert (1, set() if how == "silent" else FAULTY) == (done.returncode, written)
    assert 3 * (how == "silent") == done.stderr.count("the program has a fault (ValueError")
    assert (how == "silent") == (ESC not in done.stderr)
