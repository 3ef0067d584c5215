"""A portal for each test, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.portal_room import BACKENDS, Room, opened


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A portal with a database of its own: once on SQLite, once on PostgreSQL."""
    with opened(request, tmp_path, request.param) as made:
        yield made


@pytest.fixture
def sqlite_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A portal on SQLite alone, for what is decided before the database is asked, or holds for files."""
    with opened(request, tmp_path, "sqlite") as made:
        yield made
