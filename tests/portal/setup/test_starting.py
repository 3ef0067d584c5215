"""Setup starts units now and at each boot, and an upgrade tries the new program, not the earlier one.

Real programs take the place of the units. tests/portal/setup/test_running_upgrade.py uses a real systemd.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portal.setup import steps
from portal.setup.services import Unit, answers
from portal.setup.system import Failed, System
from portal.setup.upgrade import units
from portal.setup.upgrade.progress import EARLIER
from portal.setup.upgrade.units import Units
from tests.support import unit_program
from tests.support.installation import free_port
from tests.support.paths import ROOT

NEW, OLD = 200, 500


@dataclass(frozen=True, slots=True)
class Machine(System):
    """A machine whose systemctl runs a program at ``port`` in place of a unit.

    As in systemd, an empty ``BindReadOnlyPaths=`` removes the paths that the unit names before it, and a
    change to a unit counts only after ``daemon-reload``.
    """

    port: int = 0
    ends: bool = False
    enabled: set[str] = field(default_factory=set)
    stopped: list[str] = field(default_factory=list)
    listed: str = ""
    programs: list[unit_program.Program] = field(default_factory=list)
    bound: list[str] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        return True

    def systemctl(self, *words: str) -> bool:
        match words[0]:
            case "is-enabled":
                return words[-1] in self.enabled
            case "is-active":
                return bool(self.programs)
            case "disable":
                self.control(*words)
        return False

    def control(self, *words: str) -> None:
        verb, *rest = words
        match verb:
            case "daemon-reload":
                self.bound[:] = self._bound()
            case "enable":
                self.enabled.add(rest[-1])
            case "disable":
                self.enabled.discard(rest[-1])
        if verb == "start" or (verb == "enable" and "--now" in rest):
            if not self.ends:
                self._start()
        elif verb == "stop" or (verb == "disable" and "--now" in rest):
            self.stopped.extend(rest)
            self.stop()

    def output(self, *command: str | Path) -> str:
        if command[1] == "list-units":
            return self.listed
        assert command[:2] == ("systemctl", "show")
        # Without a program, systemd has tried to start the unit again and again.
        return "0" if self.programs else "3"

    def stop(self) -> None:
        while self.programs:
            program = self.programs.pop()
            program.kill()
            program.wait()

    def _bound(self) -> list[str]:
        found: list[str] = []
        texts = [ROOT / "deploy/portal@.service", *self.root.rglob("portal@8079.service.d/*.conf")]
        for line in (line for each in texts for line in each.read_text("utf-8").splitlines()):
            name, _, value = line.partition("=")
            if name == "BindReadOnlyPaths":
                found = [*found, value] if value else []
        return found

    def _start(self) -> None:
        is_earlier = self.at(EARLIER).exists() and any(EARLIER in each for each in self.bound)
        self.programs.append(unit_program.start(self.port, OLD if is_earlier else NEW))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    made: list[Machine] = []

    def make(*, ends: bool = False, listed: str = "") -> Machine:
        machine = Machine(tmp_path, port=free_port(), ends=ends, listed=listed)
        machine.at(EARLIER).mkdir(parents=True)
        machine.control("daemon-reload")
        made.append(machine)
        return machine

    yield make
    for each in made:
        each.stop()


def test_a_unit_runs_at_once_and_starts_at_each_boot(machine: Callable[..., Machine]) -> None:
    here = machine()
    assert [each.title for each in steps.apply([Unit(here, "portal@1.service", here.port)])] == [
        "portal@1.service"
    ]
    assert here.enabled == {"portal@1.service"}
    assert Unit(here, "portal@1.service", here.port).check() == steps.DONE


def test_setup_does_not_wait_for_a_unit_that_ends_again_and_again(machine: Callable[..., Machine]) -> None:
    """The unit is disabled again."""
    here = machine(ends=True)
    unit = Unit(here, "portal@1.service", here.port)
    with pytest.raises(steps.Refused, match=r"portal@1\.service: it does not start; see `journalctl"):
        [*steps.apply([unit])]
    assert here.enabled == set()


@pytest.fixture
def trial(machine: Callable[..., Machine], monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that still has the earlier program, and on which the new program has a free port."""
    here = machine()
    monkeypatch.setattr(units, "_TRIAL_PORT", here.port)
    return here


def test_a_trial_runs_the_new_program_although_the_earlier_program_is_still_there(trial: Machine) -> None:
    """The control: without the trial's own settings, the unit runs the earlier program, as others do."""
    trial.control("start", "portal@8079.service")
    with pytest.raises(Failed, match="does not answer"):
        units.wait_until_answering(trial, trial.port)
    trial.stop()
    Units(trial).begin_trial()
    assert answers(trial.port)


def test_nothing_is_left_of_a_trial(trial: Machine) -> None:
    before = trial.bound.copy()
    Units(trial).begin_trial()
    assert trial.bound != before
    Units(trial).end_trial()
    assert (trial.programs, trial.bound) == ([], before)
    assert [*trial.root.rglob("*.conf")] == []


def test_a_program_that_uses_the_port_of_the_trial_is_not_taken_for_the_new_version(trial: Machine) -> None:
    """Otherwise the answer of the other program would confirm the upgrade."""
    other = Machine(trial.root / "other", port=trial.port)
    other.control("start", "other.service")
    try:
        units.wait_until_answering(other, other.port)
        with pytest.raises(Failed, match=f"another program uses port {trial.port}"):
            Units(trial).begin_trial()
        assert trial.programs == []
    finally:
        other.stop()


def test_a_portal_that_an_upgrade_starts_again_answers_before_the_upgrade_goes_on(
    machine: Callable[..., Machine],
) -> None:
    """Otherwise an upgrade would end although the portal does not answer. A timer cannot answer."""
    here = machine()
    shutil.rmtree(here.at(EARLIER))
    Units(here).start(f"portal@{here.port}.service")
    assert answers(here.port)
    broken = machine(ends=True)
    with pytest.raises(Failed, match="it does not start"):
        Units(broken).start(f"portal@{broken.port}.service")
    Units(broken).start("portal-expire.timer")


def test_an_upgrade_stops_everything_that_uses_the_database(machine: Callable[..., Machine]) -> None:
    """Between the copy and the new tables, nothing may delete or write data."""
    here = machine()
    Units(here).stop()
    assert {*here.stopped} == {"portal@*.service", "portal-expire.timer", "portal-expire.service"}


def test_the_trial_of_a_killed_upgrade_is_not_started_again_for_visitors(
    machine: Callable[..., Machine],
) -> None:
    """The next run notes the units that run, and starts them in the end."""
    names = ("portal@8079.service", "portal@8080.service", "portal-expire.timer")
    here = machine(listed="".join(f"{each} loaded active running Fanal\n" for each in names))
    assert Units(here).running() == [*names[1:]]
