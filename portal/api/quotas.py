"""How much the portal takes before it refuses what is new; what is stored is never given up for it.

Each kind of envelope has a share of the disk, so that a flood of one kind stops that kind alone. Whoever
fills one, and asks again and again, is not to see when others come or go: within an hour room only shrinks,
and where it ends is drawn anew for each hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from crypto import age, padding, room
from portal import days
from portal.api import disk
from portal.api.problems import Problem
from portal.config import Settings
from portal.store import quotas, work
from portal.store.quotas import LARGEST_OF_FILES, TEXT, Kind


class NoRoom(Problem):
    """An envelope that would fit if there were less: with it the cost of the next day rises (SPEC 7.6)."""


# Parts of the whole.
SHARES: Mapping[Kind, float] = {
    Kind.REPORT: 0.15,
    Kind.REPORT_WITH_FILES: 0.20,
    Kind.REPORT_WITH_LARGE_FILES: 0.25,
    Kind.FOLLOW_UP: 0.10,
    Kind.FOLLOW_UP_WITH_FILES: 0.08,
    Kind.FOLLOW_UP_WITH_LARGE_FILES: 0.12,
    Kind.SCRIPTLESS: 0.10,
}
# What is drawn takes off at most so much: far more than what comes within an hour.
DRAWN = 1 / 16
_FILES = {Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES}
_LARGE_FILES = {Kind.REPORT_WITH_LARGE_FILES, Kind.FOLLOW_UP_WITH_LARGE_FILES}
_LARGEST_OF_ALL = age.sealed_size(padding.LARGEST)
_ONE_OF_EACH = 2 * TEXT + 3 * LARGEST_OF_FILES + 2 * _LARGEST_OF_ALL
_SCRIPTLESS_HALF_DAY = 0.005
_GB = 10**9
_HOUR = {"Retry-After": "3600"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What envelopes may take within one hour, but for one more of each kind.

    ``capacity`` is for all kinds together, in bytes; ``configured`` what that is on a disk with room for it.
    """

    capacity: int
    configured: int
    secret: bytes
    deployment: bytes
    hour: int

    @classmethod
    def of(cls, connection: Connection, settings: Settings, hour: int) -> "Limits":
        """Return the limits of an hour, counted since 1970, the same in every process."""
        return cls(
            *_capacity(connection, settings, hour),
            secret=work.secret(connection),
            deployment=settings.deployment_id,
            hour=hour,
        )

    def check(self, connection: Connection, kind: Kind, size: int, *, counted: bool = False) -> None:
        """Raise a Problem if a kind takes more than it may without ``size`` bytes, counted already or not.

        So the last envelope of an hour may be of any size for which a share has room at all, and after it
        none is taken: if the smaller were, trying sizes would tell how much room is left. Asked after an
        envelope was counted, in its transaction, no other can have taken the room meanwhile. It is NoRoom
        where the envelope would fit, whatever is drawn, if there were nothing else.
        """
        before = quotas.used(connection, self.hour)[kind] - (size if counted else 0)
        if before <= self.of_kind(kind) and _fits(self.capacity, kind, size):
            return
        refusal = NoRoom if _fits(self.configured, kind, size) else Problem
        if kind in _LARGE_FILES:
            raise refusal(507, "quota_full_large", _HOUR)
        if kind in _FILES:
            raise refusal(507, "quota_full_files", _HOUR)
        raise refusal(507, "quota_full", _HOUR)

    def check_scriptless(self, connection: Connection, today: date, size: int) -> None:
        """Count towards today an envelope that came without script, and is in the sums of its kind already.

        Raises a Problem if today had brought enough texts, or enough that is larger, or its kind is full.
        """
        if quotas.add_scriptless(connection, today, size) - size > self.of_day(today):
            raise Problem(507, "quota_full", _HOUR)
        self.check(connection, Kind.SCRIPTLESS, size, counted=True)

    def of_kind(self, kind: Kind) -> int:
        """Return the bytes that envelopes of a kind may take in this hour."""
        return int(self.capacity * SHARES[kind] * self._part(kind.value, self.hour))

    def of_day(self, today: date) -> int:
        """Return the bytes that texts may take on a day without script, and as many what is larger."""
        return int(self.capacity * _SCRIPTLESS_HALF_DAY * self._part("scriptless_day", days.number(today)))

    def is_short(self, kind: Kind, used: int) -> bool:
        """Return whether a kind that takes ``used`` bytes has so little room that uploads must give way.

        From a quarter to three quarters of its share, drawn too: that an upload goes tells of others as well.
        """
        drawn = room.draw(self.secret, self.deployment, f"{kind.value}_short", self.hour)
        return used > self.capacity * SHARES[kind] * (1 / 4 + drawn / 2)

    def _part(self, name: str, period: int) -> float:
        return 1 - room.draw(self.secret, self.deployment, name, period) * DRAWN


def _fits(capacity: int, kind: Kind, size: int) -> bool:
    return size <= capacity * SHARES[kind] * (1 - DRAWN)


def _capacity(connection: Connection, settings: Settings, hour: int) -> tuple[int, int]:
    """Return the bytes for all kinds, less than configured if the disk has less room; and as configured."""
    configured = int(settings.capacity_gb * _GB)
    on_disk = disk.room(connection, settings, hour)
    if on_disk is None:
        return configured, configured
    # One more of each kind takes at most its share, or the largest size of its kind.
    least = max(on_disk - _ONE_OF_EACH, on_disk // 2)
    return max(min(configured, least), 0), configured


@dataclass(frozen=True, slots=True)
class Level:
    """Which part of its share a kind has filled, from 0 to 1 or a little more."""

    kind: Kind
    part: float


def levels(connection: Connection, settings: Settings, hour: int) -> list[Level]:
    """Return how full each share is."""
    (capacity, _), used = _capacity(connection, settings, hour), quotas.used(connection, hour)
    return [Level(kind, used[kind] / max(int(capacity * SHARES[kind]), 1)) for kind in Kind]
