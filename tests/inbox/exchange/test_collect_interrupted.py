"""If collecting is interrupted or deceived, nothing changes, and no earlier data is lost."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inbox.exchange import collect as collecting
from inbox.exchange.unopened import Shelf
from inbox.exchange.unseal import Changed
from inbox.exchange.verify import verify
from inbox.session import reconcile
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first

pytestmark = pytest.mark.long


@pytest.mark.parametrize("place", [100, 2_000, 80_000])
def test_a_bundle_that_changes_while_it_is_read_is_refused(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """A hostile medium may return different data when it is read again.

    If the data change, no part of the bundle is collected.
    """
    path = portal.bundle(first(Reporter(world), files=[b"x"]), Sent(Reporter(world).follow_up()))
    before = world.office.state()

    def then_alter(*arguments: Any) -> Any:
        verified = verify(*arguments)
        raw = bytearray(path.read_bytes())
        raw[raw.index(b"age-encryption.org/v1") + place] ^= 1
        path.write_bytes(raw)
        return verified

    monkeypatch.setattr(collecting, "verify", then_alter)
    said = world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert (1, True) == (said.code, "altered while it was read" in said.err)
    monkeypatch.undo()
    assert before == world.office.state()


def test_an_envelope_that_is_replaced_after_verification_is_refused_and_leaves_no_file(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another valid report of the same size replaces the original report."""
    true, false = (first(Reporter(world), files=[b"data"]) for _ in range(2))
    path = portal.bundle(true)
    before = world.office.state()
    whole = verify

    def then_exchange(*arguments: Any) -> Any:
        verified = whole(*arguments)
        path.write_bytes(path.read_bytes().replace(true.envelope, false.envelope))
        return verified

    monkeypatch.setattr(collecting, "verify", then_exchange)
    said = world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert (1, True) == (said.code, "altered while it was read" in said.err)
    assert [] == list((world.office.root / "arriving").iterdir())
    monkeypatch.undo()
    assert before == world.office.state()


def test_the_attachments_of_a_refused_bundle_are_deleted_immediately(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attachments were written before the change was noticed, and nobody can decrypt them any more."""

    def altered(*_: Any) -> None:
        arrived = list((world.office.root / "arriving").iterdir())
        assert 1 == len(arrived)
        raise Changed

    path = portal.bundle(first(Reporter(world), files=[b"data"]))
    monkeypatch.setattr(collecting.Filing, "finish", altered)
    assert 1 == world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint).code
    assert [] == list((world.office.root / "arriving").iterdir())


def test_an_interrupted_collect_leaves_no_file_behind(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this test, the disk is full when the last envelope is written.

    Once there is room, the bundle can be collected.
    """
    path = portal.bundle(first(Reporter(world), files=[b"x"]), Sent(b"noise" * 400))
    before = world.office.state()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "keep", full)
        said = world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert (1, True) == (said.code, "No space left" in said.err)
    assert before == world.office.state()
    assert 0 == world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint).code


def test_if_the_disk_is_full_the_output_still_lists_the_bundles_collected_before(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON output matters, too, because without it, a script would not know that case 1 exists."""
    paths = [portal.bundle(first(Reporter(world))), portal.bundle(Sent(b"noise" * 400))]

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Shelf, "keep", full)
    said = world.office.run("exchange", "collect", *paths, "--confirm-instance", portal.fingerprint, "--json")
    assert (1, [[1]]) == (said.code, [outcome["cases"] for outcome in said.json])
    assert "No space left" in said.err


def test_collecting_bundles_into_an_older_vault_does_not_delete_files_of_a_newer_vault(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """In this test, an older vault was restored without its files.

    The portal no longer has the files of later bundles.
    """
    collect(portal.bundle(first(Reporter(world))))
    older = world.office.copy(tmp_path / "older")
    collect(portal.bundle(first(Reporter(world), files=[b"data"]), Sent(b"noise" * 400)))
    assert 0 == world.office.run("exchange", "outbox", "--out", world.office.out).code
    newer = world.office.copy(tmp_path / "newer")
    (before,) = {frozenset(path.name for path in newer.root.rglob("*.age") if "keystore" not in path.name)}
    for name in ("vault-1.sqlite", "keystore-1.age"):
        shutil.copy(older.root / name, world.office.root)
    assert (
        1
        == world.office.run(
            "exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint
        ).code
    )
    assert 0 == world.office.run("case", "list").code
    for path in newer.root.glob("*.*"):
        shutil.copy(path, world.office.root)
    after = {path.name for path in world.office.root.rglob("*.age") if "keystore" not in path.name}
    assert (2, before) == (len(before), after)
    assert 0 == world.office.run("file", "export", "2", "1", "--out", tmp_path / "out", "--reason", "x").code
    assert 0 == world.office.run("exchange", "outbox", "--out", world.office.out, "--again", "1").code


def test_a_power_loss_right_after_the_commit_loses_no_file(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Any later command moves the remaining files into place."""
    path = portal.bundle(first(Reporter(world), files=[b"data"]), Sent(b"noise" * 400))

    class Killed(BaseException):
        pass

    def stop(home: Any, _: Any) -> None:
        if any(home.arriving.iterdir()):
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(reconcile, "settle", stop)
        with pytest.raises(Killed):
            world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert 2 == len(list((world.office.root / "arriving").iterdir()))
    assert 0 == world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").code
    assert b"data" == (tmp_path / "out").read_bytes()
    (row,) = world.office.json("exchange", "unopened", "list")["unopened"]
    assert b"noise" * 400 == (world.office.root / row["file"]).read_bytes()
    assert [] == list((world.office.root / "arriving").iterdir())
