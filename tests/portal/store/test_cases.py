"""A case is found and withdrawn only by its own ids."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from portal.store import cases, envelopes, intakes, keyrings
from portal.store.cases import Case
from portal.store.envelopes import OffsetMoved, Unfinished
from portal.store.keyrings import Files, Instance
from portal.store.quotas import Kind
from portal.store.schema import cases as rows
from portal.store.schema import chunks, withdrawals
from portal.store.schema import envelopes as envelope_rows
from tests.support.builders import INSPECTORATE, OUTSIDE
from tests.support.portal_rows import DAY, HOUR, arrived, hashed, kept, report

KEY = bytes(32)


def ids(connection: Connection) -> set[bytes]:
    return {id_ for (id_,) in kept(connection, envelope_rows, "id")}


def test_a_case_is_found_by_its_id_once_its_report_is_complete(connection: Connection) -> None:
    assert cases.find(connection, KEY) is None
    known, half = report(), report()
    arrived(connection, 10, 9, of=half)
    arrived(connection, of=known)
    arrived(connection, of=replace(report(), case_id=known.case_id), day=DAY + timedelta(1))
    assert cases.find(connection, half.case_id) is None
    assert cases.find(connection, known.case_id) == Case(known.memo, DAY, None, collected=False)
    filed = [cases.is_filed(connection, each.withdraw_id) for each in (half, known, report())]
    assert filed == [True, True, False]


def test_an_unknown_withdrawal_changes_nothing(connection: Connection) -> None:
    arrived(connection, of=report())
    arrived(connection)
    cases.withdraw(connection, HOUR, KEY, KEY)
    assert len(ids(connection)) == 2
    assert len(kept(connection, rows, "case_id")) == 1
    assert kept(connection, withdrawals, "case_id") == []


def test_withdrawn_data_is_deleted_and_reported_to_the_inbox_of_its_channel(connection: Connection) -> None:
    """An exported report is kept, but without its memo. Reports by other reporters are not deleted."""
    mine, other = report(), report()
    exported = hashed(connection, of=mine)
    intakes.fill(connection, INSPECTORATE, 1)
    arrived(connection, of=replace(mine, case_id=KEY), channel=OUTSIDE)
    left = {exported, arrived(connection, of=other)}
    cases.withdraw(connection, HOUR, mine.withdraw_id, KEY)
    assert ids(connection) == left
    assert set(kept(connection, envelope_rows, "memo")) == {(None,), (other.memo,)}
    assert kept(connection, rows, "case_id") == [(other.case_id,)]
    assert set(kept(connection, withdrawals, "case_id", "channel", "withdraw_key")) == {
        (mine.case_id, INSPECTORATE, KEY),
        (KEY, OUTSIDE, KEY),
    }


def test_withdrawing_a_second_report_under_a_known_case_id_is_reported_to_the_inbox(
    connection: Connection,
) -> None:
    """The second report opened no case. The withdrawal of an unfinished upload is not reported."""
    known, half = report(), report()
    arrived(connection, of=known)
    again = replace(known, withdraw_id=secrets.token_bytes(32))
    arrived(connection, of=again, channel=OUTSIDE)
    arrived(connection, 10, 9, of=half)
    for each in (half, again):
        cases.withdraw(connection, HOUR, each.withdraw_id, KEY)
    assert kept(connection, withdrawals, "case_id", "channel") == [(known.case_id, OUTSIDE)]
    assert kept(connection, rows, "case_id") == [(known.case_id,)]
    assert len(ids(connection)) == 1


def test_an_upload_grows_only_at_its_end_and_only_up_to_its_declared_size(
    connection: Connection,
) -> None:
    """An unfinished upload keeps the day of its beginning. A complete upload has the day of its last byte."""
    arrived(connection, 10, 9)
    (unfinished,) = envelopes.unfinished(connection)
    assert unfinished == Unfinished(id=unfinished.id, kind=Kind.FOLLOW_UP, size=10, received=9)
    begun = envelopes.find(connection, unfinished.id)
    assert begun
    for moved in (replace(begun, received=8), replace(begun, id=KEY[:16])):
        with pytest.raises(OffsetMoved):
            envelopes.append(connection, moved, b"1", DAY)
    with pytest.raises(OffsetMoved):
        envelopes.append(connection, begun, b"12", DAY)
    later = DAY + timedelta(1)
    grown = envelopes.append(connection, begun, b"1", later)
    assert grown == replace(begun, received=10, begun=later) == envelopes.find(connection, begun.id)
    assert [envelopes.piece(connection, begun.id, at) for at in (0, 9, 10)] == [bytes(9), b"1", b""]
    assert envelopes.unfinished(connection) == []


def test_a_case_is_opened_when_the_last_byte_of_its_report_arrives(connection: Connection) -> None:
    known = report()
    id_ = arrived(connection, 10, 0, of=known)
    arrived(connection, 10, 9, of=report())
    assert kept(connection, chunks, "position") == [(0,)]
    begun = envelopes.find(connection, id_)
    assert begun
    grown = envelopes.append(connection, begun, bytes(9), DAY)
    assert cases.find(connection, known.case_id) is None
    envelopes.append(connection, grown, bytes(1), DAY)
    assert cases.find(connection, known.case_id) == Case(known.memo, DAY, None, collected=False)
    assert len(kept(connection, rows, "case_id")) == 1


def test_only_an_unfinished_upload_that_has_not_grown_meanwhile_is_discarded(connection: Connection) -> None:
    complete, half = arrived(connection), arrived(connection, 10, 5)
    other = arrived(connection, 10, 5)
    assert not envelopes.forget(connection, HOUR, complete)
    assert not envelopes.forget(connection, HOUR, half, 4)
    stalled = [each for each in envelopes.unfinished(connection) if each.id == half]
    assert envelopes.forget_stalled(connection, HOUR, [replace(stalled[0], received=4)]) == 0
    assert envelopes.forget_stalled(connection, HOUR, [replace(stalled[0], id=complete, received=10)]) == 0
    assert ids(connection) == {complete, half, other}
    assert envelopes.forget_stalled(connection, HOUR, stalled) == 1
    assert envelopes.forget(connection, HOUR, other, 5)
    assert not envelopes.forget(connection, HOUR, other)
    assert ids(connection) == {complete}


def test_a_new_keyring_replaces_the_previous_one(connection: Connection) -> None:
    assert keyrings.current(connection) is None
    for serial in (2, 1):
        keyrings.replace(connection, Files(serial, b"raw", bytes(64)))
        assert keyrings.current(connection) == Files(serial, b"raw", bytes(64))
    keys = keyrings.key_pair(connection)
    assert keys == keyrings.lock(connection) == Instance(bytes(32), bytes(32))
