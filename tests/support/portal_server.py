"""`portal serve` in a folder: its processes, and a plain HTTP client."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path

from crypto import base64url, pages
from portal.app import load_questionnaire
from portal.config import Settings, load
from portal.ops import memory_wiping
from portal.site import manifest
from portal.store import envelopes
from portal.store.database import Database, open_database
from tests.support import forks, quick_pages
from tests.support.builders import Sealed, today
from tests.support.forks import Fork
from tests.support.portal_room import BODY, SITE, TUS, Room, declared
from tests.support.work import COSTS

PORTAL = Path(sys.executable).parent / "portal"
START_SECONDS = 60


@dataclass
class Server:
    """A portal in a folder, and the process that serves it.

    ``forked``: the server is forked from a process that has loaded the program. Forking takes a tenth of the
    work. Tests of the process itself (memory, files, threads) must not use a fork. With a false clock, the
    server is never forked.

    The server gets the settings that overwrite memory. Without these settings, the server would set them and
    restart itself.
    """

    folder: Path
    port: int
    process: subprocess.Popen[str] | Fork | None = None
    environment: Mapping[str, str] = field(default_factory=memory_wiping.SETTINGS.copy)
    listen: tuple[str, ...] = ()
    forked: bool = True
    # Whether a test has ended the server by other means than SIGTERM.
    ended: bool = False
    # Compress pages less. If a site has its own deployment, no earlier test has compressed its pages.
    quick: bool = False

    @property
    def settings(self) -> Settings:
        """The settings of the portal."""
        return load(self.folder / "portal.toml")

    @property
    def uploads(self) -> str:
        """The address at which uploads begin."""
        return f"http://127.0.0.1:{self.port}/api/envelopes"

    def command(self, *arguments: str | Path) -> list[str]:
        return [str(part) for part in (PORTAL, "--config", self.folder / "portal.toml", *arguments)]

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command of the portal and return its output."""
        ended, said = self._run(self.command(*arguments))
        assert ended == code, said
        return said

    def _run(self, command: list[str]) -> tuple[int, str]:
        if self._is_forked:
            return forks.run(command[1:], Path.cwd(), self._quickly + forks.PORTAL, self._environment)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    @property
    def _is_forked(self) -> bool:
        # Another program, or a preloaded library, needs a process of its own.
        return self.forked and self.command()[0] == str(PORTAL) and "LD_PRELOAD" not in os.environ

    @property
    def _quickly(self) -> str:
        return quick_pages.PROGRAM if self.quick else ""

    @property
    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, **self.environment, **(quick_pages.ENVIRONMENT if self.quick else {})}

    def configure(self, **settings: str | float) -> None:
        """Write the configuration."""
        values: dict[str, object] = {
            "deployment": base64url.encode(SITE.deployment),
            "root_key": base64url.encode(SITE.root_key),
            "listen": f"127.0.0.1:{self.port}",
            "database": "sqlite:///portal.sqlite",
            "work_cost": COSTS,
            **settings,
        }
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in values.items()]
        (self.folder / "portal.toml").write_text("".join(lines))

    def make(self, **settings: str | float) -> "Server":
        """Configure and initialise the portal, and give it a keyring."""
        self.configure(**settings)
        Room(self.folder, self.settings.database, SITE).close()
        return self

    def sign_manifest(self) -> None:
        """Write the signed manifest of the served files to ``manifest``, the folder in the settings."""
        raw = manifest.make(self.settings, load_questionnaire(self.settings), 1, today())
        folder = self.folder / "manifest"
        folder.mkdir()
        (folder / pages.MANIFEST).write_bytes(raw)
        (folder / pages.SIGNATURE).write_bytes(pages.sign(raw, SITE.deployment, SITE.root_seed))

    def twin(self, folder: Path, port: int) -> "Server":
        """Return a portal, as on another machine, with the same database."""
        folder.mkdir()
        settings = (self.folder / "portal.toml").read_text()
        (folder / "portal.toml").write_text(settings.replace(f":{self.port}", f":{port}"))
        return Server(folder, port)

    def beside(self, port: int) -> "Server":
        """Return more processes of this portal, on another port."""
        return replace(self, port=port, process=None, listen=("--listen", f"127.0.0.1:{port}"))

    @contextmanager
    def serving(self) -> Iterator["Server"]:
        """Serve while the block runs, then end cleanly by SIGTERM."""
        starts = self.log().count("serving on ")
        self.process, self.ended = self._started(), False
        try:
            self._wait(starts + 1)
            yield self
            if not self.ended:
                self.process.send_signal(signal.SIGTERM)
                assert self.process.wait(START_SECONDS) == 0
        finally:
            self.kill()

    def _started(self) -> subprocess.Popen[str] | Fork:
        command, environment = self.command("serve", *self.listen), self._environment
        with (self.folder / "log").open("a") as log:
            if not self._is_forked:
                return subprocess.Popen(
                    command, stdout=log, stderr=log, text=True, start_new_session=True, env=environment
                )
            with Connection(os.dup(log.fileno())) as output:
                return Fork(command[1:], Path.cwd(), output, self._quickly + forks.SERVER, environment)

    def kill(self) -> None:
        """Kill the server and all its processes with SIGKILL, if it runs."""
        assert self.process
        self.ended = True
        self.process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _wait(self, starts: int) -> None:
        end = time.monotonic() + START_SECONDS
        while self.log().count("serving on ") < starts:
            assert self.process
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def log(self) -> str:
        """Return everything that the server has printed."""
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Return the status, the headers and the body of an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def send(self, sealed: Sealed) -> str:
        """Send a report. Return its address."""
        headers = {**BODY, **declared(sealed)}
        status, answered, _ = self.request("POST", "/api/envelopes", sealed.envelope, headers)
        assert status == 201
        return answered["Location"]

    def begin(self, sealed: Sealed) -> str:
        """Announce a report."""
        status, answered, _ = self.request("POST", "/api/envelopes", b"", {**TUS, **declared(sealed)})
        assert status == 201
        return answered["Location"]

    def offset(self, address: str) -> int:
        """Return the number of bytes of an envelope that have arrived."""
        status, answered, _ = self.request("HEAD", address, None, TUS)
        assert status == 200
        return int(answered["Upload-Offset"])

    def content(self, address: str) -> bytes:
        """Return the bytes of an envelope that the database stores."""
        envelope_id = base64url.decode(address.rsplit("/", 1)[1])
        content = b""
        with self.store() as store, store.read() as connection:
            while piece := envelopes.piece(connection, envelope_id, len(content)):
                content += piece
        return content

    @contextmanager
    def store(self) -> Iterator[Database]:
        """Open the portal's database while its processes run."""
        with closing(open_database(load(self.folder / "portal.toml").database_url)) as store:
            yield store

    def has_database_open(self, process: int) -> bool:
        """Return whether a process of this server has the database open."""
        return str(self.folder / "portal.sqlite") in map(
            os.path.realpath, Path(f"/proc/{process}/fd").glob("*")
        )

    def workers(self) -> list[int]:
        """Wait until all workers have started, and return their process ids.

        The server already listens before all workers have started.
        """
        end = time.monotonic() + START_SECONDS
        while len(found := self.children()) < self.settings.workers:
            assert time.monotonic() < end
            time.sleep(0.05)
        return found

    def children(self) -> list[int]:
        """Return the process ids of the workers that have started so far."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]
