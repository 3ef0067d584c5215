"""Proof of work at the portal: a proof is valid for only one header, and every process accepts it.

The offer reveals nothing about reports.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from crypto import age, work
from crypto.work import OFFER, Offer, Payment
from portal import days
from portal.api import disk
from portal.api.stalled import Watch, give_way
from portal.api.work import HEADER
from portal.exchange import expire
from portal.store import deletion, quotas
from portal.store import work as spent
from portal.store.quotas import Kind
from portal.store.schema import cases, chunks, metadata, refusals
from portal.store.schema import spent as headers_spent
from tests.support import work as working
from tests.support.builders import (
    INSPECTORATE,
    OUTSIDE,
    Sealed,
    make_envelope,
    make_outbox,
    make_report_envelope,
    upload_metadata,
)
from tests.support.portal_room import BODY, TUS, Room, code
from tests.support.sealed_files import header, post
from tests.support.work import Sized, unsent

DAY = 24
COSTS = (4, 12, 32)


def offered(room: Room) -> bytes:
    answer = room.client.get("/api/work")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return answer.data


def offer(room: Room) -> Offer:
    return OFFER.parse(offered(room))


def pay(room: Room, sealed: Sealed) -> dict[str, str]:
    """Return the header with work for a report, at the cost that the portal currently demands."""
    return working.offered(offered(room), sealed.envelope, sealed.channel)


def send(room: Room, sealed: Sealed, paid: dict[str, str], body: bytes | None = None) -> TestResponse:
    """Send a report with the headers ``paid``, which may be empty."""
    headers = {name: value for name, value in room.declared(sealed).items() if name != HEADER}
    content = sealed.envelope if body is None else body
    return room.client.post("/api/envelopes", headers={**BODY, **headers, **paid}, data=content)


def test_the_offered_puzzle_reveals_nothing_about_visitors_or_reports(room: Room) -> None:
    """Neither a hundred reports nor a refusal for lack of room changes the bytes of the puzzle."""
    before = offered(room)
    state = room.state()
    assert {offered(room) for _ in range(3)} == {before}
    assert room.state() == state, "a request for the puzzle stores nothing"
    for _ in range(100):
        sealed = make_report_envelope(room.site)
        assert send(room, sealed, pay(room, sealed)).status_code == 201
    assert offered(room) == before
    room.configure(capacity_gb=0.000_5)
    refused = make_report_envelope(room.site)
    assert code(send(room, refused, pay(room, refused))) == (507, "quota_full")
    assert offered(room) == before


def test_each_hour_has_a_new_seed_that_all_processes_share(room: Room) -> None:
    first = offer(room).seed
    room.hour += 1
    assert offer(room).seed not in {first, bytes(32)}
    assert offer(room).seed == work.seed(working.INSTANCE_SEED, room.site.deployment, room.hour)


def none(_: Room, __: Sealed) -> dict[str, str]:
    return {}


def changed(**change: object) -> Callable[[Room, Sealed], dict[str, str]]:
    def make(room: Room, sealed: Sealed) -> dict[str, str]:
        paid = Payment.parse(pay(room, sealed)[HEADER])
        return {HEADER: replace(paid, **change).encode()}

    return make


def elsewhere(room: Room, sealed: Sealed) -> dict[str, str]:
    return pay(room, replace(sealed, channel=OUTSIDE))


def larger(room: Room, sealed: Sealed) -> dict[str, str]:
    return working.offered(offered(room), Sized(sealed.envelope, len(sealed.envelope) + 1))


def easier(room: Room, sealed: Sealed) -> dict[str, str]:
    return working.paid(offer(room).seed, sealed.envelope, INSPECTORATE, cost=5)


def tomorrow(room: Room, sealed: Sealed) -> dict[str, str]:
    return working.work(room.site, sealed.envelope, hour=room.hour + 1)


REFUSED: dict[str, tuple[str, Callable[[Room, Sealed], dict[str, str]]]] = {
    "none": ("work_missing", none),
    "no form": ("work_malformed", lambda _, __: {HEADER: "AAAA"}),
    "another seed": ("work_stale", changed(seed=bytes(32))),
    "a seed to come": ("work_stale", tomorrow),
    "not solved": ("work_unsolved", changed(counter=2**32 - 1)),
    "another header": ("work_unsolved", changed(header_hash=bytes(32))),
    "another channel": ("work_unsolved", elsewhere),
    "another size": ("work_unsolved", larger),
    "at another cost": ("work_unsolved", easier),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_an_upload_without_valid_work_is_refused(sqlite_room: Room, fault: str) -> None:
    """Each fault has its own error code, and nothing is stored.

    The test tries again, because one wrong solution in 256 is valid by chance.
    """
    word, payment = REFUSED[fault]
    sqlite_room.configure(work_cost=COSTS)
    for _ in range(4):
        before, sealed = sqlite_room.state(), make_report_envelope(sqlite_room.site)
        answer = send(sqlite_room, sealed, payment(sqlite_room, sealed))
        if answer.status_code != 201:
            break
    assert code(answer) == (403, word)
    assert sqlite_room.state() == before
    assert send(sqlite_room, sealed, pay(sqlite_room, sealed)).status_code == 201, "the control"


def test_the_seed_of_a_puzzle_is_valid_for_four_hours(sqlite_room: Room) -> None:
    reports = [make_report_envelope(sqlite_room.site) for _ in range(2)]
    paid = [pay(sqlite_room, each) for each in reports]
    sqlite_room.hour += 4
    assert send(sqlite_room, reports[0], paid[0]).status_code == 201
    sqlite_room.hour += 1
    assert code(send(sqlite_room, reports[1], paid[1])) == (403, "work_stale")


def test_a_repeated_creation_request_finds_the_existing_upload(room: Room) -> None:
    """The client lost the first answer.

    The repeated request gets the same address, and nothing more is stored.
    """
    sealed = make_report_envelope(room.site)
    paid = pay(room, sealed)
    first = send(room, sealed, paid)
    kept = room.state()
    again = send(room, sealed, paid)
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert again.headers["Upload-Offset"] == str(len(sealed.envelope))
    room.hour += 9
    assert send(room, sealed, pay(room, sealed)).headers["Location"] == first.headers["Location"]
    assert room.state() == kept


def test_a_repeated_creation_request_also_finds_a_collected_envelope(room: Room) -> None:
    sealed = make_report_envelope(room.site)
    first = send(room, sealed, pay(room, sealed))
    link = room.export().link
    room.bring(make_outbox(room.site, collected=[link]))
    again = send(room, sealed, pay(room, sealed))
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert room.state()["envelopes"] == []


@pytest.mark.parametrize("cut", [1_000, 300_000])
def test_an_interrupted_creation_request_continues_with_the_same_header(room: Room, cut: int) -> None:
    """Repeating the request tells the client how many bytes arrived. The client then sends the rest."""
    sealed = make_report_envelope(room.site, file=bytes(700_000))
    paid = pay(room, sealed)
    broken = room.client.post(
        "/api/envelopes",
        headers={**BODY, **room.declared(sealed), **paid},
        data=sealed.envelope[:cut],
        environ_overrides={"CONTENT_LENGTH": str(len(sealed.envelope))},
    )
    assert code(broken) == (400, "broken_off")
    again = send(room, sealed, paid)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(cut))
    address = again.headers["Location"]
    assert room.patch(address, cut, sealed.envelope[cut:]).status_code == 204
    assert room.slot(sealed.keys.locator)[0] == 1
    assert len(room.state()["envelopes"]) == 1


@pytest.mark.databases_differ
def test_a_header_can_be_used_for_only_one_upload(room: Room) -> None:
    """Another channel or size is refused.

    After the upload was deleted, every use of the header is refused.
    """
    sealed = make_report_envelope(room.site)
    address = send(room, sealed, pay(room, sealed)).headers["Location"]
    before = room.state()
    for other in (Sized(sealed.envelope, age.sealed_size(67_584)), sealed.envelope):
        channel = INSPECTORATE if isinstance(other, Sized) else OUTSIDE
        size = other.size if isinstance(other, Sized) else len(other)
        headers = {"Upload-Length": str(size), "Upload-Metadata": upload_metadata(channel=channel.encode())}
        paid = working.offered(offered(room), other, channel)
        answer = room.client.post("/api/envelopes", headers={**TUS, **headers, **paid})
        assert code(answer) == (403, "work_spent")
    assert room.state() == before
    room.client.post("/api/withdraw", data=sealed.keys.withdraw_key)
    assert room.client.head(address, headers=TUS).status_code == 404
    assert code(send(room, sealed, pay(room, sealed))) == (403, "work_spent")
    # Bytes that wait for deletion would cause the same refusal, so they are overwritten first.
    deletion.overwrite(room.database)
    assert code(send(room, sealed, pay(room, sealed))) == (403, "work_spent")


@pytest.mark.parametrize("later", [False, True])
def test_an_envelope_is_discarded_if_the_work_was_done_for_another_header(room: Room, *, later: bool) -> None:
    """The difference may appear in the first request or later."""
    sealed, other = make_report_envelope(room.site), make_report_envelope(room.site)
    before = room.state()
    if later:
        start = other.envelope[: age.ENVELOPE_HEADER - 1]
        address = send(room, sealed, pay(room, sealed), start).headers["Location"]
        answer = room.patch(address, len(start), other.envelope[len(start) :])
    else:
        answer = send(room, sealed, pay(room, sealed), other.envelope)
    assert code(answer) == (400, "header_differs")
    assert room.state() == before


@pytest.mark.databases_differ
def test_of_two_simultaneous_creation_requests_only_one_creates_an_upload(room: Room) -> None:
    """The database decides in the transaction that stores the report, so any process may answer."""
    sealed = make_report_envelope(room.site)
    paid = pay(room, sealed)
    start, answers = threading.Barrier(6), []

    def try_once() -> None:
        start.wait()
        answers.append(send(room, sealed, paid))

    threads = [threading.Thread(target=try_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.status_code for each in answers} == {201}
    assert len({each.headers["Location"] for each in answers}) == 1
    assert len(room.state()["envelopes"]) == 1


def test_a_wrong_clock_does_not_make_a_used_header_valid_again(room: Room) -> None:
    """If the portal forgot a used header too early, the header would be accepted again later."""
    sealed = make_report_envelope(room.site)
    paid = pay(room, sealed)
    assert send(room, sealed, paid).status_code == 201
    room.client.post("/api/withdraw", data=sealed.keys.withdraw_key)
    assert not expire.expire(room.database, room.settings, room.day + timedelta(3_650)).trusted
    # Bytes that wait for deletion would cause the same refusal, so they are overwritten first.
    deletion.overwrite(room.database)
    assert code(send(room, sealed, paid)) == (403, "work_spent")


def test_a_refusal_for_another_reason_does_not_use_up_the_work(room: Room) -> None:
    """The sender can correct the report and send it with the same work."""
    sealed = make_report_envelope(room.site)
    paid = pay(room, sealed)
    plaintext = bytes(len(sealed.envelope))
    assert code(send(room, sealed, paid, plaintext)) == (400, "not_sealed")
    room.configure(capacity_gb=0.000_001)
    assert code(send(room, sealed, paid)) == (507, "quota_full")
    room.configure(capacity_gb=20)
    assert send(room, sealed, paid).status_code == 201


def fill(room: Room) -> None:
    """Send reports with valid work until the portal refuses one for lack of room today."""
    room.configure(capacity_gb=0.000_5)
    answer = None
    while answer is None or answer.status_code == 201:
        sealed = make_report_envelope(room.site)
        answer = send(room, sealed, pay(room, sealed))
    assert answer.status_code == 507


def wait(room: Room, count: int = 1) -> None:
    room.wait(count)
    room.hour += count * DAY


@pytest.mark.databases_differ
def test_the_cost_rises_after_a_day_with_refusals_and_falls_after_a_day_without_refusals(room: Room) -> None:
    """There are three levels. The cost changes only at midnight."""
    room.configure(work_cost=COSTS)
    seen = []
    for is_full in (False, True, True, True, False, True, False, False, False):
        at_first = offer(room).cost
        if is_full:
            fill(room)
        assert offer(room).cost == at_first, "the cost stays the same within a day"
        seen.append(at_first)
        wait(room)
    assert [*seen, offer(room).cost] == [4, 4, 12, 32, 32, 12, 32, 12, 4, 4]
    fill(room)
    wait(room, 2)
    assert offer(room).cost == 4


def test_work_for_a_puzzle_that_was_offered_before_midnight_is_accepted_at_the_old_cost(room: Room) -> None:
    room.configure(work_cost=COSTS)
    room.hour = days.number(room.day) * DAY + 23
    fill(room)
    sealed = make_report_envelope(room.site)
    paid = pay(room, sealed)
    room.configure(capacity_gb=20)
    room.wait(1)
    room.hour += 1
    assert offer(room).cost == COSTS[1]
    assert send(room, sealed, paid).status_code == 201


def test_refused_requests_without_work_do_not_raise_the_cost(room: Room) -> None:
    """Reports without JavaScript, which need no work, do not raise the cost either."""
    room.configure(work_cost=COSTS, capacity_gb=0.000_5)
    huge = unsent(age.sealed_size(1 << 20))
    headers = {
        "Upload-Length": str(huge.size),
        "Upload-Metadata": upload_metadata(channel=INSPECTORATE.encode()),
    }
    paid = working.offered(offered(room), huge)
    assert code(room.client.post("/api/envelopes", headers={**TUS, **headers, **paid}))[0] == 507
    sealed = make_report_envelope(room.site)
    assert send(room, sealed, pay(room, sealed)).status_code == 201
    assert code(send(room, make_report_envelope(room.site), {})) == (403, "work_missing")
    wait(room)
    assert offer(room).cost == COSTS[0]


def test_used_headers_and_refusals_are_deleted_when_they_no_longer_count(room: Room) -> None:
    """Only hashes and days are stored."""
    room.hour = days.number(room.day) * DAY + 23
    fill(room)
    with room.database.read() as connection:
        rows = [*connection.execute(select(headers_spent.c.day)), *connection.execute(select(refusals.c.day))]
    assert {day for (day,) in rows} == {days.number(room.day)}
    expire.expire(room.database, room.settings, room.wait(1))
    assert kept(room) > 0
    expire.expire(room.database, room.settings, room.wait(1))
    assert kept(room) == 0
    assert room.state()["refusals"] != []
    expire.expire(room.database, room.settings, room.wait(2))
    assert room.state()["refusals"] == []


def hours_found(room: Room) -> set[str]:
    """Return the columns that contain the current or a nearby hour, as a number, as bytes or as text."""
    near = range(room.hour - 2, room.hour + 3)
    words = [
        form for hour in near for form in (hour.to_bytes(4, "big"), hour.to_bytes(4, "little"), b"%d" % hour)
    ]
    words += [work.seed(working.INSTANCE_SEED, room.site.deployment, hour) for hour in near]

    def tells(value: object) -> bool:
        if isinstance(value, int):
            return any(value // unit in near for unit in (1, 3_600, 3_600_000, 3_600_000_000))
        raw = value.encode() if isinstance(value, str) else value
        return isinstance(raw, bytes) and any(word in raw for word in words)

    with room.database.read() as connection:
        return {
            f"{table.name}.{column.name}"
            for table in metadata.sorted_tables
            for column in table.columns
            # Ciphertext may contain any four bytes by chance.
            if column is not chunks.c.data
            and any(tells(value) for value in connection.execute(select(column)).scalars())
        }


@pytest.mark.databases_differ
def test_no_column_contains_the_hour_of_an_event(room: Room) -> None:
    """The test does everything that depends on the hour.

    The control: if the test adds an hour to a column, the search finds the hour.
    """
    room.hour = days.number(room.day) * DAY + 23
    sent, collected, withdrawn = (make_report_envelope(room.site) for _ in range(3))
    assert send(room, collected, pay(room, collected)).status_code == 201
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    for sealed in (sent, withdrawn):
        assert send(room, sealed, pay(room, sealed)).status_code == 201
    room.client.delete(room.begin(make_report_envelope(room.site)), headers=TUS)
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    assert post(room, header() + make_envelope(room.site))[0] == 200
    watch = Watch()
    for half in range(2):
        give_way(watch, room.app.extensions["portal"], half, 1_800.0 * half)
        disk.look(room.app.extensions["portal"], 2 * room.hour + half)
    fill(room)
    filled = {table for table, rows in room.state().items() if rows}
    assert ("disk" in filled) is (room.settings.database_url.get_backend_name() == "sqlite")
    often = {"envelopes", "cases", "withdrawals", "remains", "scriptless", "refusals", "usage", "outboxes"}
    assert filled >= often
    assert hours_found(room) == set()
    with room.database.write() as connection:
        quotas.count(connection, Kind.FOLLOW_UP, room.hour * 3_600)
        connection.execute(
            insert(cases).values(case_id=bytes(32), channel=f"at-{room.hour}", collected=False)
        )
        spent.spend(connection, room.hour.to_bytes(4, "big") * 8, room.day)
    assert hours_found(room) == {"usage.size", "cases.channel", "spent.id"}


def kept(room: Room) -> int:
    with room.database.read() as connection:
        return spent.count(connection)
