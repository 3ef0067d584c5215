"""Get from bare machines to the first report with nothing but the guide's commands.

Only names and places in the commands are replaced (``_filled``), and the officers' passphrase comes from a
file. Between commands, an administrator answers questions and carries the medium.
"""

import re
import shlex
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import bare_tree, guide
from benchmarks.reporting import TEXT
from crypto.keyring import Texts
from portal.setup.answers import Answers
from portal.setup.settings import CONFIGURATION
from tests.support.certificates import make_certificate
from tests.support.inbox_builders import PASSPHRASE
from tests.support.installation import run
from tests.support.machine import Machine
from tests.support.paths import ROOT

_HOST = "localhost"
SITE = f"https://{_HOST}"
_PATIENCE_SECONDS = 600
_BIN = ROOT / ".venv/bin"
ANSWERS = "srv/answers.toml"
# Four of the commands check the release.
MOST_COMMANDS = 12
_PORTAL, _MINISIGN = "fanal-portal", "minisign"
_RELEASE = "srv/release"
_MEDIUM = "media/stick"
_KEYRING = f"/{_MEDIUM}/keyring"
CERTIFICATES = ("/srv/certificate.pem", "/srv/certificate.key")
_TRUSTED = "usr/local/share/ca-certificates/site.crt"
_NAMES = Texts("Inspection", "Inspectorate")
_SETUP = "fanal-portal setup"
_HOME = "~/inbox"
_BUNDLE = re.compile(rf"(/{_MEDIUM}/inspection-\d+\.tar): ")
_OUTBOX = re.compile(r"^outbox (\d+):", re.MULTILINE)
_WAYS = {
    "clearnet": ("--insecure", "https://127.0.0.1"),
    "onion": ("--haproxy-protocol", "http://127.0.0.1:8081"),
}
_PRINTED = {
    "deployment": re.compile(r"deployment id: +(\S+)"),
    "root_key": re.compile(r"root key: +(\S+)"),
    "fingerprint": re.compile(r"fingerprint of this portal: ([A-Z2-7]{4}(?: [A-Z2-7]{4})+)"),
}


def install(tree: Path, release: Path, name: str) -> None:
    """Check and install a package with the commands of the guide, in a tree with a network.

    ``release`` is a folder with the packages, their signed manifest and the keys. The signatures are checked
    on the portal's machine.
    """
    shutil.copytree(release, folder := tree / _RELEASE)
    (tree / "etc/apt/apt.conf.d/yes").write_text('APT::Get::Assume-Yes "true";\n')
    for command in guide.commands():
        if (name == _PORTAL and _is_check(command)) or command.startswith(f"apt install ./{name}_"):
            line = f"cd /{_RELEASE} && {_filled(command)}"
            bare_tree.inside(tree, "sh", "-c", line, env={"DEBIAN_FRONTEND": "noninteractive"})
    shutil.rmtree(folder)


def _is_check(command: str) -> bool:
    return command == f"apt install {_MINISIGN}" or command.startswith((_MINISIGN, "sha256sum "))


def bring_certificate(tree: Path) -> None:
    """Copy a certificate that everybody trusts, and its key, to a machine that has `ca-certificates`."""
    certificate, key = (tree / each[1:] for each in CERTIFICATES)
    make_certificate(certificate, key)
    shutil.copy(certificate, tree / _TRUSTED)
    bare_tree.inside(tree, "update-ca-certificates")


def all_serve(machine: Machine) -> None:
    """Check that both nginx servers deliver the page and the keyring."""
    for words in _WAYS.values():
        *options, address = words
        end = time.monotonic() + _PATIENCE_SECONDS
        # A restarted portal needs a moment before it answers.
        while '"kind":"keyring"' not in (
            page := machine.do("curl", "--silent", *options, f"{address}/keyring.json", code=None)
        ):
            assert time.monotonic() < end, page
            time.sleep(0.2)
        page = machine.do("curl", "--silent", *options, f"{address}/en/")
        assert "<h1" in page, page
        assert "Inspectorate" in page


@dataclass
class Walk:
    """The running machine of the portal, the tree of the inbox's machine, and the commands still to run.

    ``printed`` is what the administrator notes down from the screen.
    """

    machine: Machine
    inbox: Path
    database: str
    left: list[str] = field(default_factory=guide.commands)
    printed: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    @property
    def elsewhere(self) -> Path:
        """The folder in which commands on another machine run."""
        return self.machine.folder / "elsewhere"

    def until(self, part: str) -> None:
        """Run the next commands, and stop before the first one that contains ``part``."""
        while part not in self.left[0]:
            self.step()

    def step(self) -> str:
        """Run the next command, and return what it printed."""
        command = self.left.pop(0)
        if command.startswith("apt ") or _is_check(command):
            # ``install`` ran the command before the machine started.
            self.seconds.append(0)
            return ""
        began = time.monotonic()
        said = self.do(_filled(command).replace("ABCD EFGH …", self.printed.get("fingerprint", "")))
        self.seconds.append(time.monotonic() - began)
        for name, pattern in _PRINTED.items():
            if found := pattern.search(said):
                self.printed[name] = found[1]
        return said

    def answers(self) -> Answers:
        """Return what the administrator answers."""
        return Answers(
            deployment=self.printed["deployment"],
            root_key=self.printed["root_key"],
            keyring=_KEYRING,
            name=_NAMES,
            database=self.database,
            host=_HOST,
            certificate=CERTIFICATES[0],
            certificate_key=CERTIFICATES[1],
        )

    def write_answers(self) -> None:
        """Write the answers into a file, for an unattended installation."""
        (self.machine.tree / ANSWERS).write_bytes(self.answers().encode())

    def go_on(self) -> Iterator[str]:
        """Run the remaining commands, and send a report before the export. Yield the figures."""
        self.until(" export ")
        to_report = len(self.seconds)
        assert to_report <= MOST_COMMANDS, to_report
        self.send_report()
        self.until(" collect ")
        collected = self.step()
        assert "1 new" in collected, collected
        assert self.has_report(1)
        to_inbox = len(self.seconds)
        while self.left:
            self.step()
        yield (
            f"{to_report} commands of the guide lead to the first report through nginx, and"
            f" {to_inbox} to the inbox; all {len(self.seconds)} but apt took {sum(self.seconds):.0f} s"
        )

    def send_report(self) -> None:
        """Send a report through the real nginx, with a real browser."""
        run("nsenter", f"--net={self.machine.network}", _BIN / "python", "-m", "benchmarks.reporting", SITE)

    def collect(self, *options: str) -> str:
        """Export what has arrived, and collect the bundle in the inbox. Return what the inbox printed."""
        (bundle,) = _BUNDLE.findall(self.do(f"fanal-portal run export --out /{_MEDIUM}"))
        return self.do(f"inbox --home {_HOME} exchange collect {bundle} {shlex.join(options)}")

    def bring_back(self) -> str:
        """Write an outbox in the inbox, and import it at the portal. Return what the portal printed."""
        (number,) = _OUTBOX.findall(self.do(f"inbox --home {_HOME} exchange outbox --out /{_MEDIUM}"))
        return self.do(f"fanal-portal run import /{_MEDIUM}/outbox-inspection-{number}.tar")

    def has_report(self, number: int) -> bool:
        """Return whether a case in the inbox has the text of the reports that ``send_report`` sends."""
        return TEXT in self.do(f"inbox --home {_HOME} case show {number} --json")

    def do(self, command: str) -> str:
        """Run a command on the machine that has its program. Return what it printed."""
        if command.startswith("inbox "):
            return self._in_inbox(command)
        if command.startswith("portal "):
            return self._elsewhere(command)
        if command == _SETUP and not (self.machine.tree / CONFIGURATION[1:]).exists():
            return self.machine.type(command, self._typed())
        return self.machine.type(command)

    def _typed(self) -> list[str]:
        given = self.answers()
        names = [given.name.fr, given.name.en]
        # The Enter key chooses the defaults: both sites, and a certificate from files.
        yes, files = ["", ""], [given.host, "", given.certificate, given.certificate_key]
        # The keyring's folder also has the root key, whose fingerprint the administrator confirms.
        return [given.keyring, "y", *names, given.database, *yes, *files]

    def _in_inbox(self, command: str) -> str:
        self.carry(self.machine.tree, self.inbox)
        (self.inbox / "srv/passphrase").write_text(PASSPHRASE)
        # A folder of the machine serves as the medium.
        same_disk = " --same-disk" if " --out " in command else ""
        typed = f"{command}{same_disk} --passphrase-file /srv/passphrase"
        said = bare_tree.inside(self.inbox, "sh", "-c", typed, env={"HOME": "/root"})
        self.carry(self.inbox, self.machine.tree)
        self.mount_medium()
        return said

    def take_empty_medium(self) -> None:
        """Insert an empty medium into the portal's machine."""
        shutil.rmtree(self.machine.tree / _MEDIUM)
        (self.machine.tree / _MEDIUM).mkdir()
        self.mount_medium()

    def mount_medium(self) -> None:
        """Let the user `portal` read and write the medium, as the mount options of the guide do."""
        self.machine.do("chown", "-R", "portal:portal", f"/{_MEDIUM}")

    @staticmethod
    def carry(source: Path, target: Path) -> None:
        """Carry the medium from the machine with the tree ``source`` to the one with the tree ``target``."""
        if (source / _MEDIUM).is_dir():
            shutil.rmtree(target / _MEDIUM, ignore_errors=True)
            shutil.copytree(source / _MEDIUM, target / _MEDIUM)
        (target / _MEDIUM).mkdir(parents=True, exist_ok=True)

    def _elsewhere(self, command: str) -> str:
        """Run a command of another machine on this machine, with a copy of the configuration."""
        folder = self.elsewhere
        folder.mkdir(exist_ok=True)
        given = self.answers()
        onion = self.machine.do("cat", "/var/lib/tor-instances/fanal/onion/hostname")
        (folder / "portal.toml").write_text(
            f'deployment = "{given.deployment}"\nroot_key = "{given.root_key}"\nonion = "http://{onion}"\n'
        )
        words = ["env", f"--chdir={folder}", f"SSL_CERT_FILE={self.machine.tree}{CERTIFICATES[0]}"]
        typed = command.split()
        return run(
            "nsenter",
            f"--net={self.machine.network}",
            *words,
            _BIN / typed[0],
            *typed[1:],
        )


def _filled(command: str) -> str:
    """Return a command of the guide with the names and places of this machine."""
    return command.replace("_….deb", "_*.deb").replace("https://report.example", SITE)
