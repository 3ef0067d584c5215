"""The part `offline` of the soak: people install and use the inbox on a bare Debian 13 without a network.

They type every command of the guide on the medium, in French and in English. To create the inbox, they
use the commands of the officers' guide that is in the package.

The inbox on the first medium has an earlier version of one library. The inbox on the second medium has the
version of this commit, and new tables. The update rehearses how a fix in a library reaches the inbox's
machine (docs/medium.md).
"""

import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

from benchmarks import bare_tree
from benchmarks.earlier_library import INBOX as LIBRARY
from benchmarks.inbox_machine import InboxMachine, Question, make_stick
from benchmarks.packages import WHEELS, build_package
from deploy.medium import contents, debian_archive
from deploy.medium.debian_archive import Archive
from deploy.release import manifest, python_environment
from tests.support import guides
from tests.support.commits import git
from tests.support.inbox_builders import passphrase_of
from tests.support.medium import Guide, Medium, guide, make_keys, typed_digits
from tests.support.paths import ROOT

_CACHE = ROOT / "build/debian"
_BYTES = 200
_MOST_SECONDS = 600
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
# The officers of the guide, and a quorum of them.
_APPOINTED = ("alice", "bruno", "chloe")
_QUORUM = _APPOINTED[:2]
_FOUNDING = [
    Question("agree? (yes/no) ", "yes"),
    *(
        Question(asked, passphrase_of(name), secret=True)
        for name in _APPOINTED
        for asked in (f"new passphrase of {name}: ", "repeat it: ")
    ),
]
_OPENING = [Question(f"passphrase of {name}: ", passphrase_of(name), secret=True) for name in _QUORUM]
# The desk's port. A browser requests the address, which redirects it to a page, and then at least this page.
_PORT, _REQUESTS = 8090, 2
# The status of the answer to a request for the address.
_STATUS = (
    """/usr/lib/fanal-inbox/bin/python3 -c 'import http.client, sys, urllib.parse"""
    """; parts = urllib.parse.urlsplit(sys.argv[1]); desk = http.client.HTTPConnection(parts.netloc)"""
    """; desk.request("GET", parts.path); print("status", desk.getresponse().status)' "$(cat ~/address)\""""
)
# A login sets the folder if systemd runs, and a computer has a screen.
_WITHOUT_SCREEN = (
    "export XDG_RUNTIME_DIR=$(mktemp -d)",
    "export WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman",
)
# The exit code of a shell in which Ctrl-C ended a command.
_CTRL_C = 130
_MIGRATION = "tests/next_version/inbox/v0002_next.py"


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
        bare_tree.make(tree := folder / "fr" / "tree", "adduser")
        bare_tree.copy(tree, folder / "en" / "tree")
        sticks = [_stick(folder, each.folder) for each in (first, second)]
        for language in ("fr", "en"):
            with InboxMachine.running(folder / language / "tree") as machine:
                for line in _at(machine, language, *sticks):
                    yield f"{language}: {line}"


def _packages(folder: Path) -> tuple[Path, Path]:
    """Build an inbox with an earlier library, and an inbox with the library of this commit and new tables."""
    clone = folder / "clone"
    # The clone has no tags, so no commit counts as a release.
    bare_tree.run("git", "clone", "--quiet", "--no-tags", str(ROOT), str(clone))
    LIBRARY.commit(clone)
    before = _package(clone, folder)
    git(clone, "revert", "--no-edit", "HEAD")
    shutil.copy(ROOT / _MIGRATION, clone / "inbox/migrations/versions")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=new tables")
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
    # A release also contains the other packages; a medium does not.
    for other in ("portal", "draws"):
        (release / package.name.replace("inbox", other)).touch()
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
    """A stick with a medium, and the folder of this medium."""

    file: Path
    medium: Path

    def fingerprints(self, second: str | None = None) -> list[Question]:
        """Return what the officers type. By default, the ``second`` officer types the same as the first."""
        digits = typed_digits(self.medium)
        return [Question("The first officer", digits), Question("The second officer", second or digits)]


def _stick(folder: Path, medium: Path) -> _Stick:
    content = folder / "sticks" / medium.name
    shutil.copytree(medium, content / "fanal")
    return _Stick(make_stick(folder, medium.name, content), medium)


def _at(machine: InboxMachine, language: str, first: _Stick, second: _Stick) -> Iterator[str]:
    """Type the commands of the guides at a machine: install, use and update the inbox. Yield the figures."""
    commands = guide(first.medium, language)
    yield from _installed(machine, commands.installation, first)
    with _mounted(machine, commands):
        ceremony = _ceremony(machine, first.medium / f"GUIDE.{language}.txt")
        _founded(machine, ceremony)
        _shown(machine, commands.desk)
        yield "the inbox is founded, and a browser shows the desk"
        backup, *as_root, upgrade = commands.update
        _in_session(machine, ceremony.session, [backup])
        yield from _updated(machine, as_root, first, second)
        _upgraded(machine, ceremony.session, upgrade)
        yield "the officers made a backup before the update, and upgraded the vault after it"


def _installed(machine: InboxMachine, commands: Sequence[str], stick: _Stick) -> Iterator[str]:
    """Install the inbox with the commands of the guide on the medium. Yield the figures."""
    *as_root, doctor = commands
    began = time.monotonic()
    with machine.inserted(stick.file):
        code, shown = machine.types(as_root, [*stick.fingerprints(), *_NEW_USER])
    assert code == 0, shown
    assert contents.fingerprint(stick.medium) in shown, shown
    yield (
        f"{len(as_root)} commands of the guide on the medium install the inbox on a bare Debian without a"
        f" network in {_within(began)}"
    )
    assert not (machine.tree / "srv/fanal").exists()
    assert _library(machine) == LIBRARY.version
    code, shown = machine.types([doctor], user=_OFFICERS)
    assert (code, "the sandbox works" in shown) == (0, True), shown
    code, shown = machine.types(["inbox --version", "firefox-esr --version"], user=_OFFICERS)
    assert (code, "commit" in shown, "Mozilla Firefox" in shown) == (0, True, True), shown


@contextmanager
def _mounted(machine: InboxMachine, commands: Guide) -> Iterator[None]:
    """Mount a stick at each folder of the guide while the block runs. Only the officers can use the sticks.

    The sticks have a file system of Linux.
    """
    of_most_sticks, unmount, *of_linux = commands.media
    (made,) = (each for each in commands.installation if each.startswith("mkdir "))
    names = [Path(each).name for each in made.split() if each.startswith("/media/")]
    with ExitStack() as stack:
        for number, name in enumerate(names):
            device = f"sd{chr(ord('c') + number)}1"
            stack.enter_context(machine.inserted(make_stick(machine.tree.parent, name), device))
            here = [
                each.replace("sdb1", device).replace("/media/stick", f"/media/{name}")
                for each in (of_most_sticks, *of_linux, unmount)
            ]
            code, shown = machine.types(here[:1])
            assert code != 0, shown
            # A stick is given to the officers once.
            code, shown = machine.types([*here[1:], here[1]])
            assert code == 0, shown
            as_nobody = "! setpriv --reuid=nobody --regid=nogroup --clear-groups ls"
            code, shown = machine.types([f"{as_nobody} /media/{name}"])
            assert code == 0, shown
        yield


@dataclass(frozen=True, slots=True)
class _Ceremony:
    """The commands of the ceremony: those before the session, the one that opens it, and those in it."""

    founding: list[str]
    session: str
    typed: list[str]


def _ceremony(machine: InboxMachine, guide_on_medium: Path) -> _Ceremony:
    """Return the commands of the ceremony from the page that the guide on the medium names.

    The last commands of the ceremony need a portal, so they are left out.
    """
    (page,) = re.findall(r"/usr/share/doc/fanal-inbox/docs/\S+\.md", guide_on_medium.read_text("utf-8"))
    lines = guides.lines((machine.tree / page[1:]).read_text("utf-8"))
    before = [*takewhile(lambda line: not line.startswith("inbox exchange collect"), lines)]
    (session,) = (each for each in before if each.startswith("inbox session "))
    place = before.index(session)
    return _Ceremony(before[:place], session, before[place + 1 :])


def _founded(machine: InboxMachine, ceremony: _Ceremony) -> None:
    """Found the inbox. In the guide, alice copies her share. Bruno does the same."""
    *first, copy = ceremony.founding
    commands = [*first, copy, copy.replace(_QUORUM[0], _QUORUM[1])]
    code, shown = machine.types(commands, _FOUNDING, _OFFICERS)
    assert code == 0, shown
    _in_session(machine, ceremony.session, ceremony.typed)


def _bringing(command: str) -> str:
    """Return a command of a guide with the share files of a quorum."""
    for name in _QUORUM:
        command = command.replace("--share FILE", f"--share /media/{name}/{name}-*.share", 1)
    return command


def _in_session(machine: InboxMachine, session: str, commands: Sequence[str]) -> None:
    """Open a session after a new login, type commands into it, and lock it."""
    with machine.terminal([_bringing(session)], _OPENING, _OFFICERS) as at:
        for command in (*commands, "lock"):
            at.answers(f"{', '.join(_QUORUM)}> ", command, _MOST_SECONDS)
        assert at.waits() == 0, at.shown
        assert "error:" not in at.shown, at.shown


def _shown(machine: InboxMachine, commands: Sequence[str]) -> None:
    """Open the desk, show it on a second console, and end the desk with Ctrl-C."""
    desk, show = commands
    with machine.terminal([_bringing(desk)], _OPENING, _OFFICERS) as at:
        at.sees("http://127.0.0.1:", _MOST_SECONDS)
        with machine.terminal([*_WITHOUT_SCREEN, show], user=_OFFICERS) as console:
            until = time.monotonic() + _MOST_SECONDS
            while machine.ended(_PORT) < _REQUESTS:
                assert time.monotonic() < until, console.shown
                time.sleep(0.1)
            # The address works once, and the browser has used it.
            assert machine.types([_STATUS], user=_OFFICERS) == (0, "status 403\n")
        at.insists(b"\x03")
        assert at.waits() == _CTRL_C, at.shown
        at.sees("stopped")
    assert not (machine.tree / "home" / _OFFICERS / "address").exists()


def _updated(machine: InboxMachine, commands: Sequence[str], first: _Stick, second: _Stick) -> Iterator[str]:
    """Update the inbox with the commands of the guide for root. Yield the figures."""
    *_, unmount = commands

    def update(stick: _Stick, questions: Sequence[Question], code: int = 0) -> str:
        with machine.inserted(stick.file):
            ended, shown = machine.types(commands, questions)
            assert ended == code, shown
            if code:
                # After a refusal, the commands stop before the last one.
                assert machine.types([unmount]) == (0, "")
        return shown

    wrong = f"{typed_digits(second.medium)[:-1]}x"
    said = update(second, second.fingerprints(wrong), code=1)
    assert "refused: this medium has another fingerprint" in said, said
    assert _library(machine) == LIBRARY.version
    began = time.monotonic()
    update(second, second.fingerprints())
    yield f"updated in {_within(began)}: {LIBRARY.name} {LIBRARY.version} became {_library(machine)}"
    assert _library(machine) != LIBRARY.version
    version = (first.medium / "VERSION").read_text("ascii").strip()
    # The script refuses this medium before anybody types.
    said = update(first, [], code=1)
    assert f"refused: medium {version} is older than" in said, said
    update(second, second.fingerprints())
    yield "a wrong fingerprint and an older medium are refused; the same medium can be repeated"


def _upgraded(machine: InboxMachine, session: str, upgrade: str) -> None:
    """Upgrade the vault with the shares of a quorum. The inbox asks for the upgrade, and then opens."""
    code, shown = machine.types([_bringing(session)], _OPENING, _OFFICERS)
    assert (code, "the vault was made by an earlier version" in shown) == (1, True), shown
    code, shown = machine.types([_bringing(upgrade)], _OPENING, _OFFICERS)
    assert code == 0, shown
    _in_session(machine, session, [])


def _within(began: float) -> str:
    seconds = time.monotonic() - began
    assert seconds < _MOST_SECONDS, seconds
    return f"{seconds:.0f} s"


def _library(machine: InboxMachine) -> str:
    """Return the installed version of the library."""
    return machine.run(*LIBRARY.asked("/usr/lib/fanal-inbox/bin/python3")).strip()
