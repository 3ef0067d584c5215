"""Empty tables for each test of one rule, on SQLite."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, make_url

from portal.store import database
from portal.store.database import Database
from portal.store.keyrings import Instance, keep_key_pair


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the key pair of a portal and nothing else, which tests leave as it is."""
    folder = tmp_path_factory.mktemp("tables")
    made = database.create(make_url(f"sqlite:///{folder}/portal.sqlite"))
    with made.write() as connection:
        keep_key_pair(connection, Instance(bytes(32), bytes(32)))
    yield made
    made.close()


@pytest.fixture
def connection(tables: Database) -> Iterator[Connection]:
    """A transaction that is taken back at the end of the test."""
    with tables.write() as begun:
        yield begun
        begun.rollback()
