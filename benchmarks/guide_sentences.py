"""Commands that the guides name in sentences, typed on the portal's machine as the pages spell them."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import bare_tree, first_report
from tests.support import guides
from tests.support.machine import Machine
from tests.support.paths import ROOT

# The kernel of the test may lack the file system of a usual medium, so this package reads it.
PACKAGES = ("exfat-fuse",)
_GUIDE, _INCIDENTS = (ROOT / f"docs/{name}.md" for name in ("deploying", "when-something-goes-wrong"))
_STICK = "/media/stick"
_MEGABYTES = "20M"
_FUSE = ("c", "10", "229")
_WAIT_SECONDS = 60


def typed(machine: Machine, folder: Path) -> str:
    """Type the commands. Return the figure.

    ``folder`` is a folder outside the machine. Raises AssertionError or RuntimeError if a command fails.
    """
    _media(machine, folder)
    _stopped_site(machine)
    _allowed_address(machine)
    machine.type(_command(_INCIDENTS, "apt clean"))
    return "the commands in sentences mount media, stop the site, allow an address and make room"


def _command(page: Path, *parts: str, without: str = "\n") -> str:
    """Return the one command in the sentences of a page that contains these parts."""
    found = {
        each
        for each in guides.of_debian(page.read_text("utf-8"))
        if all(part in each for part in parts) and without not in each
    }
    (command,) = found
    return command


def _media(machine: Machine, folder: Path) -> None:
    """Let the user `portal` write to a usual medium, and to a medium with a file system of Linux."""
    (machine.tree / "sbin/mount.exfat").symlink_to("mount.exfat-fuse")
    machine.do("sh", "-c", f"[ -e /dev/fuse ] || mknod /dev/fuse {' '.join(_FUSE)}")
    for_all = _command(_GUIDE, "mount", "uid=portal")
    of_linux = _command(_GUIDE, "mount", "mkdir", without="uid=")
    written = f"{_STICK}/mounted.json"
    unmount, give = _command(_GUIDE, "umount"), _command(_GUIDE, "chown")
    for maker, commands in (("mkfs.exfat", [for_all]), ("mkfs.ext4", [of_linux, give])):
        with _inserted(machine, _made(folder, maker)):
            for command in commands:
                machine.type(command)
            machine.do("fanal-portal", "run", "manifest", "--out", written)
            assert machine.do("stat", "--format=%U", written) == "portal", maker
            machine.type(unmount)
            machine.do("test", "-e", written, code=1)
            machine.type(commands[0])
            machine.do("test", "-e", written)
            machine.type(unmount)


def _made(folder: Path, maker: str) -> Path:
    """Return a file with an empty file system."""
    stick = folder / f"{maker}.stick"
    subprocess.run(["truncate", f"--size={_MEGABYTES}", stick], check=True)
    bare_tree.run(maker, "-q", str(stick))
    return stick


@contextmanager
def _inserted(machine: Machine, stick: Path) -> Iterator[None]:
    """Make a medium available as the device that the guide names, while the block runs."""
    loop = bare_tree.run("losetup", "--find", "--show", str(stick)).strip()
    number = Path(loop).stat().st_rdev
    machine.do("mknod", "/dev/sdb1", "b", str(os.major(number)), str(os.minor(number)))
    try:
        yield
    finally:
        machine.do("rm", "/dev/sdb1")
        bare_tree.run("losetup", "--detach", loop)


def _stopped_site(machine: Machine) -> None:
    """Stop what delivers altered pages, and then the portal. Start them again."""
    sites = _command(_INCIDENTS, "systemctl", "stop")
    machine.type(sites)
    for address in ("https://127.0.0.1", "http://127.0.0.1:8081"):
        machine.do("curl", "--insecure", "--silent", address, code=7)
    # The guide names the units in its sentence.
    units = "portal@8080 portal@8090 portal-expire.timer"
    assert all(f"`{unit}`" in _GUIDE.read_text("utf-8") for unit in units.split())
    machine.type(f"{_command(_GUIDE, 'systemctl', 'stop')} {units}")
    machine.type(f"systemctl start {units} {sites.rpartition(' stop ')[2]}")
    first_report.all_serve(machine)


def _allowed_address(machine: Machine) -> None:
    """Add an address for PostgreSQL on another machine, and take it back."""
    *_, first, second = (edit := _command(_GUIDE, "systemctl", "edit")).split()
    machine.do("sh", "-c", f"printf '[Service]\\nIPAddressAllow=192.0.2.1\\n' | {edit} --stdin")
    for unit in (f"{first}8080", second):
        end = time.monotonic() + _WAIT_SECONDS
        while "192.0.2.1" not in (said := machine.do("systemctl", "show", "-p", "IPAddressAllow", unit)):
            assert time.monotonic() < end, said
            time.sleep(0.2)
    machine.do("systemctl", "revert", f"{first}.service", f"{second}.service")
