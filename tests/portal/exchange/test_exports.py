"""Intake bundles, on both databases: each envelope is exported once.

Bundles form a chain and can be repeated.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from crypto import age, base64url, bundle, signing
from crypto.bundle import FIRST, Applied, Import, Intake, Withdrawal
from portal.errors import Refused
from portal.exchange import exports
from portal.store import intakes
from tests.support.builders import (
    INSPECTORATE,
    OUTSIDE,
    make_envelope,
    make_keyring,
    make_outbox,
    make_report_envelope,
)
from tests.support.paths import ROOT
from tests.support.portal_room import INSTANCE_SEED, Room
from tests.support.small_disk import small_disk


def read(room: Room, path: Path) -> tuple[Intake, dict[str, bytes]]:
    """Return the manifest and files of a bundle, verified as the inbox verifies them."""
    manifest, members = bundle.read([path.read_bytes()])
    intake = bundle.open_intake(manifest, room.site.deployment, signing.public_key(INSTANCE_SEED))
    return intake, {member.name: b"".join(member.data) for member in bundle.checked(members, intake.files())}


@pytest.mark.databases_differ
def test_a_bundle_contains_all_received_envelopes(room: Room) -> None:
    """First reports have a case id, and follow-ups have none. Envelopes are sorted by their random ids."""
    sealed = [make_report_envelope(room.site) for _ in range(3)]
    sealed.append(make_report_envelope(room.site, file=bytes(1_000_000)))
    for each in sealed:
        room.send(each)
    follow_up = make_envelope(room.site)
    room.follow_up(follow_up)
    intake, files = read(room, room.export().path)
    assert sorted(files.values()) == sorted([*(each.envelope for each in sealed), follow_up])
    assert {entry.case_id for entry in intake.entries} == {*(each.case_id for each in sealed), None}
    ids = [base64url.encode(entry.id) for entry in intake.entries]
    assert ids == sorted(ids)
    assert {entry.day for entry in intake.entries} == {room.day}
    assert (intake.n, intake.previous, intake.applied) == (1, FIRST, Applied(0, FIRST))
    assert intake.instance_key == signing.public_key(INSTANCE_SEED)
    assert {age.sealed_size(65_536)} < {entry.size for entry in intake.entries}


def test_bundles_form_a_chain_that_includes_empty_bundles(room: Room) -> None:
    """Each bundle names the hash of the previous one. No envelope is exported twice."""
    room.send(make_report_envelope(room.site))
    first, second = room.export(), room.export()
    assert len(first.intake.entries) == 1
    assert second.intake.entries == ()
    assert (second.intake.n, second.intake.previous) == (2, first.link.hash)


def test_a_channel_gets_only_its_own_envelopes(room: Room) -> None:
    """Each channel has separate bundles and a separate chain."""
    room.send(make_report_envelope(room.site, OUTSIDE))
    room.send(make_report_envelope(room.site))
    assert exports.channels(room.database) == [INSPECTORATE, OUTSIDE]
    for channel in (INSPECTORATE, OUTSIDE):
        exported = room.export(channel)
        assert exported.path.name == f"{channel}-1.tar"
        assert (exported.intake.channel, len(exported.intake.entries)) == (channel, 1)


def test_an_incomplete_envelope_is_not_exported(room: Room) -> None:
    sealed = make_report_envelope(room.site)
    address = room.begin(sealed)
    room.patch(address, 0, sealed.envelope[:-1])
    assert room.export().intake.entries == ()
    room.patch(address, len(sealed.envelope) - 1, sealed.envelope[-1:])
    assert len(room.export().intake.entries) == 1


@pytest.mark.databases_differ
def test_a_bundle_can_be_made_again_unchanged_until_the_inbox_confirms_it(room: Room, tmp_path: Path) -> None:
    """The option --again writes the same bytes, even after new reports and a withdrawal."""
    sealed = make_report_envelope(room.site, file=bytes(600_000))
    room.send(sealed)
    first = room.export()
    original = first.path.read_bytes()
    room.send(make_report_envelope(room.site))
    room.client.post("/api/withdraw", data=sealed.keys.withdraw_key)
    again = tmp_path / "again"
    again.mkdir()
    assert exports.export_again(room.database, INSPECTORATE, 1, again).path.read_bytes() == original
    room.bring(make_outbox(room.site, collected=[first.link]))
    with pytest.raises(Refused, match="has confirmed bundle 1"):
        exports.export_again(room.database, INSPECTORATE, 1, again)


def test_only_a_bundle_with_an_existing_number_can_be_made_again(room: Room) -> None:
    """The error names the newest number."""
    with pytest.raises(Refused, match="bundle 1 of inspectorate was never made") as caught:
        exports.export_again(room.database, INSPECTORATE, 1, room.folder)
    assert caught.value.hint == "the newest bundle is 0"


@pytest.mark.slow
@pytest.mark.databases_differ
def test_bundles_tell_the_inbox_which_outboxes_were_applied(room: Room) -> None:
    """The inbox then knows which copies it can delete, and on which days its last outboxes were applied."""
    outbox = make_outbox(room.site, n=7)
    room.bring(outbox)
    first = Import(7, room.day)
    assert room.export().intake.applied == Applied(7, outbox.manifest.hash, (first,))
    assert room.export(OUTSIDE).intake.applied == Applied(0, FIRST)
    for n in range(8, 8 + bundle.IMPORTS):
        room.wait(1)
        outbox = make_outbox(room.site, n=n, previous=outbox.manifest.hash)
        room.bring(outbox)
    told = room.export().intake.applied
    assert (told.n, len(told.imports), told.imports[-1]) == (n, bundle.IMPORTS, Import(n, room.day))
    assert {(each.day - first.day).days - each.n for each in told.imports} == {-7}


def test_envelopes_beyond_the_limit_of_a_bundle_go_into_the_next_bundle(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each envelope is in exactly one bundle."""
    monkeypatch.setattr(intakes, "MOST_ENVELOPES", 2)
    sent = sorted(make_report_envelope(room.site).envelope for _ in range(5))
    for envelope in sent:
        assert room.follow_up(envelope).status_code == 201
    exported = [room.export() for _ in range(3)]
    assert [each.is_full for each in exported] == [True, True, False]
    assert sorted(content for each in exported for content in read(room, each.path)[1].values()) == sent


def test_the_manifest_of_a_full_bundle_stays_within_its_size_limit(room: Room) -> None:
    """The test assumes the longest possible numbers."""
    room.send(make_report_envelope(room.site))
    intake = room.export().intake
    empty = replace(intake, entries=(), withdrawn=())
    entry = replace(intake.entries[0], size=10**10)
    one = replace(empty, entries=(entry,), withdrawn=(Withdrawal(bytes(32), bytes(32)),))
    whole = [len(bundle.INTAKE.encode(each)) for each in (empty, replace(empty, entries=(entry,)), one)]
    lists = intakes.MOST_ENVELOPES * (whole[1] - whole[0] + 1) + intakes.MOST_WITHDRAWALS * (
        whole[2] - whole[1] + 1
    )
    assert entry.case_id
    assert whole[0] + 1_000 + lists < bundle.LARGEST_MANIFEST


def test_a_bundle_has_the_limits_that_the_specification_states() -> None:
    stated = " ".join((ROOT / "crypto" / "SPEC.md").read_text("utf-8").split())
    limits = f"{intakes.MOST_ENVELOPES:,} entries and {intakes.MOST_WITHDRAWALS:,} withdrawals"
    assert f"The portal puts at most {limits} into one bundle" in stated


def test_an_existing_file_is_not_replaced(room: Room) -> None:
    """A bundle of an earlier portal may contain reports that nobody has read."""
    path = room.folder / "inspectorate-1.tar"
    path.write_bytes(b"earlier")
    before = room.state()
    with pytest.raises(Refused, match="already exists"):
        room.export()
    assert (path.read_bytes(), room.state()) == (b"earlier", before)


def test_a_missing_folder_or_channel_is_refused(room: Room) -> None:
    """The portal checks the folder and the channel before it uses a bundle number."""
    before = room.state()
    with pytest.raises(Refused, match="does not exist"):
        exports.export(room.database, room.settings, INSPECTORATE, room.folder / "none")
    with pytest.raises(Refused, match="'elsewhere' is not in the keyring"):
        room.export("elsewhere")
    assert room.state() == before


def test_a_failed_export_uses_up_no_bundle_number(room: Room, tmp_path: Path) -> None:
    """The folder is full or read-only. The next successful export has the first number and all envelopes."""
    sealed = make_report_envelope(room.site, file=bytes(600_000))
    room.send(sealed)
    folder = tmp_path / "stick"
    with small_disk(folder, "400k") as resize:
        with pytest.raises(Refused, match="cannot take the bundle: no space left") as caught:
            exports.export(room.database, room.settings, INSPECTORATE, folder)
        assert caught.value.hint.startswith("nothing was exported")
        before = room.state()
        assert before["intakes"] == []
        resize("4m,ro")
        with pytest.raises(Refused, match="cannot take the bundle: read-only file system"):
            exports.export(room.database, room.settings, INSPECTORATE, folder)
        assert (before, []) == (room.state(), [*folder.iterdir()])
        resize("4m,rw")
        made = exports.export(room.database, room.settings, INSPECTORATE, folder)
        assert (made.intake.n, len(made.intake.entries)) == (1, 1)


def test_a_channel_that_is_no_longer_in_the_keyring_is_still_exported(room: Room) -> None:
    """The portal still has envelopes that were sent to this channel before."""
    room.send(make_report_envelope(room.site, OUTSIDE))
    room.publish(make_keyring(room.site, 2, bodies=[room.site.inspectorate]))
    assert exports.channels(room.database) == [INSPECTORATE, OUTSIDE]
    assert len(room.export(OUTSIDE).intake.entries) == 1
    assert exports.channels(room.database) == [INSPECTORATE]


def test_a_bundle_is_readable_only_by_its_owner_and_appears_only_when_it_is_complete(room: Room) -> None:
    """No partial file is left."""
    room.send(make_report_envelope(room.site))
    path = room.export().path
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in room.folder.glob("*.tar")] == [path.name]
    assert list(room.folder.glob(".*.part")) == []
    assert hashlib.sha256(path.read_bytes()).digest()
