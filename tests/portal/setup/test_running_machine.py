"""Setup steps on a machine with a real systemd.

If a step fails, units that were enabled before stay enabled.
"""

from collections.abc import Iterator

import pytest

from tests.support.machine import Machine
from tests.support.paths import ROOT

pytestmark = pytest.mark.soak

UNIT = "site.service"
PORT = 8080
PROGRAM = f"import signal, socket; server = socket.create_server(('', {PORT})); signal.pause()"
LISTENS = f'/usr/bin/python3 -c "{PROGRAM}"'
SETUP = f"""
from portal.errors import Refused
from portal.setup import steps
from portal.setup.services import Unit
from portal.setup.system import System

try:
    print([step.title for step in steps.apply([Unit(System(), "{UNIT}", {PORT})])])
except Refused as refused:
    print(refused)
"""


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with Machine(tmp_path_factory.mktemp("machine")).mounted() as made, made.running():
        yield made


def write_unit(machine: Machine, command: str) -> None:
    """Write the unit file, and make systemd read it."""
    file = machine.tree / "etc/systemd/system" / UNIT
    file.write_text(
        f"[Service]\nExecStart={command}\nRestart=always\nRestartSec=1\n[Install]\nWantedBy=multi-user.target\n"
    )
    machine.do("systemctl", "daemon-reload")


def run_setup(machine: Machine) -> str:
    return machine.do("env", f"--chdir={ROOT}", ".venv/bin/python", "-c", SETUP)


def state(machine: Machine) -> tuple[str, str]:
    """Return whether systemd runs the unit, and whether it is enabled at boot."""
    asked = (machine.do("systemctl", f"is-{what}", UNIT, code=None) for what in ("active", "enabled"))
    return next(asked), next(asked)


def test_a_unit_that_does_not_start_is_disabled_unless_it_was_enabled_before(machine: Machine) -> None:
    write_unit(machine, "/bin/false")
    assert f"{UNIT}: it does not start" in run_setup(machine)
    assert state(machine)[1] == "disabled"
    write_unit(machine, LISTENS)
    assert run_setup(machine) == f"['{UNIT}']"
    assert state(machine) == ("active", "enabled")
    machine.do("systemctl", "stop", UNIT)
    write_unit(machine, "/bin/false")
    assert f"{UNIT}: it does not start" in run_setup(machine)
    assert state(machine)[1] == "enabled"
