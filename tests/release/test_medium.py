"""A medium is accepted only if both maintainers signed it and no file has changed since then.

The checkout's program and the script on the medium both check these conditions. The script needs only the
programs of a bare Debian.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.medium import __main__ as program
from deploy.medium import contents
from deploy.medium.debian_archive import Archive
from deploy.release import manifest, signing
from deploy.release.errors import Refused
from tests.support import release_keys
from tests.support.medium import LIBRARY, MADE, VERSION, Medium, guide
from tests.support.paths import ROOT


def refused(medium: Medium) -> str:
    """Return why both programs refuse the medium. Both programs give the same reason."""
    with pytest.raises(Refused) as reason:
        signing.verify(medium.folder, medium.keys, contents.check)
    done = medium.checked()
    assert done.returncode == 1
    assert done.stderr.startswith(f"refused: {reason.value}\n")
    return str(reason.value)


def test_each_missing_file_is_named(medium: Medium) -> None:
    for name in (LIBRARY, "install.sh", "VERSION", "keys/anne.pub"):
        kept = (medium.folder / name).read_bytes()
        (medium.folder / name).unlink()
        done = medium.checked()
        assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"refused: {name} is missing")
        with pytest.raises(Refused, match=f"^{name} is missing$"):
            signing.verify(medium.folder, medium.keys, contents.check)
        (medium.folder / name).write_bytes(kept)


@pytest.mark.parametrize(
    "name",
    [
        "more.deb",
        "debian/pool/main/z/zlib/more.deb",
        ".hidden",
        "SHA256SUMS.carol.minisig",
        "keys/SHA256SUMS",
    ],
)
def test_an_additional_file_is_refused_wherever_it_is(medium: Medium, name: str) -> None:
    (medium.folder / name).write_bytes(b"more")
    done = medium.checked()
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"refused: {name} is not in the manifest")
    with pytest.raises(Refused):
        signing.verify(medium.folder, medium.keys, contents.check)


def test_an_additional_empty_folder_is_named(medium: Medium) -> None:
    (medium.folder / "debian/empty").mkdir()
    assert refused(medium) == "debian/empty is not in the manifest"


@pytest.mark.parametrize("name", [LIBRARY, "VERSION"])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_only_regular_files_are_read(medium: Medium, tmp_path: Path, name: str, kind: str) -> None:
    file = medium.folder / name
    file.rename(tmp_path / "outside")
    if kind == "link":
        file.symlink_to(tmp_path / "outside")
    else:
        os.mkfifo(file)
    assert refused(medium) == f"{name} is not a regular file"


def test_a_folder_that_is_a_link_is_refused(medium: Medium, tmp_path: Path) -> None:
    (medium.folder / "debian").rename(tmp_path / "outside")
    (medium.folder / "debian").symlink_to(tmp_path / "outside")
    done = medium.checked()
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "refused: debian is not a regular file")
    with pytest.raises(Refused, match="is missing"):
        signing.verify(medium.folder, medium.keys, contents.check)


@pytest.mark.parametrize("name", ["VERSION", "install.sh", LIBRARY, "keys/anne.pub", "PACKAGES"])
def test_a_changed_byte_is_refused_and_its_file_is_named(medium: Medium, name: str) -> None:
    """`make soak offline` changes 200 bytes of a real medium."""
    content = bytearray((medium.folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (medium.folder / name).write_bytes(content)
    assert refused(medium) == f"{name} differs from the manifest"


@pytest.mark.parametrize(
    "line", ["garbage", f"{'0' * 64}  ../outside", f"{'0' * 64}  /etc/passwd", f"{'0' * 64} *x"]
)
def test_a_malformed_manifest_is_refused(medium: Medium, line: str) -> None:
    with (medium.folder / "SHA256SUMS").open("a") as file:
        file.write(f"{line}\n")
    assert medium.checked().stderr.startswith("refused: the manifest has a malformed line\n")
    with pytest.raises(Refused):
        signing.verify(medium.folder, medium.keys, contents.check)


def test_a_missing_manifest_is_named(medium: Medium) -> None:
    (medium.folder / "SHA256SUMS").unlink()
    assert refused(medium) == "SHA256SUMS is missing"


def test_a_medium_without_the_second_signature_is_refused(medium: Medium) -> None:
    (medium.folder / "SHA256SUMS.bruno.minisig").unlink()
    with pytest.raises(Refused, match=r"the signature by bruno\.pub is missing"):
        signing.verify(medium.folder, medium.keys, contents.check)


@pytest.mark.parametrize(
    "version", ["1.0.1-202612010930", "1.0.0-2026", "1.0.0", "", "1.0.0-202612010930\n\n"]
)
def test_the_version_must_consist_of_the_version_of_the_inbox_and_a_time(
    medium: Medium, version: str
) -> None:
    (medium.folder / "VERSION").write_text(version)
    manifest.write(medium.folder)
    with pytest.raises(Refused, match="VERSION is not that of the inbox"):
        contents.check(medium.folder, [f"SHA256SUMS.{each}.minisig" for each in ("anne", "bruno")])


def test_a_medium_needs_the_public_keys_of_two_maintainers(medium: Medium, tmp_path: Path) -> None:
    again = tmp_path / "again.pub"
    shutil.copy(medium.keys[0], again)
    third = release_keys.make(tmp_path, "carol")[1]
    for keys in ([medium.keys[0]], [medium.keys[0], again], [*medium.keys, third], [*medium.keys, again]):
        with pytest.raises(Refused, match="the public keys of two maintainers"):
            contents.write(tmp_path / "out", tmp_path / "release-1.0.0", keys, MADE)


def test_no_medium_is_made_from_a_release_that_differs_from_its_manifest(
    medium: Medium, tmp_path: Path
) -> None:
    release = tmp_path / "release-1.0.0"
    (release / "fanal-inbox_1.0.0_amd64.deb").write_bytes(b"another")
    with pytest.raises(Refused, match="differs from the manifest"):
        contents.write(tmp_path / "out", release, medium.keys, MADE)


def test_a_folder_with_files_is_not_overwritten(medium: Medium, tmp_path: Path) -> None:
    words = ["--release", tmp_path / "release-1.0.0", medium.folder, *medium.keys]
    command = [sys.executable, "-m", "deploy.medium", "build", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"{medium.folder} is not empty")


def test_an_archive_that_cannot_be_reached_is_reported(tmp_path: Path) -> None:
    """The hint is the message of apt, which names the file. No medium is made."""
    archive = Archive(tmp_path / "apt", tmp_path / "cache", {"trixie": f"file:{tmp_path}/nowhere/"})
    with pytest.raises(Refused) as reason:
        archive.copy(("bubblewrap",), tmp_path / "out")
    assert "nowhere" in reason.value.hint
    assert not (tmp_path / "out").exists()


def test_a_complete_medium_is_accepted(medium: Medium) -> None:
    """The standard tools and the fingerprint are those that the guide names."""
    assert signing.verify(medium.folder, medium.keys, contents.check) == VERSION
    assert (medium.checked().returncode, medium.checked().stderr) == (0, "")
    tool = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(tool, cwd=medium.folder, check=True, capture_output=True).stdout == b""
    (typed,) = (line for line in commands("en") if line.startswith("sha256sum SHA256SUMS"))
    shown = subprocess.run(
        ["sh", "-c", typed], cwd=medium.folder, check=True, capture_output=True, text=True
    ).stdout
    assert contents.fingerprint(medium.folder) == shown.strip()


def commands(language: str) -> list[str]:
    """Return all commands of the guide that is on the medium."""
    return [command for part in guide(ROOT / "deploy/medium", language) for command in part]


def test_both_guides_on_the_medium_have_the_same_commands() -> None:
    assert commands("fr") == commands("en")


def test_a_medium_brings_the_programs_that_show_the_desk_without_a_desktop() -> None:
    (line,) = (line for line in commands("en") if "~/address)" in line)
    programs = line.partition('"')[0].split()
    assert len(programs) == 2
    assert {*programs} <= {*contents.PACKAGES}


def test_the_guide_on_the_medium_mounts_media_where_the_guide_for_officers_expects_them() -> None:
    (made,) = (line for line in commands("en") if line.startswith("mkdir "))
    named = set(re.findall(r"/media/[a-z]+", (ROOT / "docs/officer-guide.md").read_text("utf-8")))
    assert {*made.split()[2:]} == named


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ("encrypted LVM", "never be connected to a network", "sealed envelope")),
        ("fr", ("LVM chiffré", "jamais être connecté à un réseau", "enveloppe scellée")),
    ],
)
def test_the_guide_on_the_medium_says_how_to_prepare_the_computer(
    language: str, parts: tuple[str, ...]
) -> None:
    """`docs/deploying.md` refers to the guide for this. Nothing encrypts a disk after the installation."""
    text = (ROOT / f"deploy/medium/GUIDE.{language}.txt").read_text("utf-8")
    before = " ".join(text.partition("\n1. ")[0].replace("\u00a0", " ").split())
    assert [each for each in parts if each not in before] == []


def test_the_page_on_the_medium_names_each_file_of_a_maintainers_key_by_one_path() -> None:
    page = (ROOT / "docs/medium.md").read_text("utf-8")
    found = re.findall(r"[\w/]*/?(?:anne|bruno)\.(?:pub|key)", page)
    assert {*found} == {"/media/keys/anne.pub", "/media/keys/bruno.pub", "/media/anne/anne.key"}


@pytest.mark.usefixtures("medium")
def test_a_later_medium_with_the_same_inbox_has_a_higher_version(tmp_path: Path) -> None:
    (tmp_path / "later").mkdir()
    later = Medium.make(
        tmp_path / "later", made=datetime(2027, 1, 2, 3, 4, tzinfo=UTC), keys=tmp_path / "keys"
    )
    higher = (later.folder / "VERSION").read_text().strip()
    subprocess.run(["dpkg", "--compare-versions", higher, "gt", VERSION], check=True)


def test_the_makefile_builds_and_signs_a_medium_with_the_commands_of_the_module(tmp_path: Path) -> None:
    """`make` prints the command without running it, and names a missing variable."""
    one, other, new = tmp_path / "anne.pub", tmp_path / "bruno.pub", tmp_path / "new"
    for key in (one, other):
        key.touch()
    built = made("medium", f"DIR={new}", f"KEYS={one} {other}")
    assert (built["out"], built["keys"]) == (new, (one, other))
    assert made("sign-medium", f"DIR={tmp_path}", f"KEY={one}") == {"folder": tmp_path, "key": one}
    for target, variable in (("medium", "KEYS"), ("sign-medium", "KEY")):
        said = make(target, f"DIR={tmp_path}")
        assert said.returncode == 2
        assert re.search(f"hint: make {target} DIR=.* {variable}=", said.stderr), said.stderr


def made(target: str, *variables: str) -> dict[str, object]:
    """Return the arguments that `make` passes to a command of the module."""
    said = make(target, *variables)
    assert said.returncode == 0, said.stderr
    python, option, module, name, *words = shlex.split(said.stdout.splitlines()[-1])
    assert (python, option, module) == (".venv/bin/python", "-m", "deploy.medium")
    # The default folder of the release exists only after `make release`.
    release = ["--release", str(ROOT)] if name == "build" else []
    return program.commands.commands[name].make_context(name, [*words, *release]).params


def make(target: str, *variables: str) -> "subprocess.CompletedProcess[str]":
    """Return the commands that `make` would run for a target, without the project's own environment."""
    words = ["make", "--dry-run", "--assume-old=.venv/project", target, *variables]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
