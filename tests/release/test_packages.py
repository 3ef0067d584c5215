"""Two builders get the same package: here without libraries, in `make soak packages` with all of them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.packages import differing
from deploy.release import licences
from deploy.release.building import begun
from deploy.release.source import Source
from tests.support.commits import git
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose commit contains every file of this checkout, as it is now."""
    clone = tmp_path_factory.mktemp("source") / "clone"
    git(ROOT, "clone", "--quiet", "--shared", str(ROOT), str(clone))
    listing = ["ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    for name in filter(None, git(ROOT, *listing).split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
        else:
            (clone / name).unlink(missing_ok=True)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--allow-empty", "--message=as it is now")
    return clone


@contextmanager
def as_builder(umask: int, **variables: str) -> Iterator[None]:
    """Have these rights of new files and variables while the block runs."""
    before = os.umask(umask)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            yield
    finally:
        os.umask(before)


def built(commit: Path, folder: Path, side: str) -> Path:
    """Build wheel and package of a side from a clone in ``folder``; return the folder with both."""
    git(folder, "clone", "--quiet", str(commit), "clone")
    with begun(Source.of(folder / "clone")) as build:
        build.package(side, build.wheel(), None)
        return Path(shutil.copytree(build.made, folder / "made"))


@pytest.fixture(scope="module")
def both(commit: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files of two builders of the portal."""
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("an other one")
    with as_builder(0o022, TZ="UTC", LC_ALL="C.UTF-8", HOME=str(one), TMPDIR=str(one)):
        first = built(commit, one, "portal")
    with as_builder(0o077, TZ="Pacific/Auckland", LC_ALL="C", HOME=str(other), PYTHONHASHSEED="7"):
        return first, built(commit, other, "portal")


@pytest.mark.slow
def test_two_builders_get_the_same_bytes(both: tuple[Path, Path]) -> None:
    assert len([*both[0].iterdir()]) == 2
    assert differing(*both) == []


@pytest.mark.slow
def test_a_planted_difference_is_found(both: tuple[Path, Path], tmp_path: Path) -> None:
    """The control: one byte in a file of the package, a file more."""
    copy = Path(shutil.copytree(both[0], tmp_path / "copy"))
    (package,) = copy.glob("*.deb")
    content = bytearray(package.read_bytes())
    content[-9] ^= 1
    package.write_bytes(content)
    (copy / "more").touch()
    assert differing(both[0], copy) == sorted([package.name, "more"])


@pytest.fixture(scope="module")
def unpacked(both: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the package of the portal installs."""
    tree = tmp_path_factory.mktemp("tree")
    (package,) = both[0].glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", package, tree], check=True)
    return tree


@pytest.mark.slow
def test_the_package_of_the_portal_has_no_room_of_the_inbox(unpacked: Path) -> None:
    (site,) = unpacked.glob("usr/lib/fanal-portal/lib/python3*/site-packages")
    assert {each.name for each in site.iterdir() if each.suffix != ".dist-info"} == {
        "portal",
        "crypto",
        "templates",
    }


@pytest.mark.slow
def test_the_package_names_its_commit(unpacked: Path, commit: Path) -> None:
    (file,) = unpacked.rglob("templates/commit.txt")
    assert file.read_text() == git(commit, "rev-parse", "HEAD")[:12] + "\n"


@pytest.mark.slow
def test_the_package_brings_the_command_that_the_units_start(unpacked: Path) -> None:
    assert (unpacked / "usr/bin/portal").readlink() == Path("../lib/fanal-portal/bin/portal")
    unit = (unpacked / "usr/lib/systemd/system/portal@.service").read_text()
    assert "exec /usr/bin/portal " in unit
    assert (unpacked / "usr/share/doc/fanal-portal/deploying.md").is_file()
    assert "usr/share/doc/fanal-portal/deploying.md" in unit


@pytest.mark.slow
def test_the_package_brings_what_setup_needs(unpacked: Path, both: tuple[Path, Path], tmp_path: Path) -> None:
    """Files of nginx as conffiles, which dpkg never replaces unasked; systemd makes user and folders."""
    assert differing(unpacked / "etc/nginx/fanal", ROOT / "deploy/nginx") == []
    assert (unpacked / "usr/share/fanal-portal/torrc").read_bytes() == (ROOT / "deploy/torrc").read_bytes()
    (package,) = both[0].glob("*.deb")
    subprocess.run(["dpkg-deb", "--control", package, tmp_path], check=True)
    assert "/etc/nginx/fanal/clearnet.conf" in (tmp_path / "conffiles").read_text().splitlines()
    tree = tmp_path / "tree"
    for name in ("sysusers.d", "tmpfiles.d"):
        shutil.copytree(unpacked / "usr/lib" / name, tree / "usr/lib" / name)
    subprocess.run(["systemd-sysusers", f"--root={tree}"], check=True)
    subprocess.run(["systemd-tmpfiles", "--create", f"--root={tree}"], check=True)
    modes = {name: (tree / name).stat().st_mode & 0o777 for name in ("etc/fanal", "var/lib/fanal")}
    assert modes == {"etc/fanal": 0o755, "var/lib/fanal": 0o700}


@pytest.mark.slow
def test_no_script_of_the_package_enables_or_starts_a_unit(both: tuple[Path, Path], tmp_path: Path) -> None:
    (package,) = both[0].glob("*.deb")
    subprocess.run(["dpkg-deb", "--control", package, tmp_path / "control"], check=True)
    scripts = "".join(each.read_text() for each in (tmp_path / "control").glob("*[nr][sm]*t"))
    assert "portal" in scripts
    assert "deb-systemd-invoke" not in scripts


@pytest.mark.slow
def test_every_file_has_the_time_of_the_commit(unpacked: Path, commit: Path) -> None:
    times = {
        int(each.stat().st_mtime) for each in unpacked.rglob("*") if each.is_file() and not each.is_symlink()
    }
    assert times == {int(git(commit, "log", "-1", "--format=%ct"))}


def test_each_library_has_its_licence(tmp_path: Path) -> None:
    """One with a licence text, and one that only names its licence."""
    for name, more in (
        ("one", "License-Expression: MIT"),
        ("two", "Classifier: License :: OSI Approved :: Zlib"),
    ):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{more}\n")
    (tmp_path / "one-1.0.dist-info/licenses").mkdir()
    (tmp_path / "one-1.0.dist-info/licenses/LICENSE").write_text("Do as you like.\n")
    text = licences.text(tmp_path)
    assert "one 1.0: MIT\n" in text
    assert "Do as you like.\n" in text
    assert "two 1.0: Zlib\n" in text
    assert "This library has no file with the text of its licence." in text.partition("two 1.0")[2]
