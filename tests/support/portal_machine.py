"""A portal on a machine of its own, as docs/deploying.md describes it: its files, its user and its units."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.support.certificates import make_certificate
from tests.support.paths import ROOT
from tests.support.portal_nginx import CONFIGURATION
from tests.support.portal_room import SITE, Room
from tests.support.portal_server import Server

PORTAL = ["/usr/bin/portal", "--config", "/etc/fanal/portal.toml"]
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


def bring_site(tree: Path, units: Iterable[str]) -> None:
    """Copy all files of a portal and its nginx into a machine's tree, and give them to the portal's user."""
    # The package installs this command; `make soak packages` tests the package itself.
    (tree / "usr/bin/portal").symlink_to(ROOT / ".venv/bin/portal")
    bring(tree, units)
    (tree / "var/www").mkdir(exist_ok=True)
    shutil.copytree(CONFIGURATION, tree / "etc/nginx/fanal", dirs_exist_ok=True)
    settings = tree / "etc/fanal"
    make_certificate(settings / "certificate.pem", settings / "certificate.key")
    subprocess.run(["chroot", str(tree), *PORTAL, "freeze", "/var/www/fanal"], check=True)
    hand_over(tree)


def hand_over(tree: Path) -> None:
    """Create the portal's user, who then owns the portal's files. Call this method when all files exist."""
    for command in (
        ["useradd", "--system", "portal"],
        ["chown", "-R", "portal:portal", "/var/lib/fanal", "/etc/fanal"],
    ):
        subprocess.run(["chroot", str(tree), *command], check=True)
