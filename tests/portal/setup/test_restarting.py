"""A command that restarts the portal waits until the portal answers.

Real programs take the place of the units.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portal.setup import pages
from portal.setup.pages import Pages
from portal.setup.services import answers, restart_portals
from portal.setup.system import Failed, System
from tests.support import unit_program
from tests.support.installation import free_port


@dataclass(frozen=True, slots=True)
class Machine(System):
    """A machine whose systemctl starts the program of a portal, and does not wait for it."""

    status: int = 200
    is_on: bool = True
    programs: list[unit_program.Program] = field(default_factory=list)
    reloaded: list[str] = field(default_factory=list)

    def systemctl(self, *words: str) -> bool:
        return words[0] == "is-active" and self.is_on

    def control(self, *words: str) -> None:
        if words[0] == "try-reload-or-restart":
            self.reloaded.extend(words[1:])
            return
        assert words[0] == "try-restart"
        for unit in words[1:] if self.is_on else ():
            port = unit.removeprefix("portal@").removesuffix(".service")
            self.programs.append(unit_program.start(port, self.status))

    def output(self, *command: str | Path) -> str:
        assert command[0] == "systemctl"
        return "0" if self.is_on else "3"  # the number of restarts of the unit


@pytest.fixture
def machine() -> Iterator[Callable[..., Machine]]:
    made: list[Machine] = []

    def make(**named: int | Path) -> Machine:
        made.append(Machine(**named))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for program in (each for machine in made for each in machine.programs):
        program.kill()
        program.wait()


def test_a_restarted_portal_that_answers_with_an_error_is_reported(machine: Callable[..., Machine]) -> None:
    port = free_port()
    with pytest.raises(Failed, match=rf"portal@{port}.service does not answer"):
        restart_portals(machine(status=500), [port])


def test_a_command_does_not_wait_for_a_portal_that_was_not_running_before(
    machine: Callable[..., Machine],
) -> None:
    restart_portals(machine(is_on=False), [free_port()])


def test_every_restarted_portal_answers_when_the_command_ends(machine: Callable[..., Machine]) -> None:
    ports = [free_port(), free_port()]
    assert not any(map(answers, ports))
    restart_portals(machine(), ports)
    assert all(map(answers, ports))


def test_when_new_pages_are_published_the_portals_are_restarted(
    machine: Callable[..., Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the portals would go on with the texts of the earlier pages.

    Each nginx reads its list of pages again.
    """
    ports, fresh = (free_port(), free_port()), tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "index.html").touch()
    for name in ("run", "var/www"):
        (tmp_path / "tree" / name).mkdir(parents=True)
    monkeypatch.setattr(pages, "_PORTS", ports)
    monkeypatch.setattr(Pages, "_frozen", lambda _: nullcontext(fresh))
    Pages(site := machine(root=tmp_path / "tree")).apply()
    assert len(site.programs) == len(ports)
    assert site.reloaded == ["nginx@clearnet", "nginx@onion"]
