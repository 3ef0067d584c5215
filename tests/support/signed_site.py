"""A site behind nginx with pages that a real inbox signs. People type the commands of the guides there."""

import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks import guide
from crypto import pages
from tests.support import guides
from tests.support.inbox_builders import today
from tests.support.installation import InboxHere, free_port
from tests.support.portal_nginx import Nginx
from tests.support.portal_server import Server

# The last day of the list in the administrator's guide.
_LAST_DAY = "2027-12-31"


class SignedSite:
    """The portal, its inbox, and another machine with a copy of the configuration.

    ``known`` are words of the guides with their meanings in this test.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.medium, self.monitor = folder, folder / "stick", folder / "monitor"
        for each in (self.medium, self.monitor, folder / "portal"):
            each.mkdir()
        self.inbox = InboxHere(folder)
        made = self.inbox.init()
        self.server = Server(folder / "portal", free_port(), quick=True)
        self._settings = {"deployment": made["deployment"], "root_key": made["root_key"]}
        self.configure()
        self.server.run("init")
        self.inbox.run("exchange", "keyring", "--out", self.medium)
        self.server.run("keyring", self.medium)
        self.known: dict[str, str] = {
            "/media/stick": str(self.medium),
            "/etc/fanal": str(self.server.folder),
            _LAST_DAY: (today() + timedelta(30)).isoformat(),
        }

    def configure(self, **settings: str) -> None:
        """Write the configuration of the portal, and its copy on the other machine."""
        self._settings |= settings
        for machine in (self.server, self._monitor):
            machine.configure(**self._settings)

    def sign(self) -> None:
        """List and sign the pages with the commands of the administrator's guide, and publish the list.

        The command that publishes a list needs a whole machine, so only the soak runs it (in `install`).
        """
        for line in guide.commands():
            if "manifest" in line:
                self.type(line)
        shutil.copytree(self.medium / "signed", self.server.folder / "manifest")
        self.configure(manifest="manifest")

    def publish(self, name: str) -> Nginx:
        """Freeze the pages into a new folder, and return an nginx that serves them."""
        made = Nginx(self.server, self.folder / name).make()
        self.known["https://report.example"] = made.address
        return made

    def note_published(self) -> None:
        """Read the serial and the last day of the list that was fetched from the site."""
        found = pages.PAGES.parse((self.monitor / "published.json").read_bytes())
        self.known |= {"SERIAL": str(found.serial), "DAY": found.valid_until.isoformat()}

    def type(self, line: str, code: int = 0) -> str:
        """Type a command of a guide, and return the output of the command.

        Raise AssertionError unless the command ends with ``code``.
        """
        program, *words = shlex.split(guides.run_as_portal(line))
        meant = [self._meant(word) for word in words]
        if program == "portal":
            here = str(self.server.folder / "portal.toml")
            place, *rest = meant[1:] if meant[0] == "--config" else [here, *meant]
            return (self.server if place == here else self._monitor).run(*rest, code=code)
        if program == "inbox":
            return self.inbox.run(*(meant[2:] if meant[0] == "--home" else meant), code=code)
        # A shell expands the names of files.
        said = subprocess.run(
            ["sh", "-c", f"{program} {' '.join(meant)}"],
            cwd=self.monitor,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == code, (line, said.stderr)
        return said.stdout + said.stderr

    @property
    def _monitor(self) -> Server:
        return replace(self.server, folder=self.monitor)

    def _meant(self, word: str) -> str:
        for name, value in self.known.items():
            word = word.replace(name, value)
        # The other machine has its own folder.
        return str(self.monitor / word) if re.fullmatch(r"again\.json", word) else word
