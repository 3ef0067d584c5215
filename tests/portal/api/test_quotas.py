"""Quotas for each kind of envelope, by declared size.

Races do not break the quotas, and the quotas never delete stored envelopes.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto import age, padding
from crypto.bundle import FIRST
from portal import days
from portal.api.context import Context
from portal.api.quotas import DRAWN, SHARES, Limits
from portal.api.stalled import Watch, give_way
from portal.exchange import expire
from portal.store import quotas as sums
from portal.store.quotas import LARGEST_OF_FILES, TEXT, Kind
from portal.store.schema import envelopes
from tests.support.builders import (
    INSPECTORATE,
    Sealed,
    make_envelope,
    make_outbox,
    make_report_envelope,
    upload_metadata,
)
from tests.support.gate import chosen
from tests.support.portal_room import BODY, TUS, Room, State, code
from tests.support.sealed_files import header, post
from tests.support.work import Sized, unsent, work

FILES = age.sealed_size(1 << 20)
SMALLEST_FILES = age.sealed_size(padding.padme(padding.SMALLEST + 1))
LARGE = age.sealed_size(padding.padme((16 << 20) + 1))
LARGEST = age.sealed_size(padding.LARGEST)
SIZES = {
    Kind.REPORT: TEXT,
    Kind.REPORT_WITH_FILES: FILES,
    Kind.REPORT_WITH_LARGE_FILES: LARGE,
    Kind.FOLLOW_UP: TEXT,
    Kind.FOLLOW_UP_WITH_FILES: FILES,
    Kind.FOLLOW_UP_WITH_LARGE_FILES: LARGE,
}
CODES = {TEXT: "quota_full", FILES: "quota_full_files", LARGE: "quota_full_large"}

T = TypeVar("T")


def limit(room: Room, kind: Kind, count: int, size: int = TEXT) -> None:
    """Give the portal room for ``count`` envelopes of this kind, whatever limit it draws at random."""
    assert 1 < count < 1 / DRAWN
    room.configure(capacity_gb=((count - 1) * size + 1) / (1 - DRAWN) / SHARES[kind] / 10**9)


def begin(room: Room, kind: Kind, size: int = 0, header: Sized | None = None) -> TestResponse:
    """Announce an envelope of a kind, but send nothing.

    The envelope has the usual size of its kind unless ``size`` is given.
    """
    declared = header or unsent(size or SIZES[kind])
    values = {"channel": INSPECTORATE.encode()}
    if kind.value.startswith("report"):
        values |= {"case": secrets.token_bytes(32), "memo": bytes(60), "withdraw": bytes(32)}
    headers = {"Upload-Length": str(declared.size), "Upload-Metadata": upload_metadata(**values)}
    paid = work(room.site, declared, hour=room.hour)
    return room.client.post("/api/envelopes", headers={**TUS, **headers, **paid})


def take(room: Room, kind: Kind, size: int) -> None:
    """Take this amount of a kind's room, without storing an envelope."""
    with room.database.write() as connection:
        sums.count(connection, kind, size)


def limits(room: Room) -> Limits:
    with room.database.read() as connection:
        return Limits.of(connection, room.settings, room.hour)


def fill(room: Room, kind: Kind, spare: int = 0) -> None:
    """Take all room that a kind has in this hour, except for ``spare`` bytes."""
    take(room, kind, limits(room).of_kind(kind) + 1 - used(room)[kind] - spare)


def used(room: Room) -> dict[Kind, int]:
    with room.database.read() as connection:
        return dict(sums.used(connection, room.hour))


@pytest.mark.parametrize("kind", SIZES)
def test_a_flood_of_one_kind_blocks_only_that_kind(sqlite_room: Room, kind: Kind) -> None:
    """The declared size counts in full, even if nothing has arrived."""
    fill(sqlite_room, kind, 3 * SIZES[kind])
    assert [begin(sqlite_room, kind).status_code for _ in range(3)] == [201] * 3
    refused = begin(sqlite_room, kind)
    assert code(refused) == (507, CODES[SIZES[kind]])
    assert refused.headers["Retry-After"] == "3600"
    for other in set(SIZES) - {kind}:
        assert begin(sqlite_room, other).status_code == 201
    assert scriptless(sqlite_room) == 200
    assert code(begin(sqlite_room, kind))[0] == 507


def test_uploads_that_are_declared_but_send_nothing_leave_room_for_other_uploads(sqlite_room: Room) -> None:
    """A hundred small uploads fit, or four of the largest size."""
    for kind in (Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES):
        assert {begin(sqlite_room, kind, SMALLEST_FILES).status_code for _ in range(101)} == {201}
    assert [begin(sqlite_room, Kind.REPORT_WITH_LARGE_FILES, LARGEST).status_code for _ in range(4)] == [
        201
    ] * 4
    hundred_mb = age.sealed_size(padding.padme(100 << 20))
    assert begin(sqlite_room, Kind.REPORT_WITH_LARGE_FILES, hundred_mb).status_code == 201
    assert begin(sqlite_room, Kind.REPORT_WITH_FILES).status_code == 201


def noted(room: Room) -> State:
    """Return the only trace of a refusal: a note that a refusal occurred on this day (SPEC 7.6)."""
    return {"refusals": [(days.number(room.day), 0)]}


def test_a_refused_envelope_leaves_only_a_note_that_a_refusal_occurred_today(room: Room) -> None:
    limit(room, Kind.REPORT, 2)
    assert [room.send(make_report_envelope(room.site)).status_code for _ in range(2)] == [201, 201]
    before = room.state()
    assert code(room.send(make_report_envelope(room.site))) == (507, "quota_full")
    assert room.state() == {**before, **noted(room)}


def test_repeated_refusals_do_not_fill_the_disk(room: Room) -> None:
    """The same paid header can be refused any number of times, so a refusal must not store anything."""
    sealed = make_report_envelope(room.site, file=bytes(200_000))
    fill(room, Kind.REPORT_WITH_FILES)
    before = room.database.size
    assert {room.send(sealed).status_code for _ in range(10)} == {507}
    assert room.database.size < before + 100_000
    room.hour += 1
    take(room, Kind.REPORT_WITH_FILES, -used(room)[Kind.REPORT_WITH_FILES])
    assert room.send(sealed).status_code == 201
    assert room.database.size > before + 200_000, "the control"


def test_an_envelope_of_any_size_may_exceed_the_limit_of_an_hour_but_no_other_envelope_follows_it(
    room: Room,
) -> None:
    """Otherwise, trying different sizes would reveal how much room is left."""
    kind = Kind.REPORT_WITH_FILES
    fill(room, kind, 1)
    assert begin(room, kind, LARGEST_OF_FILES).status_code == 201
    for size in (LARGEST_OF_FILES, FILES, SMALLEST_FILES):
        assert code(begin(room, kind, size)) == (507, "quota_full_files")


def test_an_envelope_larger_than_its_share_is_refused_without_a_note(room: Room) -> None:
    """Otherwise, anybody could raise the cost of the proof of work for all."""
    limit(room, Kind.REPORT_WITH_FILES, 2, FILES // 2)
    before = room.state()
    assert code(begin(room, Kind.REPORT_WITH_FILES)) == (507, "quota_full_files")
    assert room.state() == before
    assert begin(room, Kind.REPORT_WITH_FILES, SMALLEST_FILES).status_code == 201, "the control"


@pytest.mark.databases_differ
def test_simultaneous_reports_cannot_take_the_same_room_twice(room: Room) -> None:
    """The portal accepts exactly as many reports as fit. Afterwards, the sums are right."""
    limit(room, Kind.REPORT, 5)
    reports = [make_report_envelope(room.site) for _ in range(12)]
    start, answers = threading.Barrier(len(reports)), []

    def send(number: int) -> None:
        start.wait()
        answers.append(room.send(reports[number]).status_code)

    threads = [threading.Thread(target=send, args=[number]) for number in range(len(reports))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] * 5 + [507] * 7
    assert used(room)[Kind.REPORT] == 5 * TEXT


def begun(room: Room) -> tuple[Sealed, str]:
    """Return a report with a file, and the address of its upload, which has no byte yet."""
    sealed = make_report_envelope(room.site, file=bytes(300_000))
    return sealed, room.begin(sealed)


def test_room_that_becomes_free_stays_hidden_within_the_hour(room: Room) -> None:
    """After a refusal, a kind stays refused even if uploads end, fail, or are cancelled or withdrawn."""
    finished, given_up, failed, withdrawn, stalled = (begun(room) for _ in range(5))
    watch = Watch()
    room.patch(withdrawn[1], 0, withdrawn[0].envelope)
    give_way(watch, context(room), 1, 1_800.0)
    kind = Kind.REPORT_WITH_FILES
    fill(room, kind, 1)
    assert begin(room, kind, SMALLEST_FILES).status_code == 201

    def probed() -> int:
        (status,) = {begin(room, kind, size).status_code for size in (SMALLEST_FILES, FILES)}
        return status

    assert probed() == 507
    acts: list[Callable[[], TestResponse]] = [
        lambda: room.send(make_report_envelope(room.site, file=bytes(300_000))),
        lambda: room.patch(finished[1], 0, finished[0].envelope),
        lambda: room.client.delete(given_up[1], headers=TUS),
        lambda: room.patch(failed[1], 0, bytes(2_000)),
        lambda: room.client.post("/api/withdraw", data=withdrawn[0].keys.withdraw_key),
    ]
    statuses = []
    for act in acts:
        statuses.append(act().status_code)
        assert probed() == 507
    assert statuses == [507, 204, 204, 400, 204], "every action had its usual result"
    assert give_way(watch, context(room), 2, 3_600.0) > 0
    assert room.client.head(stalled[1], headers=TUS).status_code == 404
    assert probed() == 507
    bring(room)
    assert probed() == 507
    assert used(room)[kind] > stored(room)[kind] + 4 * 300_000
    take(room, kind, -used(room)[kind] // 2)
    room.hour += 1
    assert probed() == 201, "the control: there is room in the next hour"


def context(room: Room) -> Context:
    found: Context = room.app.extensions["portal"]
    return found


def bring(room: Room) -> None:
    """Let the inspectorate collect all envelopes."""
    room.bring(make_outbox(room.site, collected=[room.export().link]))


def test_freed_room_is_available_in_the_next_hour(room: Room) -> None:
    limit(room, Kind.REPORT, 2)
    for _ in range(2):
        room.send(make_report_envelope(room.site))
    assert code(room.send(make_report_envelope(room.site))) == (507, "quota_full")
    bring(room)
    assert code(room.send(make_report_envelope(room.site))) == (507, "quota_full")
    room.hour += 1
    assert room.send(make_report_envelope(room.site)).status_code == 201


def test_settling_the_sums_several_times_frees_room_only_once(room: Room) -> None:
    """Every process settles the sums, often at the same time as another, and again after a restart."""
    addresses = [room.begin(make_report_envelope(room.site)) for _ in range(3)]
    for address, left in zip(addresses, (3, 2, 1), strict=True):
        assert used(room)[Kind.REPORT] == left * TEXT
        settle(room)
        room.client.delete(address, headers=TUS)
        settle(room)
        assert used(room)[Kind.REPORT] == left * TEXT
        room.hour += 1
    assert used(room)[Kind.REPORT] == 0


def test_room_freed_before_a_stop_stays_hidden_for_at_most_an_hour(room: Room) -> None:
    """The portal stores only whether the hour was even or odd."""
    for later in (1, 2):
        room.client.delete(room.begin(make_report_envelope(room.site)), headers=TUS)
        room.hour += later
        settle(room)
        room.hour += 1
        assert used(room)[Kind.REPORT] == 0


def settle(room: Room) -> None:
    with room.database.write() as connection:
        for kind in Kind:
            sums.settle(connection, kind, room.hour)


@pytest.mark.parametrize("room_left", [True, False])
def test_the_error_for_an_unusable_request_does_not_reveal_whether_there_is_room(
    sqlite_room: Room, *, room_left: bool
) -> None:
    """The body is not sealed, its header differs, or its header was already used.

    With or without room, the error is the same.
    """
    room, kind = sqlite_room, Kind.REPORT
    spent, unsealed, other = (make_report_envelope(room.site) for _ in range(3))
    room.client.delete(room.begin(spent), headers=TUS)
    fill(room, kind, 1 if room_left else 0)
    assert code(room.send(spent)) == (403, "work_spent")
    for body, word in ((bytes(len(unsealed.envelope)), "not_sealed"), (other.envelope, "header_differs")):
        headers = {**BODY, **room.declared(unsealed)}
        assert code(room.client.post("/api/envelopes", headers=headers, data=body)) == (400, word)
    assert room.send(unsealed).status_code == (201 if room_left else 507), "the control"


def test_the_limit_of_each_kind_is_random_in_each_hour(sqlite_room: Room) -> None:
    """The limit is between fifteen sixteenths of the share and the whole share, usually near the middle."""
    every = []
    for _ in range(200):
        of_hour = limits(sqlite_room)
        every += [of_hour.of_kind(kind) / of_hour.capacity / SHARES[kind] for kind in Kind]
        sqlite_room.hour += 1
    assert len(set(every)) == len(every)
    assert 1 - DRAWN < min(every) < 1 - 0.9 * DRAWN < 1 - 0.1 * DRAWN < max(every) <= 1
    middle = [part for part in every if abs(part - (1 - DRAWN / 2)) < DRAWN / 4]
    assert 0.7 < len(middle) / len(every) < 0.8
    assert sum(every) / len(every) == pytest.approx(1 - DRAWN / 2, abs=0.001)


def stored(room: Room) -> dict[Kind, int]:
    """Return the total size of the stored envelopes of each kind."""
    columns = (envelopes.c.size, envelopes.c.case_id, envelopes.c.scriptless)
    found = dict.fromkeys(Kind, 0)
    with room.database.read() as connection:
        for size, case_id, scriptless_ in connection.execute(select(*columns)):
            found[Kind.of(size, begins_case=case_id is not None, scriptless=scriptless_)] += size
    return found


class Life:
    """Random actions of people who use a portal."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room = room
        self.seed, self.drawn = seed, 0
        self.open: list[tuple[Sealed, str]] = []
        self.whole: list[Sealed] = []
        self.watch = Watch()
        self.half = 0
        self.previous, self.bundles = FIRST, 0

    def act(self) -> None:
        """Do one random action."""
        acts = (
            *(self.send, self.begin, self.begin, self.declare, self.finish, self.give_up, self.fail),
            *(self.withdraw, self.collect, self.expire, self.stall, self.stall, self.scriptless),
        )
        self.choice(acts)()

    def choice(self, among: Sequence[T]) -> T:
        """Return a random item, the same in each run."""
        self.drawn += 1
        digest = hashlib.sha256(f"{self.seed} {self.drawn}".encode()).digest()
        return among[int.from_bytes(digest, "big") % len(among)]

    def send(self) -> None:
        self.whole.append(make_report_envelope(self.room.site))
        self.room.send(self.whole[-1])

    def begin(self) -> None:
        sealed = make_report_envelope(self.room.site, file=bytes(self.choice((1, 200_000))))
        self.open.append((sealed, self.room.begin(sealed)))

    def declare(self) -> None:
        begin(self.room, self.choice([*SIZES]))

    def finish(self) -> None:
        if self.open:
            sealed, address = self.open.pop()
            self.room.patch(address, 0, sealed.envelope)
            self.whole.append(sealed)

    def give_up(self) -> None:
        if self.open:
            self.room.client.delete(self.open.pop()[1], headers=TUS)

    def fail(self) -> None:
        if self.open:
            self.room.patch(self.open.pop()[1], 0, bytes(2_000))

    def withdraw(self) -> None:
        if self.whole:
            self.room.client.post("/api/withdraw", data=self.whole.pop().keys.withdraw_key)

    def collect(self) -> None:
        self.bundles += 1
        exported = self.room.export()
        chain = {"n": self.bundles, "previous": self.previous}
        outbox = make_outbox(self.room.site, collected=[exported.link], **chain)
        self.room.bring(outbox)
        self.previous = outbox.manifest.hash

    def expire(self) -> None:
        later = self.room.day + timedelta(days=self.choice((0, 9)))
        expire.expire(self.room.database, self.room.settings, later, lambda: self.room.hour)

    def stall(self) -> None:
        self.half += 1
        give_way(self.watch, context(self.room), self.half, 1_800.0 * self.half)

    def scriptless(self) -> None:
        scriptless(self.room)


@pytest.mark.databases_differ
@pytest.mark.parametrize("seed", chosen(range(3), 0))
def test_the_sums_equal_the_sizes_of_the_stored_envelopes_after_random_actions(room: Room, seed: int) -> None:
    """Deleted envelopes count until the hour is over."""
    life, kept = Life(room, seed), dict.fromkeys(Kind, 0)
    limit(room, Kind.REPORT_WITH_FILES, 3, FILES)
    for _ in range(40):
        before = stored(room)
        life.act()
        after = stored(room)
        for kind in Kind:
            kept[kind] += max(before[kind] - after[kind], 0)
        assert used(room) == {kind: after[kind] + kept[kind] for kind in Kind}
        if life.choice(range(5)) == 0:
            room.hour += 1
            kept = dict.fromkeys(Kind, 0)
            assert used(room) == after
            settle(room)
            assert used(room) == after
    room.hour += 1
    assert used(room) == stored(room)


def scriptless(room: Room, size: int = 0) -> int:
    """Send a follow-up without JavaScript; return the status of the answer."""
    envelope = make_envelope(room.site, size=size) if size else make_envelope(room.site)
    return post(room, header() + envelope)[0]


def day(room: Room, count: int, size: int = TEXT) -> None:
    """On each day, allow ``count`` envelopes of this size without JavaScript, whatever limit is drawn."""
    assert 1 < count < 1 / DRAWN
    room.configure(capacity_gb=((count - 1) * size + 1) / (1 - DRAWN) * 200 / 10**9)


def test_reports_without_javascript_have_their_own_share_each_day(room: Room) -> None:
    """The share is one hundredth of the room.

    The share can be used while other kinds are full, and is renewed each day.
    """
    day(room, 2)
    while room.follow_up(make_envelope(room.site)).status_code == 201:
        pass
    before = room.state()
    assert [scriptless(room) for _ in range(3)] == [200, 200, 507]
    assert len(room.state()["envelopes"]) == len(before["envelopes"]) + 2
    room.wait(1)
    assert scriptless(room) == 200
    assert used(room) == stored(room)
    limit(room, Kind.SCRIPTLESS, 2)
    assert scriptless(room) == 507


@pytest.mark.databases_differ
def test_half_of_the_daily_share_without_javascript_is_for_texts_and_half_for_larger_envelopes(
    room: Room,
) -> None:
    """Filling one half does not block the other half. The next day, both halves are open again."""
    day(room, 2, age.sealed_size(131_072))
    assert [scriptless(room, 131_072) for _ in range(3)] == [200, 200, 507]
    assert [scriptless(room) for _ in range(4)] == [200, 200, 200, 507]
    room.wait(1)
    assert [scriptless(room, size) for size in (0, 131_072)] == [200, 200]


def test_the_daily_limit_for_reports_without_javascript_is_random(sqlite_room: Room) -> None:
    """Envelopes are accepted only up to this limit."""
    of_hour, today = limits(sqlite_room), sqlite_room.day
    whole = of_hour.capacity / 200
    every = [of_hour.of_day(today + timedelta(days=later)) for later in range(100)]
    assert len(set(every)) == 100
    assert whole * (1 - DRAWN) <= min(every) < max(every) <= whole
    sqlite_room.configure(capacity_gb=6 * TEXT * 200 / 10**9)
    taken = limits(sqlite_room).of_day(today) // TEXT + 1
    assert [scriptless(sqlite_room) for _ in range(taken + 1)] == [200] * taken + [507]


def test_a_flood_of_reports_without_javascript_takes_no_room_from_reports_with_javascript(room: Room) -> None:
    """The flood never gets more than its own share. After a collection, the share is available again."""
    day(room, 2)
    while scriptless(room) == 200:
        while scriptless(room) == 200:
            pass
        room.wait(1)
    # The share holds 20 to 21.3 texts, depending on the random limit. One more text is accepted.
    assert used(room)[Kind.SCRIPTLESS] in {21 * TEXT, 22 * TEXT}
    for kind in SIZES:
        assert used(room)[kind] == 0
    for kind in (Kind.REPORT, Kind.FOLLOW_UP, Kind.REPORT_WITH_FILES):
        assert begin(room, kind).status_code == 201
    bring(room)
    room.hour += 1
    assert used(room)[Kind.SCRIPTLESS] == 0
    assert scriptless(room) == 200


def test_the_shares_add_up_to_the_whole_room_and_the_largest_envelope_fits_into_its_share() -> None:
    assert set(SHARES) == set(Kind)
    assert sum(SHARES.values()) == pytest.approx(1)
    for kind in (Kind.REPORT_WITH_LARGE_FILES, Kind.FOLLOW_UP_WITH_LARGE_FILES):
        assert LARGEST < 20 * 10**9 * SHARES[kind] * (1 - DRAWN)
    assert LARGE > LARGEST_OF_FILES > FILES
