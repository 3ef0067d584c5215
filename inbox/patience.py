"""A session waits for its officers, but not for ever: then its process ends, wherever it was asking."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Inactive(BaseException):
    """Nobody typed anything for as long as was allowed; no handler of errors may go on from here."""


class _Limit:
    """How many seconds to wait; without a limit the process belongs to a single command."""

    seconds = 0


def allow(seconds: int) -> None:
    """Let every wait from now on end with Inactive after so many seconds."""
    signal.signal(signal.SIGALRM, _end)
    _Limit.seconds = seconds


@contextmanager
def waiting() -> Iterator[None]:
    """Wait for a person while the block runs."""
    signal.setitimer(signal.ITIMER_REAL, _Limit.seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _end(*_: object) -> None:
    raise Inactive
