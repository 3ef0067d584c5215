"""A serving portal deletes an upload without progress in favour of an honest upload."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.builders import Sealed, make_report_envelope
from tests.support.portal_room import BODY, SITE, TUS, declared
from tests.support.portal_server import Server

pytestmark = pytest.mark.soak

HOUR = timedelta(hours=1)
# A fifth of the room, 20 MB, is reserved for reports with files. The first two uploads fill this part.
CAPACITY_GB = 0.1
RESTING, GROWING, HONEST = 13_200_000, 7_000_000, 4_000_000
STEP = 600_000
# Each process checks the clock every two seconds.
LOOKED_SECONDS = 6


def test_a_stalled_upload_is_deleted_and_its_room_is_free_in_the_next_hour(
    tmp_path: Path,
    free_port: Callable[[], int],
    false_clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The upload is kept in its first half hour. An upload that grows is kept, too."""
    # The portal's monotonic clock, which measures the half hours, follows the false clock.
    monkeypatch.delenv("FAKETIME_DONT_FAKE_MONOTONIC")
    server = Server(tmp_path, free_port()).make(capacity_gb=CAPACITY_GB)
    begins = HOUR - timedelta(seconds=time.time() % HOUR.total_seconds())

    def at(minutes: int, seconds: int = 0) -> None:
        """Set the portal's clock to so many minutes and seconds after the next full hour."""
        false_clock(begins + timedelta(minutes=minutes, seconds=seconds))

    resting, growing, honest = (made(size) for size in (RESTING, GROWING, HONEST))
    at(5)
    with server.serving():
        workers = server.workers()
        held, grown = server.begin(resting), server.begin(growing)
        assert asked(server, honest) == 507
        at(29, 10)
        assert not is_gone(server, held)
        append(server, grown, growing)
        at(59, 20)
        assert is_gone(server, held)
        assert not is_gone(server, grown)
        assert asked(server, honest) == 507
        at(60, 10)
        taken = server.begin(honest)
        for address, sealed in ((taken, honest), (grown, growing)):
            while server.offset(address) < len(sealed.envelope):
                append(server, address, sealed)
        assert server.workers() == workers
    assert [server.content(each) for each in (taken, grown)] == [honest.envelope, growing.envelope]


def made(size: int) -> Sealed:
    return make_report_envelope(SITE, file=bytes(size))


def asked(server: Server, sealed: Sealed) -> int:
    """Return the status of the answer to an announced upload."""
    return server.request("POST", "/api/envelopes", b"", {**TUS, **declared(sealed)})[0]


def append(server: Server, address: str, sealed: Sealed) -> None:
    start = server.offset(address)
    headers = {**BODY, "Upload-Offset": str(start)}
    piece = sealed.envelope[start : start + STEP]
    assert server.request("PATCH", address, piece, headers)[0] == 204


def is_gone(server: Server, address: str) -> bool:
    """Return whether an upload disappears within a time in which every process checks the clock."""
    end = time.monotonic() + LOOKED_SECONDS
    while time.monotonic() < end:
        if server.request("HEAD", address, None, TUS)[0] == 404:
            return True
        time.sleep(0.2)
    return False
