"""Idle timeout: the process ends if officers stay inactive for too long, even if it is busy."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds that a single command waits for an answer. The time is limited because the vault may be open.
QUESTION = 600
# In seconds. The value is not 0, because the system takes 0 to mean never.
_AT_ONCE = 0.001
# Seconds that a process has after the timeout to close its vault and report the timeout.
GRACE = 10


class Inactive(BaseException):
    """Nobody typed anything within the time limit. Error handlers must not continue after this exception."""


class _Limit:
    """The time limit in seconds. 0 means no limit, as in a process that runs a single command."""

    seconds = 0


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise Inactive in the block if ``renew`` is not called for this many seconds.

    The system kills the process GRACE seconds later if it is still there, for example because a stopped
    terminal blocks its output.
    """
    before = signal.signal(signal.SIGALRM, _end)
    _Limit.seconds = seconds
    renew()
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGALRM) is _end:
            _Limit.seconds = 0
            renew()
            signal.signal(signal.SIGALRM, before)


@contextmanager
def asking() -> Iterator[None]:
    """Raise Inactive if the block waits longer than QUESTION seconds for an answer.

    In a session, the session's limit applies instead, and restarts when the officer answers.
    """
    if signal.getsignal(signal.SIGALRM) is not _end:
        with limited(QUESTION):
            yield
        return
    try:
        yield
    finally:
        renew()


def renew() -> None:
    """Restart the time limit after somebody typed, or after progress in work that officers wait for."""
    end_in(_Limit.seconds)


def end_in(seconds: float) -> None:
    """Raise Inactive after this many seconds (at once if 0 or fewer), unless the limit is renewed first."""
    if signal.getsignal(signal.SIGALRM) is _end:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, _AT_ONCE) if _Limit.seconds else 0)


def _end(*_: object) -> None:
    # The system's default action ends the process at once. A Python handler would not run until the program
    # returns from the function that blocks it.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, GRACE)
    raise Inactive
