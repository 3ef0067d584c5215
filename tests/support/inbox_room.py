"""Fixtures for tests of the inbox and of the desk, brought in by tests/conftest.py."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inbox.keys import share_file
from tests.support import inbox_circles, inbox_ending, inbox_trio
from tests.support.inbox_builders import QUICK, Office, Portal, Reporter, World, first, today
from tests.support.inbox_clock import Clock, moved
from tests.support.inbox_trio import Trio


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox of one officer, to copy."""
    return Office.found(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def founded_world(founded: Office) -> World:
    """The same with what the outside knows of it, to copy."""
    return World(founded)


@pytest.fixture
def world(founded_world: World, tmp_path: Path) -> World:
    """An inbox of this test's own, with what the outside knows of it."""
    return founded_world.of(founded_world.office.copy(tmp_path / "office"))


@pytest.fixture
def portal(world: World, tmp_path: Path) -> Portal:
    """What makes intake bundles for that inbox."""
    return Portal(world, tmp_path / "medium")


@pytest.fixture
def collect(world: World, portal: Portal) -> Callable[..., Any]:
    """Return a function that collects one bundle and gives what JSON says of it."""

    def run(path: Path, code: int = 0) -> Any:
        said = world.office.run("collect", path, "--confirm-instance", portal.fingerprint, "--json")
        assert (code, "") == (said.code, said.err)
        (outcome,) = said.json
        return outcome

    return run


@pytest.fixture(scope="session")
def founded_trio(tmp_path_factory: pytest.TempPathFactory) -> Trio:
    """The inbox as it was made, to copy, or to read."""
    return inbox_trio.found(tmp_path_factory.mktemp("trio"))


@pytest.fixture
def trio(founded_trio: Trio, tmp_path: Path) -> Trio:
    """The inbox as this test's own."""
    return Trio(founded_trio.office.copy(tmp_path / "trio"))


@pytest.fixture(scope="session")
def founded_circle(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox of three officers whose circle changes, to copy."""
    return inbox_circles.found(tmp_path_factory.mktemp("circle"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process stretch passphrases quickly."""
    monkeypatch.setattr(share_file, "LIMITS", QUICK)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of this process's commands, to be moved."""
    return moved(monkeypatch)


@pytest.fixture
def reporter(world: World) -> Reporter:
    """Somebody who writes to that inbox."""
    return Reporter(world)


@pytest.fixture
def closed(world: World, portal: Portal, reporter: Reporter, collect: Any) -> Office:
    """An inbox with one report, closed today, of which the portal has heard."""
    collect(portal.bundle(first(reporter, files=[b"x"])))
    inbox_ending.work_on(world.office, is_open=False, closed=today())
    world.office.json("outbox", "--out", world.office.out)
    inbox_ending.tell_portal(world.office, portal)
    return world.office
