"""A portal on a machine of its own, as docs/deploying.md has it: its files, its user and its units."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.portal_room import SITE, Room
from tests.support.portal_server import Server

# The database addresses that docs/deploying.md names.
SQLITE = "sqlite:////var/lib/fanal/portal.sqlite"
POSTGRESQL = ["postgresql://portal@/fanal?host=/run/postgresql", "postgresql://portal:word@127.0.0.1/fanal"]


def bring(tree: Path, units: Iterable[str]) -> None:
    """Write the database with a keyring, the configuration, and these shipped units into a machine's tree."""
    state, settings = tree / "var/lib/fanal", tree / "etc/fanal"
    for each in (state, settings):
        each.mkdir(parents=True)
    Room(state, "sqlite:///portal.sqlite", SITE).close()
    Server(settings, 8080).configure(database=SQLITE)
    for unit in units:
        shutil.copy(ROOT / "deploy" / unit, tree / "etc/systemd/system")


def hand_over(tree: Path) -> None:
    """Create the portal's user, who then owns the portal's files. Call this when all files are there."""
    for command in (
        ["useradd", "--system", "portal"],
        ["chown", "-R", "portal:portal", "/var/lib/fanal", "/etc/fanal"],
    ):
        subprocess.run(["chroot", str(tree), *command], check=True)
