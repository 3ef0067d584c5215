"""What a report leaves on the portal's machine, and what a purge of the package leaves."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.machine import Machine

_MARK = "/run/before-the-report"
_SAID = "a line that only this test writes"
_WAIT_SECONDS = 60
# The portal sets the times of its log to now every second (portal/ops/file_times.py).
_LOG = "/var/log/fanal/portal.log"
# Nobody's report changes these files: systemd and tor write them at their own times.
_OWN_TIME = ("/var/log/journal/", "/var/lib/systemd/", "/var/lib/tor-instances/", "/var/lib/private/")
# Debian's PostgreSQL runs on the machine of each part, and writes at its own times, too.
_UNUSED = {"sqlite": ("/var/lib/postgresql/",), "postgresql": ()}
# systemd says that it has started a unit, such as a timer's, and tor that the test's machine has no network.
_OWN_LINES = (" init.scope[1]: ", " Problem bootstrapping. ")
_DATABASES = {"sqlite": ("/var/lib/fanal/",), "postgresql": ("/var/lib/postgresql/",)}
_NAMED = re.compile(r"^ *(/\S+): ", re.MULTILINE)
# The records of package managers and of systemd, and what the test itself has brought to the machine.
_NOTES = ("var/lib/dpkg", "var/lib/apt", "var/cache/apt", "var/log/apt", "var/log/journal", "var/lib/systemd")
# Files that Debian's own services write when they run, as they never did in the bare tree.
_OF_DEBIAN = ("etc/.updated", "var/.updated", "var/lib/nginx", "var/lib/tor", "var/lib/postgresql")
_BROUGHT = ("srv", "media", "root", "backup.pub", "sbin/mount.exfat", "usr/sbin/mount.exfat")
_ALIVE = ("proc", "sys", "dev", "run", "tmp")
# systemd gives such a folder to a service with PrivateTmp=, and deletes it when the service stops. These two
# services of Debian run on.
_PRIVATE = re.compile(r"var/tmp/systemd-private-\w+-(systemd-logind|tor@default)\.service-\w+(/|$)")


@contextmanager
def only_in_database(machine: Machine, database: str) -> Iterator[None]:
    """Check that while the block runs, nothing but the database learns that something happens.

    No program writes to the journal or to the portal's log, and no file outside the database changes.
    """
    cursor = machine.do("journalctl", "--lines=0", "--show-cursor").rpartition("cursor: ")[2]
    log = machine.do("cat", _LOG)
    machine.do("touch", _MARK)
    yield
    machine.do("logger", _SAID)
    end = time.monotonic() + _WAIT_SECONDS
    words = ("journalctl", f"--after-cursor={cursor}", "--output=with-unit", "--no-hostname")
    while _SAID not in (said := machine.do(*words)):
        assert time.monotonic() < end, said
        time.sleep(0.2)
    lines = [
        line
        for line in said.splitlines()
        if _SAID not in line and not any(each in line for each in _OWN_LINES)
    ]
    assert not lines, lines
    assert machine.do("cat", _LOG) == log
    found = machine.do("find", "/", "-xdev", "-type", "f", "-cnewer", _MARK, code=None).splitlines()
    changed = {each for each in found if not each.startswith((*_OWN_TIME, *_UNUSED[database]))} - {_LOG}
    allowed = {each for each in changed if each.startswith(_DATABASES[database])}
    assert allowed, "the search does not see that the database has changed"
    assert changed == allowed, sorted(changed - allowed)


def unnamed(tree: Path, bare: Path, said: str) -> list[str]:
    """Return the files, folders and users that are only in a tree, and that ``said`` does not name.

    ``bare`` is the tree before the portal was set up.
    """
    named = tuple(f"{each[1:]}" for each in _NAMED.findall(said))
    places = (*named, *_NOTES, *_OF_DEBIAN, *_BROUGHT)
    left = {
        each
        for each in _names(tree) - _names(bare)
        if not any(_is_of(each, place) for place in places) and not _PRIVATE.match(each)
    }
    users = _users(tree) - _users(bare) - {*re.findall(r"^ *user (\S+): ", said, re.MULTILINE)}
    return sorted([*left, *users])


def _is_of(name: str, place: str) -> bool:
    """Return whether this is the place, a part of it, or a folder around it."""
    return f"{name}/".startswith(f"{place}/") or place.startswith(f"{name}/")


def _names(tree: Path) -> set[str]:
    """Return the names of everything in a tree, but not of what exists only while the machine runs."""
    found = set()
    for folder, folders, files in tree.walk():
        place = folder.relative_to(tree)
        if folder == tree:
            folders[:] = [each for each in folders if each not in _ALIVE]
        found |= {str(place / each) for each in (*folders, *files)}
    return found


def _users(tree: Path) -> set[str]:
    return {line.partition(":")[0] for line in (tree / "etc/passwd").read_text("utf-8").splitlines()}
