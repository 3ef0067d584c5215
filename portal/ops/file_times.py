"""Set the times of files to now every second, so that they reveal nothing.

Without these changes, the files of a SQLite database and the log would reveal the exact second of the last
report or error. Anybody with the disk, or with a copy of the disk, could read these times. A program can set
a file's change time only to now, so the time must be set often.
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
    """Set the times of the files now, and every second while this process lives.

    With PostgreSQL, whose files belong to another program, the function covers only the log (THREAT_MODEL).
    """
    threading.Thread(target=_repeat, args=(database,), name="file times", daemon=True).start()


def _repeat(database: URL) -> None:
    # Signals are handled by the thread that serves requests.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pause = threading.Event()
    while True:
        _cover_once(database)
        pause.wait(_PAUSE_SECONDS)


def _cover_once(database: URL) -> None:
    if database.get_backend_name() == "sqlite":
        file = Path(str(database.database))
        # The times of the folder reveal when the write-ahead log was made.
        for path in (file.parent, *file.parent.glob(f"{file.name}*")):
            _touch(path)
    if stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode):
        _touch(sys.stderr.fileno())


def _touch(file: Path | int) -> None:
    # Setting the times fails if the file was deleted, or if a log belongs to another user.
    with suppress(OSError):
        os.utime(file)
