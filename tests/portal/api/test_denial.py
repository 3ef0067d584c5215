"""The cost of keeping other people's files out of a portal, under the earlier and the present rules."""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from crypto import age, padding
from crypto.work import Puzzle, size_class
from portal.api.quotas import SHARES
from portal.api.stalled import Watch, give_way, least
from portal.config import Settings
from portal.store.quotas import LARGEST_OF_FILES, Kind
from tests.support.builders import (
    INSPECTORATE,
    make_envelope,
    under_another_header,
    upload_metadata,
)
from tests.support.portal_room import TUS, Room
from tests.support.work import Sized, work

pytestmark = pytest.mark.soak

HOURS = 6
TRIES = 600
# On average, 256 attempts solve the puzzle.
PER_SOLUTION = 256
DEFAULTS = Settings()
# The earlier rules: an upload that began just after midnight was kept until the fourth day. A hundred uploads
# of any size, or four very large ones, kept out all other files. Each of these uploads cost the work of two
# texts.
OLD_TEXTS = 2
OLD_HOURS = (DEFAULTS.upload_days + 1) * 24
LEAST_DEARER = 100
# Bytes that really arrive also cost bandwidth, and no rule can distinguish them from honest uploads. To make
# such attacks a hundred times as expensive, the proof of work would have to take three times as long. A phone
# would then need half a minute for 16 MiB, or four minutes at the highest cost.
LEAST_DEARER_SENT = 30
# In tests that really send bytes, the portal is this many times smaller than by default.
SMALLER = 100
MB = 1 << 20


@dataclass(frozen=True)
class Denied:
    """An attachment that an attacker wants to keep out, by uploads of the largest size of its kind.

    An upload of the largest size costs the least work in relation to the room that it takes.
    """

    name: str
    size: int
    kind: Kind
    largest: int
    old_declarations: int

    @property
    def texts(self) -> int:
        """The work for one envelope of the largest size, as a multiple of that for a text."""
        return 2 ** size_class(self.largest)

    @property
    def trickle_hours(self) -> float:
        """While room is short, the slowest permitted upload of the largest size takes this many hours."""
        return math.ceil(self.largest / least(self.largest)) / 2

    def before(self, seconds: float) -> float:
        """Return the CPU seconds for each hour under the earlier rules.

        ``seconds`` are the CPU seconds for one text.
        """
        return self.old_declarations * OLD_TEXTS * seconds / OLD_HOURS


SMALL = Denied("1 MiB", age.sealed_size(padding.padme(MB)), Kind.REPORT_WITH_FILES, LARGEST_OF_FILES, 100)
LARGE = Denied(
    "100 MiB",
    age.sealed_size(padding.padme(100 * MB)),
    Kind.REPORT_WITH_LARGE_FILES,
    age.sealed_size(padding.LARGEST),
    4,
)


@dataclass
class Held:
    """An upload that takes up room: its header, its declared size, and the number of bytes sent."""

    header: bytes
    size: int
    came: int = 0


@dataclass
class Attack:
    """An attacker who fills the room of a kind at the beginning of each hour, and counts the cost."""

    room: Room
    denied: Denied
    envelope: bytes
    watch: Watch = field(default_factory=Watch)
    uploads: dict[str, Held] = field(default_factory=dict)
    declarations: int = 0
    sent: int = 0

    def fill(self) -> None:
        """Announce uploads of the largest size until no more are accepted."""
        while address := self.declare(header := self.header(), self.denied.largest):
            self.declarations += 1
            self.uploads[address] = Held(header, self.denied.largest)

    def header(self) -> bytes:
        return under_another_header(self.envelope)[: age.ENVELOPE_HEADER]

    def declare(self, header: bytes, size: int) -> str | None:
        report = {"case": header[-32:], "memo": bytes(60), "withdraw": bytes(32)}
        metadata = upload_metadata(channel=INSPECTORATE.encode(), **report)
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        paid = work(self.room.site, Sized(header, size), hour=self.room.hour)
        answer = self.room.client.post("/api/envelopes", headers={**TUS, **headers, **paid})
        return answer.headers["Location"] if answer.status_code == 201 else None

    def trickle(self, *, whole: bool = False) -> None:
        """For each upload, send the minimum that keeps it for half an hour, or all its bytes."""
        for address, held in [*self.uploads.items()]:
            end = held.size if whole else min(held.came + least(held.size), held.size)
            while held.came < end:
                start = b"" if held.came else held.header
                body = start.ljust(min(MB, end - held.came), b"\0")
                assert self.room.patch(address, held.came, body).status_code == 204
                held.came += len(body)
                self.sent += len(body)
            if held.came == held.size:
                del self.uploads[address]

    def is_refused(self) -> bool:
        """Return whether an honest attachment is refused."""
        return self.declare(self.header(), self.denied.size) is None

    def hours(self, count: int, between: Callable[[], None]) -> None:
        """Keep the portal full for ``count`` hours. Call ``between`` before each half hour ends."""
        for _ in range(count):
            self.fill()
            for half in (1, 2):
                assert self.is_refused()
                between()
                self.look(half)
            assert self.is_refused()
            self.room.hour += 1

    def look(self, half: int) -> None:
        """Delete stalled uploads at the end of the first or second half of the hour."""
        at = 2 * self.room.hour + half
        give_way(self.watch, self.room.app.extensions["portal"], at, 1_800.0 * at)

    def three_of_four(self) -> None:
        """Keep others out during three of every four half hours."""
        assert not self.is_refused()
        self.look(1)
        for half in (2, 1, 2):
            # In the second hour, there is room for more only if the random limit of that hour is higher.
            self.fill()
            assert self.is_refused()
            self.look(half)
            assert self.is_refused()
            self.room.hour += half == 2


@pytest.fixture(scope="module")
def seconds() -> float:
    """The CPU seconds of the work for one text, at the lowest cost."""
    puzzle = Puzzle(bytes(32), bytes(32), INSPECTORATE, 0, DEFAULTS.work_cost[0])
    taken = []
    for counter in range(TRIES):
        begun = time.process_time()
        puzzle._attempt(counter)
        taken.append(time.process_time() - begun)
    return PER_SOLUTION * statistics.median(taken)


def scaled(room: Room, denied: Denied) -> Attack:
    """Return an attack on a portal with so little room that few envelopes fill it."""
    room.configure(capacity_gb=DEFAULTS.capacity_gb / SMALLER)
    least = age.sealed_size(padding.padme(16 * MB + 1)) if denied is LARGE else denied.largest
    smaller = Denied(denied.name, denied.size if denied is SMALL else least, denied.kind, least, 0)
    return Attack(room, smaller, make_envelope(room.site))


Record = Callable[[str, object], None]
each_kind = pytest.mark.parametrize("denied", [SMALL, LARGE], ids=lambda denied: denied.name)


@each_kind
def test_blocking_others_with_uploads_that_never_arrive_costs_a_hundred_times_more_than_under_earlier_rules(
    sqlite_room: Room, denied: Denied, seconds: float, record_property: Record
) -> None:
    """The portal has the default room. The uploads begin again each hour."""
    attack = Attack(sqlite_room, denied, make_envelope(sqlite_room.site))
    attack.hours(HOURS, lambda: None)
    now = attack.declarations / HOURS * denied.texts * seconds
    before = denied.before(seconds)
    record_property(
        f"an hour without attachments of {denied.name}, declared and never sent",
        f"{attack.declarations / HOURS:.0f} declarations, {now:.1f} CPU seconds; before "
        f"{denied.old_declarations} in {OLD_HOURS} hours, {before:.3f} (computed); {now / before:.0f} times",
    )
    assert now >= LEAST_DEARER * before


@each_kind
def test_blocking_others_for_three_half_hours_out_of_four_costs_a_hundred_times_more_than_under_earlier_rules(
    sqlite_room: Room, denied: Denied, seconds: float, record_property: Record
) -> None:
    """An upload that begins just after a check takes up room until the end of the next hour."""
    attack = Attack(sqlite_room, denied, make_envelope(sqlite_room.site))
    for _ in range(HOURS // 2):
        attack.three_of_four()
    kept_out = HOURS * 3 / 4
    now, before = attack.declarations / kept_out * denied.texts * seconds, denied.before(seconds)
    record_property(
        f"an hour without attachments of {denied.name}, but for every fourth half hour",
        f"{attack.declarations / kept_out:.0f} declarations, {now:.1f} CPU seconds; {now / before:.0f} times",
    )
    assert now >= LEAST_DEARER * before


@each_kind
def test_blocking_others_with_slow_uploads_costs_a_hundred_times_more_than_under_earlier_rules(
    sqlite_room: Room, denied: Denied, seconds: float, record_property: Record
) -> None:
    """In each half hour, the attacker sends just enough bytes for the portal to keep the uploads.

    Complete uploads are kept like any other envelope.
    """
    attack = scaled(sqlite_room, denied)
    attack.hours(math.ceil(attack.denied.trickle_hours), attack.trickle)
    assert not attack.uploads
    assert attack.sent == attack.declarations * attack.denied.largest
    count, hours = _declarations(denied), denied.trickle_hours
    now, before = count / hours * denied.texts * seconds, denied.before(seconds)
    record_property(
        f"an hour without attachments of {denied.name}, sent as slowly as may be",
        f"{count * denied.largest / hours / 10**6:.0f} MB, {now:.1f} CPU seconds, by {count} declarations "
        f"in {hours} hours; {now / before:.0f} times",
    )
    assert now >= LEAST_DEARER * before


@each_kind
def test_an_attacker_with_enough_work_and_data_fills_the_quota_until_the_data_is_collected(
    sqlite_room: Room, denied: Denied, seconds: float, record_property: Record
) -> None:
    """The attacker pays for each upload only once. No rule can distinguish such data from honest uploads."""
    attack = scaled(sqlite_room, denied)
    attack.fill()
    attack.trickle(whole=True)
    assert not attack.uploads
    declared = attack.declarations
    attack.hours(HOURS, lambda: None)
    assert attack.declarations == declared
    count = _declarations(denied)
    now, before = count * denied.texts * seconds / 24, denied.before(seconds)
    record_property(
        f"a day without attachments of {denied.name}, really sent",
        f"{count * denied.largest / 10**6:.0f} MB, {24 * now:.0f} CPU seconds by {count} declarations, "
        f"{now:.2f} an hour if it is collected once a day; {now / before:.0f} times",
    )
    assert now >= LEAST_DEARER_SENT * before


def _declarations(denied: Denied) -> int:
    """Return how many envelopes of the largest size fill the share of their kind on a default portal."""
    return int(DEFAULTS.capacity_gb * 10**9 * SHARES[denied.kind] // denied.largest) + 1
