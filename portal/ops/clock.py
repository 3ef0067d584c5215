"""What each process that answers does by the clock, beside requests.

Nothing of it waits for a request, or is done in one: else the time that a request takes, or what it finds,
would tell of others.
"""

import signal
import threading
import time
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from portal import days
from portal.api import disk
from portal.api.context import Context
from portal.api.stalled import Watch, give_way, half_hour
from portal.store import deletion
from portal.store.database import StoreBusy

# How long deleted rows stay in SQLite's files at most, or the first portion of a large envelope.
_PAUSE_SECONDS = 2.0


class Clock:
    """What a process does each time that it looks at the clock."""

    def __init__(self, context: Context, wall: float) -> None:
        self._context = context
        self._watch = Watch()
        self._half = half_hour(wall)
        self._looked = 0

    def look(self, wall: float) -> None:
        """Look at the disk, once in each half hour; ``wall`` are seconds since 1970."""
        half = half_hour(wall)
        if half != self._looked:
            with suppress(StoreBusy, SQLAlchemyError, OSError):
                disk.look(self._context, half)
                self._looked = half

    def tick(self, wall: float, steady: float) -> float:
        """Look at the disk and let stalled uploads give way as a half hour begins; then overwrite a portion.

        ``wall`` are seconds since 1970, ``steady`` those of a stopwatch. What cannot be done now is done
        later: uploads in half an hour, all else at the next tick. Returns the seconds until that.
        """
        self.look(wall)
        half = half_hour(wall)
        if half != self._half:
            self._half = half
            with suppress(StoreBusy, SQLAlchemyError):
                give_way(self._watch, self._context, half, steady)
        with suppress(StoreBusy, SQLAlchemyError):
            if deletion.overwrite_portion(self._context.database):
                return deletion.PAUSE_SECONDS
        return _PAUSE_SECONDS


def start(context: Context) -> None:
    """Look at the clock while this process lives: every two seconds, or sooner if there is much to delete.

    At the disk now, too: no request must find that nobody has looked.
    """
    clock = Clock(context, now := days.seconds())
    clock.look(now)
    threading.Thread(target=_repeat, args=(clock,), name="clock", daemon=True).start()


def _repeat(clock: Clock) -> None:
    # They are for the thread that answers.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pause, seconds = threading.Event(), _PAUSE_SECONDS
    while True:
        pause.wait(seconds)
        seconds = clock.tick(days.seconds(), time.monotonic())
