"""The units of the portal during an upgrade, and a trial of the new version that nobody else can reach."""

import shutil

from portal.setup.services import is_taken, unit_of_portal, wait_until_answering
from portal.setup.system import Failed, System

_PORTALS = "portal@*.service"
_TIMER = "portal-expire.timer"
_STOPPED = (_PORTALS, _TIMER, "portal-expire.service")
# nginx does not use this port, so no report comes during the trial.
_TRIAL_PORT = 8079
_TRIAL = unit_of_portal(_TRIAL_PORT)
_DROP_IN = f"/run/systemd/system/{_TRIAL}.d"
# The trial uses the new program, although the earlier program is still there; systemd does not restart the
# trial.
_NEW_PROGRAM = "[Service]\nBindReadOnlyPaths=\nRestart=no\n"


class Units:
    """The units on a machine with systemd. Methods raise Failed or OSError."""

    def __init__(self, system: System) -> None:
        self._system = system

    def running(self) -> list[str]:
        """Return the units that run, or that systemd keeps restarting."""
        states = "--state=active,activating,reloading"
        listed = self._system.output(
            "systemctl", "list-units", "--plain", "--no-legend", states, _PORTALS, _TIMER
        )
        return [name for line in listed.splitlines() if (name := line.split()[0]) != _TRIAL]

    def stop(self) -> None:
        """Stop all units, including a trial that an earlier run left."""
        self._system.control("stop", *_STOPPED)
        self._end_trial()

    def start(self, unit: str) -> None:
        """Start a unit, and wait until it answers if it is a portal."""
        self._system.control("daemon-reload")
        self._system.control("start", unit)
        _, _, port = unit.removesuffix(".service").partition("@")
        if port:
            wait_until_answering(self._system, int(port))

    def begin_trial(self) -> None:
        """Start the new version on a port of its own, and wait until it answers.

        A trial that a killed run left is stopped first.
        """
        self.end_trial()
        if is_taken(_TRIAL_PORT):
            raise Failed(f"another program uses port {_TRIAL_PORT}")
        folder = self._system.at(_DROP_IN)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trial.conf").write_text(_NEW_PROGRAM)
        self._system.control("daemon-reload")
        self._system.control("start", _TRIAL)
        wait_until_answering(self._system, _TRIAL_PORT)

    def end_trial(self) -> None:
        """Stop the trial, if it runs."""
        self._system.control("stop", _TRIAL)
        self._end_trial()

    def _end_trial(self) -> None:
        self._system.systemctl("reset-failed", _TRIAL)
        if (folder := self._system.at(_DROP_IN)).exists():
            shutil.rmtree(folder)
            self._system.control("daemon-reload")
