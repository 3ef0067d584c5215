"""The commands of the guide on exercises, typed in the order of the page."""

import re
import shlex
from pathlib import Path

import pytest

from crypto import exercise as deployments
from inbox.cli import exercise as commands
from inbox.cli import main
from inbox.exercise import programme, state
from inbox.exercise.begin import OFFICERS
from tests.support import guides
from tests.support.exercises import Training
from tests.support.paths import ROOT
from tests.support.typist import typing_to_inbox

GUIDES = [ROOT / "docs/exercise.md", ROOT / "docs/fr/exercice.md"]


def test_both_editions_have_the_same_commands() -> None:
    english, french = (guides.lines(each.read_text("utf-8")) for each in GUIDES)
    assert english == french
    assert len(english) == 6


@pytest.mark.usefixtures("quick")
def test_every_command_of_the_guide_works_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exercise begins in a new folder; the clock of `run` jumps to the next step."""
    monkeypatch.setattr(commands.release, "is_due", lambda *_: True)
    folder = tmp_path / "training"
    for line in guides.lines(GUIDES[0].read_text("utf-8")):
        program, *words = shlex.split(line.replace("FOLDER", str(folder)))
        assert program == "inbox"
        if words[2] == "debrief":
            said = Training(folder).office.run(*words)
            assert said.code == 0, (line, said.err)
        else:
            assert main.run(words) == 0, line
    known = state.load(folder)
    assert {each.id for each in programme.load().steps} == {*state.steps_released(known)}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("guide", GUIDES, ids=lambda each: each.name)
def test_two_officers_renew_the_shares_as_the_guide_says(training: Training, guide: Path) -> None:
    """The stolen share then opens nothing, and morel opens the inbox with a new one."""
    (line,) = (each for each in guides.in_sentences(guide.read_text("utf-8")) if "officer renew" in each)
    line = line.replace("FOLDER", str(training.folder))
    for name in ("keller", "dasilva"):
        brought = f"{training.office.share_of(name)} --passphrase-file {training.office.secret_of(name)}"
        line = line.replace("FILE", brought, 1)
    new = " ".join(f"--new-passphrase-file {training.office.secret_of(name)}" for name in OFFICERS)
    stolen = training.office.bring()[0]
    assert main.run(shlex.split(f"{line} --reason stolen {new}")[1:]) == 0
    opened = training.office.run("officer", "list")
    assert (0, True) == (opened.code, stolen.share != training.office.bring()[0].share)


@pytest.mark.slow
@pytest.mark.parametrize("guide", GUIDES, ids=lambda each: each.name)
def test_the_desk_opens_with_shares_and_typed_passphrases_as_the_guide_says(
    training: Training, guide: Path
) -> None:
    """Two officers type their passphrases at the terminal. The desk is on another port here."""
    (line,) = (each for each in guides.in_sentences(guide.read_text("utf-8")) if " desk " in each)
    line = line.replace("FOLDER", str(training.folder))
    for name in ("morel", "dasilva"):
        line = line.replace("FILE", str(training.office.share_of(name)), 1)
    with typing_to_inbox([*shlex.split(line)[1:], "--port", "0"], training.folder) as at:
        for name in ("morel", "dasilva"):
            at.confides(f"passphrase of {name}: ", training.office.secret_of(name).read_text().strip())
        at.sees("http://127.0.0.1:")
        assert deployments.WORDS in at.shown


def test_the_guide_names_what_begin_makes() -> None:
    """The folders, the officers, and the files of the sheets."""
    for guide in GUIDES:
        text = guide.read_text("utf-8")
        named = set(re.findall(r"^- `([a-z]+)/`", text, re.MULTILINE))
        both = set(re.findall(r"^- `([a-z]+)/` (?:and|et) `([a-z]+)/`", text, re.MULTILINE))
        assert {state.HOME, state.OFFICERS, state.MEDIUM, state.TRAINER, state.BACKUP} == named
        assert {(state.BACKUP, state.KEYSTORE)} == both
        assert all(name in text for name in OFFICERS)
        assert {"sheet-fr.pdf", "sheet-en.pdf"} < set(re.findall(r"`(?:trainer/)?([\w-]+\.pdf)`", text))
