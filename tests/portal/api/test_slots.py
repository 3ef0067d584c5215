"""Requests for slots and withdrawals get answers that look the same, whatever the portal knows."""

import struct
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from crypto import age, casetoken
from crypto.errors import NotForUs
from portal.store.keyrings import lock
from tests.support.builders import Sealed, make_outbox, make_report_envelope, make_slot
from tests.support.portal_room import Room

ANSWER = 18_108


def parts(answer: bytes) -> tuple[int, int, bytes, bytes]:
    """Return the state, day, memo and slot in an answer."""
    state, day = struct.unpack(">BI", answer[:5])
    return state, day, answer[5:65], answer[65:]


def answered(room: Room) -> tuple[Sealed, bytes]:
    """Return a report and its slot. The report was exported, collected and answered."""
    sealed = make_report_envelope(room.site)
    room.send(sealed)
    exported = room.export()
    slot = make_slot(sealed.keys)
    room.bring(make_outbox(room.site, collected=[exported.link], slots={sealed.case_id: slot}))
    return sealed, slot


def locators(room: Room) -> list[bytes]:
    """Return the locators of four cases: unknown, waiting, collected, answered."""
    waiting, collected = make_report_envelope(room.site), make_report_envelope(room.site)
    room.send(collected)
    known, _ = answered(room)
    room.send(waiting)
    return [bytes(32), waiting.keys.locator, collected.keys.locator, known.keys.locator]


def test_slot_answers_have_the_same_length_in_every_state(room: Room) -> None:
    """The status and the headers are also the same."""
    asked = locators(room)
    answers = [room.client.post("/api/slot", data=locator) for locator in asked]
    assert [answer.data[0] for answer in answers] == [0, 1, 2, 2]
    assert {len(answer.data) for answer in answers} == {ANSWER}
    assert {answer.status_code for answer in answers} == {200}
    assert len({str(answer.headers) for answer in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_an_unknown_locator_gets_an_answer_with_filler(room: Room) -> None:
    """The state and the day are zero. The slot looks normal, but nobody can open it."""
    state, day, memo, slot = parts(room.slot(bytes(32)))
    assert (state, day) == (0, 0)
    age.check_profile(slot)
    assert (memo, slot) != parts(room.slot(bytes(32)))[2:]


def test_a_report_counts_as_waiting_until_the_inbox_has_collected_it(room: Room) -> None:
    """The state in the answer is 1. The day is the day of arrival, and the memo is the reporter's memo."""
    sealed = make_report_envelope(room.site)
    room.send(sealed)
    room.wait(3)
    state, day, memo, slot = parts(room.slot(sealed.keys.locator))
    assert (state, memo) == (1, sealed.memo)
    assert day == (room.day.toordinal() - 3) - 719_163
    age.check_profile(slot)
    with pytest.raises(NotForUs):
        age.unseal_bytes(slot, [sealed.keys.reply_identity])


@pytest.mark.databases_differ
def test_an_answer_reaches_the_reporter(room: Room) -> None:
    """After the import of the outbox, the state is 2. The reporter's key opens the slot."""
    sealed, slot = answered(room)
    state, _, memo, found = parts(room.slot(sealed.keys.locator))
    assert (state, memo, found) == (2, sealed.memo, slot)
    assert len(age.unseal_bytes(found, [sealed.keys.reply_identity])) == 16_384


@pytest.mark.databases_differ
def test_the_same_queries_run_for_every_locator(room: Room) -> None:
    """The queries do not depend on the state of the case."""
    known, queries = locators(room), []

    def note(*arguments: object) -> None:
        queries.append(str(arguments[2]))

    event.listen(room.database._engine, "before_cursor_execute", note)
    asked = []
    for locator in known:
        queries.clear()
        room.slot(locator)
        asked.append(list(queries))
    assert asked[0]
    assert asked == [asked[0]] * len(known)


@pytest.mark.parametrize("body", [b"", bytes(31), bytes(33), bytes(1_000_000)])
@pytest.mark.parametrize("path", ["/api/slot", "/api/withdraw"])
def test_a_body_of_the_wrong_length_is_refused(room: Room, path: str, body: bytes) -> None:
    """A locator or withdraw key must have exactly 32 bytes. With any other length, nothing is looked up."""
    answer = room.client.post(path, data=body)
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "wrong_length")


def test_a_locator_in_a_url_is_never_read(room: Room) -> None:
    """Secrets are accepted only in the bodies of requests."""
    answer = room.client.get("/api/slot")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")


def withdraw(room: Room, key: bytes) -> None:
    answer = room.client.post("/api/withdraw", data=key)
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.databases_differ
def test_a_withdrawal_deletes_data_that_was_not_exported(room: Room) -> None:
    """The case, the envelope and its bytes are deleted. The withdraw key waits for the inbox."""
    sealed, other = make_report_envelope(room.site), make_report_envelope(room.site)
    room.send(other)
    before = room.state()
    room.send(sealed)
    withdraw(room, sealed.keys.withdraw_key)
    after = dict(room.state())
    assert after.pop("withdrawals") == [(sealed.keys.case_id, sealed.keys.withdraw_key, sealed.channel, None)]
    assert after == {name: rows for name, rows in before.items() if name != "withdrawals"}
    assert parts(room.slot(sealed.keys.locator))[0] == 0


def test_an_exported_envelope_is_kept_after_its_withdrawal_until_the_inbox_confirms_it(room: Room) -> None:
    """The case is deleted immediately."""
    sealed = make_report_envelope(room.site)
    room.send(sealed)
    room.export()
    assert sealed.memo in cells(room)
    withdraw(room, sealed.keys.withdraw_key)
    assert room.state()["cases"] == []
    assert len(room.state()["envelopes"]) == 1
    assert sealed.memo not in cells(room)
    exported = room.export()
    assert [each.withdraw_key for each in exported.intake.withdrawn] == [sealed.keys.withdraw_key]


def cells(room: Room) -> list[object]:
    """Return all values of all tables."""
    return [cell for rows in room.state().values() for row in rows for cell in row]


def test_an_unknown_key_withdraws_nothing(room: Room) -> None:
    """The answer is the same as for a known key, but nothing is deleted."""
    room.send(make_report_envelope(room.site))
    before = room.state()
    withdraw(room, bytes(32))
    assert room.state() == before


@pytest.mark.databases_differ
def test_a_withdrawal_with_an_unknown_key_neither_waits_for_the_database_nor_writes_to_it(room: Room) -> None:
    """Otherwise, the timing of such requests would reveal when a bundle is imported."""
    statements: list[str] = []
    with room.database.write() as connection:
        lock(connection)
        event.listen(Engine, "before_cursor_execute", hear := lambda *given: statements.append(given[2]))
        withdraw(room, bytes(32))
        event.remove(Engine, "before_cursor_execute", hear)
    assert statements
    assert all(each.startswith(("SELECT", "BEGIN", "PRAGMA")) for each in statements)
    assert not any("FOR UPDATE" in each or "IMMEDIATE" in each for each in statements)


def test_a_stranger_with_the_same_case_id_cannot_withdraw_the_case(room: Room) -> None:
    """A withdraw key deletes only envelopes with its own withdraw id.

    The inbox gets both keys and decides which withdrawal is valid.
    """
    true = make_report_envelope(room.site)
    room.send(true)
    key = bytes(range(32))
    other = make_report_envelope(room.site)
    room.send(replace(other, case_id=true.case_id, withdraw_id=casetoken.withdraw_id(key)))
    withdraw(room, key)
    assert parts(room.slot(true.keys.locator))[:1] == (1,)
    withdraw(room, true.keys.withdraw_key)
    assert {row[1] for row in room.state()["withdrawals"]} == {key, true.keys.withdraw_key}
    assert room.state()["envelopes"] == []
