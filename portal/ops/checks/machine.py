"""Checks of the machine around the portal: its services, its swap, and how its disks are mounted."""

import os
import subprocess
from collections.abc import Iterator, Mapping
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


def examine(data: Path | None) -> Iterator[Finding]:
    """Yield each finding. ``data`` is the folder of a SQLite database, or None."""
    yield from _units()
    yield from findings.of_swap("addresses of visitors")
    for folder in (data, _SITE):
        if folder is not None and folder.is_dir():
            yield from _access_times(folder)


def _units() -> Iterator[Finding]:
    """Report units that start at boot but do not run now. Without systemd, nothing is reported."""
    states = _states()
    enabled = {name: state for name, (state, at_boot) in states.items() if at_boot == "enabled"}
    stopped = {name: state for name, state in enabled.items() if state != "active"}
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


def _states() -> Mapping[str, tuple[str, str]]:
    """Return the state of each unit, and whether it starts at boot, in the terms of systemd."""
    command = ["systemctl", "show", "--property=ActiveState", "--property=UnitFileState", *UNITS]
    try:
        done = subprocess.run(  # noqa: S603 - no outside input chooses the program
            command, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    blocks = [dict(line.split("=", 1) for line in each.splitlines()) for each in done.stdout.split("\n\n")]
    return {
        name: (block.get("ActiveState", ""), block.get("UnitFileState", ""))
        for name, block in zip(UNITS, blocks, strict=False)
    }


def _access_times(folder: Path) -> Iterator[Finding]:
    if not os.statvfs(folder).f_flag & os.ST_NOATIME:
        yield Finding(
            Level.WARNING,
            f"the file system of {folder} records when files are read",
            "mount it with `noatime`: see “Mount options” in /usr/share/doc/fanal-portal/docs/deploying.md",
        )
