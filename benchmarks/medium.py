"""The part `offline` of the soak: one command installs the inbox on a bare Debian 13 without a network.

The inbox on the first medium has an earlier version of one library. The inbox on the second medium has the
version of this commit. The update rehearses how a fix in a library reaches the inbox's machine
(docs/medium.md).
"""

import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import bare_tree
from benchmarks.packages import WHEELS, build_package
from deploy.medium import contents, debian_archive
from deploy.medium.debian_archive import Archive
from deploy.release import manifest, python_environment
from tests.support.commits import git
from tests.support.medium import Medium, make_keys, typed_digits
from tests.support.paths import ROOT

_CACHE = ROOT / "build/debian"
_BYTES = 200
_MOST_SECONDS = 600
_LOCK = "requirements/inbox.txt"
# A library, an earlier version of it, and the digest of that version's wheel.
_LIBRARY, _EARLIER = "python-stdnum", "2.1"
_DIGEST = "25eabcf5f307dd4150fd8f1c03f4512a6caeb84c9f09be1448711f5803373c58"
_INSTALLED = "/usr/share/fanal-inbox/install.sh"
# This command types the two fingerprints, and runs a script on a folder.
_TYPED = 'printf "%s\\n%s\\n" "$1" "$2" | sh "$3" "$4"'


def run() -> Iterator[str]:
    """Yield the figures. Raises AssertionError or RuntimeError if a check fails."""
    with tempfile.TemporaryDirectory(prefix="fanal-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        earlier, package = _packages(folder)
        (apt := folder / "apt").mkdir()
        began = time.monotonic()
        archive = Archive(apt, _CACHE, debian_archive.mirrors())
        archive.copy(contents.needed(package), debian := folder / "debian")
        yield f"Debian's packages copied in {time.monotonic() - began:.0f} s"
        make_keys(keys := folder / "keys")
        made = datetime.now(UTC)
        first = _medium(folder / "first", debian, earlier, keys, made)
        second = _medium(folder / "second", debian, package, keys, made + timedelta(minutes=1))
        size = sum(each.stat().st_size for each in second.folder.rglob("*") if each.is_file())
        yield f"a medium has {size / 1e6:.0f} MB and {len([*second.folder.rglob('*.deb')])} packages"
        yield _changed_bytes(second)
        bare_tree.make(tree := folder / "tree")
        yield from _installed(tree, first.folder, second.folder)


def _packages(folder: Path) -> tuple[Path, Path]:
    """Build an inbox with an earlier library, and a later inbox with the library of this commit."""
    clone = folder / "clone"
    # The clone has no tags, so no commit counts as a release.
    bare_tree.run("git", "clone", "--quiet", "--no-tags", str(ROOT), str(clone))
    lock = clone / _LOCK
    entry = re.compile(rf"^{_LIBRARY}==.*?(?=^\S)", re.MULTILINE | re.DOTALL)
    earlier = f"{_LIBRARY}=={_EARLIER} \\\n    --hash=sha256:{_DIGEST}\n"
    text, found = entry.subn(lambda _: earlier, lock.read_text("utf-8"))
    assert found == 1, found
    lock.write_text(text, "utf-8")
    git(clone, "commit", "--quiet", "--all", "--message=an earlier library")
    before = _package(clone, folder)
    git(clone, "revert", "--no-edit", "HEAD")
    return before, _package(clone, folder)


def _package(clone: Path, out: Path) -> Path:
    """Fetch the libraries of the inbox, and build its package from a clone."""
    python_environment.fetch(clone, ("inbox",), WHEELS)
    return build_package(clone, "inbox", out)


def _medium(out: Path, debian: Path, package: Path, keys: Path, made: datetime) -> Medium:
    """Make a signed medium from Debian's packages and a package of the inbox."""
    release = out.with_suffix(".release")
    release.mkdir()
    shutil.copy(package, release)
    # A release also contains the portal's package; a medium does not.
    (release / package.name.replace("inbox", "portal")).touch()
    manifest.write(release)
    shutil.copytree(debian, out)
    return Medium.complete(out, release, keys, made)


def _changed_bytes(medium: Medium) -> str:
    """Change single bytes of a medium.

    Raises AssertionError if the script of the medium does not name the changed file.
    """
    files = sorted(
        each for each in medium.folder.rglob("*") if each.is_file() and "SHA256SUMS" not in each.name
    )
    began = time.monotonic()
    for _ in range(_BYTES):
        file = secrets.choice(files)
        place = secrets.randbelow(file.stat().st_size)
        _flip(file, place)
        done = medium.checked()
        wanted = f"refused: {file.relative_to(medium.folder)} differs from the manifest\n"
        assert (done.returncode, done.stderr.startswith(wanted)) == (1, True), (file, place, done.stderr)
        _flip(file, place)
    assert medium.checked().returncode == 0
    seconds = (time.monotonic() - began) / _BYTES
    return f"{_BYTES} changed bytes refused, each with the name of its file, in {seconds:.1f} s each"


def _flip(file: Path, place: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        (byte,) = opened.read(1)
        opened.seek(place)
        opened.write(bytes([byte ^ 1]))


def _installed(tree: Path, first: Path, second: Path) -> Iterator[str]:
    """Install and update the inbox in a bare tree without a network. Yield the figures."""
    for medium in (first, second):
        shutil.copytree(medium, tree / "srv" / medium.name)
    began = time.monotonic()
    _install(tree, first, "/srv/first/install.sh")
    yield f"installed on a bare Debian without a network in {_within(began)}"
    assert _library(tree) == _EARLIER
    officer = ("setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "env", "HOME=/tmp")
    assert "commit" in _offline(tree, *officer, "inbox", "--version")
    assert "Mozilla Firefox" in _offline(tree, *officer, "firefox-esr", "--version")
    wrong = f"{typed_digits(second)[:-1]}x"
    _refused(tree, second, second=wrong, reason="this medium has another fingerprint")
    assert _library(tree) == _EARLIER
    began = time.monotonic()
    _install(tree, second, _INSTALLED)
    yield f"updated in {_within(began)}: {_LIBRARY} {_EARLIER} became {_library(tree)}"
    assert _library(tree) != _EARLIER
    _refused(tree, first, second=typed_digits(first), reason=f"medium {_version(first)} is older than")
    _install(tree, second, _INSTALLED)
    yield "a wrong fingerprint and an older medium are refused; the same medium can be repeated"


def _within(began: float) -> str:
    seconds = time.monotonic() - began
    assert seconds < _MOST_SECONDS, seconds
    return f"{seconds:.0f} s"


def _install(tree: Path, medium: Path, script: str) -> str:
    digits = typed_digits(medium)
    return _offline(tree, "sh", "-c", _TYPED, "-", digits, digits, script, f"/srv/{medium.name}")


def _refused(tree: Path, medium: Path, second: str, reason: str) -> None:
    """Check that the installed script refuses a medium if the second officer types ``second``."""
    try:
        said = _offline(
            *(tree, "sh", "-c", _TYPED, "-"), typed_digits(medium), second, _INSTALLED, f"/srv/{medium.name}"
        )
    except RuntimeError as refused:
        said = str(refused)
    assert f"refused: {reason}" in said, said


def _offline(tree: Path, *command: str) -> str:
    """Run a program in a tree that has no active network interface.

    Background processes of the program end with the program. While one of its processes is running, the
    tree cannot be removed.
    """
    places = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    apart = ("unshare", "--net", "--pid", "--fork", "--kill-child", f"--mount-proc={tree}/proc")
    return bare_tree.run(*apart, "chroot", str(tree), *command, env=places)


def _library(tree: Path) -> str:
    """Return the installed version of the library."""
    asked = f"from importlib.metadata import version; print(version({_LIBRARY!r}))"
    return _offline(tree, "/usr/lib/fanal-inbox/bin/python3", "-c", asked).strip()


def _version(medium: Path) -> str:
    return (medium / "VERSION").read_text("ascii").strip()
