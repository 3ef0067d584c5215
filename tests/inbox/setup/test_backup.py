"""Backups: what they contain and what opens them. A restore is either complete or leaves nothing behind."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crypto.bundle import Link
from inbox.cli import main
from inbox.cli.shell import Open
from inbox.vault import case_numbers, queries_exchange, queries_office
from inbox.vault.tables import Case, Message
from tests import next_version
from tests.support.backup_media import Copies, as_it_is, signed_anew
from tests.support.gate import steps
from tests.support.inbox_builders import Office, Portal, Reporter, World, first, today
from tests.support.inbox_ending import aged, tell_portal
from tests.support.inbox_kills import killed_everywhere
from tests.support.inbox_trio import Trio, of_the_case
from tests.support.inbox_visas import agreed
from tests.support.installation import Installation
from tests.support.small_disk import small_disk

pytestmark = pytest.mark.long


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_restored_backup_is_the_same_inbox_and_opens_with_the_same_shares(
    trio: Trio, copies: Copies, tmp_path: Path
) -> None:
    """All rows and files are the same, except for the journal entry of the restore.

    Any two officers can open the inbox. The archives must be asked again, because work after the backup
    might have removed a case from their lists.
    """
    agreed(trio.others, 1)
    made = copies.of(trio.others)
    restored, said = copies.restore(trio.others, made, tmp_path / "new")
    assert (0, "") == (said.code, said.err)
    before, after = trio.others.state(), restored.state()
    # Both inboxes record the rules that were used to calculate deadlines.
    (rules,) = before.pop("settings")
    assert (True, []) == (bool(before.pop("listed_cases")), after.pop("listed_cases"))
    assert (["('last-case', '1003')", rules], 1004) == (after.pop("settings"), said.json["next_case"])
    assert before == after
    assert 0 == restored.run("journal", "verify").code
    acts = [entry["action"] for entry in restored.json("journal", "list")["entries"] if not entry["withheld"]]
    assert ["back-up", "restore", "read-journal", "read-journal"] == acts[-4:]
    out = tmp_path / "file"
    assert 0 == restored.run("file", "export", "1", "1", "--out", out, "--reason", "x").code
    assert b"case 1" in out.read_bytes()


def test_a_backup_contains_no_key_store_and_no_share(trio: Trio, copies: Copies) -> None:
    """A key that was destroyed in the key store must not remain in a backup.

    The separate copy of the key store keeps its name.
    """
    made = copies.of(trio.others)
    held, home = files(Path(made["folder"])), files(trio.others.root)
    store = Path(made["keystore"])
    assert home[store.name] == store.read_bytes()
    assert {"backup.json", *home} - {store.name} == set(held)
    assert all(home[name] == content for name, content in held.items() if name != "backup.json")
    assert not any(home[store.name] in content for content in held.values())
    listed = json.loads(held["backup.json"])["backup"]
    assert set(held) - {"backup.json"} == {file["name"] for file in listed["files"]}
    assert today().isoformat() == listed["day"]


@pytest.mark.parametrize(
    "places", ["{home}/x {keys}", "{out} {out}", "{out} {out}/x", "{out}/x {out}", "{out} {home}"]
)
def test_the_home_and_the_backup_and_the_key_store_copy_must_not_contain_each_other(
    trio: Trio, copies: Copies, places: str
) -> None:
    for folder in (trio.others.root / "x", copies.out / "x"):
        folder.mkdir()
    given = places.format(home=trio.others.root, out=copies.out, keys=copies.keys).split()
    said = trio.others.run("backup", "make", "--out", given[0], "--keystore-out", given[1])
    assert (1, True) == (said.code, "must not be inside one another" in said.err)
    assert {} == files(copies.out) | files(copies.keys)


def test_a_backup_and_a_restore_never_overwrite_a_file(trio: Trio, copies: Copies, tmp_path: Path) -> None:
    """The test tries an older backup, another key store with the same name, and an existing home."""
    made = copies.of(trio.others)
    before = files(copies.out)
    again = trio.others.run("backup", "make", "--out", copies.out, "--keystore-out", copies.keys)
    assert (1, True, before) == (again.code, "already exists" in again.err, files(copies.out))
    (tmp_path / "other").mkdir()
    Path(made["keystore"]).write_bytes(b"another")
    other = trio.others.run("backup", "make", "--out", tmp_path / "other", "--keystore-out", copies.keys)
    assert (1, True) == (other.code, "is a different key store" in other.err)
    assert {} == files(tmp_path / "other")
    state = files(trio.others.root)
    said = trio.others.run("backup", "restore", "--from", made["folder"], "--keystore", made["keystore"])
    assert (1, True, state) == (said.code, "already exists" in said.err, files(trio.others.root))


def test_no_backup_is_made_while_the_inbox_is_open_elsewhere(trio: Trio, copies: Copies) -> None:
    with trio.others.opened():
        said = trio.others.run("backup", "make", "--out", copies.out, "--keystore-out", copies.keys)
    assert (1, True) == (said.code, "another inbox command is running here" in said.err)
    assert {} == files(copies.out) | files(copies.keys)


def test_a_backup_made_in_a_session_contains_the_work_that_was_done_before_it(
    trio: Trio, copies: Copies, tmp_path: Path
) -> None:
    with trio.others.unlocked() as opened:
        door = Open(opened)
        words = [
            "backup",
            "make",
            "--same-disk",
            "--out",
            str(copies.out),
            "--keystore-out",
            str(copies.keys),
        ]
        done = [
            main.run(each, door)
            for each in (
                ["case", "note", "1", "--text", "before"],
                words,
                ["case", "note", "1", "--text", "after"],
            )
        ]
    assert [0, 0, 0] == done
    (folder,), (store,) = copies.out.iterdir(), copies.keys.iterdir()
    restored, _ = copies.restore(
        trio.others, {"folder": str(folder), "keystore": str(store)}, tmp_path / "new"
    )
    told = [
        [note["text"] for note in each.json("case", "show", "1")["work"]["notes"]]
        for each in (restored, trio.others)
    ]
    assert [["case 1", "before"], ["case 1", "before", "after"]] == told


def test_a_full_medium_keeps_no_partial_backup_and_a_full_disk_keeps_no_partial_inbox(
    trio: Trio, copies: Copies, tmp_path: Path
) -> None:
    """Once there is enough space, backup and restore succeed."""
    words = ("--keystore-out", copies.keys)
    with small_disk(tmp_path / "full", "64k") as grow:
        said = trio.others.run("backup", "make", "--out", tmp_path / "full", *words)
        assert (1, True, {}) == (said.code, "No space left" in said.err, files(tmp_path / "full"))
        grow("8m")
        made = trio.others.json("backup", "make", "--out", tmp_path / "full", *words)
        with small_disk(tmp_path / "home", "64k") as grow_home:
            home = Office(tmp_path / "home", trio.others.present)
            home.opening = trio.others.opening  # type: ignore[method-assign]
            restore = ("backup", "restore", "--from", made["folder"], "--keystore", made["keystore"])
            said = home.run(*restore)
            assert (1, True, {}) == (said.code, "No space left" in said.err, files(tmp_path / "home"))
            grow_home("8m")
            assert 0 == home.run(*restore).code


def test_a_changed_backup_is_not_restored(trio: Trio, copies: Copies, tmp_path: Path) -> None:
    """One change flips a byte in each kind of file.

    In other changes, a file is missing, is listed twice, or has a path outside the backup. Finally, the
    vault or the key store is damaged, and the list is signed again to match. One officer alone is refused,
    too.
    """
    made = copies.of(trio.others)
    folder, store = Path(made["folder"]), Path(made["keystore"])
    kinds = {
        path.suffix + path.parent.name: path
        for path in folder.rglob("*")
        if path.name != "backup.json" and path.is_file()
    }
    assert 6 == len({*kinds})
    for n, path in enumerate([*kinds.values(), store]):
        raw = path.read_bytes()
        path.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
        refused(copies, trio.others, made, tmp_path / f"changed{n}")
        path.unlink()
        refused(copies, trio.others, made, tmp_path / f"missing{n}")
        path.write_bytes(raw)
    listed = (folder / "backup.json").read_text()
    (folder / "backup.json").write_text(listed.replace('"vault.json"', '"../x.json"'))
    refused(copies, trio.others, made, tmp_path / "path")
    again = json.loads(listed)
    again["backup"]["files"] += again["backup"]["files"][:1]
    (folder / "backup.json").write_text(json.dumps(again, separators=(",", ":")))
    refused(copies, trio.others, made, tmp_path / "twice")
    (folder / "backup.json").write_text(listed)
    refused(copies, trio.others.of("alice"), made, tmp_path / "alone")
    for n, path in enumerate((*folder.glob("vault-*.sqlite"), store)):
        raw = path.read_bytes()
        path.write_bytes(raw[:-100] + bytes([raw[-100] ^ 1]) + raw[-99:])
        signed_anew(trio.others, folder, as_it_is(path))
        refused(copies, trio.others, made, tmp_path / f"listed{n}")
        path.write_bytes(raw)
        signed_anew(trio.others, folder, as_it_is(path))
    assert 0 == copies.restore(trio.others, made, tmp_path / "right")[1].code


def test_after_a_restore_the_case_numbers_of_the_lost_inbox_are_not_reused(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The lost inbox had a second case, which the backup lacks.

    Officers can give the last number; otherwise, numbers are skipped.
    """
    medium = Copies(tmp_path)
    collect(portal.bundle(first(Reporter(world))))
    made = medium.of(world.office)
    collect(portal.bundle(first(Reporter(world))))
    reports = portal.bundle(first(Reporter(world)))
    numbers = []
    for n, known in enumerate([["--last-case", "2"], []]):
        lost = tmp_path / f"lost{n}"
        world.office.root.rename(lost)
        share, secret = next(lost.glob("*.share")), world.office.secret
        home = ["--home", str(world.office.root), "--share", str(share), "--passphrase-file", str(secret)]
        restoring = [*home, "backup", "restore", "--from", made["folder"], "--keystore", made["keystore"]]
        assert 0 == main.run([*restoring, *known])
        shutil.copy(share, world.office.root)
        given = ("--after-restore", "--confirm-instance", portal.fingerprint)
        numbers += world.office.json("exchange", "collect", reports, *given)[0]["cases"]
    assert [3, 1002] == numbers


def test_after_an_upgrade_officers_can_give_the_last_case_number(world: World) -> None:
    """An old vault does not record the last case number. A number that is already taken is refused."""
    world.office.json("office", "set", "--last-case", "7")
    entries = world.office.json("journal", "list")["entries"]
    assert ("continue-numbering", {"last_case": 7}) == (entries[-2]["action"], entries[-2]["values"])
    said = world.office.run("office", "set", "--last-case", "6")
    assert (1, True) == (said.code, "case numbers up to 7 are already taken" in said.err)
    with world.office.opened() as inbox, inbox.transaction() as session:
        assert 7 == case_numbers.last(session)


def test_a_number_for_the_last_case_is_refused_if_it_leaves_too_few_numbers_for_new_cases(
    world: World,
) -> None:
    """One officer can set the number, and nobody can undo the change.

    The control is the highest number that is accepted.
    """
    for number, code in ((2**53 - 1, 1), (1_000_008, 1), (1_000_007, 0)):
        world.office.json("office", "set", "--last-case", "7")
        said = world.office.run("office", "set", "--last-case", str(number))
        assert (code, bool(code)) == (said.code, "the highest number so far is 7" in said.err)


def test_the_command_says_that_the_share_of_a_single_officer_is_not_in_the_backup(
    world: World, trio: Trio, tmp_path: Path
) -> None:
    """A single officer's share is in the home, and nobody can open the backup without it.

    If there are several officers, they keep their shares elsewhere.
    """
    medium = Copies(tmp_path)
    said = world.office.run("backup", "make", "--out", medium.out, "--keystore-out", medium.keys).out
    (share,) = world.office.root.glob("*.share")
    assert (
        f"does not contain {share.name}: keep a copy of that file separately; "
        "nobody can open the backup without it\n" in said
    )
    assert share.name not in files(medium.out) | files(medium.keys)
    (tmp_path / "trio").mkdir(exist_ok=True)
    assert [] == Copies(tmp_path / "trio").of(trio.others)["shares"]


@pytest.fixture
def small(world: World, portal: Portal, collect: Callable[..., Any]) -> Office:
    """An inbox with a single report that has a single file, because each copied file adds steps."""
    collect(portal.bundle(first(Reporter(world), files=[b"x"])))
    return world.office


# `make soak stops` tries every step.
STEPS = steps(6)


@STEPS
def test_a_power_cut_during_a_restore_leaves_a_complete_inbox_or_none(
    small: Office, tmp_path: Path, stride: int
) -> None:
    """The process is killed at one step after another.

    After each kill, either a complete inbox opens with its case, or the restore can be repeated.
    """
    made = Copies(tmp_path).of(small)
    (share,) = small.root.glob("*.share")
    words = ["backup", "restore", "--from", made["folder"], "--keystore", made["keystore"]]
    words += ["--share", str(share), "--passphrase-file", str(small.secret), "--json"]
    begun = Office(tmp_path / "before")
    begun.root.parent.mkdir()
    killed = killed_everywhere(begun, tmp_path / "killed", today(), *words, stride=stride)
    whole = [each.root.exists() for each in killed]
    assert sorted(whole) == whole
    assert 10 < stride * whole.index(True)
    for each in [*killed[: whole.index(True) : 2], *killed[whole.index(True) :]]:
        if not each.root.exists():
            assert 0 == main.run(["--home", str(each.root), *words])
        shutil.copy(share, each.root)
        shutil.copy(small.secret, each.secret)
        assert ([1], 0) == (
            [case["case"] for case in each.json("case", "list")["cases"]],
            each.run("file", "export", "1", "1", "--out", each.root.parent / "file", "--reason", "x").code,
        )
        assert ["file", "inbox", "passphrase"] == sorted(path.name for path in each.root.parent.iterdir())


def test_a_damaged_vault_is_not_backed_up(trio: Trio, copies: Copies) -> None:
    """Otherwise the new backup could replace the last good one. The control is the undamaged page."""
    (path,) = trio.others.root.glob("vault-*.sqlite")
    raw = path.read_bytes()
    words = ("backup", "make", "--out", copies.out, "--keystore-out", copies.keys)
    path.write_bytes(raw[:-100] + bytes([raw[-100] ^ 1]) + raw[-99:])
    said = trio.others.run(*words)
    assert (1, True, {}) == (said.code, "the vault is damaged" in said.err, files(copies.out))
    path.write_bytes(raw)
    assert 0 == trio.others.run(*words).code


def refused(copies: Copies, office: Office, made: dict[str, str], folder: Path) -> None:
    _, said = copies.restore(office, made, folder)
    assert 1 == said.code, said
    assert ["out", "shares"] == sorted(path.name for path in folder.iterdir())


@STEPS
def test_a_power_cut_during_a_backup_leaves_a_complete_backup_or_none(
    small: Office, tmp_path: Path, stride: int
) -> None:
    """An incomplete backup does not prevent the next backup, which removes the remains."""
    folder = small.root.parent
    for name in ("backups", "keys"):
        (folder / name).mkdir()
    words = ("backup", "make", "--out", "{}/backups", "--keystore-out", "{}/keys")
    killed = killed_everywhere(small, tmp_path / "killed", today(), *words, stride=stride)
    whole = []
    for n, each in enumerate(killed):
        (*made,) = (each.root.parent / "backups").glob("backup-*")
        whole.append(len(made))
        if n % 5 == 0 and not made:
            made = [Path(Copies(each.root.parent).of(each)["folder"])]
        for folder in made:
            assert (folder / "backup.json").exists()
            assert not [path for path in folder.parent.iterdir() if path != folder]
    assert sorted(whole) == whole
    assert {0, 1} == set(whole)


def test_a_backup_of_an_earlier_version_can_be_restored_and_upgraded(
    trio: Trio, copies: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = copies.of(trio.others)
    next_version.inbox_comes(monkeypatch)
    restored, said = copies.restore(trio.others, made, tmp_path / "new")
    assert (0, True) == (said.code, said.json["old"])
    assert "earlier version" in restored.run("case", "list").err
    restored.json("upgrade")
    assert [1, 2, 3] == [case["case"] for case in restored.json("case", "list")["cases"]]
    assert 0 == restored.run("journal", "verify").code


def test_a_destruction_names_older_backups_that_still_contain_the_case(
    trio: Trio, copies: Copies, tmp_path: Path
) -> None:
    """An older backup can be opened with its key store and the shares that were valid then."""
    made = copies.of(trio.others)
    portal = Portal(World(trio.others), tmp_path / "medium")
    trio.others.json("exchange", "collect", portal.bundle(), "--new-instance", portal.fingerprint)
    tell_portal(trio.others, portal)
    trio.others.json("case", "show", "3")
    trio.others.json("case", "decide", "3", "no_transmission", "--reason", "x")
    agreed(trio.others)
    aged(trio.others)
    said = trio.others.run("retention", "destroy", "3").out
    assert Path(made["keystore"]).name in said
    assert "the vault, from before now" in said
    restored, _ = copies.restore(trio.others, made, tmp_path / "old")
    with restored.opened() as inbox, inbox.transaction() as session:
        assert of_the_case(session)["cases"]


def test_a_bundle_after_a_missing_one_is_collected_only_if_officers_accept_the_gap(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """If no bundle is missing, ``--after-restore`` has no effect."""
    collect(portal.bundle(first(Reporter(world))))
    portal.bundle()
    late = portal.bundle()
    assert "bundle 2 is missing" in world.office.run("exchange", "collect", late).err
    world.office.json("exchange", "collect", late, "--after-restore")
    noted = [
        (entry["action"], entry["values"])
        for entry in world.office.json("journal", "list")["entries"]
        if not entry["withheld"]
    ]
    assert ("accept-gap", {"bundle": 3, "after_bundle": 1}) in noted
    world.office.json("exchange", "collect", portal.bundle(), "--after-restore")
    acts = [
        entry["action"] for entry in world.office.json("journal", "list")["entries"] if not entry["withheld"]
    ]
    assert 1 == acts.count("accept-gap")


def test_only_the_bundles_directly_after_a_gap_take_two_officers(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """Later bundles continue the chain. A second gap is counted from the bundle after the first gap."""
    collect(portal.bundle())
    lost = {2, 5}
    bundles = [(n, portal.bundle()) for n in range(2, 7)]
    given = [path for n, path in bundles if n not in lost]
    world.office.json("exchange", "collect", *given, "--after-restore")
    noted = [
        (entry["action"], entry["values"])
        for entry in world.office.json("journal", "list")["entries"]
        if not entry["withheld"]
    ]
    assert [
        ("accept-gap", {"bundle": 3, "after_bundle": 1}),
        ("collect", {"bundle": 4}),
        ("accept-gap", {"bundle": 6, "after_bundle": 4}),
    ] == [each for each in noted if each[0] in {"collect", "accept-gap"}]


@pytest.fixture
def behind(tmp_path: Path, free_port: Callable[[], int]) -> Installation:
    """A real portal, and an inbox restored from a backup.

    The backup lacks the last three outboxes and two bundles.
    """
    installation = Installation(tmp_path, port=free_port())
    inbox = installation.inbox
    answers = tmp_path / "answers.toml"
    answers.write_text('what = "On m\'a abordé, dit la voix"\n', "utf-8")
    told = ("--route", "telephone", "--language", "fr", "--received", today().isoformat())
    inbox.json("case", "add", *told, "--answers", answers)
    installation.carry_back(1)
    installation.carry_in(1)
    copies = Copies(tmp_path)
    made = inbox.json("backup", "make", "--out", copies.out, "--keystore-out", copies.keys)
    inbox.run("message", "reply", "1", "--text", "Merci")
    for n in (2, 3):
        installation.carry_back(n)
        installation.carry_in(n)
    installation.carry_back(4)
    lost = tmp_path / "lost"
    inbox.home.rename(lost)
    (share,) = lost.glob("*.share")
    inbox.run("backup", "restore", "--from", made["folder"], "--keystore", made["keystore"], "--share", share)
    shutil.copy(share, inbox.home)  # This share belongs to a single officer.
    return installation


def test_an_inbox_restored_to_a_state_before_the_last_exchange_continues_with_the_real_portal(
    behind: Installation,
) -> None:
    """The next bundle is refused at first.

    Once officers accept the gap, bundles and outboxes are applied again.
    """
    inbox = behind.inbox
    inbox.run("message", "reply", "1", "--text", "Encore merci")
    assert "bundle 2 is missing" in json.dumps(behind.carry_in(4, code=1))
    collected = inbox.json("exchange", "collect", behind.medium / "inspection-4.tar", "--after-restore")
    assert [] == collected[0]["warnings"]
    behind.carry_back(5)
    shown = inbox.json("case", "show", "1")
    assert (True, True) == (shown["messages"][-1]["sent"], shown["last_slot"] > 4)
    behind.carry_in(5)
    behind.carry_back(6)
    entries = inbox.json("journal", "list")["entries"]
    (gap,) = [each["values"] for each in entries if each.get("action") == "accept-gap"]
    assert {"bundle": 4, "after_bundle": 1, "outbox": 4, "after_outbox": 1} == gap


def test_unsent_messages_stay_unsent_when_serial_numbers_are_skipped(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The inbox discards an outbox whose number was already taken.

    The contents of that outbox also count as unsent.
    """
    collect(portal.bundle(first(Reporter(world))))
    collect(portal.bundle(first(Reporter(world))))
    world.office.close("2")
    world.office.json("exchange", "outbox", "--out", world.office.out)
    world.office.json("message", "reply", "1", "--text", "x")
    world.office.json("exchange", "collect", portal.bundle(applied=Link(1, bytes(32))), "--after-restore")
    with world.office.opened() as inbox, inbox.transaction() as session:
        case, message = session.get_one(Case, 1), session.get_one(Message, (1, 1))
        assert message.serial == case.serial + 1
        last = queries_exchange.last_outbox(session)
        assert last is not None
        assert (1, bytes(32), today()) == (last.n, last.hash, last.applied)
        newest = queries_office.newest_keyring(session)
        assert newest is not None
        assert newest.serial > 1_000
        assert (1_000, None) == (
            queries_office.office(session).card_serial,
            session.get_one(Case, 2).closed_in,
        )
    assert 2 == world.office.json("exchange", "outbox", "--out", world.office.out)["n"]
