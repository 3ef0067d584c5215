"""The free room on the disk is measured once an hour for all processes.

The measurement reveals nothing about reports.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete

from portal import days
from portal.api.context import Context
from portal.api.quotas import Limits
from portal.ops.clock import Clock
from portal.store.schema import disk
from tests.support.builders import make_report_envelope
from tests.support.portal_room import SITE, TUS, Room, code, declared
from tests.support.portal_server import Server
from tests.support.small_disk import small_disk

MIB = 1 << 20
STEP = 64 * MIB
# Sizes lie between two steps, so that the data written during a test does not change the step.
SIZES = {steps: f"{64 * steps + 32}m" for steps in (2, 3, 4, 7)}
ADDRESS = "sqlite:///portal.sqlite"
HALF_HOUR = 1_800
HOUR = 3_600
MINUTE = 60
SPARE_GB = 0.01


def begin(server: Server) -> int:
    """Announce an upload of a text; return the status of the answer."""
    headers = {**TUS, **declared(make_report_envelope(SITE))}
    return server.request("POST", "/api/envelopes", b"", headers)[0]


def test_all_processes_of_a_portal_share_one_measurement_of_the_disk_in_each_hour(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """A second service starts after the disk has more room. Both services restart. The measurement remains.

    The control: after the measurement is deleted, the same processes accept more.
    """
    hour = 0
    while hour != days.hour():
        hour = days.hour()
        answers, unshared = seen_by_processes(tmp_path / str(hour), free_port)
    assert answers == [[201, 201, 507, 507], [507] * 4, [507] * 4]
    assert unshared == 201


def seen_by_processes(folder: Path, free_port: Callable[[], int]) -> tuple[list[list[int]], int]:
    # The room is 0.6 MB, which is enough for two texts with any random limit.
    spare = (2 * STEP - 1_200_000) / 10**9
    with small_disk(folder, SIZES[2]) as resize:
        first = Server(folder, free_port()).make(spare_gb=spare)
        second = first.beside(free_port())
        with first.serving():
            answers = [[begin(first) for _ in range(4)]]
            resize(SIZES[7])
            with second.serving():
                answers.append([begin(each) for each in (first, second) * 2])
        with second.serving():
            answers.append([begin(second) for _ in range(4)])
            with second.store() as store, store.write() as connection:
                connection.execute(delete(disk))
            return answers, begin(second)


def context(room: Room) -> Context:
    found: Context = room.app.extensions["portal"]
    return found


def capacity(room: Room) -> int:
    with room.database.read() as connection:
        return Limits.of(connection, room.settings, room.hour).capacity


def noted(room: Room) -> dict[bool, int]:
    """Return the stored measurements in steps, for odd and for even hours."""
    return {is_odd: size // STEP for is_odd, size in room.state()[disk.name]}


Resize = Callable[[int], None]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Room, Resize]]:
    """A portal whose room is limited by its disk, and a function that resizes the disk. The hour is even."""
    with (
        small_disk(tmp_path / "disk", SIZES[2]) as resize,
        closing(Room(tmp_path / "disk", ADDRESS)) as room,
    ):
        room.configure(spare_gb=SPARE_GB)
        room.hour -= room.hour % 2
        yield room, lambda steps: resize(SIZES[steps])


def half_of(steps: int) -> int:
    """Return the capacity of a disk of this size, which is half of its free room.

    The other half is kept free because each kind may exceed its limit by one envelope.
    """
    return (steps * STEP - int(SPARE_GB * 10**9)) // 2


def test_the_first_process_measures_the_disk_a_minute_before_each_hour(
    small: tuple[Room, Resize],
) -> None:
    """Room that becomes free later does not count. If a second process measures later, nothing changes."""
    room, resize = small
    first = room.hour
    clocks = [Clock(context(room), 0) for _ in range(2)]
    for hour, steps in enumerate((2, 4, 3, 2, 4), first):
        room.hour = hour - 1
        for clock, there in zip(clocks, (steps, 7), strict=True):
            resize(there)
            clock.tick(HOUR * hour - MINUTE, HOUR * hour - MINUTE)
        room.hour = hour
        for later in (-1, 0, HALF_HOUR - MINUTE, HALF_HOUR, HOUR - MINUTE - 1):
            for clock in clocks:
                clock.tick(HOUR * hour + later, HOUR * hour + later)
                assert capacity(room) == half_of(steps)


def test_a_process_that_starts_within_an_hour_uses_the_existing_measurement(
    small: tuple[Room, Resize],
) -> None:
    """The process has restarted, or belongs to a second service.

    If there is no measurement, the process measures first.
    """
    room, resize = small
    for minutes in (0, 1, 28, 29, 58, 59):
        Clock(context(room), 0).look(HOUR * room.hour + MINUTE * minutes)
        assert capacity(room) == half_of(2)
        resize(3)
        assert capacity(room) == half_of(2)


def test_a_measurement_made_before_a_stop_is_used_for_at_most_one_hour(
    small: tuple[Room, Resize],
) -> None:
    """The portal stores only whether the hour of the measurement was even or odd."""
    room, resize = small
    Clock(context(room), 0).look(HOUR * room.hour)
    resize(3)
    room.hour += 48
    clock = Clock(context(room), 0)
    for hour in (room.hour, room.hour + 1):
        room.hour = hour
        for later in (0, HALF_HOUR - MINUTE, HOUR - MINUTE):
            clock.look(HOUR * hour + later)
            assert capacity(room) == half_of(2 if hour % 2 == 0 else 3)


def test_the_stored_measurement_reveals_nothing_about_reports(small: tuple[Room, Resize]) -> None:
    """The test accepts and refuses reports and uses the disk; only the clock decides when to measure."""
    room, resize = small
    room.send(make_report_envelope(room.site))
    assert noted(room) == {}
    clock, seen = Clock(context(room), 0), []
    pass_hours(room, clock)
    for act in (lambda: None, lambda: come(room), lambda: resize(3)):
        act()
        seen.append(noted(room))
        pass_hours(room, clock)
        seen.append(noted(room))
    assert seen[:-1] == [{False: 2, True: 2}] * 5
    assert seen[-1] == {False: 3, True: 3}, "the control"


def pass_hours(room: Room, clock: Clock) -> None:
    """Let two hours pass on the clock."""
    for _ in range(2):
        clock.look(HOUR * room.hour + HALF_HOUR - MINUTE)
        clock.look(HOUR * room.hour + HOUR - MINUTE)
        room.hour += 1


def come(room: Room) -> None:
    """Send a report that is accepted and a report that is refused, and write a large file to the disk."""
    for capacity_gb, status in ((20, 201), (0.000_1, 507)):
        room.configure(capacity_gb=capacity_gb)
        assert room.send(make_report_envelope(room.site)).status_code == status
    (room.folder / "body").write_bytes(bytes(17 * MIB))


def test_a_failed_measurement_is_repeated_at_the_next_tick_of_the_clock(
    small: tuple[Room, Resize],
) -> None:
    """Otherwise, the next attempt would come half an hour later."""
    room, _ = small
    clock = Clock(context(room), 0)
    with room.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE disk RENAME TO elsewhere")
    clock.tick(HOUR * room.hour, 0)
    with room.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO disk")
    clock.tick(HOUR * room.hour + 2, 2)
    assert set(noted(room)) == {False}


@pytest.mark.parametrize("spare_gb", [0, SPARE_GB])
def test_the_disk_is_not_measured_if_no_limit_depends_on_it(room: Room, spare_gb: float) -> None:
    """The setting `spare_gb` is zero, or the database is PostgreSQL, whose disk may be on another machine."""
    room.configure(spare_gb=spare_gb)
    Clock(context(room), 0).look(HOUR * room.hour)
    is_bounded = spare_gb > 0 and room.settings.database_url.get_backend_name() == "sqlite"
    assert bool(noted(room)) is is_bounded


def test_the_space_reserved_by_spare_gb_stays_free(sqlite_room: Room) -> None:
    """The portal refuses reports, even if its capacity would allow them."""
    assert sqlite_room.send(make_report_envelope(sqlite_room.site)).status_code == 201
    sqlite_room.configure(spare_gb=900_000)
    assert code(sqlite_room.send(make_report_envelope(sqlite_room.site))) == (507, "quota_full")
