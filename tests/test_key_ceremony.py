"""The commands of a key ceremony work at a real terminal, in the order of the pages."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support import guides
from tests.support.inbox_builders import QUICKLY, passphrase_of
from tests.support.paths import ROOT
from tests.support.typist import Typist, typing_to_fork

PAGE = ROOT / "docs" / "key-ceremony.md"
GUIDE = ROOT / "docs" / "officer-guide.md"
OFFICERS = ("alice", "bruno", "chloe")
QUORUM = OFFICERS[:2]
# Words of the page, and what they mean here.
KNOWN = {"DIR": "inbox", "NAME": "Fanal", "ID": "customs", "--name-fr …": "--name-fr Inspection"}
KNOWN |= {"--name-en …": "--name-en Inspectorate", "/media/shares": "shares --same-disk"}


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


def found_it(words: list[str], folder: Path) -> None:
    """Agree to the ceremony, and type a new passphrase for each officer."""
    with typing_to_fork(words, folder, QUICKLY) as at:
        at.answers("agree? (yes/no) ", "yes")
        for name in OFFICERS:
            for question in (f"new passphrase of {name}: ", "repeat it: "):
                at.confides(question, passphrase_of(name))
        at.sees("3 quorums of 2 opened the test message, 3 single shares did not")
        assert at.waits() == 0


def test_for_a_trial_two_officers_found_an_inbox_on_one_disk_with_the_options_of_the_guide(
    tmp_path: Path,
) -> None:
    """The page says which options replace those of the ceremony."""
    pages = [ROOT / "docs" / each for each in ("deploying.md", "fr/guide-administrateur.md")]
    (options,) = {
        option for each in pages for option in re.findall(r"`(--officers [^`]+)`", each.read_text("utf-8"))
    }
    (found,) = (each for each in guides.lines(GUIDE.read_text("utf-8")) if each.startswith("inbox init "))
    line = found.partition(" --officers ")[0] + " " + options.replace("~", str(tmp_path))
    words = ["--home", str(tmp_path / "inbox"), *shlex.split(line)[1:]]
    with typing_to_fork(words, tmp_path, QUICKLY) as at:
        at.answers("agree? (yes/no) ", "yes")
        for name in QUORUM:
            for question in (f"new passphrase of {name}: ", "repeat it: "):
                at.confides(question, passphrase_of(name))
        at.sees("1 quorum of 2 opened the test message, 2 single shares did not")
        assert at.waits() == 0


@pytest.mark.slow
def test_the_commands_of_the_ceremony_work_at_a_terminal_in_the_order_of_the_page(tmp_path: Path) -> None:
    """Three officers create an inbox, and two of them open it in the three ways that the page describes.

    Ctrl-C ends the desk.
    """
    (tmp_path / "shares").mkdir()
    examine, found, once, session, desk = guides.lines(PAGE.read_text("utf-8"))

    with typing_to_fork(meant(examine, tmp_path), tmp_path) as at:
        at.sees("network interface")
        # The machine of a test has a network.
        assert at.waits() in {0, 1}

    found_it(meant(found, tmp_path), tmp_path)

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


@pytest.mark.slow
def test_a_session_takes_the_commands_of_the_guide_for_officers_as_they_are_printed(tmp_path: Path) -> None:
    """The officers type the commands of the ceremony, including the word `inbox` before each.

    The last command writes the keyring for the administrator.
    """
    (tmp_path / "shares").mkdir()
    ceremony = guides.section(GUIDE.read_text("utf-8"), "The ceremony")
    remember, read, found, copy, session, *later = guides.lines(ceremony)
    assert guides.folder_of_inbox([remember, read], tmp_path) == {f"{tmp_path}/inbox"}
    assert copy.startswith("cp ")
    found_it(["--home", "inbox", *meant(found, tmp_path)], tmp_path)

    with typing_to_fork(["--home", "inbox", *meant(session, tmp_path)], tmp_path, QUICKLY) as at:
        open_it(at)
        for line in later:
            at.sees("alice, bruno> ")
            if line.startswith("inbox exchange collect "):
                break
            assert line.startswith("inbox ")
            at.types(line.replace("/media/stick/keyring", f"{tmp_path}/keyring --same-disk"))
        at.types("lock")
        at.sees("locked")
        assert at.waits() == 0
    assert "error:" not in at.shown
    assert (tmp_path / "keyring" / "keyring.json").is_file()
