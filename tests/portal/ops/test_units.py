"""A real systemd starts each shipped unit, unchanged, on a fresh machine."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from portal.setup import portal_user
from portal.setup.upgrade.progress import EARLIER
from tests.support import portal_machine
from tests.support.builders import make_keyring
from tests.support.machine import Machine
from tests.support.paths import ROOT
from tests.support.portal_machine import PORTAL, POSTGRESQL, SQLITE
from tests.support.portal_room import SITE
from tests.support.portal_server import Server

pytestmark = pytest.mark.soak

LOG = "/var/log/fanal/portal.log"
SERVING = {
    "portal@8080": ["http://127.0.0.1:8080"],
    "portal@8090": ["http://127.0.0.1:8090"],
    "nginx@clearnet": ["--insecure", "https://127.0.0.1"],
    "nginx@onion": ["--haproxy-protocol", "http://127.0.0.1:8081"],
}
UNITS = ["portal@.service", "nginx@.service", "portal-expire.service", "portal-expire.timer"]
DROP_INS = ["nginx@onion.service.d", "tor@fanal.service.d"]
INSTANCE = "etc/tor/instances/fanal/torrc"
# The whole Tor network runs on the machine, which has only a loopback interface.
THROUGH_TOR = f"""
import subprocess
from pathlib import Path
from tests.support.tor_network import network, reached
with network(Path("/srv")) as made:
    with Path("/{INSTANCE}").open("a") as torrc:
        torrc.write(made.joins)
    subprocess.run(["systemctl", "restart", "tor@fanal"], check=True)
    print(reached(made.proxy, Path("/var/lib/tor-instances/fanal/onion/hostname")))
"""
BODIES = "/run/nginx-body"


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which all steps of docs/deploying.md were done, but no unit was started."""
    with Machine(tmp_path_factory.mktemp("machine")).mounted() as made:
        for each in DROP_INS:
            shutil.copytree(ROOT / "deploy" / each, made.tree / "etc/systemd/system" / each)
        portal_machine.bring_site(made.tree, UNITS)
        subprocess.run(["chmod", "-R", "go=", str(made.tree / "etc/fanal")], check=True)
        yield made


def serves(machine: Machine, unit: str) -> bool:
    """Return whether a portal answers behind a unit within a minute, without a restart of the unit."""
    end = time.monotonic() + 60
    while machine.do("systemctl", "show", "--value", "-p", "NRestarts", unit) == "0":
        if answers(machine, unit) or time.monotonic() > end:
            return time.monotonic() < end
        time.sleep(0.2)
    return False


def answers(machine: Machine, unit: str) -> bool:
    """Return whether a portal currently answers behind a unit."""
    *words, address = SERVING[unit]
    page = machine.do("curl", "--silent", *words, f"{address}/keyring.json", code=None)
    return '"kind":"keyring"' in page


def main(machine: Machine, unit: str) -> str:
    """Return the id of the main process of a unit."""
    return machine.do("systemctl", "show", "--value", "-p", "MainPID", unit)


def all_serve(machine: Machine) -> None:
    """Check that a portal answers behind every unit."""
    for unit in SERVING:
        assert serves(machine, unit), machine.do("systemctl", "status", unit, code=None) + machine.do(
            "cat", LOG
        )


def keep_in_postgresql(machine: Machine, address: str) -> None:
    """Make the portal use a PostgreSQL server on the machine with the shipped settings."""
    (cluster,) = (machine.tree / "etc/postgresql").glob("*/main")
    shutil.copy(ROOT / "deploy/postgresql.conf", cluster / "conf.d/fanal.conf")
    Server(machine.tree / "etc/fanal", 8080).configure(database=address)
    keyring, folder = make_keyring(SITE), machine.tree / "srv"
    (folder / "keyring.json").write_bytes(keyring.raw)
    (folder / "keyring.sig").write_bytes(keyring.signature)
    machine.do("systemctl", "enable", "--now", "postgresql")
    as_server, as_portal = ["runuser", "-u", "postgres", "--"], ["runuser", "-u", "portal", "--"]
    machine.do(*as_server, "createuser", "portal")
    machine.do(*as_server, "psql", "--command", "ALTER ROLE portal PASSWORD 'word'")
    machine.do(*as_server, "createdb", "--owner=portal", "fanal")
    machine.do(*as_portal, *PORTAL, "init")
    machine.do(*as_portal, *PORTAL, "keyring", "/srv")


def all_start(machine: Machine) -> None:
    """Check that every unit starts, restarts and reloads, and that nginx restarts after SIGKILL."""
    machine.do("systemctl", "enable", "--now", *SERVING, "portal-expire.timer")
    all_serve(machine)
    assert machine.do("stat", "--format=%U %a", LOG) == "portal 600"
    assert "serving on" in machine.do("cat", LOG)
    for verb, units in (("restart", [*SERVING]), ("reload", ["nginx@clearnet", "nginx@onion"])):
        machine.do("systemctl", verb, *units)
        all_serve(machine)
    machine.do("systemctl", "start", "portal-expire")
    machine.do("systemctl", "kill", "--signal=KILL", "nginx@clearnet")
    end = time.monotonic() + 60
    while not answers(machine, "nginx@clearnet"):
        assert time.monotonic() < end
        time.sleep(0.2)


def one_way_serves_alone(machine: Machine) -> None:
    """Check that the onion service works without the clearnet site, and keeps a large body in memory."""
    machine.do("systemctl", "stop", "portal@8080", "nginx@clearnet")
    assert serves(machine, "nginx@onion")
    mounted = machine.do("cat", f"/proc/{main(machine, 'nginx@onion')}/mountinfo").splitlines()
    (folder,) = (line for line in mounted if f" {BODIES} " in line)
    assert "size=98304k," in folder
    # nginx stores a body larger than its buffer in this folder, and then passes the body to the portal.
    sent = ["curl", "--silent", "--form", "sealed=@/usr/sbin/nginx", "--write-out", " %{http_code}"]
    *words, site = SERVING["nginx@onion"]
    assert machine.do(*sent, *words, f"{site}/en/sealed").endswith(" 400")


@pytest.mark.parametrize("address", [SQLITE, *POSTGRESQL], ids=["sqlite", "socket", "port"])
def test_each_shipped_unit_starts_unchanged(
    machine: Machine, address: str, record_property: Callable[[str, object], None]
) -> None:
    """The units also restart, and run again after a reboot. The portal's output goes only to its own file."""
    with machine.running():
        assert not machine.do("ls", "/var/log").count("fanal")
        if address != SQLITE:
            keep_in_postgresql(machine, address)
        all_start(machine)
        one_way_serves_alone(machine)
    with machine.running():
        all_serve(machine)
        assert machine.do("systemctl", "is-active", "portal-expire.timer") == "active"
        assert machine.do("systemctl", "show", "--value", "-p", "Result", "portal-expire") == "success"
        assert "serving on" not in machine.do("journalctl", "--boot=all", "--unit=portal@*", code=None)
    told = f"{', '.join(UNITS)}: started, restarted, there after the machine went down"
    record_property(f"as shipped, {address.replace(':word', '')}", told)


def test_the_confined_tor_serves_the_pages_through_a_tor_network(machine: Machine) -> None:
    """No command of the unit runs as root. tor can also be reloaded and restarted.

    The step of setup switches off Debian's own tor, and undo switches it on again.
    """
    with machine.running():
        machine.do("systemctl", "start", "nginx@onion")
        machine.do("tor-instance-create", "fanal")
        shutil.copy(ROOT / "deploy/torrc", machine.tree / INSTANCE)
        machine.do("systemctl", "start", "tor@fanal")
        machine.do("systemctl", "reload", "tor@fanal")
        # Debian starts its own tor at boot; this machine starts only the units of Fanal.
        machine.do("systemctl", "start", "tor@default")
        switch_debian_tor(machine, "apply")
        assert machine.do("systemctl", "is-active", "tor@default", code=None) != "active"
        said = machine.do("env", f"--chdir={ROOT}", ".venv/bin/python", "-c", THROUGH_TOR)
        assert said.endswith(".onion"), said
        status = machine.do("cat", f"/proc/{main(machine, 'tor@fanal')}/status")
        assert "CapBnd:\t0000000000000000" in status, status
        assert machine.do("stat", "--format=%U", f"/proc/{main(machine, 'tor@fanal')}") == "_tor-fanal"
        switch_debian_tor(machine, "undo")
        assert machine.do("systemctl", "is-active", "tor@default") == "active"


def switch_debian_tor(machine: Machine, verb: str) -> None:
    """Apply or undo the step of setup that switches off Debian's own tor."""
    step = (
        "from portal.setup.services import DebianTorOff; from portal.setup.system import System;"
        f" DebianTorOff(System()).{verb}()"
    )
    machine.do("env", f"--chdir={ROOT}", ".venv/bin/python", "-c", step)


def test_the_kit_is_written_to_a_medium_as_the_guide_says(
    machine: Machine, record_property: Callable[[str, object], None]
) -> None:
    """The portal's user makes it, with the limits of an export. Everybody may then read and print the files.

    A relative folder would be below `/`, where this user may not write: the message names the full path.
    """
    settings = machine.tree / "etc/fanal/portal.toml"
    named = 'host = "report.example"\nname = { fr = "Inspection", en = "Inspectorate" }\n'
    settings.write_text(settings.read_text() + named)
    (machine.tree / "usr/sbin/fanal-portal").symlink_to(ROOT / ".venv/bin/fanal-portal")
    with machine.running():
        machine.do("install", "-d", "-o", "portal", "/media/stick")
        said = machine.do("fanal-portal", "run", "kit", "/media/stick/kit")
        assert "/media/stick/kit: 12 files" in said, said
        found = machine.do("find", "/media/stick/kit", "-type", "f", "-printf", "%u %m %P\n").splitlines()
        assert len(found) == 12
        assert {each.rpartition(" ")[0] for each in found} == {"portal 644"}
        assert "https://report.example" in machine.do("pdftotext", "/media/stick/kit/en/poster-a4.pdf", "-")
        said = machine.do("fanal-portal", "run", "kit", "kit", code=1)
        assert "was not written to /kit: " in said, said
    record_property("fanal-portal run kit", f"{len(found)} files on the medium, which everybody may read")


def test_an_export_leaves_no_line_in_the_journal(machine: Machine) -> None:
    """The export works with and without a terminal, and is refused while an upgrade is unfinished.

    The control: without one property, the journal stores the command with its exact time.
    """
    typed = "fanal-portal run export --out /media/stick"
    words = ("export", "--out", "/media/stick")
    loud = [each for each in portal_user.by_hand(words) if each != portal_user.QUIET]
    loud.remove("-p")
    at_terminal = ("script", "--quiet", "--return", "/dev/null", "--command", typed)
    (machine.tree / "usr/sbin/fanal-portal").symlink_to(ROOT / ".venv/bin/fanal-portal")
    with machine.running():
        machine.do("install", "-d", "-o", "portal", "/media/stick")
        for each, lines in ((at_terminal, False), (typed.split(), False), (loud, True)):
            said = machine.do(*each)
            assert "0 envelopes" in said, said
            machine.do("journalctl", "--sync")
            told = machine.do("journalctl", "--no-pager")
            assert ("stick" in told, "systemd-run" in told) == (lines, lines), told
        machine.do("mkdir", EARLIER)
        assert "run `fanal-portal upgrade`" in machine.do(*typed.split(), code=1)


def test_doctor_names_a_unit_that_runs_without_an_update_of_debian_until_the_unit_is_restarted(
    machine: Machine,
) -> None:
    """Debian restarts only its own services."""
    unit, program = "nginx@onion.service", "/usr/sbin/nginx"

    def told() -> bool:
        said = machine.do("runuser", "-u", "portal", "--", *PORTAL, "doctor", "--json", code=None)
        assert "portal-expire.timer is off" in said  # doctor has asked systemd
        return f"{unit} still runs without an update of Debian: nginx was replaced" in said

    with machine.running():
        machine.do("systemctl", "enable", "--now", unit)
        began = int(machine.do("date", "+%s"))
        assert not told()
        while int(machine.do("date", "+%s")) <= began:
            time.sleep(0.1)
        machine.do("cp", program, f"{program}.new")
        machine.do("mv", f"{program}.new", program)
        assert told()
        machine.do("systemctl", "restart", unit)
        assert not told()
