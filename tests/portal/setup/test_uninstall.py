"""Uninstalling deletes no report, and the next setup finds the database of the portal with its content."""

import pytest

from portal.setup import cli, steps
from portal.setup.answers import Answers
from portal.setup.databases import Tables
from portal.setup.services import Unit
from portal.setup.settings import STATE
from portal.setup.steps import TO_DO
from portal.setup.system import System
from tests.support.folder_machine import Machine


def test_uninstall_keeps_the_database_and_the_next_setup_uses_it(
    system: System, answers: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine(system.root)
    monkeypatch.setattr(cli, "own_machine", lambda: machine)
    machine.configure(answers)
    assert [Tables.title] == [each.title for each in steps.apply([Tables(machine)])]
    folder = machine.at(STATE)
    # A second file of the database, as SQLite leaves it if the portal was killed.
    (folder / "portal.sqlite-journal").touch()
    timer = Unit(machine, "portal-expire.timer")
    timer.apply()
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert len(before["portal.sqlite"]) > 0
    assert cli.run(["uninstall"]) == 0
    assert timer.check() == TO_DO
    assert f"{STATE}: reports that nobody has collected" in capsys.readouterr().out
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
    assert machine.configure(answers) == [*steps.apply([Tables(machine)])] == []
    assert (folder / "portal.sqlite").read_bytes() == before["portal.sqlite"]
