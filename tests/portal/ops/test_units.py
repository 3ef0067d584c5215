"""The shipped units on a machine that never had them: a real systemd starts each as it stands."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.machine import Machine
from tests.support.paths import ROOT
from tests.support.portal_room import SITE, Room
from tests.support.portal_server import Server

pytestmark = pytest.mark.soak

LOG = "/var/log/fanal/portal.log"
UNITS = ["portal.service", "portal-expire.service", "portal-expire.timer"]


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which the steps of docs/deploying.md were done up to the start of the units."""
    with Machine(tmp_path_factory.mktemp("machine")).mounted() as made:
        tree = made.tree
        inside = ["chroot", str(tree)]
        subprocess.run([*inside, "useradd", "--system", "portal"], check=True)
        (tree / "opt/fanal").symlink_to(ROOT)
        state, settings = tree / "var/lib/fanal", tree / "etc/fanal"
        state.mkdir()
        settings.mkdir()
        Room(state, "sqlite:///portal.sqlite", SITE).close()
        Server(settings, 8080).configure(database="sqlite:////var/lib/fanal/portal.sqlite")
        for unit in UNITS:
            shutil.copy(ROOT / "deploy" / unit, tree / "etc/systemd/system")
        subprocess.run([*inside, "chown", "-R", "portal:portal", "/var/lib/fanal", "/etc/fanal"], check=True)
        yield made


def serves(machine: Machine) -> bool:
    """Return whether the portal answers, in time, without a start that failed."""
    end = time.monotonic() + 60
    while machine.do("systemctl", "show", "--value", "-p", "NRestarts", "portal") == "0":
        page = machine.do("curl", "--silent", "http://127.0.0.1:8080/keyring.json", code=None)
        if '"kind":"keyring"' in page or time.monotonic() > end:
            return time.monotonic() < end
        time.sleep(0.2)
    return False


def test_each_unit_starts_as_it_is_shipped(
    machine: Machine, record_property: Callable[[str, object], None]
) -> None:
    """Started, restarted, and there again after a reboot; what the portal says is in its file alone."""
    with machine.running():
        assert not machine.do("ls", "/var/log").count("fanal")
        machine.do("systemctl", "enable", "--now", "portal", "portal-expire.timer")
        assert serves(machine), machine.do("systemctl", "status", "portal", code=None)
        assert machine.do("stat", "--format=%U %a", LOG) == "portal 600"
        assert "serving on" in machine.do("cat", LOG)
        machine.do("systemctl", "restart", "portal")
        assert serves(machine)
        machine.do("systemctl", "start", "portal-expire")
    with machine.running():
        assert serves(machine)
        assert machine.do("systemctl", "is-active", "portal-expire.timer") == "active"
        assert machine.do("systemctl", "show", "--value", "-p", "Result", "portal-expire") == "success"
        assert "serving on" not in machine.do("journalctl", "--boot=all", "--unit=portal", code=None)
    record_property(
        "as shipped", f"{', '.join(UNITS)}: started, restarted, there after the machine went down"
    )
