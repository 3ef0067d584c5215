"""Files of cases: sealed in their folder, written out whole and as they were, or not at all."""

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


def test_an_attachment_is_never_written_over_a_file(
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
def test_a_damaged_attachment_is_refused_and_leaves_nothing(
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


def test_a_file_that_is_not_what_its_message_said_is_refused(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The digest is verified again at the way out; a destroyed key is told as such."""
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


def test_a_full_disk_leaves_no_half_file(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_files.os, "fsync", full)
    assert 1 == world.office.run("file", "export", "1", "1", "--out", tmp_path / "out", "--reason", "x").code
    assert not (tmp_path / "out").exists()


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
        patch.setattr(atomic_files.os, "fsync", looking)
        assert 0 == world.office.run("file", "export", "1", "1", "--out", out, "--reason", "x").code
    assert (b"", b"data") == (seen[0], out.read_bytes())


def test_killed_anywhere_nothing_is_in_clear_that_the_journal_does_not_note(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """Neither under its name nor under that of a part; an entry without the file is the harmless side."""
    collect(portal.bundle(first(Reporter(world), files=[b"data"])))
    words = ("file", "export", "1", "1", "--out", "{}/evidence", "--reason", "x", "--json")
    found = []
    for copy in killed_everywhere(world.office, tmp_path / "killed", build.today(), *words):
        written = any(b"data" in path.read_bytes() for path in copy.root.parent.glob("evidence*"))
        acts = [entry["action"] for entry in copy.json("journal", "list")["entries"]]
        found.append((acts.count("extract"), written))
    assert ((0, False), (1, True)) == (found[0], found[-1])
    assert {(0, False), (1, False), (1, True)} == set(found)


def test_a_killed_extraction_is_repeated_and_nothing_is_left_of_it(
    world: World, portal: Portal, collect: Callable[..., Any], tmp_path: Path
) -> None:
    """The part in clear goes with the next try, to whatever end; files of others stay."""
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


def test_attachments_on_disk_are_sealed(world: World, portal: Portal, collect: Callable[..., Any]) -> None:
    """Nothing of a file or a report stands in the home folder in clear."""
    collect(portal.bundle(first(Reporter(world), text="canary-text", files=[b"canary-file" * 10])))
    everything = b"".join(path.read_bytes() for path in world.office.root.rglob("*") if path.is_file())
    assert b"canary" not in everything
    assert b"age-encryption.org/v1" in everything
