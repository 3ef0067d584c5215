"""Start and stop services, now and at each boot, and wait until they work."""

import http.client
import socket
import time
from collections.abc import Collection
from http import HTTPStatus
from pathlib import Path

from portal import files
from portal.setup.settings import HOSTNAME
from portal.setup.steps import Found, done_if, in_the_way
from portal.setup.system import READABLE, Failed, System, content, put_back

SHIPPED = "/usr/share/fanal-portal"
INSTANCE = "/etc/tor/instances/fanal"
# A unit that ends is noticed at once. A portal on a slow machine needs minutes to compress its pages.
_START_SECONDS = 600
_ANSWER_SECONDS = 60
_PAUSE_SECONDS = 0.2
_RESTARTS = 3


class DebianOff:
    """A unit that a Debian package switches on, and that a portal must not have."""

    said = ""

    def __init__(self, system: System, unit: str, title: str) -> None:
        self.title = title
        self._system = system
        self._unit = unit

    def check(self) -> Found:
        """Check that the unit is not running and will not start at boot."""
        return done_if(done=not _is_on(self._system, self._unit))

    def apply(self) -> None:
        """Stop the unit, and do not start it at boot."""
        _set(self._system, "disable", self._unit)

    def undo(self) -> None:
        """Start the unit again, now and at each boot."""
        if self._system.at(f"/usr/lib/systemd/system/{self._unit}").exists():
            _set(self._system, "enable", self._unit)


class DebianNginxOff(DebianOff):
    """Debian's own nginx is switched off, because it serves another site and logs visitors."""

    def __init__(self, system: System) -> None:
        super().__init__(system, "nginx.service", "Debian's own nginx is off")


class DebianTorOff(DebianOff):
    """Debian's own tor is switched off, because a portal needs only the instance of its onion service.

    A generator of Debian starts this tor with all instances, so disabling it has no effect. It is masked
    instead.
    """

    def __init__(self, system: System) -> None:
        super().__init__(system, "tor@default.service", "Debian's own tor is off")

    def apply(self) -> None:
        """Stop this tor, and keep every other unit from starting it."""
        _set(self._system, "mask", self._unit)

    def undo(self) -> None:
        """Start this tor again, now and at each boot."""
        if not self._system.at(f"/usr/lib/systemd/system/{self._unit}").exists():
            return
        self._system.control("unmask", self._unit)
        if self._system.runs:
            self._system.control("start", self._unit)


class Unit:
    """A unit that runs and starts at each boot.

    A unit with a ``port`` counts as started once it listens on that port.
    """

    said = ""

    def __init__(self, system: System, name: str, port: int | None = None) -> None:
        self.title = name
        self._system = system
        self._port = port
        self._was_on = False

    def check(self) -> Found:
        """Check whether the unit runs and listens; if not, check whether another program uses its port."""
        active = _is_active(self._system, self.title)
        listens = active and (self._port is None or is_taken(self._port))
        if self._system.runs and self._port and not active and is_taken(self._port):
            return in_the_way(
                f"another program uses port {self._port}",
                f"`ss --listening --processes 'sport = {self._port}'` names it: stop it first",
            )
        return done_if(done=_enabled(self._system, self.title) and (listens or not self._system.runs))

    def apply(self) -> None:
        """Enable and start the unit, and wait until it listens. Raises Failed if the unit does not start."""
        self._was_on = _is_on(self._system, self.title)
        _set(self._system, "enable", self.title)
        if self._system.runs and self._port:
            _wait_until_listening(self._system, self.title, self._port)

    def undo(self) -> None:
        """Stop and disable the unit, unless it was already running or enabled before ``apply``."""
        if not self._was_on:
            self._system.systemctl("disable", *_now(self._system), self.title)


class OnionService:
    """The onion service, run by a separate tor instance, not by Debian's own tor."""

    title = "onion service (tor@fanal)"
    _UNIT = "tor@fanal.service"

    def __init__(self, system: System) -> None:
        self.said = ""
        self._system = system
        self._torrc = system.at(f"{INSTANCE}/torrc")
        self._before: bytes | None = None
        self._hostname = system.at(HOSTNAME)

    def check(self) -> Found:
        """Check that the tor instance has our service, is running, and has an address."""
        return done_if(
            done=self._is_ours()
            and not self._system.is_unread(self._UNIT)
            and _enabled(self._system, self._UNIT)
            and (not self._system.runs or (_is_active(self._system, self._UNIT) and self._hostname.exists()))
        )

    def apply(self) -> None:
        """Create and start the tor instance, which makes the address without a network."""
        if self._is_ours() and _is_on(self._system, self._UNIT):
            self._before = content(self._torrc)
        if self._system.runs and not self._torrc.exists():
            self._system.run("tor-instance-create", "fanal")
        self._torrc.parent.mkdir(parents=True, exist_ok=True)
        with self._system.unread(self._UNIT):
            files.write(self._torrc, [self._system.at(f"{SHIPPED}/torrc").read_bytes()], READABLE)
            _set(self._system, "enable", self._UNIT)
            if self._system.runs:
                # An instance that was already running must read the new file, too.
                self._system.control("restart", self._UNIT)
        if not self._system.runs:
            return
        end = time.monotonic() + _START_SECONDS
        while not self._hostname.exists():
            if time.monotonic() > end:
                raise Failed(f"tor made no address; see `journalctl -u {self._UNIT}`")
            time.sleep(_PAUSE_SECONDS)
        self.said = f"address of the onion service: http://{self._hostname.read_text('ascii').strip()}"

    def undo(self) -> None:
        """Stop the instance and remove its configuration file. The key of the onion address is kept.

        If our service was running before ``apply``, it keeps running with its earlier file.
        """
        if self._before is None:
            self._system.systemctl("disable", *_now(self._system), self._UNIT)
        put_back(self._torrc, self._before, READABLE)
        if self._before is not None and self._system.runs:
            self._system.systemctl("restart", self._UNIT)

    def _is_ours(self) -> bool:
        return self._torrc.exists() and str(Path(HOSTNAME).parent) in self._torrc.read_text("utf-8")


def unit_of_portal(port: int) -> str:
    """Return the unit of the portal that listens on a port."""
    return f"portal@{port}.service"


def restart_portals(system: System, ports: Collection[int]) -> None:
    """Restart the portals that run on these ports, and wait until they answer. Raises Failed."""
    running = [port for port in ports if _is_active(system, unit_of_portal(port))]
    system.control("try-restart", *map(unit_of_portal, ports))
    for port in running:
        wait_until_answering(system, port)


def wait_until_answering(system: System, port: int) -> None:
    """Return once the started portal answers. Raises Failed if it does not start or answer."""
    unit = unit_of_portal(port)
    _wait_until_listening(system, unit, port)
    if not answers(port):
        raise Failed(f"{unit} does not answer; see /var/log/fanal")


def answers(port: int) -> bool:
    """Return whether a portal on this machine serves its keyring, which it reads from its database.

    nginx answers 503 while the portal behind it does not listen, so this function asks the portal itself.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/keyring.json")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _wait_until_listening(system: System, unit: str, port: int) -> None:
    """Return once the started unit listens on its port. Raises Failed if the unit does not start."""
    end = time.monotonic() + _START_SECONDS
    while not is_taken(port):
        if time.monotonic() > end or _has_ended(system, unit):
            raise Failed(f"it does not start; see `journalctl -u {unit}` and /var/log/fanal")
        time.sleep(_PAUSE_SECONDS)


def _has_ended(system: System, unit: str) -> bool:
    """Return whether a unit has failed, or has ended several times, each time restarted by systemd."""
    restarts = system.output("systemctl", "show", "--value", "-p", "NRestarts", unit)
    return int(restarts or 0) >= _RESTARTS or system.systemctl("is-failed", "--quiet", unit)


def _enabled(system: System, unit: str) -> bool:
    return system.systemctl("is-enabled", "--quiet", unit)


def _is_active(system: System, unit: str) -> bool:
    """Return whether a unit is running."""
    return system.runs and system.systemctl("is-active", "--quiet", unit)


def _is_on(system: System, unit: str) -> bool:
    """Return whether a unit is running or starts at each boot."""
    return _enabled(system, unit) or _is_active(system, unit)


def _set(system: System, verb: str, unit: str) -> None:
    system.control(verb, *_now(system), unit)


def _now(system: System) -> list[str]:
    return ["--now"] if system.runs else []


def is_taken(port: int) -> bool:
    """Return whether a program listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
