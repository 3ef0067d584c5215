"""How much the portal stores before it refuses new envelopes.

Stored envelopes are never deleted to make room for new ones. Each kind of envelope has its own share of the
disk. A flood of one kind therefore stops only that kind. Somebody who fills a share and keeps trying must not
see when other envelopes arrive or are deleted. So room only shrinks within an hour, and the exact size of
each share is drawn at random for each hour.
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
    """There is no room now, although the envelope would fit into an empty share.

    Each refusal of this kind raises the cost of work on the next day (SPEC 7.6).
    """


# The share of each kind, as a fraction of the capacity.
SHARES: Mapping[Kind, float] = {
    Kind.REPORT: 0.15,
    Kind.REPORT_WITH_FILES: 0.20,
    Kind.REPORT_WITH_LARGE_FILES: 0.25,
    Kind.FOLLOW_UP: 0.10,
    Kind.FOLLOW_UP_WITH_FILES: 0.08,
    Kind.FOLLOW_UP_WITH_LARGE_FILES: 0.12,
    Kind.SCRIPTLESS: 0.10,
}
# The random draw reduces a share by at most this fraction. Far less data than this arrives within an hour.
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
    """How much room envelopes may take within one hour; the last envelope of each kind may exceed it.

    ``configured`` is the room that the settings give to all kinds together, in bytes. ``capacity`` is smaller
    if the disk has less room.
    """

    capacity: int
    configured: int
    secret: bytes
    deployment: bytes
    hour: int

    @classmethod
    def of(cls, connection: Connection, settings: Settings, hour: int) -> "Limits":
        """Return the limits of ``hour`` (hours since 1970). These limits are the same in every process."""
        return cls(
            *_capacity(connection, settings, hour),
            secret=work.secret(connection),
            deployment=settings.deployment_id,
            hour=hour,
        )

    def check(self, connection: Connection, kind: Kind, size: int, *, counted: bool = False) -> None:
        """Raise a Problem if there is no room for an envelope of this kind with ``size`` bytes.

        The last envelope of an hour may exceed the share; every later envelope is refused. If smaller
        envelopes were still accepted, trying sizes would reveal how much room is left.

        ``counted`` means that the envelope was already counted in this transaction, so that no other envelope
        can take its room. Raises NoRoom if the envelope would fit into an empty share of the configured room,
        even if the share drawn for this hour is too small for it.
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
        """Count an envelope sent without JavaScript towards today's limit.

        The sum for its kind includes the envelope. Raises a Problem if today's limit for texts, or for larger
        envelopes, was already reached, or if the kind is full.
        """
        if quotas.add_scriptless(connection, today, size) - size > self.of_day(today):
            raise Problem(507, "quota_full", _HOUR)
        self.check(connection, Kind.SCRIPTLESS, size, counted=True)

    def of_kind(self, kind: Kind) -> int:
        """Return how many bytes envelopes of a kind may take in this hour."""
        return int(self.capacity * SHARES[kind] * self._part(kind.value, self.hour))

    def of_day(self, today: date) -> int:
        """Return the limit for texts sent without JavaScript on one day, in bytes.

        A second limit of this size applies to larger envelopes sent without JavaScript.
        """
        return int(self.capacity * _SCRIPTLESS_HALF_DAY * self._part("scriptless_day", days.number(today)))

    def is_short(self, kind: Kind, used: int) -> bool:
        """Return whether a kind that takes ``used`` bytes is so full that stalled uploads must be deleted.

        The threshold is drawn at random between a quarter and three quarters of the share. With a fixed
        threshold, a client whose upload is deleted would know how full the share is.
        """
        drawn = room.draw(self.secret, self.deployment, f"{kind.value}_short", self.hour)
        return used > self.capacity * SHARES[kind] * (1 / 4 + drawn / 2)

    def _part(self, name: str, period: int) -> float:
        return 1 - room.draw(self.secret, self.deployment, name, period) * DRAWN


def _fits(capacity: int, kind: Kind, size: int) -> bool:
    return size <= capacity * SHARES[kind] * (1 - DRAWN)


def _capacity(connection: Connection, settings: Settings, hour: int) -> tuple[int, int]:
    """Return two limits on the bytes of all kinds together: what the disk allows, and what is configured."""
    configured = int(settings.capacity_gb * _GB)
    on_disk = disk.room(connection, settings, hour)
    if on_disk is None:
        return configured, configured
    # Leave room for the last envelope of each kind, which may exceed the share.
    least = max(on_disk - _ONE_OF_EACH, on_disk // 2)
    return max(min(configured, least), 0), configured


@dataclass(frozen=True, slots=True)
class Level:
    """The fraction of its share that a kind has filled, from 0 to 1 or a little more."""

    kind: Kind
    part: float


def levels(connection: Connection, settings: Settings, hour: int) -> list[Level]:
    """Return how full each share is."""
    (capacity, _), used = _capacity(connection, settings, hour), quotas.used(connection, hour)
    return [Level(kind, used[kind] / max(int(capacity * SHARES[kind]), 1)) for kind in Kind]
