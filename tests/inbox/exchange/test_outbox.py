"""Outboxes: slots that only their reporters can open, in bundles that the portal accepts."""

import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from crypto import bundle, keyring
from crypto.bundle import Link
from crypto.messages import Slot, Status
from inbox.exchange import outbox
from inbox.language.errors import Refused
from inbox.replies import replies
from inbox.system import atomic_files
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.tables import Case, ReplyKey
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, Sent, World
from tests.support.laws import FRENCH


def collect(world: World, portal: Portal, *sent: Sent, **changes: Any) -> Any:
    said = world.office.run(
        "exchange",
        "collect",
        portal.bundle(*sent, **changes),
        "--confirm-instance",
        portal.fingerprint,
        "--json",
    )
    assert (0, "") == (said.code, said.err)
    return said.json[0]


def make(world: World) -> tuple[bundle.Outbox, bundle.Manifest, dict[str, bytes]]:
    made = world.office.json("exchange", "outbox", "--out", world.office.out)
    path = world.office.out / f"outbox-{build.CHANNEL}-{made['n']}.tar"
    assert {"n": made["n"], "file": str(path), "journal": made["journal"], "warnings": []} == made
    return build.read_outbox(path, world)


def slot_of(files: dict[str, bytes], correspondent: Reporter) -> Slot:
    return build.read_slot(files[bundle.slot_name(correspondent.keys.case_id)], correspondent)


def applied(manifest: bundle.Manifest, n: int = 1) -> Link:
    return Link(n, manifest.hash)


def test_a_reply_and_the_status_of_a_case_reach_the_reporter(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    """The slot opens with the keys of the token. The slot is signed and has all fields of SPEC 5.3."""
    follow_up = correspondent.follow_up()
    collect(world, portal, Sent(follow_up))
    assert 0 == world.office.run("message", "reply", "1", "--text", "Merci « où » ? 🙂").code
    assert 0 == world.office.run("case", "set-status", "1", "assessing").code
    manifest, _, files = make(world)
    slot = slot_of(files, correspondent)
    today = build.today()
    assert (1, today, today + timedelta(days=14)) == (slot.serial, slot.issued, slot.next_by)
    assert (Status.ASSESSING, 0, ()) == (slot.status, slot.earlier, slot.measures_disclosed)
    assert [(1, today, "Merci « où » ? 🙂")] == [(m.serial, m.day, m.text) for m in slot.messages]
    assert (1, today, 1) == (slot.received.count, slot.received.last_day, len(slot.received.ids))
    assert (build.CHANNEL, correspondent.keys.case_id) == (slot.channel, slot.case_id)
    assert [1, 2] == [link.n for link in manifest.collected]


def test_every_outbox_increments_the_serials_and_renews_the_keyring(
    world: World, correspondent: Reporter
) -> None:
    """Each manifest continues the chain. A message keeps the serial of its first slot."""
    world.office.run("message", "reply", "1", "--text", "un")
    first, first_manifest, first_files = make(world)
    world.office.run("message", "reply", "1", "--text", "deux")
    second, _, files = make(world)
    assert (1, bundle.FIRST) == (first.n, first.previous)
    assert (2, first_manifest.hash) == (second.n, second.previous)
    assert [2, 3] == [first.keyring.serial, second.keyring.serial]
    slot = slot_of(files, correspondent)
    assert (2, [(1, "un"), (2, "deux")]) == (slot.serial, [(m.serial, m.text) for m in slot.messages])
    opened = keyring.open_keyring(
        files["keyring.json"],
        files["keyring.sig"],
        root_key=world.root_key,
        deployment=world.deployment,
    )
    assert (3, build.today()) == (opened.serial, opened.issued)
    assert second.keyring.hash == hashlib.sha256(files["keyring.json"]).digest()
    assert 1 == slot_of(first_files, correspondent).serial


def test_an_outbox_without_any_case_contains_only_the_keyring(world: World) -> None:
    manifest, _, files = make(world)
    assert ((), (), ()) == (manifest.collected, manifest.slots, manifest.closed)
    assert {"keyring.json", "keyring.sig"} == set(files)


@pytest.mark.usefixtures("correspondent")
def test_repeating_an_outbox_gives_the_same_bytes_until_the_portal_confirms_it(
    world: World, portal: Portal
) -> None:
    """Once the portal has confirmed the outbox, the command is refused, and our copy is deleted.

    Later outboxes no longer list the same intake bundles.
    """
    _, manifest, _ = make(world)
    path = world.office.out / "outbox-inspection-1.tar"
    sent = path.read_bytes()
    path.unlink()
    assert 0 == world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "1").code
    assert sent == path.read_bytes()
    collect(world, portal, applied=applied(manifest))
    said = world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "1")
    assert (1, True) == (said.code, "has confirmed outbox 1" in said.err)
    assert [] == list((world.office.root / "outbox").iterdir())
    following, _, _ = make(world)
    assert [2] == [link.n for link in following.collected]
    assert 1 == world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "7").code


@pytest.mark.usefixtures("correspondent")
def test_every_outbox_lists_all_collected_bundles_until_the_portal_knows_of_them(
    world: World, portal: Portal
) -> None:
    """Therefore a lost outbox does no harm."""
    first, _, _ = make(world)
    collect(world, portal)
    second, manifest, _ = make(world)
    assert ([1], [1, 2]) == ([link.n for link in first.collected], [link.n for link in second.collected])
    collect(world, portal, applied=applied(manifest, 2))
    third, _, _ = make(world)
    assert [3] == [link.n for link in third.collected]


@pytest.mark.usefixtures("correspondent")
def test_after_a_restore_bundles_that_were_named_only_by_a_lost_outbox_are_listed_again(
    world: World, portal: Portal
) -> None:
    """The portal applied another outbox with the same number.

    The portal does not know that this inbox has those bundles.
    """
    first, _, _ = make(world)
    assert [1] == [link.n for link in first.collected]
    world.office.json("exchange", "collect", portal.bundle(applied=Link(1, bytes(32))), "--after-restore")
    second, _, _ = make(world)
    assert [1, 2] == [link.n for link in second.collected]


def test_a_reply_that_was_not_sent_before_a_restore_gets_a_new_serial_number_afterwards(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    """The lost inbox may have used the same serial for another reply.

    Replies that were sent keep their serials.
    """
    world.office.json("message", "reply", "1", "--text", "avant")
    _, made, files = make(world)
    (before,) = slot_of(files, correspondent).messages
    collect(world, portal, applied=applied(made))
    world.office.json("message", "reply", "1", "--text", "après")
    lost = portal.bundle(applied=Link(5, bytes(32)))
    world.office.json("exchange", "collect", lost, "--after-restore")
    outbox, _, files = make(world)
    slot = slot_of(files, correspondent)
    assert (6, ["avant", "après"]) == (outbox.n, [each.text for each in slot.messages])
    assert before.serial == slot.messages[0].serial
    assert 5 < slot.messages[1].serial <= slot.serial


@pytest.mark.usefixtures("correspondent")
def test_officers_are_warned_if_the_portal_applied_an_outbox_of_another_inbox(
    world: World, portal: Portal
) -> None:
    """An outbox of another inbox confirms nothing."""
    make(world)
    (warning,) = collect(world, portal, applied=Link(1, bytes(32)))["warnings"]
    assert "did not make" in warning
    assert 0 == world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "1").code


def test_outboxes_name_a_closed_case_until_the_portal_confirms_one_and_name_it_again_after_a_follow_up(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    world.office.close("1")
    first, manifest, files = make(world)
    assert (Status.CLOSED, (correspondent.keys.case_id,)) == (
        slot_of(files, correspondent).status,
        first.closed,
    )
    second, _, _ = make(world)
    assert (correspondent.keys.case_id,) == second.closed
    collect(world, portal, applied=applied(manifest))
    third, third_manifest, _ = make(world)
    assert ((), ()) == (third.slots, third.closed)
    collect(world, portal, Sent(correspondent.follow_up()), applied=applied(third_manifest, 3))
    fourth, _, files = make(world)
    assert ((correspondent.keys.case_id,), 1) == (fourth.closed, slot_of(files, correspondent).received.count)


@pytest.mark.parametrize("word", ["reply", "closed-again"])
def test_later_actions_on_a_closed_case_still_reach_its_reporter(
    world: World, portal: Portal, correspondent: Reporter, word: str
) -> None:
    """The reply is sent in an additional slot.

    A case that is reopened and closed again is named as closed in the next outbox.
    """
    world.office.close("1")
    _, manifest, _ = make(world)
    collect(world, portal, applied=applied(manifest))
    if word == "reply":
        assert 0 == world.office.run("message", "reply", "1", "--text", "encore un mot").code
    else:
        world.office.json("case", "reopen", "1", "--reason", "more came")
        world.office.close("1")
    second, _, files = make(world)
    told = slot_of(files, correspondent)
    assert (Status.CLOSED, int(word == "reply")) == (told.status, len(told.messages))
    assert (() if word == "reply" else (correspondent.keys.case_id,)) == second.closed
    assert (correspondent.keys.case_id,) == make(world)[0].closed


def test_closed_cases_are_named_again_to_a_rebuilt_portal(
    world: World, portal: Portal, correspondent: Reporter, tmp_path: Path
) -> None:
    """A rebuilt portal starts empty.

    Without a slot, the portal would not know the reporter of a closed case.
    """
    world.office.close("1")
    first, manifest, _ = make(world)
    collect(world, portal, applied=applied(manifest))
    second, _, _ = make(world)
    assert (1, 0) == (len(first.slots), len(second.slots))
    rebuilt = Portal(world, tmp_path / "rebuilt")
    assert (
        0
        == world.office.run(
            "exchange", "collect", rebuilt.bundle(), "--new-instance", rebuilt.fingerprint
        ).code
    )
    third, _, files = make(world)
    assert (correspondent.keys.case_id,) == third.closed
    assert Status.CLOSED == slot_of(files, correspondent).status


def test_an_old_message_leaves_the_slot_only_after_the_reporter_has_seen_it(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    """The inbox refuses a reply that would displace an unseen message.

    Once the reporter has seen the old message, the slot still counts the message but no longer contains it.
    """
    long = "é" * 3_000
    assert 0 == world.office.run("message", "reply", "1", "--text", long).code
    make(world)
    assert 0 == world.office.run("message", "reply", "1", "--text", long).code
    before = world.office.state()
    said = world.office.run("message", "reply", "1", "--text", long)
    assert (1, True) == (said.code, "does not fit" in said.err)
    assert before == world.office.state()
    collect(world, portal, Sent(correspondent.follow_up(edit=lambda f: replace(f, seen=1))))
    assert 0 == world.office.run("message", "reply", "1", "--text", long).code
    _, _, files = make(world)
    slot = slot_of(files, correspondent)
    assert (1, [2, 2]) == (slot.earlier, [message.serial for message in slot.messages])
    shown = world.office.json("case", "show", "1")["messages"]
    assert [(True, True), (True, False), (True, False)] == [(m["sent"], m["seen"]) for m in shown]


def test_a_reporter_cannot_claim_to_have_seen_a_slot_that_was_never_sent(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    collect(world, portal, Sent(correspondent.follow_up(edit=lambda f: replace(f, seen=10**9))))
    assert 0 == world.office.json("case", "show", "1")["seen_slot"]


def test_the_longest_accepted_reply_still_fits_when_other_contents_of_the_slot_grow(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    """The length limit leaves room for everything else that the slot may contain later.

    The slot may later contain more follow-ups and measures, for example.
    """
    fits, too_long = 10_000, 14_000
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        with world.office.opened() as inbox, inbox.transaction() as session:
            try:
                outbox_reply(session, "x" * middle)
                fits = middle
            except Refused:
                too_long = middle
            session.rollback()
    assert fits > 12_500
    assert 0 == world.office.run("message", "reply", "1", "--text", "x" * fits).code
    collect(world, portal, *(Sent(correspondent.follow_up()) for _ in range(20)))
    world.office.run("case", "set-status", "1", "info_requested")
    with world.office.opened() as inbox, inbox.transaction() as session:
        # Earlier slots disclosed these measures; otherwise the measures would be withheld.
        session.get_one(Case, 1).slot_measures = " ".join(FRENCH.measures)
        session.add_all(
            Measure(case=1, position=place, kind=kind, day=build.today(), recorded=build.today(), told=True)
            for place, kind in enumerate(FRENCH.measures, 1)
        )
    _, _, files = make(world)
    slot = slot_of(files, correspondent)
    told = {code for code, each in FRENCH.measures.items() if each.told != "never"}
    assert told == {*slot.measures_disclosed}
    assert (20, 16, fits) == (slot.received.count, len(slot.received.ids), len(slot.messages[0].text))


def outbox_reply(session: Any, text: str) -> None:
    replies.add(session, 1, text, build.today())


@pytest.mark.usefixtures("correspondent")
@pytest.mark.parametrize("text", ["", " \n", "\udcff"], ids=["empty", "blank", "not-utf-8"])
def test_a_reply_without_text_is_refused(world: World, text: str) -> None:
    before = world.office.state()
    assert 1 == world.office.run("message", "reply", "1", "--text", text).code
    assert before == world.office.state()


@pytest.mark.usefixtures("correspondent")
def test_a_reply_can_be_read_from_a_file(world: World, tmp_path: Path) -> None:
    """The command needs either a text or a file, and the file must be UTF-8."""
    text = tmp_path / "reply.txt"
    text.write_text("Première ligne\nÉté\n", "utf-8")
    assert 0 == world.office.run("message", "reply", "1", "--text-file", text).code
    assert ["Première ligne\nÉté\n"] == [
        m["text"] for m in world.office.json("case", "show", "1")["messages"]
    ]
    assert 2 == world.office.run("message", "reply", "1").code
    assert 2 == world.office.run("message", "reply", "1", "--text", "x", "--text-file", text).code
    text.write_bytes(b"\xff")
    assert "UTF-8" in world.office.run("message", "reply", "1", "--text-file", text).err


@pytest.mark.usefixtures("correspondent")
def test_an_office_can_set_the_command_that_its_portal_uses_to_import_an_outbox(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ("exchange", "outbox", "--out", world.office.out)
    assert "then: fanal-portal run import /media/stick/outbox-inspection-1.tar" in world.office.run(*make).out
    monkeypatch.setenv("FANAL_IMPORT", "carry '{bundle}'")
    assert "then: carry 'outbox-inspection-2.tar'" in world.office.run(*make).out


def test_an_outbox_for_a_missing_folder_is_refused_and_changes_nothing(world: World) -> None:
    before = world.office.state()
    said = world.office.run("exchange", "outbox", "--out", world.office.out / "none")
    assert (1, True) == (said.code, "is not a folder" in said.err)
    assert before == world.office.state()


@pytest.mark.usefixtures("correspondent")
def test_the_error_for_a_full_medium_names_the_command_that_copies_the_outbox_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox already exists, so the command must not make it twice."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(outbox.atomic_files, "copy", full)
        said = world.office.run("exchange", "outbox", "--out", world.office.out)
    assert (1, True) == (said.code, "inbox exchange outbox --again 1" in said.err)
    assert 0 == world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "1").code
    build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)


@pytest.mark.usefixtures("correspondent")
def test_an_interrupted_outbox_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is already written, but the vault has not recorded it. The next outbox overwrites it."""
    before = world.office.state()

    write = outbox._write

    def cut(*arguments: Any) -> None:
        write(*arguments)
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_write", cut)
        assert 1 == world.office.run("exchange", "outbox", "--out", world.office.out).code
    after = world.office.state()
    assert {"outbox/inspection-1.tar"} == set(after.pop("files")) - set(before.pop("files"))
    assert before == after
    manifest, _, _ = make(world)
    assert 1 == manifest.n


@pytest.mark.usefixtures("correspondent")
def test_the_error_says_that_the_copy_of_an_outbox_is_missing(world: World) -> None:
    make(world)
    shutil.rmtree(world.office.root / "outbox")
    (world.office.root / "outbox").mkdir()
    assert "missing" in world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "1").err


def test_a_keyring_is_stored_in_the_vault_before_it_is_written_to_a_file(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a power loss between the two steps would allow a different keyring with the same serial."""
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.query(ReplyKey).one().not_after += timedelta(days=1)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(atomic_files, "write", full)
        assert 1 == world.office.run("exchange", "keyring", "--out", tmp_path / "keyring").code
    again = world.office.json("exchange", "keyring", "--out", tmp_path / "keyring")
    assert (2, False) == (again["serial"], again["renewed"])


@pytest.mark.usefixtures("correspondent")
def test_no_outbox_is_made_with_expired_reply_keys(world: World) -> None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        for key in session.query(ReplyKey):
            key.not_after = build.today() - timedelta(days=1)
    assert "no reply key is valid" in world.office.run("exchange", "outbox", "--out", world.office.out).err


def test_the_keyring_is_renewed_only_when_something_changed(world: World, tmp_path: Path) -> None:
    """The same day and the same keys give the same bytes. The written keyring verifies with the root key."""
    out = tmp_path / "keyring"
    said = world.office.run("exchange", "keyring", "--out", out)
    assert "keyring 1, unchanged" in said.out
    assert 'deployment = "' in said.out
    assert 'root_key = "' in said.out
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.query(ReplyKey).one().not_after += timedelta(days=1)
    renewed = world.office.json("exchange", "keyring", "--out", out)
    assert (2, True) == (renewed["serial"], renewed["renewed"])
    raw, signature = (out / "keyring.json").read_bytes(), (out / "keyring.sig").read_bytes()
    opened = keyring.open_keyring(raw, signature, root_key=world.root_key, deployment=world.deployment)
    assert (2, build.today() + timedelta(days=35)) == (opened.serial, opened.valid_until)
    root = keyring.ROOT.parse((out / keyring.ROOT_FILE).read_bytes())
    assert (world.deployment, world.root_key) == (root.deployment, root.root_key)


def test_many_slots_are_sealed_by_several_processes(
    world: World, portal: Portal, correspondent: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each slot still opens only with its own token."""
    monkeypatch.setattr(outbox, "_FEW", 0)
    other = Reporter(world)
    collect(world, portal, Sent(other.report(), other.keys.case_id))
    world.office.run("message", "reply", "2", "--text", "à l'autre")
    _, _, files = make(world)
    assert ["à l'autre"] == [m.text for m in slot_of(files, other).messages]
    assert () == slot_of(files, correspondent).messages


def test_the_vault_stores_the_reply_recipient_of_a_case_as_raw_bytes(
    world: World, correspondent: Reporter
) -> None:
    with world.office.opened() as inbox, inbox.transaction() as session:
        assert correspondent.keys.reply_identity.recipient().raw == session.get_one(Case, 1).recipient


def test_an_outbox_does_not_reveal_the_state_of_the_work_on_a_case(world: World, portal: Portal) -> None:
    """Junk, held, quarantined and extended cases have slots of the same size.

    The outbox does not list these cases as closed.
    """
    states = (None, "junked", "held", "quarantined", "extended")
    reporters = [Reporter(world) for _ in states]
    collect(world, portal, *(Sent(each.report(), each.keys.case_id) for each in reporters))
    with world.office.opened() as inbox, inbox.transaction() as session:
        for number, state in enumerate(states, 1):
            if state:
                setattr(session.get_one(Workflow, number), state, build.today())
    made, _, files = make(world)
    assert (len(states), ()) == (len(made.slots), made.closed)
    assert 1 == len({len(files[bundle.slot_name(slot.case_id)]) for slot in made.slots})


@pytest.mark.usefixtures("correspondent")
def test_a_reply_that_was_sent_as_feedback_remains_feedback_in_later_outboxes(world: World) -> None:
    """Officers cannot retract a measure that was sent. The test removes the measure from the vault."""
    world.office.tell_no_prosecutor(1)
    world.office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    world.office.json("case", "decide", "1", "admissible", "--reason", "x")
    world.office.json("message", "reply", "1", "--template", "acknowledgement")
    world.office.json("case", "measure", "add", "1", "process_fix", "--tell")
    world.office.json("message", "reply", "1", "--feedback", "--text", "Merci.")
    make(world)
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Measure))
    make(world)
    with world.office.opened() as inbox, inbox.transaction() as session:
        assert [False, True] == [each.feedback for each in queries_cases.messages(session, 1)]
