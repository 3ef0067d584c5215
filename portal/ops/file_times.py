"""Times of files that tell nothing: all are set to now every second, whether or not a report came.

The files of a SQLite database, and the log, would else tell the second of the last report, or of the last
error, to whoever takes the disk or a copy of it. No program can set a file's time of change to another time
than now: so it has to be set often.
"""

import os
import signal
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

_PAUSE_SECONDS = 1.0


def cover(database: URL) -> None:
    """Set the times anew, now and every second for as long as this process lives.

    Of a PostgreSQL, whose files are another program's, only the log remains (THREAT_MODEL).
    """
    threading.Thread(target=_repeat, args=(database,), name="file times", daemon=True).start()


def _repeat(database: URL) -> None:
    # They are for the thread that answers.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pause = threading.Event()
    while True:
        _cover_once(database)
        pause.wait(_PAUSE_SECONDS)


def _cover_once(database: URL) -> None:
    if database.get_backend_name() == "sqlite":
        file = Path(str(database.database))
        # The folder's own times tell when the write-ahead log was begun.
        for path in (file.parent, *file.parent.glob(f"{file.name}*")):
            _touch(path)
    if stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode):
        _touch(sys.stderr.fileno())


def _touch(file: Path | int) -> None:
    # It may have gone meanwhile; a log that somebody else opened may be theirs alone to touch.
    with suppress(OSError):
        os.utime(file)
