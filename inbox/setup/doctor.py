"""Checks of the inbox's machine, without a passphrase, so nothing in the vault is checked here."""

import os
from collections.abc import Iterator
from pathlib import Path

from inbox.files import sandbox
from inbox.language.errors import Refused
from inbox.system import clock, swapping
from inbox.system.swapping import Swapping
from templates import disks, findings, fonts
from templates.findings import Finding, Level

_INTERFACES = Path("/sys/class/net")
_LOOPBACK = "lo"
_UP = 1
_OTHERS = 0o077


def examine(root: Path) -> Iterator[Finding]:
    """Yield each finding. ``root`` is the home of the inbox, which need not exist yet."""
    yield from _network()
    yield from _home(root)
    yield _disk(root)
    yield from findings.of_swap("the browser's memory")
    yield _memory()
    yield _clock()
    yield _files()
    yield _printing()


def _network() -> Iterator[Finding]:
    """Report network interfaces that are switched on, whether or not a cable is in them."""
    on = [each.name for each in sorted(_INTERFACES.iterdir()) if each.name != _LOOPBACK and _is_up(each)]
    for name in on:
        yield Finding(
            Level.WRONG,
            f"the network interface {name} is on: this machine must never touch a network",
            f"run `ip link set {name} down`, and remove or disable the interface for good",
        )
    if not on:
        yield Finding(Level.OK, "no network interface is on")


def _is_up(interface: Path) -> bool:
    flags = interface / "flags"
    return flags.is_file() and bool(int(flags.read_text(), 16) & _UP)


def _home(root: Path) -> Iterator[Finding]:
    if not root.is_dir():
        return
    found = root.stat()
    if found.st_uid != os.geteuid():
        yield Finding(Level.WRONG, f"{root} belongs to another user", "sign in as the officers' user")
    elif found.st_mode & _OTHERS:
        yield Finding(Level.WRONG, f"others can read the folder {root}", f"run `chmod 700 {root}`")
    else:
        yield Finding(Level.OK, "only its owner can read the home")


def _disk(root: Path) -> Finding:
    try:
        plain = disks.plain(root)
    except OSError:  # The kernel does not list the mount of the home, as in a chroot.
        return _unknown_disk()
    if known := sorted(filter(disks.is_known, plain)):
        return Finding(
            Level.WARNING,
            f"Linux does not encrypt the disk {', '.join(known)} of the home",
            "install Debian on an encrypted disk, unless this disk encrypts itself",
        )
    return _unknown_disk() if plain else Finding(Level.OK, "the disk of the home is encrypted")


def _unknown_disk() -> Finding:
    return Finding(
        Level.WARNING,
        "cannot tell whether the disk of the home is encrypted",
        "see `lsblk`: the disk must have a part of the type `crypt`, with the home in it",
    )


def _clock() -> Finding:
    """Compare the clock with the day of this version.

    While the inbox is in use, the journal also checks the clock.
    """
    try:
        today = clock.today()
    except Refused as error:
        return Finding(Level.WRONG, str(error), str(error.hint))
    return findings.of_clock(today, 'set the clock: `timedatectl set-time "YYYY-MM-DD HH:MM"`')


def _memory() -> Finding:
    found = swapping.now()
    if found is not Swapping.PLAIN:
        return Finding(Level.OK, found.value)
    return Finding(
        Level.WARNING,
        found.value,
        "switch swap off, or raise the limit: see “The inbox's machine” in"
        " /usr/share/doc/fanal-inbox/docs/deploying.md",
    )


def _files() -> Finding:
    if (refused := sandbox.missing()) is None:
        return Finding(Level.OK, "the sandbox works: files can be shown")
    return Finding(Level.WARNING, str(refused), str(refused.hint))


def _printing() -> Finding:
    if fonts.are_installed():
        return Finding(Level.OK, "the font for printed pages is installed")
    return Finding(
        Level.WRONG, "the font for printed pages is missing", "run `apt install fonts-dejavu-core`"
    )
