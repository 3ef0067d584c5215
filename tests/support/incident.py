"""An installation to which something happens, and the people there who type the commands of the guides."""

import re
import shlex
import subprocess
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.support import guides
from tests.support.inbox_builders import Office, Reporter, World, today
from tests.support.installation import Installation, PortalForked, free_port
from tests.support.paths import ROOT
from tests.support.reporting import announced

PAGE = ROOT / "docs" / "when-something-goes-wrong.md"
TEXT = PAGE.read_text("utf-8")
DEPLOYING = (ROOT / "docs" / "deploying.md").read_text("utf-8")
# With this setting, proof of work takes almost no time.
_CHEAP = "work_cost = [1, 1, 1]\n"


class Incident:
    """An installation with one case, whose mailbox is at the portal, after one exchange in each direction.

    ``bundle`` and ``outbox`` are the numbers of the newest bundle and outbox; the commands of the page call
    them N. ``lost`` is the fingerprint of a lost portal. ``database`` is the setting of the portal, and
    ``settings`` are more lines of its configuration.
    """

    def __init__(
        self, folder: Path, *, database: str = "sqlite:///portal.sqlite", settings: str = ""
    ) -> None:
        self.installation = Installation(folder, port=free_port(), database=database, portal=PortalForked)
        self.folder = folder
        # The portal's configuration. Once the portal is lost, this file is the copy.
        self._copied = self.installation.portal.config
        with self._copied.open("a") as file:
            file.write(_CHEAP + settings)
        self.world = World(Office(folder))
        answers = folder / "answers.toml"
        answers.write_text('what = "Quelque chose"\n')
        entered = ("--route", "letter", "--language", "fr", "--received", today().isoformat())
        self.installation.inbox.run("case", "add", *entered, "--answers", answers)
        self.bundle = self.outbox = 1
        self.lost = ""
        self.installation.carry_in(1)
        self.installation.carry_back(1)

    def do(self, heading: str, *, without: tuple[str, ...] = ()) -> dict[str, str]:
        """Type the commands of a section of the page. Return the output of each command.

        Commands that begin with one of the words in ``without`` are left out.
        """
        lines = guides.lines(guides.section(TEXT, heading))
        return {line: self.type(line) for line in lines if not line.startswith(without)}

    def type(self, line: str, code: int = 0) -> str:
        """Type a command of a guide, with the names and places of this installation. Return its output."""
        typed = guides.run_as_portal(line.replace("-o portal ", ""))
        program, *words = shlex.split(typed)
        meant = [self._meant(word, program) for word in words]
        match program, words:
            case "fanal-portal", ["setup"]:
                self._set_up()
                told = ""
            case "portal", ["doctor"]:
                # In a test, the texts of the inspectorate are missing, so doctor reports an error.
                told = self.installation.portal.run(*meant, code=1)
            case "portal", _:
                told = self.installation.portal.run(*meant, code=code)
            case "inbox", _:
                told = self.installation.inbox.run(*meant, code=code)
            case _:
                told = subprocess.run([program, *meant], check=True, capture_output=True, text=True).stdout
        self._note(told)
        return told

    def send(self, reporter: Reporter, files: Sequence[bytes]) -> int:
        """Send a report to the portal, which must be serving. Return the status of the answer."""
        address, envelope = self.installation.portal.address, reporter.report(files=files)
        with urllib.request.urlopen(f"{address}/api/work") as answer:
            headers = announced(reporter, envelope, answer.read())
        request = urllib.request.Request(f"{address}/api/envelopes", envelope, headers, method="POST")
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def lose_server(self) -> None:
        """Replace the portal with a portal on another machine that is not set up yet.

        Take an empty medium.
        """
        self.lost, self.bundle = self.installation.instance, 0
        self.installation.medium = self.folder / "empty-medium"
        for folder in (self.installation.medium, self.folder / "other"):
            folder.mkdir()
        self.installation.portal = PortalForked(self.folder / "other", port=free_port())

    def bring_configuration(self) -> None:
        """Bring a copy of the lost server's configuration, which names a signed list of pages."""
        self._copied.write_text(f'manifest = "manifest"\n{self._copied.read_text("utf-8")}')

    def lose_medium(self) -> None:
        """Lose all bundles and outboxes that are on the medium."""
        for file in self.installation.medium.glob("*.tar"):
            file.unlink()

    def _set_up(self) -> None:
        """Do the steps of setup that do not need a whole machine: the database, and the keyring."""
        lost = tomllib.loads(self._copied.read_text("utf-8"))
        self.installation.instance = self.installation.portal.init(lost["deployment"], lost["root_key"])
        self.installation.portal.run("keyring", str(self.installation.medium / "keyring"))

    def _meant(self, word: str, program: str) -> str:
        numbered = self.outbox if "outbox-" in word or (word == "N" and program == "inbox") else self.bundle
        word = re.sub(r"\bN\b", str(numbered), word)
        if word == "FINGERPRINT OF THE LOST PORTAL":
            return self.lost
        word = word.replace("FINGERPRINT", self.installation.instance)
        if re.fullmatch(r"(/media/key/)?(backup\.(key|pub)|portal\.toml)", word):
            return str(self.folder / Path(word).name)
        if word == "/etc/fanal/portal.toml":
            return str(self.installation.portal.config)
        if word.startswith(("/etc/fanal/", "/run/")):
            return str(self.folder / f"installed-{Path(word).name}")
        return word.replace("/media/stick", str(self.installation.medium))

    def _note(self, told: str) -> None:
        """Note what people would write down from the output of a command: a number, or a new fingerprint."""
        if made := re.match(r"outbox (\d+):", told):
            self.outbox = int(made[1])
        if written := re.search(r"/inspection-(\d+)\.tar: ", told):
            self.bundle = int(written[1])
        if restored := re.search(r"its new fingerprint is (.+)", told):
            self.installation.instance = restored[1]
