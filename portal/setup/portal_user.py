"""Commands that run as the portal's user, and a folder to pass files to these commands."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.setup.settings import CONFIGURATION, USER
from portal.setup.system import System

AS_USER = ("runuser", "-u", USER, "--")
_PORTAL = ("/usr/bin/portal", "--config", CONFIGURATION)
AS_PORTAL = (*AS_USER, *_PORTAL)
# `portal-expire.service` has the same limits: nothing in the memory of the command reaches a disk, and nobody
# else can read the files that it writes.
_LIMITS = ("UMask=0077", "LimitCORE=0", "MemorySwapMax=0")
# Otherwise, systemd would write each command line to the journal with its exact time, and so reveal when the
# office works.
QUIET = "LogLevelMax=err"


def by_hand(words: Sequence[str]) -> list[str]:
    """Return the command line that runs ``portal`` with these words, for a person at a terminal or a pipe."""
    properties = [each for one in (QUIET, f"User={USER}", *_LIMITS) for each in ("-p", one)]
    # Together, --pty and --pipe mean a terminal if there is one, and pipes otherwise.
    return ["systemd-run", "--quiet", "--pty", "--pipe", "--collect", *properties, *_PORTAL, *words]


@contextmanager
def own_folder(system: System) -> Iterator[Path]:
    """Yield an empty folder in memory that belongs to the portal's user; remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="fanal-setup-", dir=system.at("/run")) as name:
        os.chown(name, *system.owner(USER))
        yield Path(name)
