"""What each process that answers does by the clock, beside requests: stalled uploads give way."""

import signal
import threading
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from portal.api.context import Context
from portal.api.stalled import Watch, give_way, half_hour
from portal.store import days
from portal.store.database import StoreBusy

_PAUSE_SECONDS = 2.0


def start(context: Context) -> None:
    """Look after unfinished uploads each half hour, for as long as this process lives."""
    threading.Thread(target=_repeat, args=(context,), name="clock", daemon=True).start()


def _repeat(context: Context) -> None:
    # They are for the thread that answers.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pause, watch, last = threading.Event(), Watch(), half_hour(days.seconds())
    while True:
        pause.wait(_PAUSE_SECONDS)
        half = half_hour(days.seconds())
        if half != last:
            # A database that is busy or away is asked again in half an hour.
            with suppress(StoreBusy, SQLAlchemyError):
                give_way(watch, context, half)
        last = half
