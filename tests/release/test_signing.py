"""A release counts only with the signatures of two maintainers and every file as they signed it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.release import signing
from deploy.release.errors import Refused
from tests.support import release_keys
from tests.support.paths import ROOT

PACKAGE = "fanal-portal_1.0.0_amd64.deb"
BILL = "fanal-portal_1.0.0.cdx.json"


@dataclass
class Release:
    """A signed release, and the keys of its two maintainers: secret and public."""

    folder: Path
    anne: tuple[Path, Path]
    bruno: tuple[Path, Path]

    @property
    def keys(self) -> list[Path]:
        """The public keys."""
        return [self.anne[1], self.bruno[1]]

    def refused(self, *keys: Path) -> str:
        """Return why the release is refused."""
        with pytest.raises(Refused) as refused:
            signing.verify(self.folder, keys or self.keys)
        return str(refused.value)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    folder, keys = tmp_path / "dist", tmp_path / "keys"
    folder.mkdir()
    keys.mkdir()
    (folder / PACKAGE).write_bytes(b"package")
    (folder / BILL).write_bytes(b"bill")
    signing.write_manifest(folder)
    made = Release(folder, release_keys.make(keys, "anne"), release_keys.make(keys, "bruno"))
    for secret, _ in (made.anne, made.bruno):
        signing.sign(folder, secret, ROOT)
    return made


def signature(release: Release, name: str) -> Path:
    return release.folder / f"SHA256SUMS.{name}.minisig"


def test_a_missing_signature_is_named(release: Release) -> None:
    signature(release, "bruno").unlink()
    assert release.refused() == "the signature by bruno.pub is missing"


def test_a_wrong_signature_is_told_from_a_missing_one(release: Release) -> None:
    """Here the manifest changed after the second maintainer had signed it."""
    kept = signature(release, "bruno").read_bytes()
    (release.folder / PACKAGE).write_bytes(b"another")
    signing.write_manifest(release.folder)
    signature(release, "anne").unlink()
    signing.sign(release.folder, release.anne[0], ROOT)
    signature(release, "bruno").write_bytes(kept)
    assert release.refused() == "the signature SHA256SUMS.bruno.minisig by bruno.pub is wrong"


def test_a_signature_by_somebody_else_is_no_second_one(release: Release, tmp_path: Path) -> None:
    """Its name does not matter: the key does."""
    secret, _ = release_keys.make(tmp_path, "bruno")
    signature(release, "bruno").unlink()
    signing.sign(release.folder, secret, ROOT)
    assert release.refused() == "the signature by bruno.pub is missing"


def test_one_key_twice_is_not_two_maintainers(release: Release) -> None:
    assert release.refused(release.anne[1]).endswith("two different keys")
    assert release.refused(release.anne[1], release.anne[1]).endswith("two different keys")


def test_a_changed_missing_or_additional_file_is_named(release: Release) -> None:
    package = release.folder / PACKAGE
    package.write_bytes(b"Package")
    assert release.refused() == f"{PACKAGE} differs from the manifest"
    package.unlink()
    assert release.refused() == f"{PACKAGE} is missing"
    package.write_bytes(b"package")
    (release.folder / "more.deb").touch()
    assert release.refused() == "more.deb is not in the manifest"


def test_a_key_inside_the_repository_signs_nothing(release: Release, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is inside the repository"):
        signing.sign(release.folder, release.anne[0], tmp_path)


def test_a_file_that_is_no_key_signs_nothing(release: Release, tmp_path: Path) -> None:
    (tmp_path / "no.key").write_text("no key")
    with pytest.raises(Refused, match="minisign did not sign"):
        signing.sign(release.folder, tmp_path / "no.key", ROOT)


def test_without_minisign_nothing_is_signed_and_no_signature_is_called_wrong(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(release.folder))
    with pytest.raises(Refused, match="this machine lacks minisign"):
        signing.sign(release.folder, release.anne[0], ROOT)
    assert release.refused() == "this machine lacks minisign"


def test_a_whole_release_with_both_signatures_is_accepted(release: Release) -> None:
    signing.verify(release.folder, release.keys)


def test_stock_tools_accept_the_same_release(release: Release) -> None:
    """As docs/releasing.md says, without this program."""
    for public, name in ((release.anne[1], "anne"), (release.bruno[1], "bruno")):
        command = [
            "minisign",
            "-V",
            "-p",
            str(public),
            "-m",
            "SHA256SUMS",
            "-x",
            f"SHA256SUMS.{name}.minisig",
        ]
        subprocess.run(command, cwd=release.folder, check=True, capture_output=True)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=release.folder, check=True)


def test_the_command_accepts_it_by_relative_paths(release: Release) -> None:
    """As docs/releasing.md says."""
    keys = [str(key.relative_to(release.folder.parent)) for key in release.keys]
    command = [sys.executable, "-m", "deploy.release", "verify", release.folder.name, *keys]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=release.folder.parent, env=env, check=True)
