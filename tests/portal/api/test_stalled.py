"""If room is short, uploads without progress are deleted after half an hour. Other uploads are kept."""

import threading
from contextlib import closing
from dataclasses import replace

import pytest

from crypto import age, padding
from portal.api import stalled
from portal.api.context import Context
from portal.api.quotas import DRAWN, SHARES, Limits
from portal.api.stalled import Watch, give_way, half_hour
from portal.store import envelopes, quotas
from portal.store.database import open_database
from portal.store.deletion import overwrite_portion
from portal.store.envelopes import Unfinished
from portal.store.quotas import TEXT, Kind
from tests.support.builders import Sealed, make_report_envelope
from tests.support.portal_room import TUS, Room

KIND = Kind.REPORT_WITH_FILES
MB = 1 << 20
LARGEST = age.sealed_size(padding.LARGEST)
HOUR = 3_600


def after(half: int) -> float:
    """Return the stopwatch's reading, in seconds, at this half hour."""
    return 1_800.0 * half


def upload(size: int, received: int = 0, name: bytes = b"x") -> Unfinished:
    return Unfinished(id=name, kind=KIND, size=size, received=received)


@pytest.mark.parametrize(
    ("size", "came", "goes"),
    [
        (4 * MB, 0, True),
        (4 * MB, MB // 2 - 1, True),
        (4 * MB, MB // 2, False),
        (8 * MB + 16, MB // 2, True),
        (256 * MB, 16 * MB - 1, True),
        (1056 * MB, 16 * MB - 1, True),
        (1056 * MB, 16 * MB, False),
        (TEXT, TEXT - 1, True),
    ],
)
def test_an_upload_must_grow_by_a_sixteenth_of_its_size_in_half_an_hour_within_fixed_limits(
    size: int, came: int, *, goes: bool
) -> None:
    """If the minimum were lower, a slow upload could occupy a gigabyte for weeks.

    If the minimum were higher, 10 KiB/s would not be enough.
    """
    watch = Watch()
    assert watch.stalled(1, after(1), [upload(size, 5)]) == []
    assert bool(watch.stalled(2, after(2), [upload(size, 5 + came)])) is goes
    assert watch.stalled(3, after(3), [upload(size, 5 + came)]) == [upload(size, 5 + came)], (
        "every half hour needs new progress"
    )


@pytest.mark.parametrize(
    "size", [MB, 16 * MB, 256 * MB, 290 * MB, 1024 * MB, age.sealed_size(padding.LARGEST)]
)
def test_an_upload_that_receives_ten_kib_per_second_counts_as_progressing_whatever_its_size(
    size: int,
) -> None:
    """The upload may pause for two minutes in each half hour, for example when a Tor circuit breaks."""
    watch, half = Watch(), 1
    brought = 10 * 1024 * (1_800 - 120)
    assert watch.stalled(half, after(half), [upload(size)]) == []
    for received in range(brought, size, brought):
        half += 1
        assert watch.stalled(half, after(half), [upload(size, received)]) == []


@pytest.mark.parametrize("seconds", [5, 1_739, -30])
def test_if_a_clock_change_shortens_a_half_hour_no_upload_is_deleted_after_it(seconds: int) -> None:
    """Somebody may set the clock back or forward a little."""
    watch, growing = Watch(), [upload(16 * MB, 5)]
    assert watch.stalled(1, 9_000, growing) == []
    assert watch.stalled(2, 9_000 + seconds, growing) == []
    assert watch.stalled(3, 9_000 + seconds + 1_800, growing) == growing


@pytest.mark.parametrize("half", [1, 3, -5, 10**6])
def test_right_after_a_start_or_a_change_of_the_clock_no_upload_counts_as_stalled(half: int) -> None:
    """The clock may also go backwards, or show the same time twice."""
    still = [upload(4 * MB)]
    watch = Watch()
    assert watch.stalled(1, after(1), still) == []
    assert watch.stalled(half, after(half), still) == []
    assert watch.stalled(half + 1, after(half + 1), [*still, upload(4 * MB, name=b"new")]) == still


def test_the_half_hours_of_the_portal_end_a_minute_before_those_of_the_clock() -> None:
    """Uploads that are deleted at the end of an hour therefore make room for the next hour."""
    hour = 500_000 * HOUR
    assert [half_hour(hour + at) for at in (-61, -60, 1_739.9, 1_740, 3_539.9, 3_540)] == [
        999_999,
        *[1_000_000] * 2,
        *[1_000_001] * 2,
        1_000_002,
    ]


def begun(room: Room) -> tuple[Sealed, str]:
    """Return a report with a file, and the address of its partial upload."""
    sealed = make_report_envelope(room.site, file=bytes(700_000))
    address = room.begin(sealed)
    assert room.patch(address, 0, sealed.envelope[:100_000]).status_code == 204
    return sealed, address


def context(room: Room) -> Context:
    found: Context = room.app.extensions["portal"]
    return found


def shorten(room: Room, kind: Kind = KIND, part: float = 3 / 4) -> None:
    """Use up this part of the room for envelopes of one kind."""
    with room.database.write() as connection:
        share = room.settings.capacity_gb * 10**9 * SHARES[kind]
        quotas.count(connection, kind, int(share * part) + 1)


def is_there(room: Room, address: str) -> bool:
    return room.client.head(address, headers=TUS).status_code == 200


def test_stalled_uploads_are_kept_while_there_is_room(room: Room) -> None:
    """However long uploads stall, the portal keeps them.

    A shortage of one kind does not affect other kinds.
    """
    _, address = begun(room)
    watch = Watch()
    shorten(room, part=1 / 4 - 0.001)
    shorten(room, Kind.REPORT)
    assert [give_way(watch, context(room), half, after(half)) for half in range(1, 6)] == [0] * 5
    assert is_there(room, address)


@pytest.mark.databases_differ
def test_if_room_is_short_only_stalled_uploads_are_deleted(room: Room) -> None:
    """Complete envelopes are kept, and so are uploads in their first half hour."""
    whole, growing, late, resting = begun(room), begun(room), begun(room), begun(room)
    watch = Watch()
    shorten(room)
    room.patch(whole[1], 100_000, whole[0].envelope[100_000:])
    room.client.delete(late[1], headers=TUS)
    assert give_way(watch, context(room), 1, after(1)) == 0
    room.patch(growing[1], 100_000, growing[0].envelope[100_000:650_000])
    late = begun(room)
    marks = [each[0].envelope[50_000:50_040] for each in (resting, late)]
    before = [mark in rows(room) for mark in marks]
    assert give_way(watch, context(room), 2, after(2)) == 1
    assert [is_there(room, address) for _, address in (whole, growing, late, resting)] == [*[True] * 3, False]
    if room.settings.database.startswith("sqlite"):
        overwrite_portion(room.database)
        assert (before, [mark in rows(room) for mark in marks]) == ([True, True], [False, True])


@pytest.mark.parametrize("rows_", [1, 2, 9])
def test_all_stalled_uploads_are_deleted_in_small_transactions(
    sqlite_room: Room, rows_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction makes other transactions wait only for a short time."""
    monkeypatch.setattr(stalled, "_ROWS", rows_)
    addresses = [begun(sqlite_room)[1] for _ in range(5)]
    shorten(sqlite_room)
    watch = Watch()
    assert [give_way(watch, context(sqlite_room), half, after(half)) for half in (1, 2)] == [0, 5]
    assert not any(is_there(sqlite_room, address) for address in addresses)


@pytest.mark.databases_differ
def test_an_upload_that_grew_after_the_check_is_kept(room: Room) -> None:
    """A piece may arrive while stalled uploads are being deleted."""
    grown, resting = begun(room), begun(room)
    with room.database.read() as connection:
        seen = envelopes.unfinished(connection)
    room.patch(grown[1], 100_000, grown[0].envelope[100_000:100_001])
    with room.database.write() as connection:
        assert envelopes.forget_stalled(connection, room.hour, seen) == 1
    assert [is_there(room, address) for _, address in (grown, resting)] == [True, False]


def rows(room: Room) -> bytes:
    """Return the content of the database's files. For a PostgreSQL database, the result is empty."""
    return b"".join(file.read_bytes() for file in room.folder.glob("portal.sqlite*"))


def test_the_room_of_a_stalled_upload_becomes_free_in_the_next_hour(room: Room) -> None:
    """Until then, nobody can notice the deletion, not even by asking for room again and again."""
    begun(room)
    watch = Watch()
    shorten(room, part=1 - DRAWN)
    for half in (1, 2):
        give_way(watch, context(room), half, after(half))
        assert used(room) > room.settings.capacity_gb * 10**9 * SHARES[KIND] * (1 - DRAWN) + 700_000
    room.hour += 1
    assert used(room) < room.settings.capacity_gb * 10**9 * SHARES[KIND] * (1 - DRAWN) + 700_000
    give_way(watch, context(room), 3, after(3))
    assert dict(room.state()["usage"])[KIND.value] == used(room)


def used(room: Room) -> int:
    with room.database.read() as connection:
        return quotas.used(connection, room.hour)[KIND]


def test_the_threshold_for_deleting_stalled_uploads_is_random_in_each_hour(sqlite_room: Room) -> None:
    """The threshold is between a quarter and three quarters of a share.

    Losing an upload therefore reveals little about other uploads.
    """
    share = sqlite_room.settings.capacity_gb * 10**9 * SHARES[KIND]
    found = set()
    for hour in range(100):
        with sqlite_room.database.read() as connection:
            limits = Limits.of(connection, sqlite_room.settings, hour)
        short = [limits.is_short(KIND, int(share * part / 20)) for part in range(21)]
        assert short == sorted(short)
        found.add(short.index(True))
    assert found <= set(range(5, 16))
    assert len(found) > 5


@pytest.mark.databases_differ
def test_two_processes_that_delete_stalled_uploads_do_not_block_each_other(room: Room) -> None:
    """Both processes list the same uploads.

    The second process does not find the uploads that the first process has deleted.
    """
    addresses = [room.begin(make_report_envelope(room.site)) for _ in range(20)]
    shorten(room, Kind.REPORT)
    watches, counts = [Watch(), Watch()], []
    with closing(open_database(room.settings.database_url)) as other:
        contexts = [context(room), replace(context(room), database=other)]
        for watch, each in zip(watches, contexts, strict=True):
            give_way(watch, each, 1, after(1))
        threads = [
            threading.Thread(target=lambda two=two: counts.append(give_way(*two, 2, after(2))))
            for two in zip(watches, contexts, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(counts) == 20
    assert not any(is_there(room, address) for address in addresses)
