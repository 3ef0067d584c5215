"""No server, file or name can send control characters to the administrator's terminal."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import terminal
from portal.ops.cli import portal
from tests.support.command_tree import every_command
from tests.support.forks import PORTAL
from tests.support.hostile_host import hosting
from tests.support.provable import Provable, proving
from tests.support.typist import deceiving, typing, typing_to_fork

ESC = "\x1b"
# An escape character as we spell it, and as click spells it in a quoted word.
SPELLED = ("<U+001B>", r"\x1b")
# A file name may contain any byte except a slash and NUL.
NAME = "\x1b[2J\x1b]0;owned\x07\x9b1;1H\x7f\u202egpj\u2066\u2028\n\x85end"
HEADERS = "".join(f"X-{place}{ESC}[2J: {ESC}]0;owned\x07\r\n" for place in range(3)).encode()
# Each answer is malformed in a different place: status, reason, size, chunk, encoding or date.
ANSWERS = {
    "status": f"HTTP/1.1 2{ESC}[2J OK\r\n\r\n",
    "reason": f"HTTP/1.1 500 {ESC}[2J\r\n\r\n",
    "size": f"HTTP/1.1 200 OK\r\nContent-Length: {ESC}[2J, 2\r\n\r\nx",
    "chunk": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{ESC}[2J\r\nx",
    "encoding": f"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n{ESC}[2J",
    "day": f"HTTP/1.1 200 OK\r\nDate: {ESC}[2J\r\nServer: {ESC}[2J\r\nVia: \x9b1;1H\r\n\r\n",
    "not HTTP": f"{ESC}[2J\r\n",
}
# Each command line of the administrator, and whether its output repeats foreign text; {} is the hostile name.
LINES = {
    "import {}": True,
    "import {}/none": True,
    "keyring {}": True,
    "export --out {}/file": True,
    "anchors --out {}/none": False,
    "freeze {}": True,
    "manifest --serial 1 --until 2199-12-31 --out {}/none/x": True,
    "webcat --app https://x --tag 1 --out {}/none/x": True,
    "kit {}": True,
    "verify URL": False,
    "verify URL --json": False,
    "verify URL --channel-keys {}": True,
    "verify URL --seen {}": True,
    "verify URL --proxy {}": True,
    "verify {}": True,
    "verify-receipt {}": True,
    "verify-receipt {}/file --ask x --challenge {}": True,
    "doctor": False,
    "doctor --url URL": False,
    "doctor --url {}": True,
    "doctor --url {} --json": False,
    "serve --listen {}": True,
    "backup key --private {}/none/x --public {}/none/y": True,
    "backup make --public {} --out {}/x": True,
    "backup restore {}/file --private {} --fingerprint x": True,
    "import x {}": True,
    "{}": True,
    "pending --{}": True,
}
# Commands that print only the portal's own data.
NOTHING_FOREIGN = {"init", "expire", "upgrade"}


@pytest.fixture(scope="module")
def hostile_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provable]:
    """An initialised portal, in a folder that contains a folder with a hostile name."""
    with proving(tmp_path_factory.mktemp("portal")) as made:
        names = ("deployment", "root_key", "manifest")
        (made.folder / "portal.toml").write_text(
            "".join(f'{name} = "{getattr(made.settings, name)}"\n' for name in names)
            + 'name = { fr = "Inspection", en = "Inspectorate" }\nhost = "report.example"\n'
        )
        (made.folder / NAME).mkdir()
        (made.folder / NAME / "file").write_text(NAME)
        yield made


def said_to(hostile_room: Provable, line: str, url: str = "") -> tuple[int, str]:
    """Return the exit status of a command and its output on a real terminal."""
    words = [word.replace("{}", NAME).replace("URL", url) for word in line.split()]
    with typing_to_fork(["--config", "portal.toml", *words], hostile_room.folder, PORTAL) as at:
        return at.waits(), at.shown


def test_every_command_that_shows_foreign_text_is_tested() -> None:
    tried = {
        each for each in every_command(portal) if any(f"{line} ".startswith(f"{each} ") for line in LINES)
    }
    assert set(every_command(portal)) - NOTHING_FOREIGN == tried


@pytest.mark.parametrize("line", LINES)
def test_no_command_passes_control_characters_from_a_name_or_a_server_to_a_real_terminal(
    hostile_room: Provable, line: str
) -> None:
    """The control: the foreign text is shown with its control characters spelled out."""
    with hosting(HEADERS, hostile_room.app) as url:
        code, shown = said_to(hostile_room, line, url)
    assert [] == deceiving(shown), shown
    assert (LINES[line], False) == (any(each in shown for each in SPELLED), "Traceback" in shown), shown
    assert code in {0, 1, 2}


@pytest.mark.parametrize("command", ["verify", "doctor --url"])
@pytest.mark.parametrize("how", ANSWERS)
def test_no_malformed_answer_of_a_server_is_shown_unescaped(
    hostile_room: Provable, how: str, command: str
) -> None:
    """Such an answer causes neither a traceback nor an internal error."""
    with hosting(ANSWERS[how].encode("latin-1")) as url:
        code, shown = said_to(hostile_room, f"{command} URL", url)
    assert [] == deceiving(shown), shown
    assert (1, False, False) == (code, "Traceback" in shown, "a fault" in shown), shown


@pytest.mark.parametrize("char", ESC + "\x9b\x7f\u202e")
def test_the_check_finds_a_hostile_character(char: str, tmp_path: Path) -> None:
    """The control of the two tests above."""
    with typing([sys.executable, "-c", f"print({char!a}, end='')"], tmp_path) as at:
        assert 0 == at.waits()
    assert [char] == deceiving(at.shown)


def test_the_script_spells_out_control_characters_in_its_arguments(hostile_room: Provable) -> None:
    """The installed script is started as an administrator starts it."""
    command = [Path(sys.executable).with_name("portal"), "--config", NAME, "pending"]
    with typing(command, hostile_room.folder) as at:
        assert 2 == at.waits()
    assert ([], True) == (deceiving(at.shown), f"configuration {SPELLED[0]}[2J" in at.shown)


FAULTS = """
import sys, threading, warnings
from portal import terminal
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
warnings.warn("\x1b from a library")
fault()
"""


@pytest.mark.parametrize("how", ["silent", "as it is"])
def test_an_internal_error_names_its_place_but_no_values(how: str) -> None:
    """The control: without our handler, the values are shown."""
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=False)
    assert (1, 3 * (how == "silent"), how != "silent") == (
        done.returncode,
        done.stderr.count("the program has a fault (ValueError"),
        ESC in done.stderr,
    )


# An error in the first step of a command.
FAULTY = """
from portal.ops import cli
def fault(*_, **__):
    raise ValueError("\x1b[2J")
cli.portal.main = fault
cli.main()
"""


def test_an_internal_error_of_a_command_repeats_no_foreign_text(tmp_path: Path) -> None:
    with typing_to_fork(["pending"], tmp_path, FAULTY) as at:
        assert 1 == at.waits()
    assert ([], True) == (deceiving(at.shown), "error: the program has a fault (ValueError at" in at.shown)


def test_json_output_contains_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.data({"name": NAME})
    said = capsys.readouterr().out
    assert (True, {"name": NAME}) == (
        said.isascii() and said.replace("\n", "").isprintable(),
        json.loads(said),
    )
