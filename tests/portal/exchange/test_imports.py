"""Outbox bundles, on both databases: applied completely, once, in order, from the right signer, or not."""

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
def test_a_bundle_brings_slots_and_deletes_collected_envelopes(room: Room) -> None:
    """Envelopes of the confirmed bundle are deleted, newer ones stay, and its cases count as collected."""
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
        )
    ]


def test_the_manifest_of_a_confirmed_bundle_is_forgotten(room: Room) -> None:
    """Case ids and days of collected envelopes are gone; number and hash remain."""
    filed(room)
    exported = room.export()
    room.bring(make_outbox(room.site, collected=[exported.link]))
    assert room.state()["intakes"] == [(INSPECTORATE, 1, exported.link.hash, None, None)]


def test_the_same_bundle_again_changes_nothing_and_says_so(room: Room) -> None:
    """Applying is idempotent, even after newer bundles."""
    case = filed(room)
    first = make_outbox(room.site, slots=slots(case))
    second = make_outbox(room.site, n=2, previous=first.manifest.hash, slots=slots(case))
    room.bring(first)
    room.bring(second)
    before = room.state()
    for outbox in (first, second):
        assert room.bring(outbox).applied is False
    assert room.state() == before


def test_a_newer_bundle_replaces_the_slots(room: Room) -> None:
    """A reporter always gets the newest slot."""
    case = filed(room)
    first = make_outbox(room.site, slots=slots(case))
    room.bring(first)
    newest = slots(case)
    room.bring(make_outbox(room.site, n=2, previous=first.manifest.hash, slots=newest))
    assert room.slot(case.keys.locator)[65:] == newest[case.case_id]


def test_each_channel_has_its_own_numbers(room: Room) -> None:
    """Two inboxes send independently."""
    for channel in (INSPECTORATE, OUTSIDE):
        assert room.bring(make_outbox(room.site, channel)).applied


@pytest.mark.databases_differ
def test_a_rebuilt_portal_is_filled_again(room: Room) -> None:
    """Its first outbox may have any number. Unknown cases are accepted and count as collected."""
    case = make_report_envelope(room.site)
    brought = slots(case)
    room.bring(make_outbox(room.site, n=12, previous=secrets.token_bytes(32), slots=brought))
    answer = room.slot(case.keys.locator)
    assert (answer[0], answer[1:5], answer[65:]) == (2, bytes(4), brought[case.case_id])


@pytest.mark.databases_differ
def test_a_withdrawn_case_is_not_restored_by_a_slot(room: Room) -> None:
    """Until the inbox confirms the withdrawal, slots for the case are not accepted."""
    case, other = filed(room), filed(room)
    room.client.post("/api/withdraw", data=case.keys.withdraw_key)
    room.export()
    room.bring(make_outbox(room.site, slots=slots(case, other)))
    assert room.slot(case.keys.locator)[0] == 0
    assert room.slot(other.keys.locator)[0] == 1
    assert len(room.state()["withdrawals"]) == 1


@pytest.mark.parametrize("channel", [INSPECTORATE, OUTSIDE])
def test_a_strangers_withdrawal_of_the_case_keeps_no_slot_away(room: Room, channel: str) -> None:
    """Somebody who knows a case id can file under it and withdraw that. The true case is answered."""
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


def test_a_case_of_another_channel_is_left_out(room: Room) -> None:
    """No inbox can reach another's cases through slots, closings or withdrawals."""
    own, foreign, withdrawn = filed(room), filed(room, OUTSIDE), filed(room, OUTSIDE)
    room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
    before = [each for each in room.state()["cases"] if own.case_id not in each]
    brought = slots(own, foreign, withdrawn)
    imported = room.bring(make_outbox(room.site, slots=brought, closed=[foreign.case_id]))
    assert (imported.applied, imported.left_out) == (True, 2)
    assert room.slot(own.keys.locator)[65:] == brought[own.case_id]
    assert before == [each for each in room.state()["cases"] if own.case_id not in each]


def test_a_case_filed_with_two_channels_stops_no_outbox(room: Room) -> None:
    """Its slot is omitted in the other channel, where everybody else is answered."""
    entropy = casetoken.generate()
    twice = make_report_envelope(room.site, entropy=entropy)
    room.send(twice)
    room.send(make_report_envelope(room.site, OUTSIDE, entropy=entropy))
    other = filed(room, OUTSIDE)
    brought = slots(twice, other)
    assert room.bring(make_outbox(room.site, OUTSIDE, slots=brought)).left_out == 1
    assert room.slot(other.keys.locator)[65:] == brought[other.case_id]


def test_a_confirmed_withdrawal_is_forgotten(room: Room) -> None:
    """The key has reached the inbox."""
    case = filed(room)
    room.client.post("/api/withdraw", data=case.keys.withdraw_key)
    room.bring(make_outbox(room.site, collected=[room.export().link]))
    assert room.state()["withdrawals"] == []


def test_a_link_to_an_unknown_bundle_deletes_nothing(room: Room) -> None:
    """A number alone is not enough, because a bundle of an earlier portal had the same one."""
    filed(room)
    exported = room.export()
    strangers = [Link(1, secrets.token_bytes(32)), Link(2, exported.link.hash), Link(9, bytes(32))]
    assert room.bring(make_outbox(room.site, collected=strangers)).confirmed == 0
    assert len(room.state()["envelopes"]) == 1


def test_another_channel_cannot_confirm(room: Room) -> None:
    """A link counts only in the channel of its outbox."""
    filed(room)
    exported = room.export()
    assert room.bring(make_outbox(room.site, OUTSIDE, collected=[exported.link])).confirmed == 0
    assert len(room.state()["envelopes"]) == 1


def test_closed_cases_keep_their_slot(room: Room) -> None:
    """The last answer can be read after the case was closed; a newer slot opens it again."""
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
def test_a_newer_keyring_is_accepted_and_an_older_one_ignored(room: Room) -> None:
    """The published keyring never goes back."""
    newer, older = make_keyring(room.site, 5), make_keyring(room.site, 4)
    first = make_outbox(room.site, signed=newer)
    assert room.bring(first).outcome is Outcome.TAKEN
    second = make_outbox(room.site, n=2, previous=first.manifest.hash, signed=older)
    assert room.bring(second).outcome is Outcome.OLDER
    assert room.client.get("/keyring.json").data == newer.raw
    assert room.client.get("/keyring.sig").data == newer.signature


def test_the_keyring_inside_may_bring_the_key_of_its_signer(room: Room) -> None:
    """A reply key can be renewed by the very bundle that it signs, if the keyring is newer."""
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
