"""Outbox bundles, on both databases: each is applied completely or not at all, only once, and in order."""

import secrets
from dataclasses import replace

import pytest

from crypto import casetoken
from crypto.bundle import Link
from portal import days
from portal.exchange.keyrings import Outcome
from tests.support.builders import INSPECTORATE, OUTSIDE, make_keyring, make_outbox, make_report_envelope
from tests.support.portal_room import Room, filed, refused, slots


@pytest.mark.databases_differ
def test_an_outbox_brings_slots_and_deletes_confirmed_envelopes(room: Room) -> None:
    """Newer envelopes stay. The cases of the confirmed bundle count as collected."""
    collected = filed(room)
    exported = room.export()
    newer = filed(room)
    room.export()
    outbox = make_outbox(room.site, collected=[exported.link], slots=slots(collected))
    imported = room.bring(outbox)
    assert (imported.applied, imported.confirmed, imported.outcome) == (True, 1, Outcome.KNOWN)
    assert room.slot(collected.keys.locator)[0] == 2
    assert room.slot(newer.keys.locator)[0] == 1
    assert [row[5] for row in room.state()["envelopes"]] == [newer.case_id]
    assert room.state()["outboxes"] == [
        (
            INSPECTORATE,
            1,
            outbox.manifest.hash,
            outbox.manifest.raw,
            outbox.manifest.signature,
            days.number(room.day),
            False,
        )
    ]


def test_the_manifest_of_a_confirmed_bundle_is_deleted(room: Room) -> None:
    """Only the number and the hash of the bundle remain, without case ids and days."""
    filed(room)
    exported = room.export()
    room.bring(make_outbox(room.site, collected=[exported.link]))
    assert room.state()["intakes"] == [(INSPECTORATE, 1, exported.link.hash, None, None)]


def test_an_outbox_that_was_already_applied_changes_nothing(room: Room) -> None:
    """The import reports that it applied nothing, even after newer outboxes were applied."""
    case = filed(room)
    first = make_outbox(room.site, slots=slots(case))
    second = make_outbox(room.site, n=2, previous=first.manifest.hash, slots=slots(case))
    room.bring(first)
    room.bring(second)
    before = room.state()
    for outbox in (first, second):
        assert room.bring(outbox).applied is False
    assert room.state() == before


def test_a_newer_outbox_replaces_slots(room: Room) -> None:
    """A reporter always gets the newest slot."""
    case = filed(room)
    first = make_outbox(room.site, slots=slots(case))
    room.bring(first)
    newest = slots(case)
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, slots=newest))
    assert room.slot(case.keys.locator)[65:] == newest[case.case_id]


def test_each_channel_numbers_its_outboxes_separately(room: Room) -> None:
    for channel in (INSPECTORATE, OUTSIDE):
        assert room.bring(make_outbox(room.site, channel)).applied


@pytest.mark.databases_differ
def test_a_rebuilt_portal_accepts_any_number_in_its_first_outbox(room: Room) -> None:
    """Cases that the portal does not know are accepted and count as collected."""
    case = make_report_envelope(room.site)
    brought = slots(case)
    room.bring(make_outbox(room.site, n=12, previous=secrets.token_bytes(32), slots=brought))
    answer = room.slot(case.keys.locator)
    assert (answer[0], answer[1:5], answer[65:]) == (2, bytes(4), brought[case.case_id])


@pytest.mark.databases_differ
def test_a_slot_does_not_restore_a_withdrawn_case(room: Room) -> None:
    """The portal ignores slots for the case until the inbox confirms the withdrawal."""
    case, other = filed(room), filed(room)
    room.client.post("/api/withdraw", data=case.keys.withdraw_key)
    room.export()
    room.bring(make_outbox(room.site, slots=slots(case, other)))
    assert room.slot(case.keys.locator)[0] == 0
    assert room.slot(other.keys.locator)[0] == 1
    assert len(room.state()["withdrawals"]) == 1


@pytest.mark.parametrize("channel", [INSPECTORATE, OUTSIDE])
def test_a_withdrawal_by_a_stranger_does_not_block_the_slot_of_a_case(room: Room, channel: str) -> None:
    """A stranger can send and withdraw a report under a known case id.

    The genuine case still gets its answer.
    """
    true, key = filed(room), bytes(range(32))
    other = make_report_envelope(room.site, channel)
    room.send(replace(other, case_id=true.case_id, withdraw_id=casetoken.withdraw_id(key)))
    room.client.post("/api/withdraw", data=key)
    assert len(room.state()["withdrawals"]) == 1
    brought = slots(true)
    assert room.bring(make_outbox(room.site, slots=brought)).applied
    assert room.slot(true.keys.locator)[65:] == brought[true.case_id]
    assert room.bring(make_outbox(room.site, OUTSIDE, slots=slots(true))).left_out == 1
    assert room.slot(true.keys.locator)[65:] == brought[true.case_id]


def test_cases_of_another_channel_are_skipped(room: Room) -> None:
    """No inbox can change the cases of another inbox through slots, closings or withdrawals."""
    own, foreign, withdrawn = filed(room), filed(room, OUTSIDE), filed(room, OUTSIDE)
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    before = [each for each in room.state()["cases"] if own.case_id not in each]
    brought = slots(own, foreign, withdrawn)
    imported = room.bring(make_outbox(room.site, slots=brought, closed=[foreign.case_id]))
    assert (imported.applied, imported.left_out) == (True, 2)
    assert room.slot(own.keys.locator)[65:] == brought[own.case_id]
    assert before == [each for each in room.state()["cases"] if own.case_id not in each]


def test_a_case_filed_with_two_channels_does_not_block_an_outbox(room: Room) -> None:
    """The second channel's slot for this case is skipped. All other slots are stored."""
    entropy = casetoken.generate()
    twice = make_report_envelope(room.site, entropy=entropy)
    room.send(twice)
    room.send(make_report_envelope(room.site, OUTSIDE, entropy=entropy))
    other = filed(room, OUTSIDE)
    brought = slots(twice, other)
    assert room.bring(make_outbox(room.site, OUTSIDE, slots=brought)).left_out == 1
    assert room.slot(other.keys.locator)[65:] == brought[other.case_id]


def test_a_confirmed_withdrawal_is_deleted(room: Room) -> None:
    """The inbox has received the withdraw key."""
    case = filed(room)
    room.client.post("/api/withdraw", data=case.keys.withdraw_key)
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    assert room.state()["withdrawals"] == []


def test_confirming_an_unknown_bundle_deletes_nothing(room: Room) -> None:
    """The number and the hash must match, because a bundle of an earlier portal may have the same number."""
    filed(room)
    exported = room.export()
    strangers = [Link(1, secrets.token_bytes(32)), Link(2, exported.link.hash), Link(9, bytes(32))]
    assert room.bring(make_outbox(room.site, collected=strangers)).confirmed == 0
    assert len(room.state()["envelopes"]) == 1


def test_one_channel_cannot_confirm_bundles_of_another(room: Room) -> None:
    filed(room)
    exported = room.export()
    assert room.bring(make_outbox(room.site, OUTSIDE, collected=[exported.link])).confirmed == 0
    assert len(room.state()["envelopes"]) == 1


def test_closed_cases_keep_their_slot(room: Room) -> None:
    """Reporters can still read the last answer. A newer slot reopens the case."""
    case = filed(room)
    first = make_outbox(room.site, slots=slots(case))
    room.bring(first)
    second = make_outbox(room.site, n=2, previous=first.manifest.hash, closed=[case.case_id])
    room.bring(second)
    (row,) = room.state()["cases"]
    assert len(row[-1]) == 18_043
    assert row[-2] is not None
    room.bring(make_outbox(room.site, n=3, previous=second.manifest.hash, slots=slots(case)))
    assert room.state()["cases"][0][-2] is None


@pytest.mark.databases_differ
def test_an_outbox_can_bring_a_newer_keyring_but_not_an_older_one(room: Room) -> None:
    newer, older = make_keyring(room.site, 5), make_keyring(room.site, 4)
    first = make_outbox(room.site, signed=newer)
    assert room.bring(first).outcome is Outcome.TAKEN
    second = make_outbox(room.site, n=2, previous=first.manifest.hash, signed=older)
    assert room.bring(second).outcome is Outcome.OLDER
    assert room.client.get("/keyring.json").data == newer.raw
    assert room.client.get("/keyring.sig").data == newer.signature


def test_an_outbox_may_be_signed_by_a_key_in_its_own_keyring(room: Room) -> None:
    """The keyring must be newer. An outbox can therefore renew a reply key."""
    renewed = replace(room.site.inspectorate, reply_seed=secrets.token_bytes(32))
    bodies = [renewed, room.site.outside]
    seed = renewed.reply_seed
    refused(
        room,
        make_outbox(room.site, signed=make_keyring(room.site, 1, bodies=bodies), reply_seed=seed),
        "not signed by a reply key",
    )
    newer = make_keyring(room.site, 2, bodies=bodies)
    assert room.bring(make_outbox(room.site, signed=newer, reply_seed=seed)).applied
