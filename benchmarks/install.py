"""Four parts of the soak run `fanal-portal setup` on a bare Debian 13 with a real systemd."""

import atexit
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from benchmarks import (
    bare_tree,
    first_report,
    guide_sentences,
    killed_setup,
    lost_machine,
    obstacles,
    records,
    traces_left,
)
from benchmarks.earlier_library import PORTAL as LIBRARY
from benchmarks.first_report import ANSWERS, Walk
from benchmarks.packages import WHEELS, build_package
from deploy.release import manifest, python_environment, signing
from portal.setup.upgrade.progress import EARLIER
from tests.support.commits import git
from tests.support.machine import Machine
from tests.support.medium import make_keys
from tests.support.next_candidate import raise_version
from tests.support.paths import ROOT

_SIDES = ("portal", "inbox")
_SETUP = ("fanal-portal", "setup")
_OLDER, _NEWER = "srv/older.deb", "srv/newer.deb"
_MIGRATIONS = "portal/store/migrations/versions"
_VERSION = ("portal", "--version")
# Where the portal's database is, as uninstall says it.
_PLACES = {"sqlite": "/var/lib/fanal", "postgresql": "database fanal and role portal of PostgreSQL"}
_UNITS = ("portal@8080", "portal@8090", "nginx@clearnet", "nginx@onion", "portal-expire.timer", "tor@fanal")
# The highest exposure of each unit, as systemd measures it, in tenths. The tor unit comes from Debian.
_DEBIAN_TOR = "tor@default"
_MOST_EXPOSED = {"portal@8080": 20, "portal-expire": 20, "nginx@clearnet": 30, "nginx@onion": 30}


def with_sqlite() -> Iterator[str]:
    """Set up, use, upgrade and remove a portal with SQLite. Yield the figures.

    If a check fails, raises AssertionError or RuntimeError, like the other parts.
    """
    built = _built(records.head(ROOT))
    yield from installed(built.walk("sqlite"), built.bare)


def with_postgresql() -> Iterator[str]:
    """Do the same with PostgreSQL."""
    built = _built(records.head(ROOT))
    yield from installed(built.walk("postgresql"), built.bare)


def kills() -> Iterator[str]:
    """Kill setup, and let the next run finish. Yield the figures."""
    yield from killed_setup.killed(_built(records.head(ROOT)).walk("postgresql"))


def refusals() -> Iterator[str]:
    """Run setup, and install packages, on machines where both must fail. Yield the figures."""
    built = _built(records.head(ROOT))
    yield from obstacles.setup_refused(built.walk("sqlite"))
    packages = built.packages
    yield from obstacles.packages_refused(built.folder, built.bare, packages.portal, packages.newer)


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages of both sides, and the next version of the portal's package.

    The first package of the portal has an earlier version of one library. Its upgrade rehearses how a fix in
    a library reaches the portal (docs/medium.md).
    """

    portal: Path
    inbox: Path
    newer: Path


@dataclass(frozen=True, slots=True)
class _Built:
    """The packages, and for each side a tree in which its package is installed."""

    folder: Path
    packages: Packages
    bare: Path
    inbox: Path

    def walk(self, database: str) -> Walk:
        """Return a walk (the steps from setup to removal) on machines of its own."""
        folder = Path(tempfile.mkdtemp(prefix=f"{database}-", dir=self.folder))
        folder.chmod(0o755)
        bare_tree.copy(self.bare, folder / "tree")
        bare_tree.copy(self.inbox, folder / "inbox")
        return Walk(Machine(folder), folder / "inbox", database)


@cache
def _built(commit: str) -> _Built:
    """Build the packages and trees of the current commit, once for all parts that a process runs.

    Their folder is removed when the process ends.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"fanal-{commit[:8]}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    packages = build_packages(folder)
    return _Built(folder, packages, *make_trees(folder, packages))


def build_packages(folder: Path) -> Packages:
    """Build the packages."""
    clone = folder / "clone"
    bare_tree.run("git", "clone", "--quiet", str(ROOT), str(clone))
    python_environment.fetch(ROOT, _SIDES, WHEELS)
    # All packages of a release have one version, so the inbox's package is from the same commit.
    LIBRARY.commit(clone)
    python_environment.fetch(clone, ("portal",), WHEELS)
    portal, inbox = (build_package(clone, side, folder) for side in _SIDES)
    git(clone, "revert", "--no-edit", "HEAD")
    shutil.copy(ROOT / "tests/next_version/portal/v0002_next.py", clone / _MIGRATIONS)
    raise_version(clone / "pyproject.toml")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=the next version")
    return Packages(portal, inbox, build_package(clone, "portal", folder))


def make_trees(folder: Path, packages: Packages) -> tuple[Path, Path]:
    """From one bare tree, make a tree with the portal's package and a tree with the inbox's package."""
    tree, inbox = folder / "bare", folder / "bare-inbox"
    release = _release(folder, packages)
    bare_tree.make(tree, "systemd", "systemd-sysv", "dbus", "ca-certificates", "curl")
    with bare_tree.entered(tree):
        bare_tree.inside(tree, "apt-get", "update")
    bare_tree.copy(tree, inbox)
    with bare_tree.entered(inbox):
        first_report.install(inbox, release, "fanal-inbox")
    with bare_tree.entered(tree), _without_services(tree):
        # The portal needs none of these packages: PostgreSQL is the second database, faketime gives tests a
        # false clock, and the others read media.
        bare_tree.apt(tree, "install", "postgresql", "faketime", *guide_sentences.PACKAGES)
        first_report.install(tree, release, "fanal-portal")
        first_report.bring_certificate(tree)
    shutil.copy(packages.portal, tree / _OLDER)
    shutil.copy(packages.newer, tree / _NEWER)
    return tree, inbox


def _release(folder: Path, packages: Packages) -> Path:
    """Make a folder with the packages, their manifest, and signatures and public keys of two maintainers."""
    (release := folder / "release").mkdir()
    for package in (packages.portal, packages.inbox):
        shutil.copy(package, release)
    # A release also contains the program for draws, which is not installed here.
    (release / packages.portal.name.replace("portal", "draws")).touch()
    manifest.write(release)
    make_keys(keys := folder / "keys")
    for secret in sorted(keys.glob("*.key")):
        signing.sign(release, secret, ROOT)
    for public in keys.glob("*.pub"):
        shutil.copy(public, release)
    return release


@contextmanager
def _without_services(tree: Path) -> Iterator[None]:
    """Prevent packages from starting services while the block runs, because systemd does not run there."""
    policy = tree / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    yield
    policy.unlink()


def installed(walk: Walk, bare: Path) -> Iterator[str]:
    """Set up, use, remove, restore and upgrade a portal. Yield the figures.

    ``bare`` is a tree with the package, for the machine that takes the place of a lost one.
    """
    for line in chain(_set_up(walk), _kept(walk), _restored(walk, bare)):
        yield f"{walk.database}: {line}"


def _set_up(walk: Walk) -> Iterator[str]:
    machine = walk.machine
    with machine.running():
        walk.until("fanal-portal setup")
        walk.write_answers()
        _nothing_happens(machine)
        began = time.monotonic()
        said = walk.step()
        seconds = time.monotonic() - began
        assert ".onion" in said, said
        assert machine.do("systemctl", "is-active", _DEBIAN_TOR, code=None) != "active"
        first_report.all_serve(machine)
        assert machine.do(*_SETUP).count("done: ") == 0
        _exposed(machine)
        yield f"one command sets up a bare machine in {seconds:.0f} s, and does nothing again"
        yield from walk.go_on()


def _kept(walk: Walk) -> Iterator[str]:
    machine = walk.machine
    with machine.running():
        # The machine was shut down before this start.
        first_report.all_serve(machine)
        assert {each["state"] for each in _checked(machine)} == {"done"}
        _another_program_is_named(machine)
        _a_failed_step_is_undone(machine)
        yield "there after a reboot; a step that fails is undone"
        yield guide_sentences.typed(machine, machine.folder)
        _uninstalled_and_set_up_again(walk)
        yield "a report that waited during `uninstall` and another `setup` reached the inbox"
        lost_machine.back_up(walk)


def _restored(walk: Walk, bare: Path) -> Iterator[str]:
    walk.machine = lost_machine.replaced(walk, bare)
    with walk.machine.running():
        began = time.monotonic()
        lost_machine.restore(walk)
        seconds = time.monotonic() - began
        yield f"restored on another machine by the commands of the guide, and used, in {seconds:.0f} s"
        yield _upgrades(walk.machine)
        _an_older_package_is_refused(walk.machine)
    with walk.machine.running():
        _the_newer_version_goes_on(walk)
        _removed(walk, bare)
    yield "an older package does not run with the newer tables, and the portal goes on"
    yield "removing the package uninstalled it, and a purge left only what `uninstall` names"


def _uninstalled_and_set_up_again(walk: Walk) -> None:
    """Check that uninstall stops everything and deletes no report, and that setup finds the report again."""
    machine = walk.machine
    with traces_left.only_in_database(machine, walk.database):
        walk.send_report()
    said = machine.do("fanal-portal", "uninstall")
    assert f"{_PLACES[walk.database]}: reports that nobody has collected" in said, said
    _is_stopped(machine)
    assert "done: portal@8080" in machine.do(*_SETUP)
    first_report.all_serve(machine)
    assert "1 new" in walk.collect()
    assert walk.has_report(2)


def _removed(walk: Walk, bare: Path) -> None:
    """Check that removing the package also does what `uninstall` does, and deletes no report.

    A purge leaves nothing that `uninstall` does not name.
    """
    machine = walk.machine
    said = machine.do("apt-get", "remove", "--yes", "fanal-portal")
    assert f"{_PLACES[walk.database]}: reports that nobody has collected" in said, said
    _is_stopped(machine)
    machine.do("apt-get", "purge", "--yes", "fanal-portal")
    assert machine.do("test", "-e", "/etc/fanal/portal.toml") == ""
    left = traces_left.unnamed(machine.tree, bare, said)
    assert not left, left
    (planted := machine.tree / "var/lib/fanal-planted").mkdir()
    assert traces_left.unnamed(machine.tree, bare, said) == ["var/lib/fanal-planted"]
    planted.rmdir()


def _is_stopped(machine: Machine) -> None:
    for unit in _UNITS:
        assert machine.do("systemctl", "is-active", unit, code=None) != "active", unit
        assert machine.do("systemctl", "is-enabled", unit, code=None) != "enabled", unit
    for unit in ("nginx", _DEBIAN_TOR):
        assert machine.do("systemctl", "is-active", unit) == "active", unit


def _nothing_happens(machine: Machine) -> None:
    """Check that `--check` on a bare machine changes no file, and says what setup would do."""
    before = _files(machine)
    said = machine.do(*_SETUP, "--check", "--answers", f"/{ANSWERS}", code=1)
    assert "would do: portal@8080" in said, said
    assert "in the way" not in said, said
    assert before == _files(machine)


def _files(machine: Machine) -> str:
    places = ("/etc", "/var/www", "/var/lib/fanal", "/var/lib/tor-instances", "/usr")
    return machine.do("find", *places, "-printf", "%p %m %u %T@\n", code=None)


def _checked(machine: Machine) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(machine.do(*_SETUP, "--check", "--json", code=None))
    return found


def _exposed(machine: Machine) -> None:
    for unit, most in _MOST_EXPOSED.items():
        machine.do("systemd-analyze", "security", "--no-pager", f"--threshold={most}", unit)


def _upgrades(machine: Machine) -> str:
    """Check that the earlier version runs until the upgrade succeeds, even after an upgrade that failed.

    The first upgrade fails because another program uses the port of the trial. Then the earlier package is
    installed again, as the guide says, and the portal continues with the earlier version. In the end, the
    running portal has the newer version of a library. Return the figure.
    """
    before = machine.do(*_VERSION)
    assert _library(machine) == LIBRARY.version
    machine.do("apt-get", "install", f"/{_NEWER}")
    first_report.all_serve(machine)
    assert _library(machine) == LIBRARY.version
    said = machine.do("fanal-portal", "upgrade", "--check", code=1)
    assert "would do: tables of this version" in said, said
    assert "an upgrade is not finished" in machine.do(*_SETUP, code=1)
    listen = "import signal, socket; server = socket.create_server(('', 8079)); signal.pause()"
    machine.do("systemd-run", "--quiet", "--unit=other", "python3", "-c", listen)
    said = machine.do("fanal-portal", "upgrade", code=1)
    assert "port 8079; everything is as before" in said, said
    machine.do("systemctl", "stop", "other")
    first_report.all_serve(machine)
    machine.do("apt-get", "install", "--allow-downgrades", f"/{_OLDER}")
    _upgraded(machine)
    assert machine.do(*_VERSION) == before
    machine.do("apt-get", "install", f"/{_NEWER}")
    began = time.monotonic()
    _upgraded(machine)
    seconds = time.monotonic() - began
    assert machine.do(*_VERSION) != before
    library = _library(machine)
    assert library != LIBRARY.version
    return f"upgraded in {seconds:.0f} s: {LIBRARY.name} {LIBRARY.version} became {library} in the portal"


def _library(machine: Machine) -> str:
    """Return the version of the library in the files that the running portal sees.

    During an upgrade, its unit sees the earlier program at the place of the newer one.
    """
    process = machine.do("systemctl", "show", "--property=MainPID", "--value", "portal@8080").strip()
    python = machine.do("cat", f"/proc/{process}/cmdline").partition("\0")[0]
    return machine.do("nsenter", f"--target={process}", "--mount", *LIBRARY.asked(python)).strip()


def _upgraded(machine: Machine) -> None:
    """Switch to the installed program, and check that nothing of another program is left."""
    said = machine.do("fanal-portal", "upgrade")
    assert "done: portal started" in said, said
    first_report.all_serve(machine)
    machine.do("fanal-portal", "upgrade", "--check")
    assert not (machine.tree / EARLIER[1:]).exists()


def _an_older_package_is_refused(machine: Machine) -> None:
    """Check that an older package refuses the newer database and leaves the running portal unchanged."""
    machine.do("apt-get", "install", "--allow-downgrades", f"/{_OLDER}")
    first_report.all_serve(machine)
    for words in ((), ("--check",)):
        said = machine.do("fanal-portal", "upgrade", *words, code=1)
        assert "the database was made by a newer version of the program" in said, said
    said = machine.do("fanal-portal", "run", "export", "--out", "/media/stick", code=1)
    assert "an upgrade is not finished" in said, said
    assert "an upgrade is not finished" in machine.do(*_SETUP, code=1)


def _the_newer_version_goes_on(walk: Walk) -> None:
    """Check that after a reboot, the portal with the older package takes a report and can be upgraded."""
    machine = walk.machine
    first_report.all_serve(machine)
    walk.send_report()
    machine.do("apt-get", "install", f"/{_NEWER}")
    assert "done: portal started" in machine.do("fanal-portal", "upgrade")
    first_report.all_serve(machine)
    machine.do("fanal-portal", "upgrade", "--check")
    assert "1 new" in walk.collect()


def _another_program_is_named(machine: Machine) -> None:
    """Check that, if another program uses a needed port, setup names that program and changes nothing."""
    machine.do("systemctl", "disable", "--now", "nginx@clearnet")
    listen = "import signal, socket; server = socket.create_server(('', 443)); signal.pause()"
    machine.do("systemd-run", "--quiet", "--unit=other", "python3", "-c", listen)
    end = time.monotonic() + 60
    while "another program uses port 443" not in (said := machine.do(*_SETUP, code=None)):
        assert time.monotonic() < end, said
    assert machine.do("systemctl", "is-enabled", "nginx@clearnet", code=None) == "disabled"
    machine.do("systemctl", "stop", "other")
    assert "done: nginx@clearnet" in machine.do(*_SETUP)


def _a_failed_step_is_undone(machine: Machine) -> None:
    """Check that setup disables an nginx that cannot start, and that the next run starts this nginx."""
    file = machine.tree / "etc/nginx/fanal/site.conf"
    good = file.read_text()
    machine.do("systemctl", "disable", "--now", "nginx@onion")
    file.write_text(f"{good}nonsense;\n")
    said = machine.do(*_SETUP, code=1)
    assert "nginx@onion.service: it does not start" in said, said
    assert machine.do("systemctl", "is-enabled", "nginx@onion", code=None) == "disabled"
    file.write_text(good)
    assert "done: nginx@onion" in machine.do(*_SETUP)
