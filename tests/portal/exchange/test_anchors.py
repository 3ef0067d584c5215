"""The portal keeps all outbox manifests, and returns each to its channel as evidence for the journal."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import anchors as form
from crypto import base64url
from crypto.bundle import Manifest
from portal.errors import Refused
from portal.exchange import anchors, expire
from portal.store import outboxes
from tests.support.builders import INSPECTORATE, OUTSIDE, OutboxBundle, make_keyring, make_outbox
from tests.support.inbox_builders import World
from tests.support.installation import PortalHere
from tests.support.portal_room import Room, filed, slots


def applied(room: Room, channel: str, count: int) -> list[tuple[int, Manifest]]:
    """Apply ``count`` outboxes of a channel; return their numbers and manifests."""
    made: list[OutboxBundle] = []
    for n in range(1, count + 1):
        previous = {"previous": made[-1].manifest.hash} if made else {}
        made.append(make_outbox(room.site, channel, n=n, **previous))
        room.bring(made[-1])
    return [(n, outbox.manifest) for n, outbox in enumerate(made, 1)]


@pytest.mark.databases_differ
def test_a_channel_gets_only_its_own_manifests(room: Room, tmp_path: Path) -> None:
    """The manifests are unchanged and in the order of their numbers."""
    kept = {channel: applied(room, channel, 11) for channel in (INSPECTORATE, OUTSIDE)}
    for channel, other in ((INSPECTORATE, OUTSIDE), (OUTSIDE, INSPECTORATE)):
        path = tmp_path / channel
        assert list(range(1, 12)) == anchors.write(room.database, channel, path)
        assert kept[channel] == list(form.read([path.read_bytes()]))
        assert other.encode() not in path.read_bytes()
    assert [INSPECTORATE, OUTSIDE] == _channels(room)


def _channels(room: Room) -> list[str]:
    with room.database.read() as connection:
        return outboxes.channels(connection)


def test_expiry_does_not_delete_manifests(room: Room, tmp_path: Path) -> None:
    """The control: the closed case itself is deleted after its period."""
    case = filed(room)
    exported = room.export()
    outbox = make_outbox(room.site, collected=[exported.link], slots=slots(case), closed=[case.case_id])
    room.bring(outbox)
    before = room.state()
    day = room.day + timedelta(days=2_000)
    room.publish(make_keyring(room.site, 2, day=day))
    expire.expire(room.database, room.settings, day)
    after = room.state()
    assert (1, 0) == (len(before["cases"]), len(after["cases"]))
    assert [1] == anchors.write(room.database, INSPECTORATE, tmp_path / "out")
    assert [(1, outbox.manifest)] == list(form.read([(tmp_path / "out").read_bytes()]))


def test_an_existing_file_is_never_overwritten(room: Room, tmp_path: Path) -> None:
    applied(room, INSPECTORATE, 1)
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(Refused, match="already exists"):
        anchors.write(room.database, INSPECTORATE, tmp_path / "mine")
    with pytest.raises(Refused, match="was not written: no such file"):
        anchors.write(room.database, INSPECTORATE, tmp_path / "missing" / "out")
    assert "mine" == (tmp_path / "mine").read_text()


def test_the_channel_may_be_omitted_only_if_there_is_exactly_one(room: Room) -> None:
    with pytest.raises(Refused, match="no outbox of any channel was ever applied"):
        anchors.choose(room.database, None)
    applied(room, INSPECTORATE, 1)
    assert INSPECTORATE == anchors.choose(room.database, None)
    applied(room, OUTSIDE, 1)
    with pytest.raises(Refused, match=f"several channels have outboxes: {INSPECTORATE}, {OUTSIDE}"):
        anchors.choose(room.database, None)
    assert OUTSIDE == anchors.choose(room.database, OUTSIDE)
    with pytest.raises(Refused, match="no outbox of channel 'elsewhere' was ever applied"):
        anchors.choose(room.database, "elsewhere")


def test_the_inbox_verifies_its_journal_with_the_manifests_that_the_portal_returns(
    world: World, tmp_path: Path
) -> None:
    """The test runs commands of both the portal and the inbox. GNU tar also reads the file."""
    office = world.office
    portal = PortalHere(tmp_path, port=0)
    portal.init(base64url.encode(world.deployment), base64url.encode(world.root_key))
    office.json("exchange", "keyring", "--out", office.out)
    portal.run("keyring", office.out)
    for _ in range(2):
        portal.run("import", office.json("exchange", "outbox", "--out", office.out)["file"])
    file = tmp_path / "anchors.tar"
    told = portal.json("anchors", "--out", file)
    assert {"channel": "inspection", "outboxes": 2, "last": 2, "file": str(file)} == told
    assert "already exists" in portal.run("anchors", "--out", file, code=1)
    verified = office.json("journal", "verify", "--anchors", file)
    assert (2, []) == (verified["outboxes"], verified["warnings"])
    listing = subprocess.run(["tar", "tf", file], capture_output=True, text=True, check=True).stdout.split()
    assert ["1.json", "1.sig", "2.json", "2.sig"] == listing
