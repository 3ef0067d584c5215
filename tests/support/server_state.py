"""The state of a serving portal: its rows and its memory."""

from pathlib import Path

from sqlalchemy import select

from portal.store.schema import disk, metadata
from tests.support.portal_room import State
from tests.support.portal_server import Server


def state(server: Server) -> State:
    """Return every row of every table, except the regular measurements of the disk.

    Each process measures the disk when it starts, possibly after the server has reported that it serves.
    """
    with server.store() as store, store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table is not disk
        }


def peak(server: Server) -> int:
    """Return the peak memory of the largest process, in bytes."""
    statuses = [Path(f"/proc/{process}/status").read_text() for process in server.workers()]
    return max(
        int(line.split()[1]) << 10 for text in statuses for line in text.splitlines() if "VmHWM" in line
    )
