"""Checks of the machine around the portal: its services, its swap, and how its disks are mounted."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from templates import findings
from templates.findings import Finding, Level

_TIMER = "portal-expire.timer"
UNITS = (
    "portal@8080.service",
    "nginx@clearnet.service",
    "portal@8090.service",
    "nginx@onion.service",
    "tor@fanal.service",
    "portal-certificate.timer",
    _TIMER,
)
_SITE = Path("/var/www/fanal")
_SECONDS = 10
_ROOT = Path("/")
# The program of each kind of unit, and libraries of Debian that all of them load.
_PROGRAMS = {"portal": os.path.realpath(sys.executable), "nginx": "/usr/sbin/nginx", "tor": "/usr/bin/tor"}
_LIBRARIES = ("libc.so.6", "libcrypto.so.3", "libssl.so.3")


@dataclass(frozen=True, slots=True)
class _State:
    """What systemd says about a unit, in its own terms.

    ``since`` is the second (Unix time) at which its program started, or None if no program runs.
    """

    active: str
    at_boot: str
    since: int | None


def examine(data: Path | None) -> Iterator[Finding]:
    """Yield each finding. ``data`` is the folder of a SQLite database, or None."""
    yield from _units()
    yield from findings.of_swap("addresses of visitors")
    for folder in (data, _SITE):
        if folder is not None and folder.is_dir():
            yield from _access_times(folder)


def _units() -> Iterator[Finding]:
    """Report units that start at boot but do not run now. Without systemd, nothing is reported."""
    enabled = {name: state for name, state in _states().items() if state.at_boot == "enabled"}
    stopped = {name: state.active for name, state in enabled.items() if state.active != "active"}
    for name, state in stopped.items():
        yield Finding(Level.WRONG, f"{name} does not run: {state}", f"see `systemctl status {name}`")
    if enabled and _TIMER not in enabled:
        yield Finding(
            Level.WRONG,
            f"{_TIMER} is off: expired data is not deleted",
            f"run `systemctl enable --now {_TIMER}`",
        )
    elif enabled and not stopped:
        yield Finding(Level.OK, f"these units run, and start at boot: {', '.join(enabled)}")
    for name, found in enabled.items():
        if found.active == "active":
            yield from _outdated(name, found)


def _outdated(name: str, state: _State) -> Iterator[Finding]:
    """Report a unit whose program, or a library of it, was replaced after the program started.

    Debian restarts only its own services. Until the unit is restarted, it runs without the fix.
    """
    program = _PROGRAMS.get(name.partition("@")[0])
    if program is None or state.since is None:
        return
    libraries = (each for library in _LIBRARIES for each in _ROOT.glob(f"usr/lib/*/{library}"))
    for file in (_ROOT / program.removeprefix("/"), *libraries):
        # dpkg keeps the times of the package's builder as the times of the content.
        if file.exists() and int(file.stat().st_ctime) > state.since:
            yield Finding(
                Level.WARNING,
                f"{name} still runs without an update of Debian: {file.name} was replaced after it started",
                "restart the machine",
            )
            return


def _states() -> Mapping[str, _State]:
    """Return the state of each unit. Without systemd, no unit has a state."""
    names = ("ActiveState", "UnitFileState", "ExecMainStartTimestamp")
    command = ["systemctl", "show", "--timestamp=unix", *(f"--property={each}" for each in names), *UNITS]
    try:
        done = subprocess.run(  # noqa: S603 - no outside input chooses the program
            command, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    blocks = [dict(line.split("=", 1) for line in each.splitlines()) for each in done.stdout.split("\n\n")]
    return {name: _state(*map(block.get, names)) for name, block in zip(UNITS, blocks, strict=False)}


def _state(active: str | None, at_boot: str | None, since: str | None) -> _State:
    # A timer has no program, and systemd writes `@1764763210`.
    second = (since or "").removeprefix("@")
    return _State(active or "", at_boot or "", int(second) if second.isdecimal() else None)


def _access_times(folder: Path) -> Iterator[Finding]:
    if not os.statvfs(folder).f_flag & os.ST_NOATIME:
        yield Finding(
            Level.WARNING,
            f"the file system of {folder} records when files are read",
            "mount it with `noatime`: see “Mount options” in /usr/share/doc/fanal-portal/docs/deploying.md",
        )
