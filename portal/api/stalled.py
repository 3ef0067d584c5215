"""Delete uploads that make too little progress if room is short (SPEC 7.1).

Each process keeps the progress of uploads in memory, never on the disk. Only the clock decides when to look
at uploads. If an upload were deleted when another upload arrived, the client of the first upload would learn
about the second upload.
"""

from collections.abc import Collection, Iterable

from portal.api.context import Context
from portal.api.quotas import Limits
from portal.store import envelopes, quotas
from portal.store.envelopes import Unfinished
from portal.store.quotas import Kind

# The progress required in half an hour is a fraction of the size, but at least _LEAST and at most _ENOUGH. If
# a fixed number of bytes were enough, a trickle could keep a large upload alive for weeks. Without an upper
# limit, a client at 10 KiB/s, which sends 17.5 MiB in that time, would lose the largest uploads.
_LEAST = 512 << 10
_LEAST_PART = 16
_ENOUGH = 16 << 20
_HALF_HOUR = 1_800
_BEFORE = 60
# A larger transaction would make uploads wait.
_ROWS = 200


def half_hour(seconds: float) -> int:
    """Return the number of half hours since 1970. Each half hour begins a minute early.

    So uploads are deleted in the last minute of an hour. Their room becomes available in the next hour, which
    has a new random limit.
    """
    return int(seconds + _BEFORE) // _HALF_HOUR


def least(size: int) -> int:
    """Return how many bytes of an envelope of ``size`` bytes must arrive in half an hour."""
    return max(_LEAST, min(size // _LEAST_PART, _ENOUGH))


class Watch:
    """What one process remembers: how far each unfinished upload was half an hour ago."""

    def __init__(self) -> None:
        self._half, self._steady = 0, 0.0
        self._seen: dict[bytes, int] = {}

    def stalled(self, half: int, steady: float, unfinished: Collection[Unfinished]) -> list[Unfinished]:
        """Return uploads with too little progress since the previous half hour.

        The progress of all uploads is remembered. Returns an empty list if the previous half hour was not
        seen, for example after a start. ``steady`` is the monotonic clock in seconds. The list is also empty
        if, by the monotonic clock, less than half an hour has passed: the time was set, or the machine slept.
        """
        lasted = steady - self._steady >= _HALF_HOUR - _BEFORE
        seen = self._seen if lasted and half == self._half + 1 else {}
        self._half, self._steady = half, steady
        self._seen = {each.id: each.received for each in unfinished}
        return [each for each in unfinished if each.id in seen and _is_stalled(each, seen[each.id])]


def give_way(watch: Watch, context: Context, half: int, steady: float) -> int:
    """Delete the stalled uploads of each kind that is short of room; return how many were deleted.

    Call this function when each half hour begins. The deletions of the previous hour are also subtracted from
    the sums.
    """
    hour = context.hour()
    with context.database.read() as connection:
        stalled = watch.stalled(half, steady, envelopes.unfinished(connection))
        limits, used = Limits.of(connection, context.settings, hour), quotas.used(connection, hour)
    deleted = 0
    # All processes handle the kinds in the same order. Otherwise, two processes could block each other.
    for kind in Kind:
        if limits.is_short(kind, used[kind]):
            going = sorted((each for each in stalled if each.kind is kind), key=lambda each: each.id)
            portions = (going[start : start + _ROWS] for start in range(0, len(going), _ROWS))
            deleted += sum(_forget(context, some) for some in portions)
        with context.database.write() as connection:
            quotas.settle(connection, kind, context.hour())
    return deleted


def _forget(context: Context, stalled: Iterable[Unfinished]) -> int:
    with context.database.write() as connection:
        return envelopes.forget_stalled(connection, context.hour(), stalled)


def _is_stalled(upload: Unfinished, before: int) -> bool:
    return upload.received - before < least(upload.size)
