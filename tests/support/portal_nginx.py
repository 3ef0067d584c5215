"""The shipped nginx.conf as it runs: Debian's nginx before a real portal, only ports and paths replaced."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import make_certificate
from tests.support.installation import free_port
from tests.support.paths import ROOT
from tests.support.portal_server import START_SECONDS, Server

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
NGINX = "/usr/sbin/nginx"
HOST = "127.0.0.1"


@dataclass
class Nginx:
    """nginx in a folder, before a portal; ``folder`` holds all that it may write."""

    server: Server
    folder: Path
    port: int = field(default_factory=free_port)
    # Where it listens for tor, which names circuits; then, for itself, behind that and behind the clearnet.
    tor_port: int = field(default_factory=free_port)
    onion_port: int = field(default_factory=free_port)
    tls_port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """The site on the clearnet."""
        return f"https://localhost:{self.port}"

    @property
    def onion_address(self) -> str:
        """The site as it is behind what takes connections from tor."""
        return f"http://{HOST}:{self.onion_port}"

    @property
    def certificate(self) -> Path:
        """The certificate of ``localhost``, signed by itself."""
        return self.folder / "certificate.pem"

    @property
    def frozen(self) -> Path:
        """What `portal freeze` wrote."""
        return self.folder / "frozen"

    def make(self) -> "Nginx":
        """Freeze the site, make a certificate, and write the configuration."""
        self.folder.mkdir()
        self.server.run("freeze", self.frozen)
        make_certificate(self.certificate, self.certificate.with_suffix(".key"))
        self.configure({})
        return self

    def twin(self, name: str, server: Server | None = None) -> "Nginx":
        """Return another nginx with the same files, before the same portal or another."""
        server = server or self.server
        made = Nginx(server, self.folder.with_name(name))
        made.folder.mkdir()
        for each in (self.frozen, self.certificate, self.certificate.with_suffix(".key")):
            (made.folder / each.name).symlink_to(each)
        made.configure({})
        return made

    def configure(self, more: Mapping[str, str]) -> None:
        """Write the shipped configuration with the places of this folder; a test may change ``more``."""
        text = CONFIGURATION.read_text("utf-8")
        for old, new in (self._places() | more).items():
            assert old in text, old
            text = text.replace(old, new)
        (self.folder / "nginx.conf").write_text(text)

    def _places(self) -> dict[str, str]:
        return {
            # Of root's files only root may read those of a test.
            "user www-data;": f"user {Path(self.folder).owner()};",
            "/run/nginx.pid": f"{self.folder}/pid",
            "/run/nginx-body": f"{self.folder}/body",
            "/var/www/fanal": str(self.frozen),
            "/etc/fanal/certificate.pem": str(self.certificate),
            "/etc/fanal/certificate.key": str(self.certificate.with_suffix(".key")),
            "listen 443;": f"listen {HOST}:{self.port};",
            "        listen [::]:443;\n": "",
            "127.0.0.1:8443": f"{HOST}:{self.tls_port}",
            "127.0.0.1:8081": f"{HOST}:{self.tor_port}",
            "127.0.0.1:8082": f"{HOST}:{self.onion_port}",
            "127.0.0.1:8080": f"{HOST}:{self.server.port}",
        }

    @contextmanager
    def serving(self) -> Iterator["Nginx"]:
        """Run nginx while the block runs."""
        with (self.folder / "output").open("ab") as output:
            command = [NGINX, "-c", self.folder / "nginx.conf", "-g", "daemon off;"]
            process = subprocess.Popen(command, stdout=output, stderr=output)
            try:
                self._wait(process)
                yield self
            finally:
                process.terminate()
                process.wait(START_SECONDS)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while not _listens(self.port):
            assert process.poll() is None, (self.folder / "output").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)

    def open_files(self) -> list[str]:
        """Return the path of every file that a process of this nginx has open, removed or not."""
        master = (self.folder / "pid").read_text().strip()
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        found = []
        for each in (each for child in children for each in Path(f"/proc/{child}/fd").iterdir()):
            # It may be closed meanwhile.
            with suppress(FileNotFoundError):
                found.append(str(each.readlink()))
        return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
