"""The tasks that `portal serve` runs regularly, in addition to answering requests."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from portal.api.quotas import SHARES
from portal.ops.clock import Clock
from portal.store import deletion, quotas
from portal.store.database import Damaged
from portal.store.quotas import Kind
from tests.support import damaging
from tests.support.builders import Sealed, make_report_envelope
from tests.support.portal_room import SITE, TUS, Room
from tests.support.portal_server import Server

PATIENCE_SECONDS = 20
HALF_HOUR = 1_800


@pytest.mark.databases_differ
def test_an_upload_without_progress_for_half_an_hour_is_deleted_when_the_next_half_hour_begins(
    room: Room,
) -> None:
    """An upload is kept if there is still room for uploads of its kind."""
    room.configure(capacity_gb=1)
    resting = room.begin(make_report_envelope(room.site, file=bytes(300_000)))
    with_room = room.begin(make_report_envelope(room.site))
    with room.database.write() as connection:
        quotas.count(connection, Kind.REPORT_WITH_FILES, int(SHARES[Kind.REPORT_WITH_FILES] * 10**9 * 0.9))
    begun = room.hour * 3_600
    clock = Clock(room.app.extensions["portal"], begun)
    for passed in range(0, 2 * HALF_HOUR, 300):
        assert is_there(room, resting), "deleted before the clock had seen it for half an hour"
        clock.tick(begun + passed, passed)
    clock.tick(begun + 2 * HALF_HOUR, 2 * HALF_HOUR)
    assert not is_there(room, resting)
    assert is_there(room, with_room)


def is_there(room: Room, address: str) -> bool:
    return room.client.head(address, headers=TUS).status_code == 200


def test_deleted_uploads_are_overwritten_automatically(tmp_path: Path, free_port: Callable[[], int]) -> None:
    """The serving processes are confined. The control: the bytes are in the files before the deletion."""
    server = Server(tmp_path, free_port()).make()
    sealed = make_report_envelope(SITE)
    with server.serving():
        address = server.begin(sealed)
        part = sealed.envelope[:60_000]
        headers = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        assert server.request("PATCH", address, part, headers)[0] == 204
        assert is_in_files(tmp_path, sealed)
        assert server.request("DELETE", address, None, TUS)[0] == 204
        end = time.monotonic() + PATIENCE_SECONDS
        while is_in_files(tmp_path, sealed):
            assert time.monotonic() < end
            time.sleep(0.05)


def is_in_files(folder: Path, sealed: Sealed) -> bool:
    return found(sealed.envelope[30_000:30_032], folder.glob("portal.sqlite*"))


def found(part: bytes, files: Iterable[Path]) -> bool:
    return any(part in each.read_bytes() for each in files)


def test_the_regular_tasks_run_more_often_while_there_is_something_to_delete(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise, data could arrive faster than it is deleted.

    When nothing is left to delete, the tasks run less often.
    """
    monkeypatch.setattr(deletion, "_BYTES", 1 << 18)
    sealed = make_report_envelope(room.site, file=bytes(600_000))
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:500_000])
    room.client.delete(address, headers=TUS)
    clock = Clock(room.app.extensions["portal"], 0)
    assert [clock.tick(0, 0) < 1 for _ in range(4)] == [True, False, False, False]


@pytest.mark.parametrize("table", ["usage", "deleted"])
def test_a_database_error_does_not_stop_the_regular_tasks(sqlite_room: Room, table: str) -> None:
    """Otherwise, stalled uploads would no longer be deleted or overwritten, and nobody would notice."""
    clock = Clock(sqlite_room.app.extensions["portal"], 0)
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")
    clock.tick(HALF_HOUR, HALF_HOUR)
    with sqlite_room.database.write() as connection:
        connection.exec_driver_sql(f"ALTER TABLE elsewhere RENAME TO {table}")
    clock.tick(2 * HALF_HOUR, 2 * HALF_HOUR)


def test_damage_does_not_stop_the_regular_tasks(sqlite_room: Room) -> None:
    """The damaged pages contain an upload that waits to be deleted."""
    sealed = make_report_envelope(sqlite_room.site, file=bytes(600_000))
    address = sqlite_room.begin(sealed)
    sqlite_room.patch(address, 0, sealed.envelope[:500_000])
    sqlite_room.client.delete(address, headers=TUS)
    sqlite_room.database.scrub()
    sqlite_room.database.close()
    damaging.damage(sqlite_room.folder / "portal.sqlite")
    with pytest.raises(Damaged):
        deletion.overwrite(sqlite_room.database)
    Clock(sqlite_room.app.extensions["portal"], 0).tick(HALF_HOUR, HALF_HOUR)
