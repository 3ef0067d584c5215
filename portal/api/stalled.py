"""Uploads that make no progress give way where room is short (SPEC 7.1).

How far each was is kept in the memory of a process, never on the disk. Nothing but the clock decides when
they are looked at: an upload that went as somebody else's came would tell its sender of it.
"""

from collections.abc import Collection, Iterable

from portal.api.context import Context
from portal.api.quotas import Limits
from portal.store import envelopes, quotas
from portal.store.envelopes import Unfinished
from portal.store.quotas import Kind

# Bytes in half an hour. By bytes alone, a large upload could be held for weeks by a trickle; by its part
# alone, whoever has 10 KiB/s, which is 17.5 MiB in that time, would lose the largest.
_LEAST = 512 << 10
_LEAST_PART = 16
_ENOUGH = 16 << 20
_HALF_HOUR = 1_800
_BEFORE = 60
# A transaction of more rows would make uploads wait.
_ROWS = 200


def half_hour(seconds: float) -> int:
    """Return the count of half hours since 1970, each of which begins a minute before the clock's.

    An upload deleted in the last minute of an hour gives its room back with the next, whose limit is drawn
    anew.
    """
    return int(seconds + _BEFORE) // _HALF_HOUR


def least(size: int) -> int:
    """Return the bytes that half an hour must bring of an envelope of ``size`` bytes."""
    return max(_LEAST, min(size // _LEAST_PART, _ENOUGH))


class Watch:
    """What one process saw of unfinished uploads half an hour ago."""

    def __init__(self) -> None:
        self._half, self._steady = 0, 0.0
        self._seen: dict[bytes, int] = {}

    def stalled(self, half: int, steady: float, unfinished: Collection[Unfinished]) -> list[Unfinished]:
        """Return uploads that brought too little since the half hour before, and remember how far all are.

        None where that half hour was not seen, or did not last as long by the seconds of a stopwatch
        (``steady``): after a start, when the clock was set, or when the machine slept.
        """
        lasted = steady - self._steady >= _HALF_HOUR - _BEFORE
        seen = self._seen if lasted and half == self._half + 1 else {}
        self._half, self._steady = half, steady
        self._seen = {each.id: each.received for each in unfinished}
        return [each for each in unfinished if each.id in seen and _is_stalled(each, seen[each.id])]


def give_way(watch: Watch, context: Context, half: int, steady: float) -> int:
    """Delete the stalled uploads of each kind that is short of room; return how many.

    Call it as each half hour begins. It also subtracts from the sums what was deleted in the hour before.
    """
    hour = context.hour()
    with context.database.read() as connection:
        stalled = watch.stalled(half, steady, envelopes.unfinished(connection))
        limits, used = Limits.of(connection, context.settings, hour), quotas.used(connection, hour)
    gone = 0
    # One kind at a time, in one order in all processes: two would else wait for each other.
    for kind in Kind:
        if limits.is_short(kind, used[kind]):
            going = sorted((each for each in stalled if each.kind is kind), key=lambda each: each.id)
            portions = (going[start : start + _ROWS] for start in range(0, len(going), _ROWS))
            gone += sum(_forget(context, some) for some in portions)
        with context.database.write() as connection:
            quotas.settle(connection, kind, context.hour())
    return gone


def _forget(context: Context, stalled: Iterable[Unfinished]) -> int:
    with context.database.write() as connection:
        return envelopes.forget_stalled(connection, context.hour(), stalled)


def _is_stalled(upload: Unfinished, before: int) -> bool:
    return upload.received - before < least(upload.size)
