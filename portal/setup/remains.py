"""The step that deletes files which a killed run of setup left half written."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from portal.setup.services import INSTANCE
from portal.setup.settings import TEXTS
from portal.setup.steps import Found, done_if
from portal.setup.system import System

_WRITTEN = ("/etc/fanal", f"/etc/fanal/{TEXTS}", INSTANCE, "/etc/postgresql/*/*/conf.d")
# Patterns for the temporary names under which the other steps write files and folders.
_HALF_WRITTEN = (
    *(f"{folder}/.*.part" for folder in _WRITTEN),
    *(f"/var/www/.fanal.{kind}" for kind in ("new", "old")),
    "/run/fanal-setup-*",
)


class Remains:
    """No file of a killed run is left. Such a file can contain the key of the certificate.

    Every other step comes before this step, because ``.fanal.old`` can be the only folder with pages.
    """

    title = "no files of an interrupted run"
    said = ""

    def __init__(self, system: System) -> None:
        self._system = system

    def check(self) -> Found:
        """Look for half-written files."""
        return done_if(done=not any(self._found()))

    def apply(self) -> None:
        """Delete these files."""
        for each in [*self._found()]:
            if each.is_dir():
                shutil.rmtree(each)
            else:
                each.unlink()

    def undo(self) -> None:
        """Do nothing, because nobody needs these files."""

    def _found(self) -> Iterator[Path]:
        for pattern in _HALF_WRITTEN:
            yield from self._system.root.glob(pattern.removeprefix("/"))
