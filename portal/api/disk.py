"""How much room the disk leaves, by one look for each hour (SPEC 7.1).

Other programs fill and empty the disk. If each process saw that at a moment of its own, two of them would
answer differently within an hour, and room would come back: so they share what the first of them saw.
"""

import shutil
from pathlib import Path

from sqlalchemy import Connection

from portal.api.context import Context
from portal.config import Settings
from portal.store import disk

_GB = 10**9
# Bodies that nginx holds, and the write-ahead log, come and go with single requests: the look is kept for two
# hours, and must not show them.
_STEP = 64 << 20


def room(connection: Connection, settings: Settings, hour: int) -> int | None:
    """Return the bytes that the database may take in an hour, less than 0 if it has too many.

    None where nothing bounds it: with PostgreSQL, whose disk may be another machine's, or without
    ``spare_gb``.
    """
    if not _is_bounded(settings):
        return None
    noted = disk.seen(connection, hour)
    # Nobody has looked where the clock has just leapt, or no process serves.
    return (_look(settings) if noted is None else noted) - int(settings.spare_gb * _GB)


def look(context: Context, half: int) -> None:
    """Note what the disk has, for the present hour and the one of a half hour, unless a process has already.

    Call it by the clock, as each half hour of ``stalled.half_hour`` begins and before the first request: the
    next hour's look is then there a minute before it.
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
    """Return the bytes that are free for the database with those that it takes, rounded down.

    With what it takes counted, its growth changes nothing.
    """
    file = Path(str(settings.database_url.database))
    taken = sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal")) if each.exists())
    return (taken + shutil.disk_usage(file.parent).free) // _STEP * _STEP
