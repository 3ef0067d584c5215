"""Commands of `fanal-portal` that the state of the machine does not allow, and the exit status of a check."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from portal.setup import cli, plan
from portal.setup.answers import FILE, Answers
from portal.setup.steps import DONE, TO_DO, Found
from portal.setup.system import System
from portal.setup.upgrade.progress import NOTE
from tests.support.setup_answers import GOOD


@pytest.fixture
def machine(system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """A machine on which a portal with an onion service was set up."""
    system.at("/etc/passwd").write_text("portal:x:4321:4322::/:/bin/false\n")
    keep(system, GOOD)
    monkeypatch.setattr(cli, "own_machine", lambda: system)
    return system


def keep(system: System, answers: Answers) -> None:
    file = system.at(FILE)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(answers.encode())


@pytest.mark.parametrize("words", [["publish", "FOLDER"], ["run", "export", "--out", "FOLDER"]])
def test_no_pages_are_published_and_no_command_runs_while_an_upgrade_is_unfinished(
    machine: System,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    monkeypatch.setattr(os, "execvp", lambda *_: pytest.fail("the command runs"))
    machine.at(NOTE).write_text('{"units": []}')
    assert cli.run([each.replace("FOLDER", str(tmp_path)) for each in words]) == 1
    complaint = capsys.readouterr().err
    assert "an upgrade is not finished" in complaint
    assert "hint: run `fanal-portal upgrade`" in complaint


def test_a_portal_without_a_clearnet_site_needs_no_certificate(
    machine: System, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(machine, replace(GOOD, clearnet=False))
    assert cli.run(["certificate"]) == 1
    assert "this portal has no clearnet site" in capsys.readouterr().err


class Checked:
    """A step with a given state."""

    title, said = "step", ""

    def __init__(self, found: Found) -> None:
        self._found = found

    def check(self) -> Found:
        return self._found

    def apply(self) -> None:
        pass

    def undo(self) -> None:
        pass


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("states", "code"), [((DONE, DONE), 0), ((DONE, TO_DO), 1)])
def test_a_check_succeeds_only_if_every_step_is_done(
    monkeypatch: pytest.MonkeyPatch, states: Iterable[Found], code: int
) -> None:
    monkeypatch.setattr(plan, "steps", lambda *_: [Checked(each) for each in states])
    assert cli.run(["setup", "--check"]) == code
