"""Commands that run as the portal's user, and a folder to pass files to these commands."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.setup.settings import CONFIGURATION, USER
from portal.setup.system import System

AS_USER = ("runuser", "-u", USER, "--")
AS_PORTAL = (*AS_USER, "/usr/bin/portal", "--config", CONFIGURATION)


@contextmanager
def own_folder(system: System) -> Iterator[Path]:
    """Yield an empty folder in memory that belongs to the portal's user; remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="fanal-setup-", dir=system.at("/run")) as name:
        os.chown(name, *system.owner(USER))
        yield Path(name)
