"""The requirements that a machine must meet before setup changes anything.

The steps that check requirements change nothing.
"""

import hashlib
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from portal import days
from portal.setup.services import DebianNginxOff
from portal.setup.steps import DONE, Found, in_the_way
from portal.setup.system import System
from portal.setup.upgrade.progress import progress
from templates import findings
from templates.findings import Level

_VERSION = "13"
_ROOM = 1 << 30
_CLEARNET = "/etc/nginx/fanal/clearnet.conf"
_TORRC = "/etc/tor/torrc"
# Debian's own nginx reads these two folders. Of the second folder, it reads only files named like this.
_SITES, _SETTINGS = "/etc/nginx/sites-enabled", "/etc/nginx/conf.d"
_DEFAULT = "default"
_SITE = re.compile(r"^[^#\n]*\bserver\s*\{", re.MULTILINE)
# dpkg keeps the MD5 digest of each configuration file as the package ships it.
_SHIPPED = re.compile(r"^ /etc/nginx/sites-available/default ([0-9a-f]{32})$", re.MULTILINE)
_WRITTEN = ("/etc", "/var/lib", "/var")
_OF_NGINX = (
    "nginx",
    "libnginx-mod-stream",
    "libnginx-mod-http-lua",
    "libnginx-mod-http-brotli-static",
    "libnginx-mod-http-headers-more-filter",
)


@dataclass
class Condition:
    """A step that is done if its test finds no obstacle."""

    title: str
    test: Callable[[], Found]
    said: str = ""

    def check(self) -> Found:
        """Run the test."""
        return self.test()

    def apply(self) -> None:
        """Do nothing, because the administrator must meet the condition."""

    def undo(self) -> None:
        """Do nothing."""


def debian(system: System) -> Condition:
    """Return the condition that the machine runs Debian 13."""

    def test() -> Found:
        file = system.at("/etc/os-release")
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        named = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
        if (named.get("ID"), named.get("VERSION_ID")) == ("debian", _VERSION):
            return DONE
        is_called = named.get("PRETTY_NAME", "another system")
        return in_the_way(f"this is {is_called}", f"install Debian {_VERSION}")

    return Condition(f"Debian {_VERSION}", test)


def packages(system: System, *, onion: bool, acme: bool = False) -> Condition:
    """Return the condition that nginx, its modules, and tor and certbot (if they are used) are installed."""
    needed = [*_OF_NGINX, *(["tor"] if onion else []), *(["certbot"] if acme else [])]

    def test() -> Found:
        missing = [each for each in needed if not system.at(f"/var/lib/dpkg/info/{each}.list").exists()]
        if not missing:
            return DONE
        return in_the_way(f"missing: {', '.join(missing)}", f"apt install {' '.join(missing)}")

    return Condition("packages of Debian", test)


def room(system: System, folders: Iterable[str] = _WRITTEN, bytes_free: int = _ROOM) -> Condition:
    """Return the condition that the folders are writable and their disks have room."""

    def test() -> Found:
        for folder in folders:
            place = system.at(folder)
            if not os.access(place, os.W_OK):
                return in_the_way(f"{folder} is read-only", f"mount -o remount,rw {folder}")
            if (free := shutil.disk_usage(place).free) < bytes_free:
                return in_the_way(
                    f"the disk of {folder} has {free >> 20} MiB left",
                    f"make room: setup needs {bytes_free >> 20} MiB",
                )
        return DONE

    return Condition("room on the disk", test)


def clock() -> Condition:
    """Return the condition that the clock is not days behind.

    The step for the keyring notices a clock that contradicts the days of the keyring.
    """

    def test() -> Found:
        found = findings.of_clock(days.today(), "set the clock, for example with an NTP client")
        return in_the_way(found.what, found.hint) if found.level is Level.WRONG else DONE

    return Condition("clock", test)


def ipv6(system: System) -> Condition:
    """Return the condition that nginx can listen on IPv6 if its configuration requires this.

    Needs no address.
    """

    def test() -> Found:
        file = system.at(_CLEARNET)
        if not file.is_file() or "[::]" not in file.read_text("utf-8"):
            return DONE
        try:
            socket.socket(socket.AF_INET6).close()
        except OSError:
            return in_the_way(
                "the kernel has no IPv6, and nginx would not start",
                f"start the kernel without `ipv6.disable=1`, or delete `listen [::]:443` from {_CLEARNET}",
            )
        return DONE

    return Condition("IPv6", test)


def no_other_site(system: System) -> Condition:
    """Return the condition that Debian's own nginx, which setup will stop, serves no other site.

    The site that Debian's package ships does not count, unless somebody has changed it. An nginx that is
    already off serves nothing.
    """

    def test() -> Found:
        if DebianNginxOff(system).check() == DONE:
            return DONE
        enabled = sorted(each for each in system.at(_SITES).glob("*") if not _is_shipped(system, each))
        others = [f"{each.name} (changed)" if each.name == _DEFAULT else each.name for each in enabled]
        others += sorted(each.name for each in system.at(_SETTINGS).glob("*.conf") if _has_site(each))
        if not others:
            return DONE
        return in_the_way(
            f"nginx serves another site: {', '.join(others)}",
            f"use a machine for the portal alone, or remove that site from {_SITES} or {_SETTINGS}",
        )

    return Condition("no other site in nginx", test)


def _is_shipped(system: System, site: Path) -> bool:
    """Return whether a site is Debian's own, with the bytes that its package ships."""
    if site.name != _DEFAULT:
        return False
    if site.is_symlink():
        link = site.readlink()
        site = system.at(str(link)) if link.is_absolute() else site.parent / link
    status = system.at("/var/lib/dpkg/status")
    shipped = _SHIPPED.search(status.read_text("utf-8", "replace")) if status.is_file() else None
    if shipped is None or not site.is_file():
        return False
    return hashlib.md5(site.read_bytes(), usedforsecurity=False).hexdigest() == shipped[1]


def _has_site(file: Path) -> bool:
    """Return whether a file with settings of nginx has a site, and not only other settings."""
    return _SITE.search(file.read_text("utf-8", "replace")) is not None


def no_other_tor(system: System) -> Condition:
    """Return the condition that Debian's own tor, which setup will stop, has no settings.

    Debian's file of settings contains only comments.
    """

    def test() -> Found:
        file = system.at(_TORRC)
        lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
        if all(not line.strip() or line.strip().startswith("#") for line in lines):
            return DONE
        return in_the_way(
            f"somebody uses Debian's own tor: {_TORRC} has settings",
            "use a machine for the portal alone, or remove these settings",
        )

    return Condition("no other use of tor", test)


def answered() -> Condition:
    """Return the condition that setup has its answers; it is never met, and stands for all other steps."""
    return Condition(
        "answers",
        lambda: in_the_way(
            "there are no answers yet, so no other step was checked",
            "run `fanal-portal setup`, which asks questions, or name a file with --answers",
        ),
    )


def no_upgrade(system: System) -> Condition:
    """Return the condition that no upgrade is pending. During an upgrade, setup would use the new program."""

    def test() -> Found:
        if not progress(system).is_pending:
            return DONE
        return in_the_way("an upgrade is not finished", "run `fanal-portal upgrade`")

    return Condition("no upgrade is pending", test)
