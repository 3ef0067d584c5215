"""The part `packages` of the soak: two builders get identical packages; Debian installs and removes them."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks import bare_tree
from deploy.release import python_environment
from deploy.release.building import SIDES, begun
from deploy.release.python_environment import Libraries
from deploy.release.source import Source
from tests.support.commits import commit_of_tomorrow
from tests.support.paths import ROOT

WHEELS = ROOT / "build/wheels"
BUILD = (sys.executable, "-m", "deploy.release", "build")
# The second builder has another user, clock and umask.
_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
_UMASK = 0o077
# The first clock is earlier than the commit, and the second is later. For the first builder, the times of
# files stay true: uv fails if a file seems older than 1970, and the files of some systems have the time 1.
_EARLIER = ("env", "NO_FAKE_STAT=1", "faketime", "-f", "-400d")
_LATER = ("faketime", "-f", "+400d")
# A purge keeps the system user and the group of a package, because files may still belong to that user.
_STAYS = {"etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"}
# The records and caches of package managers, and temporary files.
_NOTES = ("var/lib/dpkg/", "var/lib/apt/", "var/cache/", "var/log/", "etc/ld.so.cache", "tmp/", "run/")


@dataclass(frozen=True, slots=True)
class Builder:
    """A builder of packages, with a clone of ``source``. The results of two builders can be compared."""

    source: Path
    folder: Path
    clock: Sequence[str]
    user: Sequence[str] = ()
    umask: int = 0o022
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        """The folder with the release."""
        return self.folder / "clone/dist"

    def start(self) -> "subprocess.Popen[str]":
        """Clone the repository, and begin to build."""
        home = self.folder / "home"
        home.mkdir(parents=True)
        bare_tree.run(
            "git", "clone", "--quiet", "--no-hardlinks", str(self.source), str(self.folder / "clone")
        )
        if self.user:
            bare_tree.run("chown", "-R", "nobody:nogroup", str(self.folder))
        return subprocess.Popen(
            [*self.user, *self.clock, *BUILD, "--wheels", str(WHEELS)],
            cwd=self.folder / "clone",
            env={**os.environ, "HOME": str(home), "TMPDIR": str(home), **self.env},
            umask=self.umask,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def build_package(clone: Path, side: str, out: Path) -> Path:
    """Build the package of a side from a clone, with libraries from WHEELS. Return the file in ``out``."""
    with begun(Source.of(clone)) as build:
        libraries = Libraries(build.exported / f"requirements/{side}.txt", WHEELS)
        build.package(side, build.wheel(), libraries)
        (made,) = build.made.glob("*.deb")
        return Path(shutil.copy(made, out))


def differing(one: Path, other: Path) -> list[str]:
    """Return the names of the files that only one folder has, or that differ in a byte."""
    names = {each.name for folder in (one, other) for each in folder.iterdir()}
    return sorted(name for name in names if _bytes(one / name) != _bytes(other / name))


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def run() -> Iterator[str]:
    """Yield the figures. Raises RuntimeError with the reason if a check fails."""
    with tempfile.TemporaryDirectory(prefix="fanal-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        began = time.monotonic()
        out = _built_twice(folder)
        seconds = time.monotonic() - began
        yield f"two builders, {len([*out.iterdir()])} files, the same bytes in {seconds:.0f} s"
        for package in sorted(out.glob("*.deb")):
            yield f"{package.name.partition('_')[0]}: {package.stat().st_size / 1e6:.0f} MB"
        yield f"bills of materials: {_bills(out)} Python libraries, exactly those of the lock files"
        _planted(out, folder / "planted")
        yield "a planted byte was found"
        for package in sorted(out.glob("*.deb")):
            bare_tree.run("lintian", "--fail-on", "error,warning", "--allow-root", str(package))
        yield "lintian: no error and no warning without a stated reason"
        yield from _installed(out, folder / "tree")


def _built_twice(folder: Path) -> Path:
    """Build the packages as two builders, and return the folder of the first builder.

    Raises RuntimeError if the files differ.
    """
    python_environment.fetch(ROOT, SIDES, WHEELS)
    source = _of_tomorrow(folder / "source")
    first = Builder(source, folder / "one", _EARLIER)
    elsewhere = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "fr_FR.UTF-8", "PYTHONHASHSEED": "7"}
    second = Builder(source, folder / "of somebody else/deep/below", _LATER, _NOBODY, _UMASK, elsewhere)
    for process in [first.start(), second.start()]:
        _wait(process)
    if found := differing(first.out, second.out):
        kept = Path(tempfile.mkdtemp(prefix="fanal-differing-"))
        for builder, name in ((first, "one"), (second, "other")):
            shutil.copytree(builder.out, kept / name)
        raise RuntimeError(f"these files differ between two builders: {', '.join(found)}; see {kept}")
    return first.out


def _of_tomorrow(clone: Path) -> Path:
    """Clone the repository, and give the clone a commit of tomorrow."""
    bare_tree.run("git", "clone", "--quiet", "--no-tags", str(ROOT), str(clone))
    commit_of_tomorrow(clone, "tomorrow")
    return clone


def _wait(process: "subprocess.Popen[str]") -> None:
    said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(said)


def _bills(out: Path) -> int:
    """Check that each bill has the libraries of its lock file, in these versions. Return their number.

    A bill names Fanal's own wheel, too.
    """
    count = 0
    for side in SIDES:
        (bill,) = out.glob(f"fanal-{side}_*.cdx.json")
        listed = {
            (canonicalize_name(each["name"]), each["version"])
            for each in json.loads(bill.read_text())["components"]
            if each["name"] != "fanal"
        }
        locked = {*_locked(ROOT / f"requirements/{side}.txt")}
        if listed != locked:
            raise RuntimeError(f"{bill.name} and the lock file differ: {sorted(listed ^ locked)}")
        count += len(locked)
    return count


def _locked(lock: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of each library that a lock file installs on this system."""
    for pinned, _ in re.findall(r"^([a-z][^#\\\n]*?)(\s*\\)?$", lock.read_text("utf-8"), re.MULTILINE):
        library = Requirement(pinned)
        if library.marker is None or library.marker.evaluate():
            (version,) = library.specifier
            yield canonicalize_name(library.name), version.version


def _planted(out: Path, copy: Path) -> None:
    """Check that the comparison notices one changed byte, so that a broken comparison is detected."""
    shutil.copytree(out, copy)
    (package, *_) = sorted(copy.glob("*.deb"))
    content = bytearray(package.read_bytes())
    content[len(content) // 2] ^= 1
    package.write_bytes(content)
    if differing(out, copy) != [package.name]:
        raise RuntimeError("the comparison did not notice a changed byte")


def _installed(out: Path, tree: Path) -> Iterator[str]:
    """Install, use and purge each package in a bare tree of Debian 13. Yield the figures."""
    bare_tree.make(tree)
    with bare_tree.entered(tree):
        bare_tree.inside(tree, "apt-get", "update")
        for package in sorted(out.glob("*.deb")):
            name = package.name.partition("_")[0]
            # A purge does not remove the dependencies, so they are installed before the files are listed.
            bare_tree.apt(tree, "install", *_needs(package))
            before = _files(tree)
            shutil.copy(package, tree / "tmp" / package.name)
            began = time.monotonic()
            bare_tree.apt(tree, "install", f"/tmp/{package.name}")  # noqa: S108  inside the tree
            seconds = time.monotonic() - began
            new = len(_files(tree) - before)
            _USES[name](tree)
            bare_tree.apt(tree, "purge", name)
            if left := _files(tree) - before:
                raise RuntimeError(f"the purge of {name} left files: {', '.join(sorted(left)[:10])}")
            yield f"{name}: installed in {seconds:.0f} s, {new} files, used, and none left after purge"


def _use_portal(tree: Path) -> None:
    _expect(bare_tree.inside(tree, "portal", "--help"), "Usage: portal")
    _expect(bare_tree.inside(tree, "portal", "--version"), "commit")
    bare_tree.inside(tree, "id", "portal")
    if [*(tree / "etc/systemd/system").rglob("*portal*")]:
        raise RuntimeError("the installation enabled a unit of the portal")


def _use_inbox(tree: Path) -> None:
    _expect(bare_tree.inside(tree, "inbox", "--version"), "commit")
    officer = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "env", "HOME=/tmp/officer"]
    bare_tree.inside(tree, "install", "--directory", "--owner=1234", "--group=1234", "/tmp/officer")  # noqa: S108  inside the tree
    (tree / "tmp/passphrase").write_text("seven words that nobody else would ever choose\n")
    (tree / "tmp/passphrase").chmod(0o444)
    names = ["--name-fr", "Inspection", "--name-en", "Inspectorate"]
    home = ["inbox", "--home", "/tmp/officer/inbox"]  # noqa: S108  inside the tree
    given = ["--passphrase-file", "/tmp/passphrase"]  # noqa: S108
    founded = bare_tree.inside(
        tree,
        *officer,
        *home,
        "init",
        "--deployment",
        "Fanal",
        "--channel",
        "inspection",
        *names,
        "--json",
        *given,
    )
    _expect(founded, "root_key")


def _use_draws(tree: Path) -> None:
    """Make two keys and a page, and check that nothing of the inbox and no command of it was installed."""
    _expect(bare_tree.inside(tree, "draws", "--version"), "commit")
    _expect(bare_tree.inside(tree, "draws", "team", "create", "--out", "/tmp/team.key"), "age1")  # noqa: S108  inside the tree
    (tree / "tmp/passphrase").write_text("a passphrase\n")
    party = ("party", "create", "union", "--folder", "/tmp/union", "--passphrase-file", "/tmp/passphrase")  # noqa: S108
    _expect(bare_tree.inside(tree, "draws", "--language", "en", *party), "give /tmp/union/union.pub to the")
    bare_tree.inside(tree, "draws", "page", "--out", "/tmp/verify.html")  # noqa: S108
    if (tree / "usr/bin/inbox").exists() or [*tree.glob("usr/lib/fanal-draws/**/inbox/vault")]:
        raise RuntimeError("the package of draws installed parts of the inbox that it does not need")


_USES = {"fanal-portal": _use_portal, "fanal-inbox": _use_inbox, "fanal-draws": _use_draws}


def _expect(said: str, part: str) -> None:
    if part not in said:
        raise RuntimeError(f"“{part}” is missing in: {said}")


def _needs(package: Path) -> list[str]:
    """Return the Debian packages that a package depends on, without versions."""
    said = bare_tree.run("dpkg-deb", "--field", str(package), "Depends")
    return [each.split()[0] for each in said.split(",")]


def _files(tree: Path) -> set[str]:
    """Return every file and link of a tree, except records of users and of package managers."""
    found = {
        str(file.relative_to(tree)) for file in tree.rglob("*") if file.is_symlink() or not file.is_dir()
    }
    backups = {f"{name}-" for name in _STAYS}
    return {name for name in found - _STAYS - backups if not name.startswith(("proc/", "dev/", *_NOTES))}
