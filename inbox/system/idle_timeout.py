"""Idle timeout: if officers stay inactive for too long, the process ends, whatever it is doing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds that a single command waits for the answer to a question: its vault may be open.
QUESTION = 600
# Seconds: the system takes 0 for never.
_AT_ONCE = 0.001
# Seconds in which a process to which nobody types any more may close its vault and say so.
GRACE = 10


class Inactive(BaseException):
    """Nobody typed anything for as long as was allowed; no handler of errors may go on from here."""


class _Limit:
    """How many seconds may pass; without a limit the process belongs to a single command."""

    seconds = 0


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """End the block with Inactive once ``renew`` was not called for so many seconds.

    The system ends the process GRACE seconds later if it is still there, say because a terminal that was
    stopped takes none of its words.
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
    """End the block, which waits for an answer, with Inactive after QUESTION seconds.

    A session has a limit already, which starts anew with the answer.
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
    """Take note that somebody typed, or that work which people wait for went on."""
    end_in(_Limit.seconds)


def end_in(seconds: float) -> None:
    """Let the block end after so many seconds, at once for 0 or fewer, unless it is renewed before."""
    if signal.getsignal(signal.SIGALRM) is _end:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, _AT_ONCE) if _Limit.seconds else 0)


def _end(*_: object) -> None:
    # The system's own way to end, not a handler: that would wait for whatever the program is in.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, GRACE)
    raise Inactive
