"""Deletion in portions needs little free disk space, and lets other transactions write in between."""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, literal, select

from portal.exchange import expire
from portal.store import deletion
from portal.store.database import Database, StoreBusy
from portal.store.schema import chunks, deleted, envelopes, spent
from tests.support import postgres
from tests.support.builders import make_outbox, make_report_envelope
from tests.support.gate import chosen
from tests.support.portal_room import TUS, Room, code, filed
from tests.support.small_disk import small_disk

pytestmark = pytest.mark.databases_differ

MIB = 1 << 20
PORTIONS = [(1, MIB), (3, MIB), (99, 300_000)]


def begun(room: Room, size: int = 900_000) -> str:
    """Return the address of an upload that has some rows."""
    sealed = make_report_envelope(room.site, file=bytes(size))
    address = room.begin(sealed)
    assert room.patch(address, 0, sealed.envelope[: size // 2]).status_code == 204
    return address


def discard(room: Room, address: str) -> None:
    assert room.client.delete(address, headers=TUS).status_code == 204


def counts(store: Database) -> tuple[int, int]:
    """Return the number of rows that hold bytes, and the number of envelopes to delete."""
    with store.read() as connection:
        rows, ids = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (chunks, deleted)
        )
    return rows, ids


def test_a_deleted_envelope_is_not_found_even_while_its_bytes_still_exist(room: Room) -> None:
    address = begun(room)
    discard(room, address)
    assert counts(room.database) == (2, 1)
    assert room.client.head(address, headers=TUS).status_code == 404
    assert room.patch(address, 450_000, b"more").status_code == 404
    assert room.client.delete(address, headers=TUS).status_code == 404
    assert not room.export().intake.entries


def test_a_deleted_envelope_without_bytes_leaves_nothing_to_overwrite(room: Room) -> None:
    discard(room, room.begin(make_report_envelope(room.site)))
    assert counts(room.database) == (0, 0)


@pytest.mark.parametrize(("rows", "bytes_"), PORTIONS)
def test_portions_of_any_size_delete_everything_that_is_to_be_deleted_and_nothing_else(
    room: Room, rows: int, bytes_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each portion deletes something, and never more than its limit."""
    monkeypatch.setattr(deletion, "_ROWS", rows)
    monkeypatch.setattr(deletion, "_BYTES", bytes_)
    kept = filed(room)
    for address in [begun(room) for _ in range(3)]:
        discard(room, address)
    before, ids = counts(room.database)
    assert (before, ids) == (7, 3)
    is_more = True
    while is_more:
        is_more = deletion.overwrite_portion(room.database)
        after, ids = counts(room.database)
        assert 0 <= before - after <= min(rows, bytes_ // 225_000)
        before = after
    assert (before, ids) == (1, 0), "the deletion continues until nothing is left"
    assert room.export().intake.entries[0].size == len(kept.envelope)


def test_a_portion_of_very_many_small_envelopes_is_also_limited(room: Room) -> None:
    """Other transactions wait for at most a few hundred rows, and no statement lists all ids."""
    many = 70_000  # PostgreSQL accepts at most 65,535 values in a statement
    is_sqlite = room.settings.database_url.get_backend_name() == "sqlite"
    random = func.randomblob(16) if is_sqlite else func.uuid_send(func.gen_random_uuid())
    numbers = select(literal(1).label("number")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < many))
    ids = select(random).select_from(numbers)
    with room.database.write() as connection:
        connection.execute(insert(deleted).from_select(list(deleted.c), ids))
        each = select(deleted.c.envelope_id, literal(0), literal(b"a"))
        connection.execute(insert(chunks).from_select(list(chunks.c), each))
    assert deletion.overwrite_portion(room.database)
    assert many - 1_000 < counts(room.database)[0] < many


@pytest.mark.parametrize("portion", chosen(PORTIONS, PORTIONS[-1]))
def test_portal_import_and_portal_expire_leave_nothing_to_delete_later(
    room: Room, portion: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Confirmed data is deleted by the time the command ends."""
    rows, bytes_ = portion
    monkeypatch.setattr(deletion, "_ROWS", rows)
    monkeypatch.setattr(deletion, "_BYTES", bytes_)
    monkeypatch.setattr(deletion, "PAUSE_SECONDS", 0)
    for _ in range(4):
        filed(room)
    discard(room, begun(room))
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    assert counts(room.database) == (0, 0)
    discard(room, begun(room))
    expire.tidy(room.database)
    assert counts(room.database) == (0, 0)


def test_another_process_continues_an_interrupted_deletion(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database remembers what is still to be deleted."""
    monkeypatch.setattr(deletion, "_ROWS", 1)
    discard(room, begun(room))
    deletion.overwrite_portion(room.database)
    assert counts(room.database) == (1, 1)
    another = Database(room.settings.database_url)
    deletion.overwrite(another)
    another.close()
    assert counts(room.database) == (0, 0)


def test_simultaneous_deletions_do_not_block_each_other(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process runs the regular tasks, and `portal import` runs at the same time."""
    monkeypatch.setattr(deletion, "_ROWS", 1)
    monkeypatch.setattr(deletion, "PAUSE_SECONDS", 0)
    for address in [begun(room) for _ in range(4)]:
        discard(room, address)
    stores = [Database(room.settings.database_url) for _ in range(3)]
    with ThreadPoolExecutor(len(stores)) as pool:
        for done in [pool.submit(deletion.overwrite, store) for store in stores]:
            done.result()
    for store in stores:
        store.close()
    assert counts(room.database) == (0, 0)


def test_the_write_ahead_log_is_emptied_between_portions(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another transaction reads an older state, the log cannot be emptied, so the deletion pauses."""
    monkeypatch.setattr(deletion, "_ROWS", 1)
    discard(sqlite_room, begun(sqlite_room))
    with sqlite_room.database.read() as reader:
        assert reader.execute(select(func.count()).select_from(envelopes)).scalar_one() == 0
        for _ in range(3):
            assert not deletion.overwrite_portion(sqlite_room.database)
        assert counts(sqlite_room.database) == (2, 1)
    for left in (1, 0):
        deletion.overwrite_portion(sqlite_room.database)
        assert counts(sqlite_room.database)[0] == left


def test_a_confirmed_bundle_that_is_larger_than_the_free_disk_can_be_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise, a full portal would stay full (`make soak deletion` tests more)."""
    monkeypatch.setattr(deletion, "_PART", 1)
    monkeypatch.setattr(deletion, "_BYTES", MIB)
    disk = tmp_path / "disk"
    with small_disk(disk, "16m"):
        room = Room(disk, f"sqlite:///{disk}/portal.sqlite")
        room.configure(spare_gb=0)
        for _ in range(4):
            assert room.send(make_report_envelope(room.site, file=bytes(2 * MIB))).status_code == 201
            room.database.scrub()
        (tmp_path / "out").mkdir()
        room.folder = tmp_path / "out"
        exported = room.export()
        assert shutil.disk_usage(disk).free < exported.path.stat().st_size
        room.bring(make_outbox(room.site, collected=[exported.link]))
        assert counts(room.database) == (0, 0)
        assert (disk / "portal.sqlite").stat().st_size < MIB
        room.close()


def test_deleting_a_confirmed_bundle_makes_room_on_a_full_postgresql_disk(
    tmp_path: Path, postgres_url: str
) -> None:
    """On a full disk, no table can be rewritten, but new reports can use the room of deleted reports."""
    with postgres.database_on_small_disk(postgres_url, "48m") as (address, disk):
        room = Room(tmp_path, address)
        for _ in range(6):
            assert room.send(make_report_envelope(room.site, file=bytes(MIB))).status_code == 201
        exported = room.export()
        for _ in range(2):
            assert room.send(make_report_envelope(room.site, file=bytes(MIB))).status_code == 201
        (disk / "of-others").write_bytes(bytes(shutil.disk_usage(disk).free - MIB))
        with pytest.raises(StoreBusy):
            room.bring(make_outbox(room.site, collected=[exported.link]))
        answers = [room.send(make_report_envelope(room.site, file=bytes(MIB))).status_code for _ in range(8)]
        assert (answers[:5], answers[-1]) == ([201] * 5, 503)
        room.close()


@pytest.mark.parametrize("left", [5 * MIB, MIB])
def test_portions_are_smaller_on_a_nearly_full_disk(tmp_path: Path, left: int) -> None:
    """Each portion takes a quarter of the free disk, so that texts can still be stored."""
    disk = tmp_path / "disk"
    with small_disk(disk, "24m"):
        room = Room(disk, f"sqlite:///{disk}/portal.sqlite")
        room.configure(spare_gb=0)
        address = begun(room, 16 * MIB)
        discard(room, address)
        room.database.scrub()
        (disk / "of-others").write_bytes(bytes(shutil.disk_usage(disk).free - left))
        lowest = left
        while deletion.overwrite_portion(room.database):
            lowest = min(lowest, shutil.disk_usage(disk).free)
        assert counts(room.database) == (0, 0)
        assert lowest > left / 2
        room.close()


def test_a_database_error_during_deletion_is_reported_as_a_busy_database(sqlite_room: Room) -> None:
    """The error says that bytes are not overwritten yet. The log contains no earlier writes."""
    discard(sqlite_room, begun(sqlite_room))
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE chunks RENAME TO elsewhere")
    with pytest.raises(StoreBusy):
        deletion.overwrite(sqlite_room.database)
    assert (sqlite_room.folder / "portal.sqlite-wal").stat().st_size == 0


def test_the_write_ahead_log_is_empty_after_a_deletion(sqlite_room: Room) -> None:
    discard(sqlite_room, begun(sqlite_room))
    deletion.overwrite(sqlite_room.database)
    assert (sqlite_room.folder / "portal.sqlite-wal").stat().st_size == 0


def test_no_upload_gets_the_id_of_a_deleted_upload_that_is_not_yet_overwritten(room: Room) -> None:
    """Otherwise, the bytes of the new upload would be deleted with the earlier ones.

    The used header may already be forgotten.
    """
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:60_000])
    discard(room, address)
    with room.database.write() as connection:
        connection.execute(delete(spent))
    assert code(room.send(sealed)) == (403, "work_spent")
    deletion.overwrite(room.database)
    assert room.send(sealed).status_code == 201
    assert [entry.size for entry in room.export().intake.entries] == [len(sealed.envelope)]


def test_an_envelope_with_a_missing_piece_does_not_block_the_export(room: Room) -> None:
    """Only this envelope waits."""
    for _ in range(2):
        assert room.send(make_report_envelope(room.site, file=bytes(600_000))).status_code == 201
    with room.database.write() as connection:
        lost = connection.execute(select(chunks.c.envelope_id).limit(1)).scalar_one()
        connection.execute(delete(chunks).where(chunks.c.envelope_id == lost, chunks.c.position > 0))
    assert len(room.export().intake.entries) == 1
    assert len(room.state()["envelopes"]) == 2


@contextmanager
def writing(store: Database) -> Iterator[list[float]]:
    """Write repeatedly in the background; yield a list of the seconds that each transaction took."""
    took: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        running = [True]

        def write() -> None:
            while running:
                begin = time.monotonic()
                with store.write() as connection:
                    deletion.schedule(connection, [])
                took.append(time.monotonic() - begin)
                time.sleep(0.01)

        done = pool.submit(write)
        try:
            yield took
        finally:
            running.clear()
            done.result()


def test_other_transactions_can_write_between_portions(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer waits for at most one portion."""
    monkeypatch.setattr(deletion, "_ROWS", 1)
    discard(sqlite_room, begun(sqlite_room, 3_000_000))
    other = Database(sqlite_room.settings.database_url)
    with writing(other) as took:
        begin = time.monotonic()
        deletion.overwrite(sqlite_room.database)
        whole = time.monotonic() - begin
    other.close()
    assert len(took) > 10
    assert max(took) < whole / 3
