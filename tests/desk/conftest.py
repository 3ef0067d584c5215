"""A desk in this process with a medium, before the inbox that a module founded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The medium, empty."""
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture
def client(office: Office, stick: Path) -> Iterator[Client]:
    """A browser without a screen, admitted to the desk."""
    with sitting(office, stick) as client:
        yield client
