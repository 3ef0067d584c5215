"""What `portal serve` does by the clock, beside requests."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal.api.quotas import SHARES
from portal.store import quotas
from portal.store.quotas import Kind
from tests.support.builders import make_report_envelope
from tests.support.portal_room import SITE, TUS
from tests.support.portal_server import Server

pytestmark = pytest.mark.long

HALF_HOURS = 6
# More than twice what a process waits before it looks at the clock again.
PATIENCE_SECONDS = 5


def test_an_upload_that_rests_for_an_hour_gives_way_by_itself(
    tmp_path: Path, free_port: Callable[[], int], false_clock: Callable[[timedelta], None]
) -> None:
    """In the processes that answer, within their walls; where its kind has room it stays."""
    server = Server(tmp_path, free_port()).make(capacity_gb=1)
    resting, with_room = make_report_envelope(SITE, file=bytes(300_000)), make_report_envelope(SITE)
    with server.store() as store, store.write() as connection:
        quotas.count(connection, Kind.REPORT_WITH_FILES, int(SHARES[Kind.REPORT_WITH_FILES] * 10**9 * 0.9))
    with server.serving():
        workers = server.workers()
        address, other = server.begin(resting), server.begin(with_room)
        for passed in range(1, HALF_HOURS):
            false_clock(timedelta(minutes=30 * passed))
            if not is_there(server, address, PATIENCE_SECONDS):
                break
        assert 2 <= passed < HALF_HOURS - 1, "not before it was seen for half an hour"
        assert is_there(server, other, 0)
        assert server.workers() == workers


def is_there(server: Server, address: str, seconds: float) -> bool:
    """Return whether an upload is there still after so many seconds, or no longer."""
    end = time.monotonic() + seconds
    while (status := server.request("HEAD", address, None, TUS)[0]) == 200:
        if time.monotonic() >= end:
            return True
        time.sleep(0.1)
    assert status == 404
    return False
