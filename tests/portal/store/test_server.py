"""Room for the database is determined by measuring and by writing. Database errors are reported clearly."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, make_url

from portal.errors import Refused
from portal.store import database, disk, server
from portal.store.database import Database
from portal.store.schema import chunks
from portal.store.schema import disk as rows
from tests.support.portal_rows import HOUR, kept

MIB = 1 << 20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Database]:
    """A database that can grow only by a few KiB."""
    with closing(database.create(make_url(f"sqlite:///{tmp_path}/portal.sqlite"))) as made:
        made.close()

        def limit(connection: Connection) -> None:
            connection.exec_driver_sql("PRAGMA max_page_count = 100")

        event.listen(made._engine, "begin", limit)
        yield made


def test_the_database_reports_that_it_has_no_room_for_more_bytes(small: Database) -> None:
    """The bytes are written as a test and rolled back."""
    assert not server.can_keep(small, MIB)
    assert server.can_keep(small, 1_000)
    with small.read() as connection:
        assert kept(connection, chunks, "position") == []
        assert server.settings(connection, "fsync") == {}


def test_the_free_disk_is_measured_in_the_database_folder(
    tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def usage(folder: Path) -> object:
        seen.append(folder)
        return shutil._ntuple_diskusage(3, 2, 1)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert tables.free == 1
    assert [(each / "portal.sqlite").is_file() for each in seen] == [True]


def test_the_size_of_a_database_is_the_size_of_its_rows(tmp_path: Path) -> None:
    """The size of the file does not shrink when rows are deleted."""
    with closing(database.create(make_url(f"sqlite:///{tmp_path}/portal.sqlite"))) as made:
        empty = made.size
        with made.write() as connection:
            connection.execute(chunks.insert().values(envelope_id=bytes(16), position=0, data=bytes(MIB)))
        assert MIB < made.size - empty < 1.1 * MIB
        with made.write() as connection:
            connection.execute(chunks.delete())
        assert made.size <= empty + 10_000
        made.rewrite()
        made.reclaim()
        assert (tmp_path / "portal.sqlite").stat().st_size < MIB / 2


def test_the_first_measurement_of_an_hour_counts_and_those_of_earlier_hours_are_deleted(
    connection: Connection,
) -> None:
    assert disk.seen(connection, HOUR) is None
    for hour, size in ((HOUR, 5), (HOUR, 6), (HOUR + 1, 7)):
        disk.note(connection, hour, size)
    assert [disk.seen(connection, HOUR + later) for later in (0, 1)] == [5, 7]
    disk.forget(connection, HOUR)
    assert [disk.seen(connection, HOUR + later) for later in (0, 1)] == [None, 7]
    disk.note(connection, HOUR + 2, 8)
    disk.forget(connection, HOUR + 1)
    assert kept(connection, rows, "is_odd", "size") == [(False, 8)]


def test_a_database_file_that_cannot_be_created_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"portal\.sqlite could not be created: no such file or directory$"):
        database.create(make_url(f"sqlite:///{tmp_path}/none/portal.sqlite"))


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("/run/postgresql", True), ("@fanal", True), ("", False), ("db.example", False), ("192.0.2.1", False)],
)
def test_a_server_counts_as_local_only_if_it_listens_on_a_unix_socket(host: str, *, is_local: bool) -> None:
    """The name of an abstract socket, which has no file, begins with an @."""
    assert is_local is database.Place(host, 5432).is_local
