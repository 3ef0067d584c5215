"""Uninstalling deletes no report, and the next setup finds the database of the portal with its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.setup import cli, steps
from portal.setup.answers import Answers
from portal.setup.databases import Tables
from portal.setup.portal_user import AS_PORTAL
from portal.setup.settings import CONFIGURATION, STATE, Configuration, Folders, Remembered
from portal.setup.system import System
from tests.support.portal_server import PORTAL


@dataclass(frozen=True, slots=True)
class Machine(System):
    """A machine in a folder, where the portal of this repository runs and keeps its data."""

    def run(self, *command: str | Path, env: Mapping[str, str] | None = None) -> str:
        return System.run(self, *self._ours(command), env=env)

    def succeeds(self, *command: str | Path) -> bool:
        return System.succeeds(self, *self._ours(command))

    def _ours(self, command: Sequence[str | Path]) -> Sequence[str | Path]:
        if tuple(command[: len(AS_PORTAL)]) != AS_PORTAL:
            return command
        return (PORTAL, "--config", self.at(CONFIGURATION), *command[len(AS_PORTAL) :])


def set_up(machine: Machine, answers: Answers) -> list[str]:
    """Do the steps up to the database, and return the titles of the steps that were done."""
    done = [*steps.apply([Folders(machine), Remembered(machine, answers), Configuration(machine, answers)])]
    configuration = machine.at(CONFIGURATION)
    text = configuration.read_text("utf-8")
    configuration.write_text(text.replace(f"sqlite:///{STATE}/", f"sqlite:///{machine.at(STATE)}/"), "utf-8")
    return [each.title for each in (*done, *steps.apply([Tables(machine)]))]


def test_uninstall_keeps_the_database_and_the_next_setup_uses_it(
    system: System, answers: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(system.root)
    monkeypatch.setattr(cli, "own_machine", lambda: machine)
    assert Tables.title in set_up(machine, answers)
    folder = machine.at(STATE)
    # A second file of the database, as SQLite leaves it if the portal was killed.
    (folder / "portal.sqlite-journal").touch()
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert len(before["portal.sqlite"]) > 0
    assert cli.run(["uninstall"]) == 0
    assert f"{STATE}: reports that nobody has collected" in capsys.readouterr().out
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    assert set_up(machine, answers) == []
    assert (folder / "portal.sqlite").read_bytes() == before["portal.sqlite"]
