"""A portal for each test, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from portal.store import database
from tests.support import postgres
from tests.support.installation import free_port
from tests.support.portal_nginx import Nginx
from tests.support.portal_room import BACKENDS, QUICKER, SITE, Room, opened
from tests.support.portal_server import Server


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: str) -> Iterator[str]:
    """SQLAlchemy address of a database with the portal's tables, for rooms that change no table."""
    with postgres.database(postgres_url) as url:
        database.create(make_url(url)).close()
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have what needs a room run on SQLite, and on PostgreSQL: in the gate where the two differ."""
    if "room" in metafunc.fixturenames:
        differ = metafunc.definition.get_closest_marker("databases_differ")
        metafunc.parametrize("room", BACKENDS if differ else QUICKER, indirect=True)


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A portal with a database of its own, on SQLite or on PostgreSQL."""
    with opened(request, tmp_path, request.param) as made:
        yield made


@pytest.fixture
def sqlite_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A portal on SQLite alone, for what is decided before the database is asked, or holds for files."""
    with opened(request, tmp_path, "sqlite") as made:
        yield made


@pytest.fixture(scope="module")
def same_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A portal on SQLite, which the tests of a module leave as it is."""
    made = Room(tmp_path_factory.mktemp("portal"), "sqlite:///portal.sqlite", SITE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal that serves, as a process of its own, for all tests of a module."""
    made = Server(tmp_path_factory.mktemp("portal"), free_port(), forked=False).make()
    with made.serving():
        yield made


@pytest.fixture(scope="module")
def behind_nginx(served: Server) -> Iterator[Nginx]:
    """The same portal behind nginx as shipped."""
    nginx = Nginx(served, served.folder / "nginx").make()
    with nginx.serving():
        yield nginx
