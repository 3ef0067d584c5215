"""Fixtures for the desk: an exchange medium, a signed-in client, and an inbox with one case."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, World


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty exchange medium."""
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture
def client(office: Office, stick: Path) -> Iterator[Client]:
    """A client without a real browser, signed in at a desk in this process."""
    with sitting(office, stick) as client:
        yield client


@pytest.fixture(scope="session")
def founded_one_case(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The inbox of one officer, which the fixture `one_case` copies."""
    return _with_a_case(founded, tmp_path_factory.mktemp("one_case"))


@pytest.fixture(scope="session")
def founded_one_case_of_three(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The inbox of three officers, which the fixture `one_case` copies."""
    return _with_a_case(founded_three, tmp_path_factory.mktemp("one_case_of_three"))


@pytest.fixture
def one_case(request: pytest.FixtureRequest, office: Office) -> Office:
    """The inbox of this test with one case, whose report mentions a zebra."""
    made: Office = request.getfixturevalue(
        "founded_one_case_of_three" if office.present else "founded_one_case"
    )
    return made.copy(office.root.parent)


def _with_a_case(founded: Office, folder: Path) -> Office:
    office = founded.copy(folder)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), {"what": "a zebra at the quay"})
    office.json("case", "declare", "1")
    return office
