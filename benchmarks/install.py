"""The part `install` of the soak: `fanal-portal setup` on a bare Debian 13 with a real systemd."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import bare_tree
from benchmarks.packages import WHEELS
from crypto.keyring import Texts
from deploy.release import python_environment
from deploy.release.building import begun
from deploy.release.python_environment import Libraries
from deploy.release.source import Source
from portal.setup.answers import Answers
from tests.support.certificates import make_certificate
from tests.support.commits import git
from tests.support.installation import Inbox
from tests.support.machine import Machine
from tests.support.paths import ROOT

_SETUP = ("fanal-portal", "setup")
_MEDIUM = "srv/medium"
_WAYS = {
    "clearnet": ("--insecure", "https://127.0.0.1"),
    "onion": ("--haproxy-protocol", "http://127.0.0.1:8081"),
}
_MIGRATIONS = "portal/store/migrations/versions"
_VERSION = ("portal", "--version")
_UNITS = ("portal@8080", "portal@8090", "nginx@clearnet", "nginx@onion", "portal-expire.timer", "tor@fanal")
# The highest exposure of each unit, as systemd measures it, in tenths. The unit of tor is Debian's own.
_MOST_EXPOSED = {"portal@8080": 20, "portal-expire": 20, "nginx@clearnet": 30, "nginx@onion": 30}


def run() -> Iterator[str]:
    """Yield the figures. Raises AssertionError or RuntimeError if a check fails."""
    with tempfile.TemporaryDirectory(prefix="fanal-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        package, newer = _packages(folder)
        bare = folder / "bare"
        _make_bare(bare, package)
        shutil.copy(newer, bare / "srv/newer.deb")
        for database in ("sqlite", "postgresql"):
            (folder / database).mkdir()
            # The tree is not copied with shutil, which would read device files like ordinary files.
            bare_tree.run("cp", "--archive", str(bare), str(folder / database / "tree"))
            yield from _installed(folder / database, database)


def _packages(folder: Path) -> tuple[Path, Path]:
    """Build the package of the portal from the commit that is checked out, and one of a next version."""
    clone = folder / "clone"
    bare_tree.run("git", "clone", "--quiet", str(ROOT), str(clone))
    python_environment.fetch(ROOT, ("portal",), WHEELS)
    package = _package(clone, folder / "fanal-portal.deb")
    shutil.copy(ROOT / "tests/next_version/portal/v0002_next.py", clone / _MIGRATIONS)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=the next version")
    return package, _package(clone, folder / "newer.deb")


def _package(clone: Path, out: Path) -> Path:
    """Build the package of the portal from a clone."""
    with begun(Source.of(clone)) as build:
        libraries = Libraries(build.exported / "requirements/portal.txt", WHEELS)
        build.package("portal", build.wheel(), libraries)
        (made,) = build.made.glob("*.deb")
        return Path(shutil.copy(made, out))


def _make_bare(tree: Path, package: Path) -> None:
    """Make a tree with systemd, the package of the portal, and its recommended packages."""
    bare_tree.make(tree, "systemd", "systemd-sysv", "dbus", "ca-certificates", "curl")
    shutil.copy(package, tree / "srv/fanal-portal.deb")
    # A service must not start before systemd runs.
    policy = tree / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    with bare_tree.entered(tree):
        bare_tree.inside(tree, "apt-get", "update")
        bare_tree.apt(tree, "install", "postgresql")
        bare_tree.apt(tree, "install", "--install-recommends", "/srv/fanal-portal.deb")
    policy.unlink()


def _installed(folder: Path, database: str) -> Iterator[str]:
    """Set up, use and remove a portal on the machine in ``folder``. Yield the figures."""
    machine = Machine(folder)
    _bring_medium(machine.tree, folder, database)
    with machine.running():
        _nothing_happens(machine)
        began = time.monotonic()
        said = machine.do(*_SETUP, "--answers", f"/{_MEDIUM}/answers.toml")
        seconds = time.monotonic() - began
        assert "fingerprint of this portal" in said, said
        assert ".onion" in said, said
        _all_serve(machine)
        assert machine.do(*_SETUP).count("done: ") == 0
        _exposed(machine)
    yield f"{database}: one command sets up a bare machine in {seconds:.0f} s, and does nothing again"
    with machine.running():
        # The machine was shut down before this start.
        _all_serve(machine)
        assert {each["state"] for each in _checked(machine)} == {"done"}
        _another_program_is_named(machine)
        _a_failed_step_is_undone(machine)
        machine.do("fanal-portal", "uninstall")
        for unit in _UNITS:
            assert machine.do("systemctl", "is-active", unit, code=None) != "active", unit
            assert machine.do("systemctl", "is-enabled", unit, code=None) != "enabled", unit
        assert machine.do("systemctl", "is-active", "nginx") == "active"
        assert "done: portal@8080" in machine.do(*_SETUP)
        _all_serve(machine)
        _upgrades(machine)
    yield f"{database}: there after a reboot; a step that fails is undone; off and on again; upgraded"


def _bring_medium(tree: Path, folder: Path, database: str) -> None:
    """Write the keyring of an inbox, a certificate, and the answers for setup to the medium."""
    medium = tree / _MEDIUM
    medium.mkdir(parents=True)
    inbox = Inbox(folder)
    made = inbox.init()
    inbox.run("exchange", "keyring", "--out", medium / "keyring")
    make_certificate(medium / "certificate.pem", medium / "certificate.key")
    answers = Answers(
        deployment=made["deployment"],
        root_key=made["root_key"],
        keyring=f"/{_MEDIUM}/keyring",
        name=Texts("Inspection", "Inspectorate"),
        database=database,
        certificate=f"/{_MEDIUM}/certificate.pem",
        certificate_key=f"/{_MEDIUM}/certificate.key",
    )
    (medium / "answers.toml").write_bytes(answers.encode())


def _nothing_happens(machine: Machine) -> None:
    """Check that `--check` on a bare machine changes no file, and says what setup would do."""
    before = _files(machine)
    answers = ("--answers", f"/{_MEDIUM}/answers.toml")
    said = machine.do(*_SETUP, "--check", *answers, code=1)
    assert "would do: portal@8080" in said, said
    assert "in the way" not in said, said
    assert before == _files(machine)


def _files(machine: Machine) -> str:
    places = ("/etc", "/var/www", "/var/lib/fanal", "/var/lib/tor-instances", "/usr")
    return machine.do("find", *places, "-printf", "%p %m %u %T@\n", code=None)


def _all_serve(machine: Machine) -> None:
    for words in _WAYS.values():
        *options, address = words
        end = time.monotonic() + 60
        # A restarted portal needs a moment before it answers.
        while '"kind":"keyring"' not in (
            page := machine.do("curl", "--silent", *options, f"{address}/keyring.json", code=None)
        ):
            assert time.monotonic() < end, page
            time.sleep(0.2)
        page = machine.do("curl", "--silent", *options, f"{address}/en/")
        assert "<h1" in page, page
        assert "Inspectorate" in page


def _checked(machine: Machine) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(machine.do(*_SETUP, "--check", "--json", code=None))
    return found


def _exposed(machine: Machine) -> None:
    for unit, most in _MOST_EXPOSED.items():
        machine.do("systemd-analyze", "security", "--no-pager", f"--threshold={most}", unit)


def _upgrades(machine: Machine) -> None:
    """Check that the earlier version goes on after `apt install` and a failed upgrade, and then the next one.

    The first upgrade fails because another program has the port of the trial.
    """
    before = machine.do(*_VERSION)
    machine.do("apt-get", "install", "--yes", "/srv/newer.deb")
    _all_serve(machine)
    said = machine.do("fanal-portal", "upgrade", "--check", code=1)
    assert "would do: tables of this version" in said, said
    assert "an upgrade is not finished" in machine.do(*_SETUP, code=1)
    listen = "import signal, socket; server = socket.create_server(('', 8079)); signal.pause()"
    machine.do("systemd-run", "--quiet", "--unit=other", "python3", "-c", listen)
    said = machine.do("fanal-portal", "upgrade", code=1)
    assert "port 8079; everything is as before" in said, said
    machine.do("systemctl", "stop", "other")
    _all_serve(machine)
    said = machine.do("fanal-portal", "upgrade")
    assert "done: portal started" in said, said
    _all_serve(machine)
    assert machine.do(*_VERSION) != before
    machine.do("fanal-portal", "upgrade", "--check")
    assert not (machine.tree / "usr/lib/fanal-portal.before").exists()


def _another_program_is_named(machine: Machine) -> None:
    """Check that setup changes nothing if another program uses a needed port, and names that program."""
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
    """Check that setup disables an nginx that cannot start, and that the next run continues with it."""
    file = machine.tree / "etc/nginx/fanal/site.conf"
    good = file.read_text()
    machine.do("systemctl", "disable", "--now", "nginx@onion")
    file.write_text(f"{good}nonsense;\n")
    said = machine.do(*_SETUP, code=1)
    assert "nginx@onion.service: it does not start" in said, said
    assert machine.do("systemctl", "is-enabled", "nginx@onion", code=None) == "disabled"
    file.write_text(good)
    assert "done: nginx@onion" in machine.do(*_SETUP)
