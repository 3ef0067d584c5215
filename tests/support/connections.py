"""The state of connections on loopback, as Linux reports it."""

import socket
import time
from pathlib import Path

_PATIENCE_SECONDS = 30


def wait_until_read(client: socket.socket) -> None:
    """Wait until the other end has read everything that this client has sent."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not _is_read(client):
        assert time.monotonic() < end
        time.sleep(0.01)


def queued(port: int) -> int:
    """Return how many bytes the kernel buffers at the server's ends of all connections to a port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(sum(int(each, 16) for each in row[4].split(":")) for row in rows if _port(row[1]) == port)


def _is_read(client: socket.socket) -> bool:
    """Return whether the kernel buffers no bytes at either end of a connection on loopback."""
    ours, theirs = client.getsockname()[1], client.getpeername()[1]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    # Each row: number, local address, remote address, state, unacknowledged bytes : unread bytes.
    waiting = {(_port(row[1]), _port(row[2])): row[4] for row in rows}
    return all(waiting[ends] == "00000000:00000000" for ends in ((ours, theirs), (theirs, ours)))


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
