"""Fixtures that provide portals on SQLite or PostgreSQL."""

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
    """The SQLAlchemy URL of a database with the portal's tables, for tests that do not change the tables."""
    with postgres.database(postgres_url) as url:
        database.create(make_url(url)).close()
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses ``room``, on SQLite and on PostgreSQL.

    The gate uses both databases only for tests where they differ.
    """
    if "room" in metafunc.fixturenames:
        differ = metafunc.definition.get_closest_marker("databases_differ")
        metafunc.parametrize("room", BACKENDS if differ else QUICKER, indirect=True)


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A portal with a separate database on SQLite or PostgreSQL."""
    with opened(request, tmp_path, request.param) as made:
        yield made


@pytest.fixture
def sqlite_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A portal on SQLite, for tests of its files and of rules that do not depend on the database."""
    with opened(request, tmp_path, "sqlite") as made:
        yield made


@pytest.fixture(scope="module")
def same_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A portal on SQLite that all tests of a module share. The tests do not change the portal."""
    made = Room(tmp_path_factory.mktemp("portal"), "sqlite:///portal.sqlite", SITE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal that serves in a separate process. All tests of a module share this portal."""
    made = Server(tmp_path_factory.mktemp("portal"), free_port(), forked=False).make()
    with made.serving():
        yield made


@pytest.fixture(scope="module")
def behind_nginx(served: Server) -> Iterator[Nginx]:
    """The same portal behind the shipped nginx."""
    nginx = Nginx(served, served.folder / "nginx").make()
    with nginx.serving():
        yield nginx
