"""The commands of docs/key-ceremony.md work at a real terminal, in the order of the page."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support import guides
from tests.support.inbox_builders import QUICKLY, passphrase_of
from tests.support.paths import ROOT
from tests.support.typist import Typist, typing_to_fork

PAGE = ROOT / "docs" / "key-ceremony.md"
OFFICERS = ("alice", "bruno", "chloe")
QUORUM = OFFICERS[:2]
# Words of the page, and what they mean here.
KNOWN = {"DIR": "inbox", "NAME": "Fanal", "ID": "customs", "--name-fr …": "--name-fr Inspection"}
KNOWN |= {"--name-en …": "--name-en Inspectorate", "/media/shares": "shares"}


def meant(line: str, folder: Path) -> list[str]:
    """Return the words of a command of the page, with the names and files of this test."""
    for word, meaning in KNOWN.items():
        line = line.replace(word, meaning)
    bringing = iter(QUORUM)
    line = re.sub(r"--share \S+", lambda _: f"--share {share_of(next(bringing), folder)}", line)
    program, *words = shlex.split(line, comments=True)
    assert program == "inbox"
    return words


def share_of(name: str, folder: Path) -> Path:
    (share,) = (folder / "shares").glob(f"{name}-*.share")
    return share


def open_it(at: Typist) -> None:
    """Type the passphrases of a quorum."""
    for name in QUORUM:
        at.confides(f"passphrase of {name}: ", passphrase_of(name))


@pytest.mark.slow
def test_the_commands_of_the_ceremony_work_at_a_terminal_in_the_order_of_the_page(tmp_path: Path) -> None:
    """Three officers found an inbox, and two of them open it in the three ways of the page.

    Ctrl-C ends the desk.
    """
    (tmp_path / "shares").mkdir()
    examine, found, once, session, desk = guides.lines(PAGE.read_text("utf-8"))

    with typing_to_fork(meant(examine, tmp_path), tmp_path) as at:
        at.sees("network interface")
        # The machine of a test has a network.
        assert at.waits() in {0, 1}

    with typing_to_fork(meant(found, tmp_path), tmp_path, QUICKLY) as at:
        at.answers("agree? (yes/no) ", "yes")
        for name in OFFICERS:
            for question in (f"new passphrase of {name}: ", "repeat it: "):
                at.confides(question, passphrase_of(name))
        at.sees("3 quorums of 2 opened the test message, 3 single shares did not")
        assert at.waits() == 0

    with typing_to_fork(meant(once, tmp_path), tmp_path, QUICKLY) as at:
        open_it(at)
        at.sees("no cases yet")
        assert at.waits() == 0

    with typing_to_fork(meant(session, tmp_path), tmp_path, QUICKLY) as at:
        open_it(at)
        for line, shown in (("case list", "no cases yet"), ("lock", "locked")):
            at.sees("alice, bruno> ")
            at.types(line)
            at.sees(shown)
        assert at.waits() == 0

    with typing_to_fork([*meant(desk, tmp_path), "--port", "0"], tmp_path, QUICKLY) as at:
        open_it(at)
        at.sees("http://127.0.0.1:")
        at.interrupts()
        at.sees("stopped")
        assert at.waits() == 1
