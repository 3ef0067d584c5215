"""File timestamps do not reveal when a report arrived."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.builders import make_report_envelope
from tests.support.portal_room import SITE, Room
from tests.support.portal_server import Server

pytestmark = pytest.mark.long

DATABASE = {"portal.sqlite", "portal.sqlite-wal", "portal.sqlite-shm"}
# The kernel takes file timestamps from a clock that ticks at least a hundred times a second.
TICK = 10_000_000
# The portal resets the times every second, or a little later on a busy machine.
MOST_SECONDS = 10
MEMORY = "/dev/shm"  # noqa: S108


def telling(paths: list[Path], begin: int, end: int) -> set[str]:
    """Return the names of files with a timestamp between ``begin`` and ``end`` (nanoseconds)."""
    found = set()
    for path in paths:
        status = path.stat()
        times = (status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)
        if any(begin - TICK <= each <= end for each in times):
            found.add(path.name)
    return found


def test_no_file_timestamp_reveals_when_a_report_arrived(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """The portal keeps changing the times of the database, its log, its folder and its output.

    A second report shows that the times still change after all processes have started.
    """
    server = Server(tmp_path, free_port(), forked=False).make()
    watched = [tmp_path, tmp_path / "log", *(tmp_path / name for name in DATABASE)]
    with server.serving():
        for _ in range(2):
            begin = time.time_ns()
            server.send(make_report_envelope(SITE))
            end = time.time_ns()
            give_up = time.monotonic() + MOST_SECONDS
            while telling(watched, 0, end):
                assert time.monotonic() < give_up, telling(watched, begin, end)
                time.sleep(0.05)
            assert telling([*tmp_path.rglob("*")], begin, end) == set()
        assert {str(Path(name).parent) for name in nameless(server)} == {MEMORY}


def nameless(server: Server) -> list[str]:
    """Return the deleted files that the processes hold open.

    gunicorn keeps such a file open, and the times of this file reveal requests.
    """
    held = (path for process in server.workers() for path in Path(f"/proc/{process}/fd").iterdir())
    targets = map(os.readlink, held)
    return [target for target in targets if target.endswith(" (deleted)")]


def test_file_timestamps_reveal_reports_unless_the_portal_keeps_changing_them(tmp_path: Path) -> None:
    """The control: the same application without the server's processes."""
    with closing(Room(tmp_path, "sqlite:///portal.sqlite", SITE)) as room:
        sealed = make_report_envelope(SITE)
        begin = time.time_ns()
        assert room.send(sealed)
        end = time.time_ns()
        assert telling([*tmp_path.rglob("*")], begin, end) >= {"portal.sqlite-wal"}
