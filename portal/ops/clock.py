"""The work that each serving process does at fixed times, independent of requests.

No request triggers the work of the clock. Otherwise, the time that a request takes, or its result, would
reveal other requests.
"""

import signal
import threading
import time
from contextlib import suppress

from portal import days
from portal.api import disk
from portal.api.context import Context
from portal.api.stalled import Watch, give_way, half_hour
from portal.store import deletion
from portal.store.database import FAILURES

# Deleted rows stay in SQLite's files for at most this long. Large envelopes are deleted in portions.
_PAUSE_SECONDS = 2.0


class Clock:
    """The clock of one process: it does the work that is due."""

    def __init__(self, context: Context, wall: float) -> None:
        self._context = context
        self._watch = Watch()
        self._half = half_hour(wall)
        self._looked = 0

    def look(self, wall: float) -> None:
        """Measure the disk once in each half hour. ``wall`` is the time in seconds since 1970."""
        half = half_hour(wall)
        if half != self._looked:
            with suppress(*FAILURES, OSError):
                disk.look(self._context, half)
                self._looked = half

    def tick(self, wall: float, steady: float) -> float:
        """Overwrite a portion; once per half hour, also measure the disk and delete stalled uploads.

        ``wall`` is the time in seconds since 1970, and ``steady`` is the monotonic clock in seconds. Failed
        work is tried again: stalled uploads in half an hour, everything else at the next tick. Returns the
        seconds until the next tick.
        """
        self.look(wall)
        half = half_hour(wall)
        if half != self._half:
            self._half = half
            with suppress(*FAILURES):
                give_way(self._watch, self._context, half, steady)
        with suppress(*FAILURES):
            if deletion.overwrite_portion(self._context.database):
                return deletion.PAUSE_SECONDS
        return _PAUSE_SECONDS


def start(context: Context) -> None:
    """Start the clock's thread: it ticks every two seconds, or sooner if there is much to delete.

    The disk is measured at once, so that the first request finds a measurement.
    """
    clock = Clock(context, now := days.seconds())
    clock.look(now)
    threading.Thread(target=_repeat, args=(clock,), name="clock", daemon=True).start()


def _repeat(clock: Clock) -> None:
    # Signals are handled by the thread that serves requests.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pause, seconds = threading.Event(), _PAUSE_SECONDS
    while True:
        pause.wait(seconds)
        seconds = clock.tick(days.seconds(), time.monotonic())
