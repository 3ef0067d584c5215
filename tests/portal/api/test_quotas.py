"""What is full is refused by kind, by what was declared, in any race; nothing stored goes for it."""

import secrets
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto import age
from portal.api.quotas import SHARES
from portal.exchange import expire
from portal.store import days
from portal.store import quotas as sums
from portal.store.quotas import TEXT, Kind, Usage
from portal.store.schema import envelopes
from tests.support.builders import (
    INSPECTORATE,
    make_envelope,
    make_outbox,
    make_report_envelope,
    upload_metadata,
)
from tests.support.portal_room import TUS, Room, State, code
from tests.support.sealed_files import header, post
from tests.support.work import unsent, work

LARGE = age.sealed_size(1_048_576)
PAID = [kind for kind in Kind if kind is not Kind.SCRIPTLESS]


def limit(room: Room, kind: Kind, size: int) -> None:
    """Give the portal room for so many bytes of a kind, and for the others in proportion."""
    room.configure(capacity_gb=(size + 1) / SHARES[kind] / 10**9)


def begin(room: Room, kind: Kind, size: int = 0) -> TestResponse:
    """Declare an envelope of a kind without sending any of it; a text or 1 MiB unless its size is given."""
    size = size or (LARGE if kind in {Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES} else TEXT)
    values = {"channel": INSPECTORATE.encode()}
    if kind in {Kind.REPORT, Kind.REPORT_WITH_FILES}:
        values |= {"case": secrets.token_bytes(32), "memo": bytes(60), "withdraw": bytes(32)}
    headers = {"Upload-Length": str(size), "Upload-Metadata": upload_metadata(**values)}
    return room.client.post("/api/envelopes", headers={**TUS, **headers, **work(room.site, unsent(size))})


@pytest.mark.parametrize("flooded", PAID)
def test_a_flood_of_one_kind_stops_that_kind_alone(sqlite_room: Room, flooded: Kind) -> None:
    """What only was declared counts in full."""
    sqlite_room.configure(capacity_gb=0.03)
    refused = None
    while refused is None:
        answer = begin(sqlite_room, flooded)
        refused = None if answer.status_code == 201 else answer
    files = flooded in {Kind.REPORT_WITH_FILES, Kind.FOLLOW_UP_WITH_FILES}
    assert code(refused) == (507, "quota_full_files" if files else "quota_full")
    assert refused.headers["Retry-After"] == "3600"
    for other in set(PAID) - {flooded}:
        assert begin(sqlite_room, other).status_code == 201
    assert scriptless(sqlite_room) == 200
    assert code(begin(sqlite_room, flooded))[0] == 507


def noted(room: Room) -> State:
    """Return what a refusal leaves: that there was one today (SPEC 7.6)."""
    return {"refusals": [(days.number(room.day), 0)]}


def test_a_refused_envelope_leaves_nothing_but_that_today_there_was_one(room: Room) -> None:
    limit(room, Kind.REPORT, TEXT)
    assert room.send(make_report_envelope(room.site)).status_code == 201
    before = room.state()
    assert code(room.send(make_report_envelope(room.site))) == (507, "quota_full")
    assert room.state() == {**before, **noted(room)}


def test_only_so_many_uploads_of_a_kind_are_unfinished(room: Room) -> None:
    """A text in one request is none of them; a whole upload makes room for another."""
    room.configure(unfinished_uploads=2)
    first = make_report_envelope(room.site)
    address = room.begin(first)
    assert begin(room, Kind.REPORT).status_code == 201
    refused = begin(room, Kind.REPORT)
    assert code(refused) == (503, "too_many_uploads")
    assert room.send(make_report_envelope(room.site)).status_code == 201
    assert begin(room, Kind.REPORT_WITH_FILES).status_code == 201
    assert room.patch(address, 0, first.envelope).status_code == 204
    assert begin(room, Kind.REPORT).status_code == 201


def test_what_was_only_declared_takes_half_of_a_share(room: Room) -> None:
    """Smaller envelopes have the other half; one that is given up makes room for another."""
    large = age.sealed_size(32 << 20)
    limit(room, Kind.REPORT_WITH_FILES, 4 * large)
    address = begin(room, Kind.REPORT_WITH_FILES, large).headers["Location"]
    assert begin(room, Kind.REPORT_WITH_FILES, large).status_code == 201
    before = room.state()
    assert code(begin(room, Kind.REPORT_WITH_FILES, large)) == (507, "quota_full_files")
    assert room.state() == {**before, **noted(room)}
    assert begin(room, Kind.REPORT_WITH_FILES).status_code == 201
    assert room.client.delete(address, headers=TUS).status_code == 204
    assert code(begin(room, Kind.REPORT_WITH_FILES, large)) == (507, "quota_full_files")
    smaller = age.sealed_size(24 << 20)
    assert begin(room, Kind.REPORT_WITH_FILES, smaller).status_code == 201


def test_the_last_room_is_given_once(room: Room) -> None:
    """Of many at once as many are taken as fit, and the sums are right afterwards."""
    limit(room, Kind.REPORT, 5 * TEXT)
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
    assert used(room)[Kind.REPORT] == Usage(5 * TEXT, 0)


def used(room: Room) -> dict[Kind, Usage]:
    with room.database.read() as connection:
        return dict(sums.used(connection))


def counted(room: Room) -> dict[Kind, Usage]:
    """Return what the sums should be."""
    found = {kind: Usage() for kind in Kind}
    with room.database.read() as connection:
        for row in connection.execute(select(envelopes)):
            kind = Kind.of(row.size, begins_case=row.case_id is not None, scriptless=row.scriptless)
            missing = row.received < row.size
            found[kind] += Usage(row.size, int(missing), row.size if missing else 0)
    return found


def test_sums_follow_the_rows(room: Room) -> None:
    """Sent, begun, finished, given up, refused, withdrawn, collected, expired: room comes back each time."""
    collected, withdrawn, finished = (make_report_envelope(room.site) for _ in range(3))
    room.send(collected)
    room.follow_up(make_envelope(room.site, size=1_048_576))
    outbox = make_outbox(room.site, collected=[room.export().link])
    room.send(withdrawn)
    address = room.begin(finished)
    assert scriptless(room) == 200
    for kind in PAID:
        given_up = begin(room, kind)
        begin(room, kind)
        assert used(room) == counted(room)
        room.client.delete(given_up.headers["Location"], headers=TUS)
    assert used(room) == counted(room)
    room.patch(address, 0, finished.envelope)
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    assert used(room) == counted(room)
    assert used(room)[Kind.REPORT] == Usage(3 * TEXT, 1, TEXT)
    room.bring(outbox)
    assert used(room) == counted(room)
    expire.expire(room.database, room.settings, room.day + timedelta(days=9))
    left = {Kind.REPORT: Usage(TEXT), Kind.SCRIPTLESS: Usage(TEXT)}
    assert used(room) == counted(room) == {kind: Usage() for kind in Kind} | left


def test_what_is_collected_makes_room(room: Room) -> None:
    limit(room, Kind.REPORT, TEXT)
    room.send(make_report_envelope(room.site))
    assert code(room.send(make_report_envelope(room.site))) == (507, "quota_full")
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    assert room.send(make_report_envelope(room.site)).status_code == 201


def test_a_disk_that_others_fill_is_respected(sqlite_room: Room) -> None:
    """Whatever the configuration says, so much stays free."""
    assert begin(sqlite_room, Kind.REPORT).status_code == 201
    sqlite_room.configure(spare_gb=900_000)
    assert code(begin(sqlite_room, Kind.REPORT)) == (507, "quota_full")


def scriptless(room: Room) -> int:
    """Send a follow-up by the way without script; return the status of the answer."""
    return post(room, header() + make_envelope(room.site))[0]


def test_the_way_without_script_has_a_share_of_each_day(room: Room) -> None:
    """It passes when other kinds are full, takes a hundredth of all, and is open again the next day."""
    room.configure(capacity_gb=2.5 * TEXT * 100 / 10**9)
    while room.follow_up(make_envelope(room.site)).status_code == 201:
        pass
    before = room.state()
    assert [scriptless(room) for _ in range(3)] == [200, 200, 507]
    assert len(room.state()["envelopes"]) == len(before["envelopes"]) + 2
    room.wait(1)
    assert scriptless(room) == 200
    assert used(room) == counted(room)
    limit(room, Kind.REPORT, TEXT)
    assert scriptless(room) == 507


def test_a_flood_without_script_takes_no_room_of_who_pays(room: Room) -> None:
    """However many days it lasts, it has its own share and no more; what is collected makes room in that."""
    room.configure(capacity_gb=TEXT * 201 / 10**9)
    while scriptless(room) == 200:
        while scriptless(room) == 200:
            pass
        room.wait(1)
    assert used(room)[Kind.SCRIPTLESS] == Usage(20 * TEXT)
    for kind in PAID:
        assert used(room)[kind] == Usage()
        assert begin(room, kind).status_code == 201
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    assert used(room)[Kind.SCRIPTLESS] == Usage()
    assert scriptless(room) == 200


def test_the_shares_are_the_whole() -> None:
    """No kind can take what belongs to another."""
    assert set(SHARES) == set(Kind)
    assert sum(SHARES.values()) == pytest.approx(1)
