"""The part of an upgrade that runs as the portal's user: it reads, copies and upgrades the database.

`python -m portal.setup.upgrade.portal_side CONFIGURATION FOLDER WORD` does the action WORD. ``Side`` runs
this module for root.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import click

from portal import config, terminal
from portal.ops import running
from portal.setup.portal_user import AS_USER
from portal.setup.settings import CONFIGURATION, STATE
from portal.setup.system import Failed, System
from portal.setup.upgrade.copies import Copy
from portal.store import database
from portal.store.migrations import upgrading
from templates.command_line import FILE, FOLDER

_PRIVATE = 0o077


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the tables in the database and in the copy, and the version that the program needs.

    ``found`` is None if there are no tables, and ``copied`` is None if there is no copy. ``size`` is the
    largest possible size of a copy in bytes, and ``room`` is the number of free bytes for the copy.
    ``leftovers`` is true if an upgrade has left any file.
    """

    found: str | None
    copied: str | None
    needed: str
    is_newer: bool
    size: int
    room: int
    leftovers: bool


@dataclass(slots=True)
class Side:
    """Runs this module as the portal's user. Each method raises Failed with the reason."""

    system: System
    user: tuple[str, ...] = AS_USER
    configuration: Path = Path(CONFIGURATION)
    folder: Path = Path(STATE)
    _versions: Versions | None = None

    def versions(self) -> Versions:
        """Return the versions of the tables. The versions are read again only after a change."""
        if self._versions is None:
            self._versions = Versions(**json.loads(self._run("versions")))
        return self._versions

    def copy(self) -> None:
        """Copy the database."""
        self._change("copy")

    def put_back(self) -> None:
        """Replace the database with its copy."""
        self._change("put_back")

    def discard(self) -> None:
        """Delete the copy."""
        self._change("discard")

    def upgrade(self) -> None:
        """Upgrade the tables to the version that the program needs."""
        self._change("upgrade")

    def _change(self, word: str) -> None:
        self._versions = None
        self._run(word)

    def _run(self, word: str) -> str:
        # -P: no module of the current folder may take the place of one of ours.
        program = (sys.executable, "-P", "-m", "portal.setup.upgrade.portal_side")
        try:
            return self.system.run(*self.user, *program, self.configuration, self.folder, word)
        except Failed as error:
            # The name of the command means nothing to an administrator.
            raise Failed(error.said.removeprefix("error: ") or str(error)) from error


@click.command()
@click.argument("configuration", type=FILE)
@click.argument("folder", type=FOLDER)
@click.argument("word")
def act(configuration: Path, folder: Path, word: str) -> None:
    """Do the action WORD."""
    copy = Copy(config.load(configuration).database_url, folder)
    match word:
        case "versions":
            terminal.data(asdict(_versions(copy)))
        case "copy":
            copy.make()
        case "put_back":
            copy.put_back()
        case "discard":
            copy.discard()
        case "upgrade":
            database.upgrade(copy.url)
        case _:
            raise click.BadParameter(word)


def _versions(copy: Copy) -> Versions:
    found = database.version(copy.url)
    return Versions(
        found=found,
        copied=copy.version,
        needed=upgrading.newest(),
        is_newer=found is not None and found not in upgrading.known(),
        size=copy.needs,
        room=copy.room,
        leftovers=bool(copy.leftovers()),
    )


def main() -> NoReturn:
    """Run the command on the command line."""
    running.begin()
    os.umask(_PRIVATE)
    sys.exit(running.run(act, "portal_side", None))


if __name__ == "__main__":
    main()
