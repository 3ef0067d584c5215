"""The disk space available to the database, measured once for each hour (SPEC 7.1).

Other programs also use the disk. If each process measured the space at its own moment, the processes would
disagree. A client refused by one process could then find room at another. So all processes share the first
measurement.
"""

import shutil
from pathlib import Path

from sqlalchemy import Connection

from portal.api.context import Context
from portal.config import Settings
from portal.store import disk

_GB = 10**9
# nginx's request bodies and the write-ahead log grow and shrink with single requests. A measurement is stored
# for two hours and must not reveal single requests, so it is rounded.
_STEP = 64 << 20


def room(connection: Connection, settings: Settings, hour: int) -> int | None:
    """Return how many bytes the database may take in an hour; negative if it already takes too many.

    Returns None if there is no limit: with PostgreSQL, whose disk may be on another machine, or if
    ``spare_gb`` is 0.
    """
    if not _is_bounded(settings):
        return None
    noted = disk.seen(connection, hour)
    # There is no measurement if the clock has just jumped, or if no process serves requests.
    return (_look(settings) if noted is None else noted) - int(settings.spare_gb * _GB)


def look(context: Context, half: int) -> None:
    """Record the available space for two hours: the current hour, and the hour to which ``half`` belongs.

    An hour that already has a measurement keeps it. The clock calls this function before the first request,
    and when each half hour of ``stalled.half_hour`` begins. So the measurement for the next hour is available
    a minute before that hour.
    """
    if not _is_bounded(context.settings):
        return
    now, found = context.hour(), _look(context.settings)
    with context.database.write() as connection:
        if half % 2:
            disk.forget(connection, now - 1)
        for hour in sorted({now, half // 2}):
            disk.note(connection, hour, found)


def _is_bounded(settings: Settings) -> bool:
    return settings.database_url.get_backend_name() == "sqlite" and settings.spare_gb > 0


def _look(settings: Settings) -> int:
    """Return the size of the database plus the free bytes on its disk, rounded down.

    Because the size of the database is included, its own growth does not change the result.
    """
    file = Path(str(settings.database_url.database))
    taken = sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal")) if each.exists())
    return (taken + shutil.disk_usage(file.parent).free) // _STEP * _STEP
