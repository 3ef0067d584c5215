"""A room with three parties and a team, on the day of the draw."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.draw_room import DAY, Room, at, quick_passphrases


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Parties and team, on the day on which lists are frozen."""
    with at(DAY), quick_passphrases():
        yield Room(tmp_path).founded()
