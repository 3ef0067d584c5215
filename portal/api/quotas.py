"""How much the portal takes before it refuses what is new; what is stored is never given up for it.

Each kind of envelope has a share of the disk, so that a flood of one kind stops that kind alone.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from crypto import age
from portal.api.problems import Problem
from portal.config import Settings
from portal.store import quotas
from portal.store.quotas import Kind


class NoRoom(Problem):
    """An envelope that would fit if there were less: with it the cost of the next day rises (SPEC 7.6)."""


# Parts of the whole.
SHARES: Mapping[Kind, float] = {
    Kind.REPORT: 0.15,
    Kind.REPORT_WITH_FILES: 0.45,
    Kind.FOLLOW_UP: 0.10,
    Kind.FOLLOW_UP_WITH_FILES: 0.20,
    Kind.SCRIPTLESS: 0.10,
}
# Of its share, what larger uploads may take that are not finished; smaller ones are bounded by their number.
_UNFINISHED = 0.5
_LARGER = age.sealed_size(16 << 20)
_SCRIPTLESS_PER_DAY = 0.01
_GB = 10**9
_HOUR = {"Retry-After": "3600"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What envelopes may take at present: bytes in all, and how many of a kind may be unfinished.

    ``configured`` is what they may take on a disk that has room for it.
    """

    capacity: int
    configured: int
    unfinished: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """Return the limits as configured, or less if the disk has less room.

        What the database takes counts as room: bytes declared and not yet sent are not promised twice.
        """
        capacity = configured = int(settings.capacity_gb * _GB)
        url = settings.database_url
        if url.get_backend_name() == "sqlite" and settings.spare_gb:
            file = Path(str(url.database))
            room = file.stat().st_size + shutil.disk_usage(file.parent).free - int(settings.spare_gb * _GB)
            capacity = max(min(capacity, room), 0)
        return cls(capacity, configured, settings.unfinished_uploads)

    def check(self, connection: Connection, kind: Kind, size: int, *, counted: bool = False) -> None:
        """Raise a Problem if a kind takes more than it may, or would with ``size`` bytes not yet counted.

        It is NoRoom where it would fit if there were less. What was declared and has not come may take half
        of a share: larger envelopes wait for room in that. Asked after an envelope was counted, in its
        transaction, no other can have taken the room meanwhile.
        """
        usage, more = quotas.used(connection)[kind], 0 if counted else size
        if usage.unfinished > self.unfinished:
            raise NoRoom(503, "too_many_uploads", _HOUR)
        promised = usage.unfinished_size + more if size > _LARGER else 0
        if _fits(self.share(kind), usage.size + more, promised):
            return
        ever = _fits(int(self.configured * SHARES[kind]), size, size if promised else 0)
        refusal = NoRoom if ever else Problem
        if kind in {Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES}:
            raise refusal(507, "quota_full_files", _HOUR)
        raise refusal(507, "quota_full", _HOUR)

    def check_scriptless(self, connection: Connection, today: date, size: int) -> None:
        """Count towards today an envelope that came without script, and is in the sums of its kind already.

        Raises a Problem if today has brought enough, or that kind's share is full.
        """
        if quotas.add_scriptless(connection, today, size) > self.capacity * _SCRIPTLESS_PER_DAY:
            raise Problem(507, "quota_full", _HOUR)
        self.check(connection, Kind.SCRIPTLESS, size, counted=True)

    def share(self, kind: Kind) -> int:
        """Return the bytes that envelopes of a kind may take."""
        return int(self.capacity * SHARES[kind])


def _fits(share: int, size: int, promised: int) -> bool:
    return size <= share and promised <= share * _UNFINISHED


@dataclass(frozen=True, slots=True)
class Level:
    """Which part of its share a kind has filled, from 0 to 1 or a little more."""

    kind: Kind
    part: float


def levels(connection: Connection, settings: Settings) -> list[Level]:
    """Return how full each share is."""
    limits, used = Limits.of(settings), quotas.used(connection)
    return [Level(kind, used[kind].size / max(limits.share(kind), 1)) for kind in Kind]
