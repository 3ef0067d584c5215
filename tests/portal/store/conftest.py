"""Fixtures for tests of a single rule: empty tables on SQLite."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, make_url

from portal.store import database
from portal.store.database import Database
from portal.store.keyrings import Instance, keep_key_pair


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with only the key pair of a portal. The tests do not change the database."""
    folder = tmp_path_factory.mktemp("tables")
    made = database.create(make_url(f"sqlite:///{folder}/portal.sqlite"))
    with made.write() as connection:
        keep_key_pair(connection, Instance(bytes(32), bytes(32)))
    yield made
    made.close()


@pytest.fixture
def connection(tables: Database) -> Iterator[Connection]:
    """A transaction that is rolled back at the end of the test."""
    with tables.write() as begun:
        yield begun
        begun.rollback()
