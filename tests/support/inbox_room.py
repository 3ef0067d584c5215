"""Fixtures for tests of the inbox and the desk, loaded by tests/conftest.py."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inbox.keys import share_file
from inbox.session.inbox import Inbox
from tests.support import inbox_circles, inbox_ending, inbox_trio
from tests.support.backup_media import Copies
from tests.support.inbox_builders import (
    QUICK,
    Office,
    Portal,
    Reporter,
    Scene,
    Sent,
    World,
    answering,
    drop,
    first,
    today,
)
from tests.support.inbox_clock import Clock, moved
from tests.support.inbox_trio import Trio
from tests.support.inbox_visas import agreed


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox of one officer, to copy."""
    return Office.found(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """An inbox for this test only: a copy of `founded`, or of the fixture that the mark `copy_of` names."""
    source: Office | Scene = request.getfixturevalue(_marked(request) or "founded")
    if isinstance(source, Scene):
        scene: Scene = request.getfixturevalue("scene")
        return scene.world.office
    return source.copy(tmp_path / "copy")


@pytest.fixture
def inbox(office: Office) -> Iterator[Inbox]:
    """The inbox of this test, open."""
    with office.opened() as opened:
        yield opened


def _marked(request: pytest.FixtureRequest) -> str | None:
    """Return the name of the fixture that a test wants to copy."""
    mark = request.node.get_closest_marker("copy_of")
    return mark and mark.args[0]


@pytest.fixture(scope="session")
def founded_world(founded: Office) -> World:
    """An inbox to copy, with the values that outsiders know."""
    return World(founded)


@pytest.fixture(scope="session")
def founded_scene(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The same inbox with its portal, to copy."""
    return Scene.begun(founded_world, tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="session")
def founded_correspondent(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene that the fixture `correspondent` copies."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("correspondent"))
    scene.collect(first(scene.reporter))
    return scene


@pytest.fixture(scope="session")
def founded_closed(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene that the fixture `closed` copies."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("closed"))
    office = scene.world.office
    scene.collect(first(scene.reporter, files=[b"x"]))
    office.settle(1)
    office.tell_no_prosecutor(1)
    inbox_ending.work_on(office, waits=False, closed=today(), feedback=True, outcome="out_of_scope")
    office.json("exchange", "outbox", "--out", office.out)
    inbox_ending.tell_portal(office, scene.portal)
    agreed(office)
    return scene


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """A copy of `founded_scene`, or of the scene that the test's mark or fixtures ask for."""
    begins = [f"founded_{each}" for each in ("correspondent", "closed") if each in request.fixturenames]
    named = request.getfixturevalue((*begins, _marked(request) or "founded_scene")[0])
    source: Scene = named if isinstance(named, Scene) else request.getfixturevalue("founded_scene")
    return source.copy(tmp_path)


@pytest.fixture
def world(scene: Scene) -> World:
    """An inbox for this test only, with the values that outsiders know."""
    return scene.world


@pytest.fixture
def portal(scene: Scene) -> Portal:
    """A portal that makes intake bundles for that inbox."""
    return scene.portal


@pytest.fixture
def collect(world: World, portal: Portal) -> Callable[..., Any]:
    """Return a function that collects one bundle and returns the JSON."""

    def run(path: Path, code: int = 0) -> Any:
        said = world.office.run(
            "exchange", "collect", path, "--confirm-instance", portal.fingerprint, "--json"
        )
        assert (code, "") == (said.code, said.err)
        (outcome,) = said.json
        return outcome

    return run


@pytest.fixture
def collect_all(portal: Portal, collect: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that collects one bundle with the given envelopes and returns the JSON."""
    return lambda *sent: collect(portal.bundle(*sent))


@pytest.fixture(scope="session")
def founded_trio(tmp_path_factory: pytest.TempPathFactory) -> Trio:
    """The inbox of a trio of officers as created, to copy or to read."""
    return inbox_trio.found(tmp_path_factory.mktemp("trio"))


@pytest.fixture(scope="module")
def opened_trio(founded_trio: Trio) -> Iterator[Inbox]:
    """The inbox of a trio as created, opened by two of the three officers."""
    with founded_trio.others.opened() as inbox:
        yield inbox


@pytest.fixture
def trio(founded_trio: Trio, tmp_path: Path) -> Trio:
    """The inbox of a trio, for this test only."""
    return Trio(founded_trio.office.copy(tmp_path / "trio"))


@pytest.fixture(scope="session")
def founded_three(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox to copy, which any two of its three officers can open."""
    return Office.found_by(tmp_path_factory.mktemp("three"), inbox_trio.NAMES, 2)


@pytest.fixture(scope="session")
def founded_circle(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox to copy, whose circle of three officers changes."""
    return inbox_circles.found(tmp_path_factory.mktemp("circle"))


@pytest.fixture(scope="session")
def first_reporter(tmp_path_factory: pytest.TempPathFactory) -> Reporter:
    """The reporter of case 1 of an inbox. Case 2 is an unsigned report, which cannot be answered."""
    folder = tmp_path_factory.mktemp("with_reporter")
    world = World(Office.found(folder))
    portal, reporter = Portal(world, folder / "medium"), Reporter(world)
    for sent in (first(reporter, edit=answering(how_many="only_me")), Sent(drop(world, "à la main"))):
        world.office.json(
            "exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint
        )
    return reporter


@pytest.fixture(scope="session")
def with_reporter(first_reporter: Reporter) -> Office:
    """The inbox of that reporter, to copy or to read."""
    return first_reporter.world.office


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make commands in this process stretch passphrases quickly."""
    monkeypatch.setattr(share_file, "LIMITS", QUICK)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the commands in this process, which the test can move."""
    return moved(monkeypatch)


@pytest.fixture
def reporter(scene: Scene) -> Reporter:
    """A reporter who writes to the inbox of this test."""
    return scene.reporter


@pytest.fixture
def correspondent(scene: Scene) -> Reporter:
    """The same reporter after the inbox has collected the report as case 1."""
    return scene.reporter


@pytest.fixture
def closed(scene: Scene) -> Office:
    """An inbox with one case, closed today.

    The portal has confirmed the closing, and the archives have given their visa.
    """
    return scene.world.office


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    """Folders that represent two media, one for backups and one for key stores."""
    return Copies(tmp_path)


@pytest.fixture
def hasty() -> Iterator[None]:
    """Fail a test whose program waits or reads endlessly instead of ending within moments."""

    def end(*_: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, 60)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
