"""The rules of automatic deletion. Data that the inbox has not confirmed is never deleted."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from crypto import base64url
from portal import days
from portal.days import today
from portal.exchange import expire
from portal.exchange.expire import Expired
from portal.store import envelopes, expiry, keyrings, work
from portal.store.envelopes import Upload
from portal.store.expiry import SPREAD_DAYS, Term
from portal.store.keyrings import Files
from tests.support.builders import Sealed, make_keyring, make_outbox, make_report_envelope
from tests.support.portal_room import SITE, TUS, Room, filed, slots
from tests.support.portal_server import Server

DECADE = 3_650


def expired(room: Room, days_later: int = 0) -> Expired:
    """Let days pass, delete the expired data, and return the deleted data."""
    room.publish(make_keyring(room.site, 9, day=room.wait(days_later)))
    return expire.expire(room.database, room.settings, room.day)


def collected(room: Room, *cases: Sealed, closed: bool = False) -> None:
    """Export everything and import an outbox that confirms it.

    With ``closed``, a second outbox closes the cases.
    """
    first = make_outbox(room.site, collected=[room.export().link], slots=slots(*cases))
    room.bring(first)
    if closed:
        ids = [case.case_id for case in cases]
        room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, closed=ids))


def test_unconfirmed_data_never_expires(room: Room) -> None:
    """After ten years, the portal still has waiting and exported envelopes, and an unconfirmed withdrawal."""
    exported, withdrawn = filed(room), filed(room)
    room.export()
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    filed(room)
    before = {name: rows for name, rows in room.state().items() if name != "keyring"}
    assert expired(room, DECADE) == Expired(uploads=0)
    assert before == {name: rows for name, rows in room.state().items() if name != "keyring"}
    assert room.slot(exported.keys.locator)[0] == 1


def test_a_closed_case_is_kept_until_the_inbox_confirms_its_report(room: Room) -> None:
    """The report might still be lost, so no outbox can delete its case."""
    case = filed(room)
    room.export()
    first = make_outbox(room.site, slots=slots(case))
    room.bring(first)
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, closed=[case.case_id]))
    assert expired(room, DECADE).cases == 0
    assert room.slot(case.keys.locator)[0] == 1


def test_an_open_case_is_never_deleted(room: Room) -> None:
    case = filed(room)
    collected(room, case)
    assert expired(room, DECADE) == Expired(uploads=0, remains=1)
    assert room.slot(case.keys.locator)[0] == 2


@pytest.mark.databases_differ
def test_a_closed_case_is_deleted_after_its_period(room: Room) -> None:
    """The case is deleted after the configured days, and at most a week later."""
    case = filed(room)
    collected(room, case, closed=True)
    assert expired(room, room.settings.closed_days - 1).cases == 0
    assert room.slot(case.keys.locator)[0] == 2
    assert expired(room, 1 + SPREAD_DAYS).cases == 1
    assert room.slot(case.keys.locator)[0] == 0


def test_a_reopened_case_is_not_deleted(room: Room) -> None:
    """A new slot after the closing removes the day of deletion."""
    case = filed(room)
    first = make_outbox(room.site, collected=[room.export().link], slots=slots(case))
    second = make_outbox(room.site, n=2, previous=first.manifest.hash, closed=[case.case_id])
    third = make_outbox(room.site, n=3, previous=second.manifest.hash, slots=slots(case))
    for outbox in (first, second, third):
        room.bring(outbox)
    assert expired(room, DECADE).cases == 0


def test_a_slot_that_arrives_with_the_closing_does_not_postpone_the_deletion(room: Room) -> None:
    """Such a slot contains the old answer, sealed to another key."""
    case = filed(room)
    told = {"slots": slots(case), "closed": [case.case_id]}
    first = make_outbox(room.site, collected=[room.export().link], **told)
    room.bring(first)
    before = room.state()["cases"][0]
    room.wait(40)
    told = {"slots": slots(case), "closed": [case.case_id]}
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, **told))
    after = room.state()["cases"][0]
    assert (True, False) == (before[-2] == after[-2] is not None, before[-1] == after[-1])


def test_the_day_of_deletion_is_drawn_only_once(room: Room) -> None:
    """An outbox that repeats the closing changes nothing."""
    case = filed(room)
    previous = make_outbox(room.site, collected=[room.export().link], slots=slots(case))
    room.bring(previous)
    found = set()
    for n in range(2, 12):
        previous = make_outbox(room.site, n=n, previous=previous.manifest.hash, closed=[case.case_id])
        room.bring(previous)
        found |= {row[-2] for row in room.state()["cases"]}
    assert len(found) == 1


def test_days_of_deletion_are_spread_over_a_week() -> None:
    """A case is deleted on the first possible day or on one of the next seven days, and on no other day."""
    drawn = Counter(Term(date(2026, 1, 1), 14).draw() for _ in range(4_000))
    first = days.number(date(2026, 1, 15))
    assert set(drawn) == set(range(first, first + SPREAD_DAYS + 1))
    assert min(drawn.values()) > 250


def test_a_client_can_still_see_that_its_confirmed_envelope_arrived(room: Room) -> None:
    """HEAD shows the full offset.

    Nothing can be added or deleted. Later, the address of the envelope is unknown.
    """
    sealed = make_report_envelope(room.site)
    address = room.send(sealed).headers["Location"]
    collected(room, sealed)
    assert room.state()["envelopes"] == room.state()["chunks"] == []
    expired(room, room.settings.collected_days - 1)
    answer = room.client.head(address, headers=TUS)
    size = str(len(sealed.envelope))
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == (size, size)
    assert "Upload-Expires" not in answer.headers
    assert room.client.delete(address, headers=TUS).status_code == 403
    assert room.patch(address, 0, b"more").status_code == 409
    assert expired(room, 1 + SPREAD_DAYS).remains == 1
    assert room.client.head(address, headers=TUS).status_code == 404


def test_only_the_id_and_size_of_a_confirmed_envelope_remain(room: Room) -> None:
    """The portal forgets the envelope's channel, its case and the day of its arrival."""
    sealed = make_report_envelope(room.site)
    address = room.send(sealed).headers["Location"]
    collected(room, sealed)
    ((envelope_id, size, expires),) = room.state()["remains"]
    assert (base64url.encode(envelope_id), size) == (address.rsplit("/", 1)[1], len(sealed.envelope))
    assert 0 <= expires - days.number(room.day) - room.settings.collected_days <= SPREAD_DAYS


@pytest.mark.databases_differ
def test_abandoned_uploads_are_deleted_after_the_configured_days(room: Room) -> None:
    """Complete uploads stay."""
    room.send(make_report_envelope(room.site))
    kept = room.state()["envelopes"]
    room.begin(make_report_envelope(room.site))
    assert expired(room, 3).uploads == 0
    assert expired(room, 1).uploads == 1
    assert room.state()["envelopes"] == kept


def test_an_upload_that_grows_slowly_is_deleted_after_the_same_number_of_days(room: Room) -> None:
    """The days are counted from the beginning of the upload.

    An upload that is complete by the end of these days is kept.
    """
    finished = make_report_envelope(room.site)
    kept, dripped = room.begin(finished), room.begin(make_report_envelope(room.site))
    for offset in range(room.settings.upload_days):
        assert expired(room, 1).uploads == 0
        assert room.patch(dripped, offset, b"a").status_code == 204
    assert room.patch(kept, 0, finished.envelope).status_code == 204
    room.wait(1)
    assert room.patch(dripped, room.settings.upload_days, b"a").status_code == 404
    assert expired(room).uploads == 1
    ((_, _, size, received, day, *_),) = room.state()["envelopes"]
    assert (received, day) == (size, days.number(room.day - timedelta(1)))


def test_used_headers_are_deleted_only_when_nobody_can_use_them_again(room: Room) -> None:
    """A header can be used until the seed of its puzzle expires."""
    filed(room)
    for days_later, left in ((0, 1), (2, 0)):
        expired(room, days_later)
        with room.database.read() as connection:
            assert work.count(connection) == left


@pytest.mark.databases_differ
def test_the_newest_confirmed_bundle_is_remembered(room: Room) -> None:
    """The next bundle refers to the hash of the confirmed bundle.

    Unconfirmed bundles keep their manifests.
    """
    made = []
    for _ in range(4):
        filed(room)
        made.append(room.export())
    room.bring(make_outbox(room.site, collected=[each.link for each in made[:2]]))
    expired(room)
    assert [row[1] for row in room.state()["intakes"]] == [3, 4]
    room.bring(
        make_outbox(
            room.site,
            n=2,
            previous=room.state()["outboxes"][0][2],
            collected=[each.link for each in made],
        )
    )
    expired(room)
    assert [row[1:4] for row in room.state()["intakes"]] == [(4, made[3].link.hash, None)]
    assert room.export().intake.previous == made[3].link.hash


def test_no_reply_is_deleted_if_the_clock_is_wrong(room: Room) -> None:
    """If the keyring is not valid on that day, only abandoned uploads are deleted.

    Later, deletion works as usual.
    """
    case = filed(room)
    collected(room, case, closed=True)
    for jump in (DECADE, -DECADE):
        unfinished = room.begin(make_report_envelope(room.site))
        later = room.wait(jump)
        assert expire.expire(room.database, room.settings, later) == Expired(
            uploads=int(jump > 0), trusted=False
        )
        room.wait(-jump)
        room.client.delete(unfinished, headers=TUS)
    assert room.slot(case.keys.locator)[0] == 2
    assert expired(room, room.settings.closed_days + SPREAD_DAYS).cases == 1


@pytest.mark.databases_differ
def test_simultaneous_runs_delete_everything_exactly_once(room: Room) -> None:
    """Nothing fails, even while reports arrive."""
    gone = [filed(room) for _ in range(6)]
    collected(room, *gone, closed=True)
    room.publish(make_keyring(room.site, 9, day=room.wait(room.settings.closed_days + SPREAD_DAYS)))

    def once(_: int) -> Expired:
        return expire.expire(room.database, room.settings, room.day)

    with ThreadPoolExecutor(4) as pool:
        sent = pool.submit(lambda: [room.send(make_report_envelope(room.site)).status_code for _ in range(6)])
        found = list(pool.map(once, range(3)))
    assert (sum(each.cases for each in found), sum(each.remains for each in found)) == (6, 6)
    assert sent.result() == [201] * 6
    assert once(0) == Expired(uploads=0)


def test_portal_expire_reports_what_it_deleted(tmp_path: Path) -> None:
    """The output is one line, or JSON.

    A second run deletes nothing. The option --rewrite rewrites the database.
    """
    server = Server(tmp_path, 1).make(upload_days=1)
    with server.store() as store, store.write() as connection:
        begun = Upload(id=bytes(16), channel="x", size=9, received=0, begun=today() - timedelta(2))
        envelopes.begin(connection, begun, None, b"")
    told = "deleted: {} unfinished uploads, 0 closed cases, traces of 0 confirmed envelopes\n"
    assert server.run("expire") == told.format(1)
    before = (tmp_path / "portal.sqlite").stat().st_mtime_ns
    assert server.run("expire", "--rewrite") == told.format(0)
    assert (tmp_path / "portal.sqlite").stat().st_mtime_ns > before
    assert json.loads(server.run("expire", "--json")) == {
        "uploads": 0,
        "remains": 0,
        "cases": 0,
        "trusted": True,
    }


def test_portal_expire_says_that_the_clock_may_be_wrong(tmp_path: Path) -> None:
    """If the keyring is not valid today, the command keeps replies and says what to do."""
    server = Server(tmp_path, 1).make()
    with server.store() as store, store.write() as connection:
        old = make_keyring(SITE, day=today() - timedelta(60))
        keyrings.replace(connection, Files(old.value.serial, old.raw, old.signature))
    assert "hint: set this machine's clock" in server.run("expire")


def test_a_large_database_is_rewritten_only_on_request(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports would have to wait for a rewrite. Deleted bytes are always overwritten."""
    monkeypatch.setattr(expire, "SMALL", 0)
    filed(room)
    before = room.state()
    expire.tidy(room.database)
    assert room.state() == before
    room.database.rewrite()
    assert room.state() == before


@pytest.mark.databases_differ
def test_overdue_data_is_counted(room: Room) -> None:
    """`portal doctor` reports overdue rows, but not their number. `portal expire` deletes these rows."""
    case = filed(room)
    collected(room, case, closed=True)
    room.begin(make_report_envelope(room.site))
    later = room.wait(room.settings.closed_days + SPREAD_DAYS)
    with room.database.read() as connection:
        assert expiry.overdue(connection, later, room.settings.upload_days) == 3
    expired(room)
    with room.database.read() as connection:
        assert expiry.overdue(connection, later, room.settings.upload_days) == 0
