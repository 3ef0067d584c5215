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


@pytest.fixture
def one_case(office: Office, tmp_path: Path) -> Office:
    """An inbox with one case, whose report mentions a zebra."""
    world = World(office)
    tell(world, Portal(world, tmp_path / "medium"), {"what": "a zebra at the quay"})
    office.json("case", "declare", "1")
    return office
