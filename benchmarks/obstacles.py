"""Machines on which a portal or its upgrade cannot be installed: the error says why, and nothing changes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import bare_tree
from benchmarks.first_report import ANSWERS, Walk, all_serve
from tests.support.installation import run
from tests.support.small_disk import small_disk

_NAME = "fanal-portal"
_SETUP = ("fanal-portal", "setup", "--answers", f"/{ANSWERS}")
# The places of the package's own files.
_PLACES = (f"/usr/lib/{_NAME}*", "/etc/nginx/fanal", f"/usr/share/{_NAME}", "/usr/lib/systemd/system")
# Only the clock of the command is wrong; the times of files stay as they are.
_AT = ("env", "NO_FAKE_STAT=1", "faketime", "-f")
_FULL = "No space left on device"
_CHANGED_BYTES = 5
# Enough room for the beginning of the installation, but not for the program.
_LITTLE_MEBIBYTES = 60
_MUCH = "12g"
_NO_QUESTIONS = {"DEBIAN_FRONTEND": "noninteractive"}
_SHOWN = 5


def packages_refused(folder: Path, installed: Path, package: Path, newer: Path) -> Iterator[str]:
    """Install the package, and then the newer package, in trees where the installation must fail.

    ``installed`` is a tree with the package; the tree is not changed.
    """
    bare_tree.make(folder / "old", suite="bookworm")
    said = _refused(folder / "old", package)
    assert "python3 (>= 3.13)" in said, said
    yield "Debian 12: apt refuses the package, and names python3 (>= 3.13)"
    disk = folder / "disk"
    with small_disk(disk, _MUCH) as change:
        tree = disk / "tree"
        bare_tree.copy(installed, tree)
        with bare_tree.entered(tree):
            bare_tree.apt(tree, "purge", _NAME)
            for number in range(_CHANGED_BYTES):
                _refused(tree, _changed(package, folder, number))
            yield f"{_CHANGED_BYTES} packages with one changed byte each: dpkg installs nothing of them"
            for each in (package, newer):
                shutil.copy(each, tree / "srv")
                change(f"{(shutil.disk_usage(disk).used >> 20) + _LITTLE_MEBIBYTES}m")
                said = _refused(tree, each)
                assert _FULL in said, said
                change(_MUCH)
                bare_tree.apt(tree, "install", f"/srv/{each.name}")
                # If this file exists, the package belongs to a portal that is in use.
                (tree / "etc/fanal/portal.toml").touch()
    yield "a disk that is full in the middle of apt: the machine stays as it was"


def _changed(package: Path, folder: Path, number: int) -> Path:
    """Return a copy of a package with one changed byte. The bytes are spread over the package."""
    changed = folder / f"changed-{number}_{package.name}"
    content = bytearray(package.read_bytes())
    content[len(content) * (2 * number + 1) // (2 * _CHANGED_BYTES)] ^= 1
    changed.write_bytes(content)
    return changed


def _refused(tree: Path, package: Path) -> str:
    """Return why a package cannot be installed. Checks that the tree stays as it was."""
    if not (copy := tree / "srv" / package.name).exists():
        shutil.copy(package, copy)
    before = _state(tree)
    with pytest.raises(RuntimeError) as caught:
        # Here, unlike in ``bare_tree.apt``, apt gives its reason, as it does to an administrator.
        bare_tree.inside(tree, "apt-get", "--yes", "install", f"/srv/{package.name}", env=_NO_QUESTIONS)
    changed = {*before.splitlines()} ^ {*_state(tree).splitlines()}
    assert not changed, (sorted(changed)[:_SHOWN], caught.value)
    return str(caught.value)


def _state(tree: Path) -> str:
    """Return the files of the package, and what dpkg says about it."""
    state = r"${db:Status-Status} ${Version}\n"
    ask = f"dpkg-query --show --showformat '{state}' {_NAME} 2>/dev/null || echo 'not-installed '"
    # dpkg may update the time of a folder without changing its contents.
    kinds = r"-type d -printf '%p\n' -o -printf '%p %s %T@\n'"
    look = f"find {' '.join(_PLACES)} {kinds} 2>/dev/null | sort"
    return bare_tree.inside(tree, "sh", "-c", f"{ask}; {look}")


def setup_refused(walk: Walk) -> Iterator[str]:
    """Run setup where it must fail, remove the cause, and check that setup then succeeds.

    Yield the figures.
    """
    machine = walk.machine
    with machine.running():
        walk.until("fanal-portal setup")
        walk.write_answers()
        _named_before(walk)
        yield "setup without root or IPv6, with wrong clocks, another site, a read-only /etc: changes nothing"
        _undone(walk)
        run("nsenter", f"--net={machine.network}", "sysctl", "--write", "net.ipv6.conf.all.disable_ipv6=1")
        machine.do(*_SETUP)
        all_serve(machine)
        yield "setup with a disk that is full later: names the step"


def _named_before(walk: Walk) -> None:
    """Check that each obstacle is named before anything is changed."""
    machine = walk.machine
    as_nobody = ("runuser", "-u", "nobody", "--")
    assert "run this command as root" in machine.do(*as_nobody, *_SETUP, code=1)
    families = "RestrictAddressFamilies=AF_UNIX AF_INET"
    assert "IPv6" in machine.do("systemd-run", "--quiet", "--pipe", "-p", families, *_SETUP, code=1)
    for cause, mended, expected in (
        ("touch /etc/nginx/sites-enabled/shop", "rm /etc/nginx/sites-enabled/shop", "another site: shop"),
        (
            "echo 'server {}' > /etc/nginx/conf.d/shop.conf",
            "rm /etc/nginx/conf.d/shop.conf",
            "another site: shop.conf",
        ),
        ("mount --bind /etc /etc; mount -o remount,bind,ro /etc", "umount /etc", "/etc is read-only"),
    ):
        machine.do("sh", "-c", cause)
        said = machine.do(*_SETUP, code=1)
        assert expected in said, said
        machine.do("sh", "-c", mended)
    said = machine.do(*_AT, "-4000d", *_SETUP, code=1)
    assert "but this version is from" in said, said
    # The keyring is valid for up to 35 days, and the certificate for longer.
    said = machine.do(*_AT, "+60d", *_SETUP, code=1)
    assert "but the clock shows" in said, said
    # Setup writes its answers before anything else.
    for name in ("setup.toml", "portal.toml"):
        assert not (machine.tree / "etc/fanal" / name).exists()


def _undone(walk: Walk) -> None:
    """Check that setup names and undoes the step that fails."""
    machine = walk.machine
    machine.do("mount", "-t", "tmpfs", "-o", "size=200k", "none", "/var/www")
    said = machine.do(*_SETUP, code=1)
    assert _FULL in said, said
    assert machine.do("ls", "--almost-all", "/var/www") == ""
    machine.do("umount", "/var/www")
