"""A release is accepted only if two maintainers signed it and no file has changed since then."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.release import manifest, signing
from deploy.release.errors import Refused
from tests.support import release_keys
from tests.support.paths import ROOT

PACKAGE = "fanal-portal_1.0.0_amd64.deb"
INBOX = "fanal-inbox_1.0.0_amd64.deb"
DRAWS = "fanal-draws_1.0.0_amd64.deb"
BILL = "fanal-portal_1.0.0.cdx.json"


@dataclass
class Release:
    """A signed release, and the secret and public keys of its two maintainers."""

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
    (folder / INBOX).write_bytes(b"package")
    (folder / DRAWS).write_bytes(b"package")
    (folder / BILL).write_bytes(b"bill")
    manifest.write(folder)
    made = Release(folder, release_keys.make(keys, "anne"), release_keys.make(keys, "bruno"))
    for secret, _ in (made.anne, made.bruno):
        signing.sign(folder, secret, ROOT)
    return made


def sign_as_it_is(release: Release) -> None:
    """Let both maintainers sign the manifest as it is, using only minisign."""
    for secret, _ in (release.anne, release.bruno):
        made = signature(release, secret.stem)
        command = [
            "minisign",
            "-S",
            "-s",
            str(secret),
            "-m",
            str(release.folder / "SHA256SUMS"),
            "-x",
            str(made),
        ]
        subprocess.run(command, check=True, capture_output=True)


def signature(release: Release, name: str) -> Path:
    return release.folder / f"SHA256SUMS.{name}.minisig"


def test_a_missing_signature_is_named(release: Release) -> None:
    signature(release, "bruno").unlink()
    assert release.refused() == "the signature by bruno.pub is missing"


def test_a_wrong_signature_is_distinguished_from_a_missing_one(release: Release) -> None:
    """Here the manifest changed after the second maintainer had signed it."""
    kept = signature(release, "bruno").read_bytes()
    (release.folder / PACKAGE).write_bytes(b"another")
    manifest.write(release.folder)
    signature(release, "anne").unlink()
    signing.sign(release.folder, release.anne[0], ROOT)
    signature(release, "bruno").write_bytes(kept)
    assert release.refused() == "the signature SHA256SUMS.bruno.minisig by bruno.pub is wrong"


def test_a_signature_by_a_third_person_does_not_replace_that_of_a_maintainer(
    release: Release, tmp_path: Path
) -> None:
    """What counts is the key of a signature, not the name of its file."""
    secret, _ = release_keys.make(tmp_path, "bruno")
    signature(release, "bruno").unlink()
    signing.sign(release.folder, secret, ROOT)
    assert release.refused() == "the signature by bruno.pub is missing"


def test_signing_twice_with_one_key_does_not_count_as_two_maintainers(release: Release) -> None:
    assert release.refused(release.anne[1]).endswith("two different keys")
    assert release.refused(release.anne[1], release.anne[1]).endswith("two different keys")


@pytest.mark.parametrize(
    "change",
    [
        lambda anne, _: anne + "\n",
        lambda anne, _: anne.replace("\n", "\r\n"),
        lambda anne, _: anne.rstrip("\n") + " \n",
        lambda anne, _: anne.splitlines()[1] + "\n",
        lambda anne, bruno: anne + bruno,
        lambda *_: "",
        lambda *_: "untrusted comment: é\nRWQ\n",
    ],
    ids=["blank line", "other line ends", "space", "one line", "two keys", "empty", "short"],
)
def test_a_file_that_contains_anything_but_one_key_is_refused(
    release: Release, tmp_path: Path, change: Callable[[str, str], str]
) -> None:
    """Otherwise one maintainer's key could count as the keys of both."""
    signature(release, "bruno").unlink()
    odd = tmp_path / "bruno.pub"
    odd.write_bytes(change(release.anne[1].read_text(), release.bruno[1].read_text()).encode())
    assert release.refused(release.anne[1], odd) == "bruno.pub is not a public key of minisign"


def test_a_secret_key_is_not_accepted_as_a_public_key(release: Release) -> None:
    assert release.refused(release.anne[0], release.bruno[1]) == "anne.key is not a public key of minisign"


def test_one_key_under_two_numbers_does_not_count_as_two_maintainers(
    release: Release, tmp_path: Path
) -> None:
    """A signature does not cover the key's number, so minisign accepts the same key under another number."""
    renamed = tmp_path / "carol.pub"
    for old, new in ((release.anne[1], renamed), (signature(release, "anne"), signature(release, "carol"))):
        lines = old.read_text().split("\n")
        raw = base64.b64decode(lines[1])
        lines[1] = base64.b64encode(raw[:2] + bytes(8) + raw[10:]).decode()
        new.write_text("\n".join(lines))
    assert release.refused(release.anne[1], renamed).endswith("two different keys")


def test_a_changed_or_missing_or_additional_file_is_named(release: Release) -> None:
    package = release.folder / PACKAGE
    package.write_bytes(b"Package")
    assert release.refused() == f"{PACKAGE} differs from the manifest"
    package.unlink()
    assert release.refused() == f"{PACKAGE} is missing"
    package.write_bytes(b"package")
    (release.folder / "more.deb").touch()
    assert release.refused() == "more.deb is not in the manifest"


@pytest.mark.parametrize("name", ["SHA256SUMS.evil_amd64.deb", "SHA256SUMS.d", "SHA256SUMS2", ".hidden"])
def test_an_additional_file_is_refused_whatever_its_name_is(release: Release, name: str) -> None:
    (release.folder / name).mkdir()
    assert release.refused() == f"{name} is not in the manifest"


def test_a_signature_counts_as_an_additional_file_if_its_key_was_not_given(
    release: Release, tmp_path: Path
) -> None:
    signing.sign(release.folder, release_keys.make(tmp_path, "carol")[0], ROOT)
    assert release.refused() == "SHA256SUMS.carol.minisig is not in the manifest"


@pytest.mark.parametrize("name", [PACKAGE, "SHA256SUMS", "SHA256SUMS.anne.minisig"])
@pytest.mark.parametrize("kind", ["link", "broken link", "folder", "pipe"])
def test_only_regular_files_are_read(release: Release, tmp_path: Path, name: str, kind: str) -> None:
    """A link to the right content is refused because it may change after the check.

    A pipe would block for ever.
    """
    file = release.folder / name
    file.rename(tmp_path / "outside")
    match kind:
        case "link":
            file.symlink_to(tmp_path / "outside")
        case "broken link":
            file.symlink_to(tmp_path / "nowhere")
        case "folder":
            file.mkdir()
        case _:
            os.mkfifo(file)
    assert release.refused() == f"{name} is not a regular file"


def test_a_missing_manifest_is_named(release: Release) -> None:
    (release.folder / "SHA256SUMS").unlink()
    assert release.refused() == "SHA256SUMS is missing"


DIGEST = hashlib.sha256(b"package").hexdigest()


@pytest.mark.parametrize(
    "odd",
    [
        "garbage\n",
        f"{DIGEST}  é\n",
        f"{DIGEST}  {PACKAGE}",
        f"{DIGEST}  {PACKAGE}\n\n",
        f"{DIGEST} *{PACKAGE}\n",
        f"{DIGEST}  ../{PACKAGE}\n",
        f"{DIGEST}  /{PACKAGE}\n",
        f"{DIGEST}  {PACKAGE}\r\n",
        f"{DIGEST}  SHA256SUMS.x\n",
        f"{DIGEST[1:]}0  {PACKAGE}\n{DIGEST}  {PACKAGE}\n",
    ],
)
def test_a_signed_manifest_is_refused_if_it_is_malformed_or_names_a_file_twice(
    release: Release, odd: str
) -> None:
    (release.folder / "SHA256SUMS").write_bytes(odd.encode())
    sign_as_it_is(release)
    assert release.refused() == "the manifest has a malformed or repeated line"


@pytest.mark.parametrize(
    "names",
    [
        [],
        [PACKAGE],
        [INBOX],
        [PACKAGE, INBOX],
        [PACKAGE, DRAWS],
        [PACKAGE, INBOX.replace("1.0.0", "1.0.1"), DRAWS],
        [PACKAGE, INBOX, DRAWS.replace("1.0.0", "1.0.1")],
        [PACKAGE, INBOX, DRAWS, PACKAGE + "_amd64.deb"],
    ],
)
def test_a_signed_release_has_every_package_in_the_same_version(release: Release, names: list[str]) -> None:
    """Otherwise somebody could combine an older package with a newer one."""
    for file in release.folder.iterdir():
        file.unlink()
    for name in names:
        (release.folder / name).write_bytes(b"package")
    manifest.write(release.folder)
    sign_as_it_is(release)
    assert release.refused().endswith("portal, inbox and draws, each once, of the same version")


@pytest.mark.parametrize("content", [b"", b"junk\n", b"a\nb\nc\nd\n", b"\xff\xfe\n\xff\n"])
def test_a_file_that_is_only_named_like_a_signature_is_refused(release: Release, content: bytes) -> None:
    signature(release, "other").write_bytes(content)
    assert release.refused() == "SHA256SUMS.other.minisig is not a signature of minisign"


def test_a_signature_with_anything_after_it_is_refused(release: Release) -> None:
    with signature(release, "anne").open("a") as file:
        file.write("more\n")
    assert release.refused() == "SHA256SUMS.anne.minisig is not a signature of minisign"


def test_a_secret_key_inside_the_repository_is_refused_for_signing(release: Release, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is inside the repository"):
        signing.sign(release.folder, release.anne[0], tmp_path)


def test_a_link_to_a_secret_key_inside_the_repository_is_refused(release: Release, tmp_path: Path) -> None:
    """Both symbolic and hard links lead to a key that others can read."""
    repository = tmp_path / "repository"
    repository.mkdir()
    inside = repository / "anne.key"
    shutil.copy(release.anne[0], inside)
    soft, hard = tmp_path / "soft.key", tmp_path / "hard.key"
    soft.symlink_to(inside)
    hard.hardlink_to(inside)
    with pytest.raises(Refused, match="is inside the repository"):
        signing.sign(release.folder, soft, repository)
    with pytest.raises(Refused, match="has a hard link"):
        signing.sign(release.folder, hard, repository)


def test_a_signature_is_not_overwritten_if_another_key_with_the_same_name_made_it(
    release: Release, tmp_path: Path
) -> None:
    """Both maintainers may have kept the name that minisign gives a key.

    A maintainer can replace their own signature.
    """
    secret, _ = release_keys.make(tmp_path, "anne")
    before = signature(release, "anne").read_bytes()
    with pytest.raises(Refused, match=r"SHA256SUMS\.anne\.minisig is by another key"):
        signing.sign(release.folder, secret, ROOT)
    assert signature(release, "anne").read_bytes() == before
    signing.sign(release.folder, release.anne[0], ROOT)


def test_a_manifest_that_differs_from_the_files_is_not_signed(release: Release) -> None:
    (release.folder / BILL).write_bytes(b"another")
    with pytest.raises(Refused, match="differs from the manifest"):
        signing.sign(release.folder, release.anne[0], ROOT)


def test_a_file_that_is_not_a_key_is_refused_for_signing(release: Release, tmp_path: Path) -> None:
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


def test_a_release_with_both_signatures_is_accepted(release: Release) -> None:
    assert signing.verify(release.folder, release.keys) == "1.0.0"


def test_standard_tools_accept_the_same_release(release: Release) -> None:
    """The commands are those of docs/releasing.md, and do not use this program."""
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
        said = subprocess.run(command, cwd=release.folder, check=True, capture_output=True, text=True).stdout
        assert "Trusted comment: fanal 1.0.0\n" in said
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=release.folder, check=True)


def test_the_command_names_the_version_and_refuses_any_other(release: Release) -> None:
    """The command is run with relative paths, as docs/releasing.md says.

    An older release has valid signatures too, so the version matters.
    """
    keys = [str(key.relative_to(release.folder.parent)) for key in release.keys]

    def said(version: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.release", "verify", "dist", *keys, "--version", version],
            cwd=release.folder.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert said("1.0.0").stdout == "version 1.0.0: all files are those that both maintainers signed\n"
    other = said("1.0.1")
    assert other.returncode == 1
    assert other.stderr.startswith("this release is 1.0.0, not 1.0.1\nhint: ")
