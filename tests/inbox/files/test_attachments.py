"""Attachments are stored encrypted. An export is either complete and unchanged, or it does not take place."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox.keys import key_store
from inbox.system import atomic_files
from inbox.vault.tables import Attachment
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Portal, Reporter, World, first
from tests.support.inbox_kills import killed_everywhere


def test_an_export_never_overwrites_a_file(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    out = tmp_path / "mine"
    out.write_text("mine")
    said = world.office.run("file", "export", "1", "1", "--out", out, "--reason", "x")
    assert (1, "mine") == (said.code, out.read_text())
    assert "already exists" in said.err
    assert (
        "this case has files 1 to 1"
        in world.office.run("file", "export", "1", "2", "--out", tmp_path / "other", "--reason", "x").err
    )


@pytest.mark.parametrize("damage", ["flip", "remove"])
def test_exporting_a_damaged_attachment_fails_and_leaves_no_file(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, damage: str
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    (sealed,) = (world.office.root / "attachments").iterdir()
    raw = bytearray(sealed.read_bytes())
    raw[-1] ^= 1
    sealed.write_bytes(raw) if damage == "flip" else sealed.unlink()
    said = world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x")
    assert 1 == said.code
    assert "missing or damaged" in said.err
    assert not (tmp_path / "out").exists()


def test_an_export_fails_if_the_attachment_does_not_match_the_digest_in_its_message(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """If the attachment's key was destroyed, the error message says so."""
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.scalars(select(Attachment)).one().digest = bytes(32)
    assert 1 == world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").code
    with world.office.opened() as inbox, inbox.transaction() as session:
        contents = key_store.load(inbox.home, session)
        key_store.save(inbox.home, session, replace(contents, attachments=()))
    assert (
        "was destroyed"
        in world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").err
    )
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_no_partial_export(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_files.os, "fsync", full)
    assert 1 == world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").code
    assert not (tmp_path / "out").exists()


def test_a_killed_export_leaves_no_file_that_looks_complete(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file under the requested name stays empty until the digest is verified and all data is on disk."""
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    out = tmp_path / "out"
    seen = []

    def looking(_: int) -> None:
        seen.append(out.read_bytes())

    with monkeypatch.context() as patch:
        patch.setattr(atomic_files.os, "fsync", looking)
        assert 0 == world.office.run("file", "export", "1", "1", "--out", out, "--reason", "x").code
    assert (b"", b"data") == (seen[0], out.read_bytes())


def test_an_export_writes_plaintext_only_after_its_journal_entry_even_if_it_is_killed(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """Neither the file nor its partial file exists before the journal entry.

    An entry without a file does no harm.
    """
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    words = ("file", "export", "1", "1", "--out", "{}/evidence", "--reason", "x", "--json")
    found = []
    for copy in killed_everywhere(world.office, tmp_path / "killed", build.today(), *words):
        written = any(b"data" in path.read_bytes() for path in copy.root.parent.glob("evidence*"))
        acts = [entry["action"] for entry in copy.json("journal", "list")["entries"]]
        found.append((acts.count("extract"), written))
    assert ((0, False), (1, True)) == (found[0], found[-1])
    assert {(0, False), (1, False), (1, True)} == set(found)


def test_repeating_a_killed_export_removes_its_partial_file(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The next export removes the partial file even if that export fails.

    Other files with similar names stay.
    """
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    words = ("file", "export", "1", "1", "--out", "{}/evidence", "--reason", "x", "--json")
    begun = 0
    for copy in killed_everywhere(world.office, tmp_path / "killed", build.today(), *words):
        folder = copy.root.parent
        others = [folder / f"{name}.part" for name in ("evidence", "evidence.2", "other.0123456789abcdef")]
        for other in others:
            other.write_bytes(b"data")
        parts = set(folder.glob("evidence.*.part")) - set(others)
        begun += any(part.read_bytes() == b"data" for part in parts)
        is_whole = (folder / "evidence").exists() and not parts
        assert (
            is_whole
            == copy.run("file", "export", "1", "1", "--out", folder / "evidence", "--reason", "x").code
        )
        assert b"data" == (folder / "evidence").read_bytes()
        assert sorted(others) == sorted(folder.glob("*.part"))
    assert begun


def test_no_attachment_or_report_is_stored_unencrypted(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    """The search reads every file in the home folder."""
    collect(portal.bundle(first(Reporter(world), text="canary-text", files=[b"canary-file" * 10])))
    everything = b"".join(path.read_bytes() for path in world.office.root.rglob("*") if path.is_file())
    assert b"canary" not in everything
    assert b"age-encryption.org/v1" in everything
