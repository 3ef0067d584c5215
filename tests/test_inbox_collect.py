"""Collecting: what comes in becomes cases, follow-ups, visible rows; what is wrong changes nothing."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto import archive, bundle, messages, signing
from crypto.archive import Member
from crypto.bundle import Link, Withdrawal
from crypto.messages import SeenKeyring
from crypto.recipients import X25519Identity
from inbox import collect as collecting
from inbox import disk, keystore, settling
from inbox.chain import Acceptance
from inbox.errors import BundleRefused
from inbox.intake import verify
from inbox.schema import Attachment
from inbox.unopened import Shelf
from inbox.unsealing import Changed
from tests import inbox_builders as build
from tests.inbox_builders import Office, Portal, Reporter, Sent, World


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.found(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def world(founded: Office, tmp_path: Path) -> World:
    return World(founded.copy(tmp_path / "office"))


@pytest.fixture
def portal(world: World, tmp_path: Path) -> Portal:
    return Portal(world, tmp_path / "medium")


@pytest.fixture
def collect(world: World, portal: Portal) -> Callable[..., Any]:
    """Return a function that collects one bundle and gives what JSON says of it."""

    def run(path: Path, code: int = 0) -> Any:
        said = world.office.run("collect", path, "--confirm-instance", portal.fingerprint, "--json")
        assert (code, "") == (said.code, said.err)
        (outcome,) = said.json
        return outcome

    return run


def first(reporter: Reporter, **changes: Any) -> Sent:
    return Sent(reporter.report(**changes), reporter.keys.case_id)


def kinds(office: Office) -> list[str]:
    return [row["kind"] for row in office.json("list")["unopened"]]


def test_a_report_with_files_becomes_a_case_whose_files_come_out_as_they_were(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """Text with accents and emoji, an empty file, one above a chunk: every byte comes back."""
    files = [b"", bytes(range(256)) * 300]
    text = "Ils m'ont abordé·e 😀\nDeuxième ligne"
    outcome = collect(portal.bundle(first(Reporter(world), text=text, files=files)))
    assert ("collected", [1], []) == (outcome["state"], outcome["cases"], outcome["unopened"])
    shown = world.office.json("show", "1")
    assert {"what": text, "coi": "no"} == shown["answers"]
    assert ("fr", "received", []) == (shown["language"], shown["status"], shown["flags"])
    assert [(f["name"], f["type"], f["size"]) for f in shown["attachments"]] == [
        ("photo 1.jpg", "image/jpeg", 0),
        ("photo 2.jpg", "image/jpeg", 76_800),
    ]
    for number, data in enumerate(files, 1):
        out = tmp_path / f"out-{number}"
        assert 0 == world.office.run("attachment", "1", str(number), "--out", out).code
        assert data == out.read_bytes()


def test_an_attachment_is_never_written_over_a_file(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    out = tmp_path / "mine"
    out.write_text("mine")
    said = world.office.run("attachment", "1", "1", "--out", out)
    assert (1, "mine") == (said.code, out.read_text())
    assert "is already there" in said.err
    assert "it has files 1 to 1" in world.office.run("attachment", "1", "2", "--out", tmp_path / "other").err


@pytest.mark.parametrize("damage", ["flip", "remove"])
def test_a_damaged_attachment_is_refused_and_leaves_nothing(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, damage: str
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    (sealed,) = (world.office.root / "attachments").iterdir()
    raw = bytearray(sealed.read_bytes())
    raw[-1] ^= 1
    sealed.write_bytes(raw) if damage == "flip" else sealed.unlink()
    said = world.office.run("attachment", "1", "1", "--out", tmp_path / "out")
    assert 1 == said.code
    assert "missing or damaged" in said.err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_what_its_message_said_is_refused(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The digest is verified again at the way out; a destroyed key is told as such."""
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.scalars(select(Attachment)).one().digest = bytes(32)
    assert 1 == world.office.run("attachment", "1", "1", "--out", tmp_path / "out").code
    with world.office.opened() as inbox, inbox.transaction() as session:
        contents = keystore.load(inbox.home, session)
        keystore.save(inbox.home, session, replace(contents, attachments=()))
    assert "was destroyed" in world.office.run("attachment", "1", "1", "--out", tmp_path / "out").err
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_no_half_file(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    assert 1 == world.office.run("attachment", "1", "1", "--out", tmp_path / "out").code
    assert not (tmp_path / "out").exists()


def test_answers_to_a_questionnaire_that_is_not_ours_are_shown_by_their_ids(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """A page may still show an older one."""
    other = messages.QuestionnaireRef("customs", 7)
    collect(portal.bundle(first(Reporter(world), edit=lambda r: replace(r, questionnaire=other))))
    assert "\nwhat\n│ Il s'est passé" in world.office.run("show", "1").out


def test_attachments_on_disk_are_sealed(world: World, portal: Portal, collect: Callable[..., Any]) -> None:
    """Nothing of a file or a report stands in the home folder in clear."""
    collect(portal.bundle(first(Reporter(world), text="canary-text", files=[b"canary-file" * 10])))
    everything = b"".join(path.read_bytes() for path in world.office.root.rglob("*") if path.is_file())
    assert b"canary" not in everything
    assert b"age-encryption.org/v1" in everything


def test_follow_ups_join_their_case_even_before_its_report_in_the_bundle(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Random ids put follow-ups anywhere in a bundle; ten of them surely come before the report too."""
    reporter = Reporter(world)
    sent = [Sent(reporter.follow_up(f"suite {n}", files=[b"x%d" % n])) for n in range(10)]
    outcome = collect(portal.bundle(first(reporter), *sent))
    assert ([1], [1] * 10) == (outcome["cases"], outcome["follow_ups"])
    shown = world.office.json("show", "1")
    assert {f"suite {n}" for n in range(10)} == {each["text"] for each in shown["follow_ups"]}
    numbers = [file["number"] for each in shown["follow_ups"] for file in each["attachments"]]
    assert list(range(1, 11)) == numbers


def test_the_same_message_again_is_ignored_and_another_under_its_id_is_shown(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Reports and follow-ups alike, in one bundle or in two."""
    reporter = Reporter(world)
    follow_up_id = bytes(16)
    same = {"edit": lambda message: replace(message, id=follow_up_id)}
    collect(portal.bundle(first(reporter), first(reporter), Sent(reporter.follow_up("a", **same))))
    world.office.json("show", "1")
    before = world.office.json("show", "1")
    again = collect(
        portal.bundle(
            Sent(reporter.report()),
            Sent(reporter.report("autre")),
            Sent(reporter.follow_up("a", **same)),
            Sent(reporter.follow_up("b", **same)),
        )
    )
    assert ([], [], 2) == (again["cases"], again["follow_ups"], again["repeated"])
    assert ["other-follow-up", "other-report"] == sorted(kinds(world.office))
    assert before == world.office.json("show", "1")
    assert 2 == len(list((world.office.root / "unopened").iterdir()))


def test_unsigned_drops_become_marked_cases_once(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    envelope = build.drop(world, "Écrit à la main\nligne 2", [b"photo"])
    collect(portal.bundle(Sent(envelope)))
    assert 1 == collect(portal.bundle(Sent(envelope)))["repeated"]
    shown = world.office.json("show", "1")
    assert (["unsigned"], "Écrit à la main\nligne 2") == (shown["flags"], shown["note"])
    assert 0 == world.office.run("attachment", "1", "1", "--out", tmp_path / "out").code
    assert b"photo" == (tmp_path / "out").read_bytes()
    assert "unsigned" in world.office.run("reply", "1", "--text", "bonjour").err


def hidden_tail(raw: bytes) -> bytes:
    return raw[:-1] + b"\1"


def tar(*members: tuple[str, bytes]) -> bytes:
    raw = b"".join(archive.write(Member(name, len(data), iter([data])) for name, data in members))
    return raw.ljust(65_536, b"\0")


def linked() -> bytes:
    raw = bytearray(tar(("note.txt", b"x")))
    raw[156:157] = b"2"
    raw[157:162] = b"/etc/"
    return bytes(raw)


ARCHIVES = {
    "path": tar(("../note.txt", b"x")),
    "absolute-path": tar(("/etc/passwd", b"x"), ("note.txt", b"x")),
    "link": linked(),
    "duplicate": tar(("files/01", b"x"), ("files/01", b"y"), ("note.txt", b"x")),
    "two-notes": tar(("note.txt", b"x"), ("note.txt", b"y")),
    "hidden-tail": hidden_tail(tar(("note.txt", b"x"))),
    "hidden-padding": tar(("note.txt", b"x")).replace(b"x\0", b"xy", 1),
    "oversize-name": b"n" * 100 + tar(("note.txt", b"x"))[100:],
    "nothing": bytes(65_536),
    "odd-size": tar(("note.txt", b"x"))[:-512],
}


@pytest.mark.parametrize("archive_name", ARCHIVES)
def test_hostile_archives_become_visible_rows(
    world: World, portal: Portal, collect: Callable[..., Any], archive_name: str
) -> None:
    """The envelope is kept as it came, and the report beside it is filed."""
    envelope = build.age.seal_bytes(ARCHIVES[archive_name], [world.recipient])
    outcome = collect(portal.bundle(Sent(envelope), first(Reporter(world))))
    assert ([1], [1]) == (outcome["cases"], outcome["unopened"])
    (row,) = world.office.json("list")["unopened"]
    assert "malformed" == row["kind"]
    assert envelope == (world.office.root / row["file"]).read_bytes()
    assert [] == [*(world.office.root / "attachments").iterdir(), *(world.office.root / "arriving").iterdir()]


def bad_entries(world: World) -> dict[str, tuple[Sent, str]]:
    """Return one entry for each way to be wrong, with the kind that it becomes."""
    victim, other = Reporter(world), Reporter(world)
    good = victim.report()
    foreign = Reporter(world)
    foreign.world = World(world.office)
    foreign.world.deployment = bytes(16)
    zero = bytes(32)
    small_order = bytes([1]) + bytes(31)
    x25519 = X25519Identity(bytes(range(32))).recipient()
    return {
        "not-for-us": (
            Sent(build.age.seal_bytes(bytes(65_536), [build.stranger().recipient()])),
            "not-for-us",
        ),
        "plaintext": (Sent(b"plain text, not sealed at all" * 100), "malformed"),
        "x25519-only": (Sent(build.age.seal_bytes(bytes(65_536), [x25519])), "malformed"),
        "two-recipients": (
            Sent(build.age.seal_bytes(bytes(65_536), [world.recipient, build.stranger().recipient()])),
            "malformed",
        ),
        "flipped": (Sent(good[:-1] + bytes([good[-1] ^ 1])), "tampered"),
        "cut": (Sent(good[:1_650]), "truncated"),
        "other-deployment": (Sent(foreign.report()), "tampered"),
        "other-channel": (
            Sent(victim.report(edit=lambda r: replace(r, channel="ombudsman"))),
            "wrong-address",
        ),
        "other-key": (Sent(victim.report(edit=lambda r: replace(r, key_id=bytes(16)))), "wrong-address"),
        "commitment": (Sent(victim.report(edit=lambda r: replace(r, salt=zero))), "tampered"),
        "stolen-case-id": (
            Sent(other.report(edit=lambda r: replace(r, case_id=victim.keys.case_id)), victim.keys.case_id),
            "tampered",
        ),
        "portal-says-other-case": (Sent(other.report(), victim.keys.case_id), "wrong-case"),
        "small-order-key": (
            Sent(victim.report(edit=lambda r: replace(r, author_key=small_order))),
            "tampered",
        ),
        "unknown-case": (Sent(Reporter(world).follow_up()), "unknown-case"),
        "follow-up-says-other-case": (Sent(victim.follow_up(), other.keys.case_id), "wrong-case"),
        "not-json": (Sent(build.seal(world, [], b"{}", bytes(64))), "malformed"),
        "loose-json": (Sent(build.seal(world, [], b'{"v": 1}', bytes(64))), "malformed"),
    }


NAMES = [
    "not-for-us", "plaintext", "x25519-only", "two-recipients", "flipped", "cut", "other-deployment",
    "other-channel", "other-key", "commitment", "stolen-case-id", "portal-says-other-case", "small-order-key",
    "unknown-case", "follow-up-says-other-case", "not-json", "loose-json",
]  # fmt: skip


def test_every_bad_entry_becomes_a_row_that_touches_no_case(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """All at once, with a good one among them: each is shown as what it is, and kept."""
    bad = bad_entries(world)
    assert NAMES == list(bad)
    outcome = collect(portal.bundle(first(Reporter(world)), *(sent for sent, _ in bad.values())))
    assert [1] == outcome["cases"]
    assert sorted(kind for _, kind in bad.values()) == sorted(kinds(world.office))
    kept = {path.read_bytes() for path in (world.office.root / "unopened").iterdir()}
    assert {sent.envelope for sent, _ in bad.values()} == kept


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_report_under_anothers_case_id_changes_nothing_for_the_true_one(
    world: World, portal: Portal, collect: Callable[..., Any], order: str
) -> None:
    """Whether it comes before or after the true report, which is filed and answered as ever."""
    victim, thief = Reporter(world), Reporter(world)
    forged = [
        Sent(thief.report(edit=lambda r: replace(r, case_id=victim.keys.case_id)), victim.keys.case_id),
        Sent(thief.report(), victim.keys.case_id),
    ]
    batches = [forged, [first(victim)]]
    for sent in batches if order == "before" else reversed(batches):
        collect(portal.bundle(*sent))
    assert ["tampered", "wrong-case"] == sorted(kinds(world.office))
    (case,) = world.office.json("list")["cases"]
    assert 0 == world.office.run("reply", str(case["case"]), "--text", "merci").code
    world.office.run("outbox", "--out", world.office.out)
    outbox, _, files = build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    (slot,) = outbox.slots
    assert "merci" == build.read_slot(files[bundle.slot_name(slot.case_id)], victim).messages[0].text


def test_a_follow_up_by_another_hand_is_shown_and_not_filed(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    victim, thief = Reporter(world), Reporter(world)
    collect(portal.bundle(first(victim)))
    collect(portal.bundle(Sent(victim.follow_up("faux", seed=thief.keys.author_seed))))
    assert ["false-signature"] == kinds(world.office)
    assert [] == world.office.json("show", "1")["follow_ups"]


def poisoned(report: messages.Report) -> messages.Report:
    """Give a recipient with an ML-KEM coefficient out of range, and the case id that commits to it."""
    raw = b"\xff" * 1_184 + report.reply_recipient[1_184:]
    locator = build.casetoken.locate(report.author_key, raw, report.salt)
    return replace(report, reply_recipient=raw, case_id=build.casetoken.case_id(locator))


def test_a_poisoned_recipient_is_kept_and_stops_no_outbox(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The report is read, cannot be answered, and others are answered all the same."""
    hostile, honest = Reporter(world), Reporter(world)
    collect(portal.bundle(Sent(hostile.report("piège", edit=poisoned)), first(honest)))
    listed = {case["summary"]: case for case in world.office.json("list")["cases"]}
    assert ["cannot-be-answered"] == listed["piège"]["flags"]
    said = world.office.run("reply", str(listed["piège"]["case"]), "--text", "bonjour")
    assert (1, True) == (said.code, "cannot be answered" in said.err)
    assert 0 == world.office.run("outbox", "--out", world.office.out).code
    outbox, _, _ = build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    assert [honest.keys.case_id] == [slot.case_id for slot in outbox.slots]


def test_a_keyring_that_was_not_ours_is_flagged(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """By its hash and by its serial; one that is ours is not flagged."""
    for seen in (SeenKeyring(1, bytes(32)), SeenKeyring(9, world.seen.hash)):
        collect(portal.bundle(first(Reporter(world), edit=lambda r, seen=seen: replace(r, keyring=seen))))
    collect(portal.bundle(first(Reporter(world))))
    flags = [case["flags"] for case in world.office.json("list")["cases"]]
    assert [["keyring-unknown"], ["keyring-unknown"], []] == flags


def test_a_keyring_past_its_date_is_flagged(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    late = build.today() + timedelta(days=36)

    def postponed(intake: bundle.Intake) -> bundle.Intake:
        return replace(intake, entries=tuple(replace(entry, day=late) for entry in intake.entries))

    collect(portal.bundle(first(Reporter(world)), edit=postponed))
    assert ["keyring-old"] == world.office.json("show", "1")["flags"]


def test_a_withdrawal_flags_the_case_and_deletes_nothing(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Only with the key of the sealed report: a false one and an unknown case are rows."""
    reporter, other = Reporter(world), Reporter(world)
    collect(portal.bundle(first(reporter), first(other)))
    outcome = collect(
        portal.bundle(
            withdrawn=[
                Withdrawal(reporter.keys.case_id, reporter.keys.withdraw_key),
                Withdrawal(other.keys.case_id, reporter.keys.withdraw_key),
                Withdrawal(bytes(32), reporter.keys.withdraw_key),
            ]
        )
    )
    (number,) = outcome["withdrawn"]
    assert ["withdrawn"] == world.office.json("show", str(number))["flags"]
    assert ["false-withdrawal", "unknown-withdrawal"] == sorted(kinds(world.office))
    assert "withdrawn" in world.office.run("reply", str(number), "--text", "x").err
    world.office.run("outbox", "--out", world.office.out)
    outbox, _, _ = build.read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    assert [other.keys.case_id] == [slot.case_id for slot in outbox.slots]


def test_the_first_bundle_needs_the_fingerprint_confirmed(world: World, portal: Portal) -> None:
    """Without it the fingerprint is shown and nothing changes; a wrong one is refused, spaces are free."""
    path = portal.bundle(first(Reporter(world)))
    before = world.office.state()
    said = world.office.run("collect", path)
    assert (1, "") == (said.code, said.out)
    assert portal.fingerprint in said.err
    assert "portal init" in said.err
    stranger = signing.fingerprint(bytes(32))
    assert 1 == world.office.run("collect", path, "--confirm-instance", stranger).code
    assert before == world.office.state()
    typed = portal.fingerprint.lower().replace(" ", "")
    assert 0 == world.office.run("collect", path, "--confirm-instance", typed).code
    following = portal.bundle()
    said = world.office.run("collect", following, "--confirm-instance", stranger)
    assert (1, True) == (said.code, "not the one given" in said.err)
    assert 0 == world.office.run("collect", following).code


def test_the_same_bundle_again_changes_nothing(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    path = portal.bundle(first(Reporter(world), files=[b"x"]))
    assert "collected" == collect(path)["state"]
    before = world.office.state()
    assert "already collected" == collect(path)["state"]
    assert before == world.office.state()


def test_a_bundle_that_is_not_the_next_is_refused_and_named(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """A gap names the number wanted; other content under a known number, another chain, an old start too."""
    one = portal.bundle(first(Reporter(world)))
    two = portal.bundle(first(Reporter(world)))
    three = portal.bundle(first(Reporter(world)))
    collect(one)
    before = world.office.state()
    gap = collect(three, code=1)
    assert "bundle 2 is missing before bundle 3" == gap["error"]
    assert "portal export --again 2" in gap["hint"]
    portal.last = bundle.NOTHING
    other_one = portal.bundle(first(Reporter(world)))
    assert "another bundle 1 was collected before" in collect(other_one, code=1)["error"]
    other_two = portal.bundle(first(Reporter(world)))
    assert "does not follow" in collect(other_two, code=1)["error"]
    assert before == world.office.state()
    portal.last = Link(1, bytes(32))
    assert two.name == other_two.name  # the forgery took the true one's place on the medium


def test_several_bundles_are_each_told_and_the_good_ones_taken(world: World, portal: Portal) -> None:
    """A file that is no bundle, one twice, and a missing one do not keep the others from being collected."""
    one, two = portal.bundle(first(Reporter(world))), portal.bundle(first(Reporter(world)))
    noise = one.with_name("holiday.jpg")
    noise.write_bytes(b"\xff\xd8" * 4000)
    missing = one.with_name("missing.tar")
    said = world.office.run(
        "collect", noise, one, one, missing, two, "--confirm-instance", portal.fingerprint, "--json"
    )
    assert (1, "") == (said.code, said.err)
    states = [outcome["state"] for outcome in said.json]
    assert ["refused", "refused", "collected", "already collected", "collected"] == states
    assert 2 == len(world.office.json("list")["cases"])


def test_bundles_are_collected_by_their_numbers_whatever_a_shell_makes_of_their_names(
    world: World, portal: Portal
) -> None:
    """As a glob gives them, inspection-10 comes before inspection-2; a name may also say nothing at all."""
    paths = sorted(str(portal.bundle(first(Reporter(world), text=str(n)))) for n in range(1, 12))
    assert "inspection-10.tar" == Path(paths[1]).name
    paths[0] = str(Path(paths[0]).rename(portal.bundle().with_name("zz.tar")))
    cut = Path(paths[0]).with_name("0-cut.tar")
    cut.write_bytes(Path(paths[3]).read_bytes()[:-600])
    said = world.office.run("collect", cut, *paths, "--confirm-instance", portal.fingerprint, "--json")
    assert 1 == said.code
    told = [(outcome["n"], outcome["state"]) for outcome in said.json if outcome["state"] != "refused"]
    assert [(n, "collected") for n in range(1, 12)] == told
    (refused,) = [outcome for outcome in said.json if outcome["state"] == "refused"]
    assert ("0-cut.tar", "the bundle ends early") == (refused["bundle"], refused["error"])
    numbers = [int(case["summary"]) for case in world.office.json("list")["cases"]]
    assert list(range(1, 12)) == numbers


def test_the_last_of_a_chain_is_collected_before_the_first_of_a_rebuilt_portal(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """Whichever keys and names they have: once the new one is accepted, nothing of the old is taken."""
    collect(portal.bundle())
    for place in range(4):
        old = portal.bundle(first(Reporter(world)))
        portal = Portal(world, tmp_path / f"rebuilt-{place}")
        new = portal.bundle(first(Reporter(world)))
        said = world.office.run("collect", new, old, "--new-instance", portal.fingerprint, "--json")
        assert ["collected"] * 2 == [outcome["state"] for outcome in said.json]
        assert [old.name, new.name] == [outcome["bundle"] for outcome in said.json]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda intake: replace(intake, deployment=bytes(16)), "another deployment"),
        (lambda intake: replace(intake, channel="ombudsman"), "for the channel ombudsman"),
        (lambda intake: replace(intake, instance_key=signing.public_key(bytes(32))), "altered"),
        (
            lambda intake: replace(
                intake, entries=tuple(replace(e, size=e.size + 1) for e in intake.entries)
            ),
            "not of the size",
        ),
        (
            lambda intake: replace(intake, entries=tuple(replace(e, hash=bytes(32)) for e in intake.entries)),
            "altered",
        ),
    ],
    ids=["deployment", "channel", "signer", "size", "digest"],
)
def test_a_bundle_for_or_by_someone_else_is_refused(
    world: World, portal: Portal, collect: Callable[..., Any], edit: Callable[[Any], Any], words: str
) -> None:
    before = world.office.state()
    assert words in collect(portal.bundle(first(Reporter(world)), edit=edit), code=1)["error"]
    assert before == world.office.state()


def test_a_rebuilt_portal_is_taken_only_with_its_fingerprint(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """It starts at 1; the old chain's last number is named; the old portal is refused from then on."""
    first_path = portal.bundle(first(Reporter(world)))
    collect(first_path)
    rebuilt = Portal(world, tmp_path / "rebuilt")
    one = rebuilt.bundle(first(Reporter(world)))
    before = world.office.state()
    said = world.office.run("collect", one)
    assert (1, True) == (said.code, "--new-instance" in said.err)
    assert 1 == world.office.run("collect", one, "--new-instance", portal.fingerprint).code
    two = rebuilt.bundle()
    assert 1 == world.office.run("collect", two, "--new-instance", rebuilt.fingerprint).code
    assert before == world.office.state()
    said = world.office.run("collect", one, two, "--new-instance", rebuilt.fingerprint)
    assert 0 == said.code
    assert "ended with bundle 1" in said.out
    assert 0 == world.office.run("collect", first_path).code  # known, so nothing changes
    said = world.office.run("collect", portal.bundle(), "--new-instance", portal.fingerprint)
    assert (1, True) == (said.code, "was replaced" in said.err)


def test_no_flipped_byte_of_a_bundle_is_ever_taken(world: World, portal: Portal, tmp_path: Path) -> None:
    """Every byte of a small bundle, one at a time, is refused; the vault stays as it was."""
    path = portal.bundle(Sent(b"x" * 600), withdrawn=[Withdrawal(bytes(32), bytes(32))])
    good = path.read_bytes()
    before = world.office.state()
    copy = tmp_path / "copy.tar"
    with world.office.opened() as inbox:
        for place in range(len(good)):
            flipped = bytearray(good)
            flipped[place] ^= 1 << (place % 8)
            copy.write_bytes(flipped)
            with pytest.raises(BundleRefused):
                verify(copy, world.deployment, build.CHANNEL)
            if place % 17 == 0:
                assert refused(inbox, copy, portal), place
    assert before == world.office.state()


@pytest.mark.parametrize("change", ["cut", "longer"])
def test_a_bundle_of_another_length_is_refused(
    world: World, portal: Portal, tmp_path: Path, change: str
) -> None:
    """Cut anywhere, or with blocks of zeros added; the whole one is taken afterwards."""
    good = portal.bundle(Sent(b"x" * 600)).read_bytes()
    before = world.office.state()
    copy = tmp_path / "copy.tar"
    lengths = range(0, len(good), 97) if change == "cut" else [len(good) + 512, len(good) + 10_240]
    with world.office.opened() as inbox:
        for length in lengths:
            copy.write_bytes(good[:length].ljust(length, b"\0"))
            assert refused(inbox, copy, portal), length
    assert before == world.office.state()
    copy.write_bytes(good)
    with world.office.opened() as inbox:
        assert not refused(inbox, copy, portal)


def refused(inbox: Any, path: Path, portal: Portal) -> bool:
    acceptance = Acceptance(portal.fingerprint, None, lambda _: False)
    (outcome,) = collecting.collect(inbox, [path], acceptance, today=build.today(), progress=lambda *_: None)
    return outcome.refused is not None


@pytest.mark.parametrize("place", [100, 2_000, 80_000])
def test_a_bundle_that_changes_while_it_is_read_is_refused(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """The medium may lie the second time: nothing of the bundle is taken then."""
    path = portal.bundle(first(Reporter(world), files=[b"x"]), Sent(Reporter(world).follow_up()))
    before = world.office.state()

    def then_alter(*arguments: Any) -> Any:
        verified = verify(*arguments)
        raw = bytearray(path.read_bytes())
        raw[raw.index(b"age-encryption.org/v1") + place] ^= 1
        path.write_bytes(raw)
        return verified

    monkeypatch.setattr(collecting, "verify", then_alter)
    said = world.office.run("collect", path, "--confirm-instance", portal.fingerprint)
    assert (1, True) == (said.code, "altered while it was read" in said.err)
    monkeypatch.undo()
    assert before == world.office.state()


def test_an_envelope_that_is_exchanged_for_a_good_one_is_refused_and_leaves_no_file(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the bundle is verified, another report of the same size takes the place of one in it."""
    true, false = (first(Reporter(world), files=[b"data"]) for _ in range(2))
    path = portal.bundle(true)
    before = world.office.state()
    whole = verify

    def then_exchange(*arguments: Any) -> Any:
        verified = whole(*arguments)
        path.write_bytes(path.read_bytes().replace(true.envelope, false.envelope))
        return verified

    monkeypatch.setattr(collecting, "verify", then_exchange)
    said = world.office.run("collect", path, "--confirm-instance", portal.fingerprint)
    assert (1, True) == (said.code, "altered while it was read" in said.err)
    assert [] == list((world.office.root / "arriving").iterdir())
    monkeypatch.undo()
    assert before == world.office.state()


def test_what_a_refused_bundle_left_is_removed_at_once(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a good report before the change was noticed: nobody could open it any more."""

    def altered(*_: Any) -> None:
        arrived = list((world.office.root / "arriving").iterdir())
        assert 1 == len(arrived)
        raise Changed

    path = portal.bundle(first(Reporter(world), files=[b"data"]))
    monkeypatch.setattr(collecting.Filing, "finish", altered)
    assert 1 == world.office.run("collect", path, "--confirm-instance", portal.fingerprint).code
    assert [] == list((world.office.root / "arriving").iterdir())


def test_many_entries_are_unsealed_by_several_processes(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Above the threshold, with files, a bad one in the middle: the same result as in one process."""
    reporters = [Reporter(world) for _ in range(collecting._FEW + 6)]
    sent = [first(reporter, text=str(n), files=[b"%d" % n]) for n, reporter in enumerate(reporters)]
    outcome = collect(portal.bundle(*sent, Sent(b"noise" * 400)))
    assert (len(reporters), 1) == (len(outcome["cases"]), len(outcome["unopened"]))
    summaries = {case["summary"] for case in world.office.json("list")["cases"]}
    assert {str(n) for n in range(len(reporters))} == summaries
    assert len(reporters) == len(list((world.office.root / "attachments").iterdir()))


def test_a_collect_cut_short_leaves_no_file_behind(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while the last envelope is set aside: state and files as before, then all of it works."""
    path = portal.bundle(first(Reporter(world), files=[b"x"]), Sent(b"noise" * 400))
    before = world.office.state()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "keep", full)
        said = world.office.run("collect", path, "--confirm-instance", portal.fingerprint)
    assert (1, True) == (said.code, "No space left" in said.err)
    assert before == world.office.state()
    assert 0 == world.office.run("collect", path, "--confirm-instance", portal.fingerprint).code


def test_what_was_collected_before_a_full_disk_is_told(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In JSON too: a script that got no answer would not know that case 1 is there."""
    paths = [portal.bundle(first(Reporter(world))), portal.bundle(Sent(b"noise" * 400))]

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Shelf, "keep", full)
    said = world.office.run("collect", *paths, "--confirm-instance", portal.fingerprint, "--json")
    assert (1, [[1]]) == (said.code, [outcome["cases"] for outcome in said.json])
    assert "No space left" in said.err


def test_no_collect_removes_what_a_newer_vault_knows(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """A copy put back half-way must not cost what came since: the portal has forgotten it."""
    collect(portal.bundle(first(Reporter(world))))
    older = world.office.copy(tmp_path / "older")
    collect(portal.bundle(first(Reporter(world), files=[b"data"]), Sent(b"noise" * 400)))
    assert 0 == world.office.run("outbox", "--out", world.office.out).code
    newer = world.office.copy(tmp_path / "newer")
    (before,) = {frozenset(path.name for path in newer.root.rglob("*.age") if "keystore" not in path.name)}
    for name in ("vault-1.sqlite", "keystore-1.age"):
        shutil.copy(older.root / name, world.office.root)
    assert 1 == world.office.run("collect", portal.bundle(), "--confirm-instance", portal.fingerprint).code
    assert 0 == world.office.run("list").code
    for path in newer.root.glob("*.*"):
        shutil.copy(path, world.office.root)
    after = {path.name for path in world.office.root.rglob("*.age") if "keystore" not in path.name}
    assert (2, before) == (len(before), after)
    assert 0 == world.office.run("attachment", "2", "1", "--out", tmp_path / "out").code
    assert 0 == world.office.run("outbox", "--out", world.office.out, "--again", "1").code


def test_power_lost_right_after_the_commit_loses_no_file(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Files that are still on their way then reach their place with the next command, whatever it is."""
    path = portal.bundle(first(Reporter(world), files=[b"data"]), Sent(b"noise" * 400))

    class Killed(BaseException):
        pass

    def stop(home: Any, _: Any) -> None:
        if any(home.arriving.iterdir()):
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(settling, "settle", stop)
        with pytest.raises(Killed):
            world.office.run("collect", path, "--confirm-instance", portal.fingerprint)
    assert 2 == len(list((world.office.root / "arriving").iterdir()))
    assert 0 == world.office.run("attachment", "1", "1", "--out", tmp_path / "out").code
    assert b"data" == (tmp_path / "out").read_bytes()
    (row,) = world.office.json("list")["unopened"]
    assert b"noise" * 400 == (world.office.root / row["file"]).read_bytes()
    assert [] == list((world.office.root / "arriving").iterdir())


@pytest.mark.parametrize("size", ["small", "large"])
def test_few_envelopes_stay_in_one_process_only_if_they_are_small(
    world: World,
    portal: Portal,
    collect: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    size: str,
) -> None:
    told = []

    def spread(start: Any, context: Any, jobs: Any, *, few: int) -> Any:
        told.append(few)
        return map(start(context), jobs)

    monkeypatch.setattr(collecting, "spread", spread)
    if size == "large":
        monkeypatch.setattr(collecting, "_LITTLE", 100_000)
    collect(portal.bundle(first(Reporter(world)), first(Reporter(world))))
    assert [64 if size == "small" else 1] == told


def test_a_killed_extraction_leaves_nothing_that_looks_whole(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the digest is verified and all is on disk, the name that was asked for stands for nothing."""
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    out = tmp_path / "out"
    seen = []

    def looking(_: int) -> None:
        seen.append(out.read_bytes())

    with monkeypatch.context() as patch:
        patch.setattr(disk.os, "fsync", looking)
        assert 0 == world.office.run("attachment", "1", "1", "--out", out).code
    assert (b"", b"data") == (seen[0], out.read_bytes())
