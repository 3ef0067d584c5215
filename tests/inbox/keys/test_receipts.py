"""Each acknowledged case has one signed receipt, which every later slot carries (SPEC 5.6)."""

import bisect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import base64url, bundle, container, keyring, padding, proof, receipt
from crypto.errors import CryptoError
from crypto.messages import SLOT, Received, Reply, Slot, Status
from crypto.proof import Proof, Proven
from crypto.receipt_key import LISTED
from crypto.strictjson import LARGEST
from inbox.replies import slots
from tests.support import inbox_builders as build
from tests.support.backup_media import Copies
from tests.support.bodies import BODY, accept, export, joined
from tests.support.inbox_builders import CLOSING, Office, Portal, Reporter, World, first
from tests.support.inbox_circles import change
from tests.support.inbox_clock import Clock

NAMES = ("alice", "bruno")
LONG = "x" * 3_500


class Desk:
    """An office with its portal and one case for each reporter."""

    def __init__(self, office: Office, folder: Path, reporters: int = 1) -> None:
        self.office = office
        self.world = World(office)
        self.reporters = [Reporter(self.world) for _ in range(reporters)]
        self.portal = Portal(self.world, folder / "medium")
        sent = self.portal.bundle(*map(first, self.reporters))
        office.json("exchange", "collect", sent, "--confirm-instance", self.portal.fingerprint)

    def acknowledge(self, *numbers: str) -> None:
        self.office.json("message", "acknowledge", *(numbers or ("1",)))

    def told(self, reporter: int = 0, office: Office | None = None) -> Slot:
        """Make the next outbox and return the slot of a reporter."""
        office = office or self.office
        made = Path(office.json("exchange", "outbox", "--out", office.out)["file"])
        for key in office.keyring()[0].channels[0].reply_keys:
            self.world.reply_key = key.key
            try:
                _, _, files = build.read_outbox(made, self.world)
            except bundle.Tampered:
                continue
            case_id = self.reporters[reporter].keys.case_id
            return build.read_slot(files[bundle.slot_name(case_id)], self.reporters[reporter])
        raise AssertionError("no key of the keyring signed the outbox")


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)


def proven(slot: Slot, root: Office) -> Proven:
    """Make the proof of a slot's receipt with a key from the root's keyring, and verify the proof."""
    listed, root_key = root.keyring()
    assert slot.receipt
    key_id = slot.receipt.statement.key_id
    for key in listed.receipt_keys:
        if keyring.reply_key_id(key.statement.key) == key_id:
            file = Proof(root_key=root_key, receipt=slot.receipt, receipt_key=key)
            return proof.open_proof(proof.PROOF.encode(file), root_key=root_key, deployment=listed.deployment)
    raise CryptoError("the keyring does not list the key of the receipt")


def test_an_unacknowledged_case_has_no_receipt(desk: Desk) -> None:
    """An officer's own reply does not acknowledge a case, nor does marking it as junk."""
    assert None is desk.told().receipt
    desk.office.json("message", "reply", "1", "--text", "Merci.")
    assert None is desk.told().receipt
    desk.office.json("case", "junk", "1", "--reason", "spam")
    assert None is desk.told().receipt


def test_no_receipt_is_made_for_a_retracted_acknowledgement(desk: Desk) -> None:
    desk.acknowledge()
    desk.office.json("message", "retract", "1", "1")
    assert None is desk.told().receipt


def test_the_slot_with_the_acknowledgement_carries_a_valid_receipt(desk: Desk, clock: Clock) -> None:
    """The receipt contains the day of the outbox, and a hash that stands for the reporter.

    The receipt contains nothing about the case.
    """
    desk.told()
    clock.wait(3)
    desk.acknowledge()
    slot = desk.told()
    found = proven(slot, desk.office)
    author_key = desk.reporters[0].keys.author_key
    assert (receipt.author_hash(author_key), clock.day) == (found.receipt.author, found.receipt.day)
    assert (slot.issued, "inspection") == (clock.day, found.key.channel)


def test_closing_a_case_with_a_text_also_makes_a_receipt(desk: Desk) -> None:
    desk.office.tell_no_prosecutor(1)
    desk.office.close("1", "moot", "--disclosure", "withheld", "--reason", "x", "--text", "Dossier clos.")
    assert desk.told().receipt


def test_each_case_has_its_own_receipt(office: Office, tmp_path: Path) -> None:
    desk = Desk(office, tmp_path, reporters=2)
    desk.acknowledge("1", "2")
    slots = [desk.told(at).receipt for at in (0, 1)]
    authors = [each.statement.author for each in slots if each]
    assert [receipt.author_hash(each.keys.author_key) for each in desk.reporters] == authors


def close(desk: Desk, _: Clock) -> None:
    desk.office.close("1", *CLOSING)


def reopen(desk: Desk, clock: Clock) -> None:
    close(desk, clock)
    desk.office.json("case", "reopen", "1", "--reason", "x")


def redact(desk: Desk, _: Clock) -> None:
    desk.office.json("case", "redact", "--reason", "x", "1", "everywhere", "--text", "quelque chose")


def make_next_keys(desk: Desk, clock: Clock) -> None:
    """Let the key that signed the receipt expire.

    The keyring then no longer lists this key for the channel.
    """
    clock.wait(70)
    desk.office.json("key", "rotate")
    clock.wait(60)
    desk.told()


def fill(desk: Desk, _: Clock) -> None:
    """Fill all the room in the slot with unseen messages."""
    while desk.office.run("message", "reply", "1", "--text", LONG).code == 0:
        pass


def collect_for_a_new_portal(desk: Desk, _: Clock) -> None:
    portal = Portal(desk.world, desk.portal.folder / "new")
    desk.office.json("exchange", "collect", portal.bundle(), "--new-instance", portal.fingerprint)


LATER = [close, reopen, redact, make_next_keys, fill, collect_for_a_new_portal]


@pytest.mark.parametrize("happens", LATER, ids=lambda each: each.__name__)
def test_every_later_slot_carries_the_same_receipt(
    desk: Desk, clock: Clock, happens: Callable[[Desk, Clock], None]
) -> None:
    desk.acknowledge()
    kept = desk.told().receipt
    clock.wait(1)
    happens(desk, clock)
    slot = desk.told()
    assert kept
    assert kept == slot.receipt
    assert kept.statement == proven(slot, desk.office).receipt


def test_a_receipt_survives_a_restore_and_new_shares(tmp_path: Path, clock: Clock) -> None:
    office = Office.found_by(tmp_path, NAMES, 2)
    desk = Desk(office, tmp_path)
    office.json("case", "declare", "1")
    desk.acknowledge()
    kept = desk.told().receipt
    copies = Copies(tmp_path / "copies")
    restored, said = copies.restore(office, copies.of(office), tmp_path / "restored")
    assert (0, "") == (said.code, said.err)
    assert 0 == change(office, "renew", circle=NAMES).code
    clock.wait(5)
    restored.brought = ()
    assert kept == desk.told().receipt == desk.told(office=restored).receipt


def test_a_receipt_signed_with_a_withdrawn_key_is_signed_again_and_gets_a_later_day(
    desk: Desk, clock: Clock
) -> None:
    """Somebody else may have a copy of the withdrawn key.

    No keyring lists the withdrawn key any more, so a browser could not save a proof.
    """
    desk.acknowledge()
    before = desk.told()
    clock.wait(5)
    desk.office.json("key", "rotate", "--now")
    desk.office.json("exchange", "keyring", "--out", desk.office.out / "newer")
    with pytest.raises(CryptoError):
        proven(before, desk.office)
    after = desk.told()
    assert clock.day == proven(after, desk.office).receipt.day
    assert desk.told().receipt == after.receipt


def test_the_keyring_lists_each_receipt_key_for_five_years_after_it_expires(desk: Desk, clock: Clock) -> None:
    begun = clock.day

    def listed() -> set[str]:
        desk.office.json("exchange", "keyring", "--out", desk.office.out / f"keyring-{clock.day}")
        found = desk.office.keyring()[0].receipt_keys
        return {base64url.encode(keyring.reply_key_id(each.statement.key)) for each in found}

    (own,) = listed()
    clock.wait(70)
    desk.office.json("key", "rotate")
    assert 2 == len(listed())
    clock.day = begun + timedelta(90) + LISTED
    assert own in listed()
    clock.wait(1)
    assert own not in listed()


def test_the_root_vouches_for_the_old_receipt_keys_of_an_external_body(tmp_path: Path, clock: Clock) -> None:
    """The root knows these keys only from the body's cards."""
    (tmp_path / "root").mkdir()
    root = Office.found(tmp_path / "root")
    body = joined(tmp_path / "body", root)
    accept(root, body)

    def listed(name: str) -> tuple[set[bytes], set[bytes]]:
        """Return the keys with which the body may sign slots, and those that may have signed its receipts."""
        root.json("exchange", "keyring", "--out", root.out / name)
        found, _ = root.keyring()
        channel = found.channel(BODY)
        assert channel
        vouched = {each.statement.key for each in found.receipt_keys if each.statement.channel == BODY}
        return {key.key for key in channel.reply_keys}, vouched

    old, vouched = listed("first")
    assert old == vouched
    for days in (70, 150):
        clock.wait(days)
        body.json("key", "rotate")
        root.json("exchange", "channel", "add", export(body, f"card-{days}")[0])
    signing, vouched = listed("later")
    assert (set(), True) == (old & signing, old < vouched)


def test_replies_leave_room_for_a_future_receipt(desk: Desk) -> None:
    """Otherwise the slot with the acknowledgement could be too large for the replies that wait for it."""
    desk.acknowledge()
    kept = desk.told()

    def slot(length: int) -> Slot:
        said = (Reply(LARGEST, kept.issued, "x" * length),)
        return replace(kept, receipt=None, serial=LARGEST, earlier=LARGEST, messages=said)

    sizes = range(padding.SLOT)
    longest = bisect.bisect_left(sizes, 1, key=lambda size: int(not slots.holds(slot(size), 0, ()))) - 1
    assert padding.SLOT - 4_096 < longest
    fullest = replace(
        slot(longest),
        receipt=kept.receipt,
        status=max(Status, key=len),
        received=Received(LARGEST, (bytes(8),) * 16, kept.issued),
    )
    written = container.write([], lambda _: SLOT.encode(fullest), lambda _: bytes(64), padding.slot)
    assert padding.SLOT == len(b"".join(written))
