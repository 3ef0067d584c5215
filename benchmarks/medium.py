"""The part `offline` of the soak: people install the inbox on a bare Debian 13 without a network.

They type the commands that the guide on the medium prints: the installation and the media in French and in
English, and the update in French. Nobody types the commands of the guide that need a founded inbox, such as
those of the desk.

The inbox on the first medium has an earlier version of one library. The inbox on the second medium has the
version of this commit. The update rehearses how a fix in a library reaches the inbox's machine
(docs/medium.md).
"""

import re
import secrets
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import bare_tree
from benchmarks.inbox_machine import InboxMachine, Question, make_stick
from benchmarks.packages import WHEELS, build_package
from deploy.medium import contents, debian_archive
from deploy.medium.debian_archive import Archive
from deploy.release import manifest, python_environment
from tests.support.commits import git
from tests.support.medium import Medium, guide, make_keys, typed_digits
from tests.support.paths import ROOT

_CACHE = ROOT / "build/debian"
_BYTES = 200
_MOST_SECONDS = 600
_LOCK = "requirements/inbox.txt"
# A library, an earlier version of it, and the digest of that version's wheel.
_LIBRARY, _EARLIER = "python-stdnum", "2.1"
_DIGEST = "25eabcf5f307dd4150fd8f1c03f4512a6caeb84c9f09be1448711f5803373c58"
_OFFICERS = "officers"
_TYPED = "only for this test"
# What `adduser` asks.
_NEW_USER = [
    Question("New password:", _TYPED, secret=True),
    Question("Retype new password:", _TYPED, secret=True),
    *(
        Question(asked, "")
        for asked in ("Full Name", "Room Number", "Work Phone", "Home Phone", "Other", "correct? [Y/n]")
    ),
]


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
        bare_tree.make(tree := folder / "tree", "adduser")
        bare_tree.copy(tree, folder / "copy" / "tree")
        sticks = [_stick(folder, each.folder, "fr") for each in (first, second)]
        yield from _installed(InboxMachine(tree), sticks[0])
        yield from _updated(InboxMachine(tree), *sticks)
        yield from _installed(InboxMachine(folder / "copy" / "tree"), replace(sticks[0], language="en"))


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


@dataclass(frozen=True, slots=True)
class _Stick:
    """A stick with a medium, the folder of this medium, and the language of the guide that people follow."""

    file: Path
    medium: Path
    language: str

    def guide(self) -> list[list[str]]:
        """Return the commands of each part of the guide: first installation, media, desk, update."""
        _, *parts = guide(self.medium, self.language)
        return parts

    def fingerprints(self, second: str | None = None) -> list[Question]:
        """Return what the officers type. By default, the ``second`` officer types the same as the first."""
        digits = typed_digits(self.medium)
        return [Question("The first officer", digits), Question("The second officer", second or digits)]


def _stick(folder: Path, medium: Path, language: str) -> _Stick:
    content = folder / "sticks" / medium.name
    shutil.copytree(medium, content / "fanal")
    return _Stick(make_stick(folder, content), medium, language)


def _installed(machine: InboxMachine, stick: _Stick) -> Iterator[str]:
    """Install the inbox with the commands of the guide on the medium. Yield the figures."""
    (*as_root, doctor), media, *_ = stick.guide()
    began = time.monotonic()
    with machine.inserted(stick.file):
        code, shown = machine.types(as_root, [*stick.fingerprints(), *_NEW_USER])
    assert code == 0, shown
    assert contents.fingerprint(stick.medium) in shown, shown
    yield (
        f"{stick.language}: {len(as_root)} commands of the guide on the medium install the inbox on a bare"
        f" Debian without a network in {_within(began)}"
    )
    assert not (machine.tree / "srv/fanal").exists()
    assert _library(machine) == _EARLIER
    code, shown = machine.types([doctor], user=_OFFICERS)
    assert (code, "the sandbox works" in shown) == (0, True), shown
    code, shown = machine.types(["inbox --version", "firefox-esr --version"], user=_OFFICERS)
    assert (code, "commit" in shown, "Mozilla Firefox" in shown) == (0, True, True), shown
    _media_are_mounted(machine, media)


def _media_are_mounted(machine: InboxMachine, commands: Sequence[str]) -> None:
    """Mount a stick with a file system of Linux, as the guide says. Only the officers can use it."""
    of_most_sticks, unmount, *of_linux = commands
    empty = make_stick(machine.tree / "srv")
    written = ["touch /media/stick/bundle", "ls /media/stick"]
    with machine.inserted(empty):
        code, shown = machine.types([of_most_sticks])
        assert code != 0, shown
        as_officers = shlex.join(["su", "--login", _OFFICERS, "--command", "; ".join(written)])
        as_nobody = "! setpriv --reuid=nobody --regid=nogroup --clear-groups ls /media/stick"
        code, shown = machine.types([*of_linux, as_officers, as_nobody, unmount])
        assert (code, "bundle" in shown) == (0, True), shown
    empty.unlink()


def _updated(machine: InboxMachine, first: _Stick, second: _Stick) -> Iterator[str]:
    """Update the inbox with the commands of the guide on the newer medium. Yield the figures."""
    wrong = f"{typed_digits(second.medium)[:-1]}x"
    said = _update(machine, second, second.fingerprints(wrong), code=1)
    assert "refused: this medium has another fingerprint" in said, said
    assert _library(machine) == _EARLIER
    began = time.monotonic()
    _update(machine, second, second.fingerprints())
    yield f"updated in {_within(began)}: {_LIBRARY} {_EARLIER} became {_library(machine)}"
    assert _library(machine) != _EARLIER
    version = (first.medium / "VERSION").read_text("ascii").strip()
    # The script refuses this medium before anybody types.
    said = _update(machine, first, [], code=1)
    assert f"refused: medium {version} is older than" in said, said
    _update(machine, second, second.fingerprints())
    yield "a wrong fingerprint and an older medium are refused; the same medium can be repeated"


def _update(machine: InboxMachine, stick: _Stick, questions: Sequence[Question], code: int = 0) -> str:
    """Type the commands of an update that root runs. Return what the terminal showed."""
    *_, update = stick.guide()
    as_root = [each for each in update if not each.startswith("inbox ")]
    with machine.inserted(stick.file):
        ended, shown = machine.types(as_root, questions)
    assert ended == code, shown
    return shown


def _within(began: float) -> str:
    seconds = time.monotonic() - began
    assert seconds < _MOST_SECONDS, seconds
    return f"{seconds:.0f} s"


def _library(machine: InboxMachine) -> str:
    """Return the installed version of the library."""
    asked = f"from importlib.metadata import version; print(version({_LIBRARY!r}))"
    return machine.run("/usr/lib/fanal-inbox/bin/python3", "-c", asked).strip()
