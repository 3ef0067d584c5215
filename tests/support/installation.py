"""A complete installation in a folder: a portal that serves, an inbox, and the medium between them."""

import io
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, BinaryIO
from unittest.mock import patch

from inbox.cli import main
from inbox.keys import share_file
from portal.ops import memory_wiping
from tests.support import forks, portal_terminal, quick_pages
from tests.support.forks import Fork
from tests.support.inbox_builders import PASSPHRASE, QUICK, insisting

COMMANDS = Path(sys.executable).parent
START_SECONDS = 30
LOWEST_PORT = 10_000


def free_port() -> int:
    """Return a free TCP port on loopback.

    Linux does not give the port to clients, whose ports are in another range. Otherwise a client of another
    test might get the port first.
    """
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        with socket.socket() as listener, suppress(OSError):
            listener.bind(
                ("127.0.0.1", LOWEST_PORT + secrets.randbelow(max(first - LOWEST_PORT, LOWEST_PORT)))
            )
            return int(listener.getsockname()[1])


class Failed(AssertionError):
    """A command did not end as the test expected."""


def run(*command: str | Path, code: int = 0) -> str:
    """Run a command and return the command's output. Raise Failed unless the command ends with ``code``."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode != code:
        raise Failed(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


class Inbox:
    """The air-gapped side, used only through its command line."""

    def __init__(self, folder: Path, channel: str = "inspection") -> None:
        self.home = folder / "inbox"
        self.channel = channel
        self._passphrase = folder / "passphrase"
        self._passphrase.write_text(PASSPHRASE, "utf-8")

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command of the inbox."""
        command = [COMMANDS / "inbox", "--home", self.home, *insisting(arguments)]
        return run(*command, "--passphrase-file", self._passphrase, code=code)

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def init(self) -> dict[str, Any]:
        """Make the inbox and return what it printed: deployment id, root key, fingerprint."""
        names = ["--name-fr", "Inspection des douanes", "--name-en", "Customs inspectorate"]
        made = self.json("init", "--deployment", "Fanal", "--channel", self.channel, *names)
        assert isinstance(made, dict)
        return made


class InboxHere(Inbox):
    """The inbox's commands in this process, with a quick passphrase, for tests of other behaviour."""

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command of the inbox."""
        said = io.StringIO()
        words = ["--home", self.home, *insisting(arguments), "--passphrase-file", self._passphrase]
        with redirect_stdout(said), redirect_stderr(said), patch.object(share_file, "LIMITS", QUICK):
            ended = main.run([str(word) for word in words])
        if ended != code:
            raise Failed(f"{words} ended with {ended}\n{said.getvalue()}")
        return said.getvalue()


class InboxForked(Inbox):
    """The same commands in separate processes, which start with the program already loaded."""

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command of the inbox."""
        words = ["--home", self.home, *insisting(arguments), "--passphrase-file", self._passphrase]
        ended, said = forks.run(words, Path.cwd())
        if ended != code:
            raise Failed(f"{words} ended with {ended}\n{said}")
        return said


class Portal:
    """The portal's side: its commands, and a server that tests can start and stop."""

    def __init__(self, folder: Path, *, database: str = "sqlite:///portal.sqlite", port: int) -> None:
        self.folder = folder
        self.config = folder / "portal.toml"
        self.log = folder / "portal.log"
        self.address = f"http://127.0.0.1:{port}"
        self._settings = {"database": database, "listen": f"127.0.0.1:{port}"}
        self.process: subprocess.Popen[bytes] | Fork | None = None

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command of the portal."""
        return run(COMMANDS / "portal", "--config", self.config, *arguments, code=code)

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def init(self, deployment: str, root_key: str) -> str:
        """Write the configuration, create the database, and return the instance fingerprint."""
        settings = self._settings | {"deployment": deployment, "root_key": root_key}
        self.config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()))
        found = re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}", self.run("init"))
        assert found
        return found.group()

    @contextmanager
    def serving(self) -> Iterator["Portal"]:
        """Serve while the block runs. Afterwards, SIGTERM must end the server cleanly."""
        with self.log.open("ab") as log:
            self.process = self._started(log)
        try:
            self._wait()
            yield self
        finally:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=START_SECONDS) == 0

    def _started(self, log: BinaryIO) -> subprocess.Popen[bytes] | Fork:
        command = [str(COMMANDS / "portal"), "--config", str(self.config), "serve"]
        return subprocess.Popen(command, stdout=log, stderr=log)

    def processes(self) -> list[int]:
        """Return the process ids of the server and its workers."""
        assert self.process
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return [self.process.pid, *map(int, children.stdout.split())]

    def _wait(self) -> None:
        assert self.process
        for _ in range(START_SECONDS * 10):
            try:
                urllib.request.urlopen(f"{self.address}/keyring.json", timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        raise Failed(f"the portal did not start\n{self.log.read_text('utf-8')}")


class PortalHere(Portal):
    """The same commands in this process, for tests that are not about separate processes."""

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command of the portal."""
        try:
            return "".join(portal_terminal.run_both(self.folder, *arguments, code=code))
        except AssertionError as error:
            raise Failed(str(error)) from None


class PortalForked(PortalHere):
    """A portal that starts quickly: the program is already loaded, and the pages are compressed less."""

    def _started(self, log: BinaryIO) -> subprocess.Popen[bytes] | Fork:
        environment = {**os.environ, **memory_wiping.SETTINGS, **quick_pages.ENVIRONMENT}
        with Connection(os.dup(log.fileno())) as output:
            words = ["--config", self.config, "serve"]
            return Fork(words, Path.cwd(), output, quick_pages.PROGRAM + forks.SERVER, environment)


class Installation:
    """A portal and an inbox. The portal already has the keyring."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        database: str = "sqlite:///portal.sqlite",
        inbox: type[Inbox] = InboxHere,
        portal: type[Portal] = PortalHere,
    ) -> None:
        self.medium = folder / "medium"
        self.medium.mkdir()
        self.inbox = inbox(folder)
        self.portal = portal(folder, port=port, database=database)
        made = self.inbox.init()
        self.instance = self.portal.init(made["deployment"], made["root_key"])
        self.inbox.run("exchange", "keyring", "--out", self.medium / "keyring")
        self.portal.run("keyring", self.medium / "keyring")

    def carry_in(self, n: int, code: int = 0) -> Any:
        """Export at the portal and collect at the inbox. Return the output of collecting."""
        self.portal.run("export", "--out", self.medium)
        bundle = self.medium / f"{self.inbox.channel}-{n}.tar"
        return self.inbox.json("exchange", "collect", bundle, "--confirm-instance", self.instance, code=code)

    def carry_back(self, n: int) -> None:
        """Prepare an outbox and import it at the portal."""
        self.inbox.run("exchange", "outbox", "--out", self.medium)
        self.portal.run("import", self.medium / f"outbox-{self.inbox.channel}-{n}.tar")
