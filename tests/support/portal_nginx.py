"""The shipped nginx configuration of the clearnet site and the onion service, in front of a real portal."""

import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import make_certificate
from tests.support.installation import free_port
from tests.support.paths import ROOT
from tests.support.portal_server import START_SECONDS, Server

CONFIGURATION = ROOT / "deploy" / "nginx"
WAYS = ("clearnet", "onion")
NGINX = "/usr/sbin/nginx"
HOST = "127.0.0.1"


@dataclass
class Nginx:
    """Two instances of nginx in front of a portal: one for the clearnet site, one for the onion service.

    All files that nginx may write are in ``folder``. The onion service can have its own portal, as in a
    deployment.
    """

    server: Server
    folder: Path
    onion_server: Server | None = None
    port: int = field(default_factory=free_port)
    # Tor uses the first port, and gives the name of each circuit. Tests without circuits use the second port.
    tor_port: int = field(default_factory=free_port)
    onion_port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """The site on the clearnet."""
        return f"https://localhost:{self.port}"

    @property
    def onion_address(self) -> str:
        """The address of the onion site, behind the part that accepts connections from tor."""
        return f"http://{HOST}:{self.onion_port}"

    @property
    def certificate(self) -> Path:
        """The self-signed certificate of ``localhost``."""
        return self.folder / "certificate.pem"

    @property
    def frozen(self) -> Path:
        """The folder that `portal freeze` wrote."""
        return self.folder / "frozen"

    def behind(self, way: str) -> Path:
        """Return the socket through which one part of an nginx passes connections to the other."""
        return self.folder / way / "http-1"

    def make(self) -> "Nginx":
        """Freeze the site, make a certificate, and write the configuration."""
        self.folder.mkdir()
        self.server.run("freeze", self.frozen)
        make_certificate(self.certificate, self.certificate.with_suffix(".key"))
        self.configure({})
        return self

    def twin(self, name: str, server: Server | None = None) -> "Nginx":
        """Return another nginx with the same files, in front of the same portal or another portal."""
        server = server or self.server
        made = Nginx(server, self.folder.with_name(name))
        made.folder.mkdir()
        for each in (self.frozen, self.certificate, self.certificate.with_suffix(".key")):
            (made.folder / each.name).symlink_to(each)
        made.configure({})
        return made

    def configure(self, more: Mapping[str, str]) -> None:
        """Write the shipped files with the paths of this folder, and with the replacements ``more``."""
        texts = {each.name: each.read_text("utf-8") for each in CONFIGURATION.iterdir()}
        for old, new in (self._places() | more).items():
            assert any(old in text for text in texts.values()), old
            texts = {name: text.replace(old, new) for name, text in texts.items()}
        for way in WAYS:
            (self.folder / way).mkdir(exist_ok=True)
        for name, text in texts.items():
            (self.folder / name).write_text(text)

    def _places(self) -> dict[str, str]:
        return {
            # Only root may read the files of a test that runs as root.
            "user www-data;": f"user {Path(self.folder).owner()};",
            # After a refusal, nginx waits for the rest of the body before it closes the connection.
            # The default is five seconds.
            "reset_timedout_connection on;": "reset_timedout_connection on; lingering_timeout 2s;",
            "/etc/nginx/fanal": str(self.folder),
            "/run/nginx-clearnet": f"{self.folder}/clearnet",
            "/run/nginx-onion": f"{self.folder}/onion",
            "/run/nginx-body": f"{self.folder}/body",
            "/var/www/fanal": str(self.frozen),
            "/etc/fanal/certificate.pem": str(self.certificate),
            "/etc/fanal/certificate.key": str(self.certificate.with_suffix(".key")),
            "listen 443 ": f"listen {HOST}:{self.port} ",
            "        listen [::]:443 rcvbuf=208k sndbuf=64k;\n": "",
            "127.0.0.1:8081": f"{HOST}:{self.tor_port}",
            # If a test names no circuit, its connections count as having no circuit.
            f"listen unix:{self.behind('onion')} ": f"listen {HOST}:{self.onion_port}; "
            f"listen unix:{self.behind('onion')} ",
            "127.0.0.1:8080": f"{HOST}:{self.server.port}",
            "127.0.0.1:8090": f"{HOST}:{(self.onion_server or self.server).port}",
        }

    @contextmanager
    def serving(self) -> Iterator["Nginx"]:
        """Run both instances of nginx while the block runs."""
        with ExitStack() as stack:
            for way, port in zip(WAYS, (self.port, self.tor_port), strict=True):
                process = stack.enter_context(self._running(way))
                self._wait(process, port)
            yield self

    @contextmanager
    def _running(self, way: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / "output").open("ab") as output:
            command = [NGINX, "-c", self.folder / f"{way}.conf", "-g", "daemon off;"]
            process = subprocess.Popen(command, stdout=output, stderr=output)
            try:
                yield process
            finally:
                process.terminate()
                process.wait(START_SECONDS)

    def _wait(self, process: subprocess.Popen[bytes], port: int) -> None:
        end = time.monotonic() + START_SECONDS
        while not _listens(port):
            assert process.poll() is None, (self.folder / "output").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Return the process ids of both instances. For each instance, the main process comes first."""
        found = []
        for way in WAYS:
            master = int((self.folder / way / "pid").read_text())
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            found += [master, *map(int, children)]
        return found

    def resident(self) -> int:
        """Return the memory of both instances in bytes. Shared memory is counted once."""
        return resident(self.processes())

    def open_files(self) -> list[str]:
        """Return the path of every file that a process of this nginx has open, even if it was removed."""
        found = []
        for each in (fd for process in self.processes() for fd in Path(f"/proc/{process}/fd").iterdir()):
            # The process may close the file meanwhile.
            with suppress(FileNotFoundError):
                found.append(str(each.readlink()))
        return found


def resident(processes: Iterable[int]) -> int:
    """Return the memory of processes in bytes, including their part of shared memory."""
    rolled = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in processes]
    lines = [line for text in rolled for line in text.splitlines()]
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
