"""`fanal-portal upgrade` with a real systemd, the shipped units, and two versions of the program."""

import json
import time
from collections.abc import Iterator

import pytest

from portal.setup.upgrade.progress import EARLIER
from tests.next_version import FIRST, NEXT
from tests.support import portal_machine
from tests.support.machine import Machine
from tests.support.paths import ROOT

pytestmark = pytest.mark.soak

PROGRAM = "/usr/lib/fanal-portal"
COPY_OF = "/var/lib/fanal/portal.sqlite.*"
UNITS = ["portal@8080.service", "portal@8090.service"]
PYTHON = f"{ROOT}/.venv/bin/python"
IS_NEXT = f"""
from pathlib import Path
from portal.store.migrations import upgrading
upgrading.LOCATIONS = (*upgrading.LOCATIONS, Path("{ROOT}/tests/next_version/portal"))
"""
SERVES = "from portal.ops.cli import main\nmain()\n"
# The next version is this checkout with one more migration. The checkout replaces the program of the package.
SIDE = f"""{IS_NEXT}
import runpy, sys
sys.argv = sys.argv[4:]
runpy.run_module(sys.argv[0], run_name="__main__")
"""
UPGRADE = f"""{IS_NEXT}
import sys
from functools import partial
from portal.setup import cli
from portal.setup.upgrade import command
from portal.setup.upgrade.portal_side import Side
side = ("runuser", "-u", "portal", "--", "{PYTHON}", "-c", {SIDE!r})
command.Side = partial(Side, user=side)
if sys.argv[-1] == "KILLED":
    import os, signal
    from portal.setup.upgrade.units import Units
    begin = Units.begin_trial
    Units.begin_trial = lambda units: (begin(units), os.kill(os.getpid(), signal.SIGKILL))
    sys.argv.pop()
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine whose portal runs the earlier program, although the next package is installed."""
    with Machine(tmp_path_factory.mktemp("machine")).mounted() as made:
        tree = made.tree
        for name, content in ((PROGRAM, IS_NEXT + SERVES), (EARLIER, SERVES)):
            (tree / name[1:] / "bin").mkdir(parents=True)
            script = tree / name[1:] / "bin/portal"
            script.write_text(f"#!{PYTHON}\n{content}")
            script.chmod(0o755)
        (tree / "usr/bin/portal").symlink_to(f"{PROGRAM}/bin/portal")
        portal_machine.bring(tree, ["portal@.service", "portal-expire.service", "portal-expire.timer"])
        portal_machine.hand_over(tree)
        with made.running():
            made.do("systemctl", "enable", "--now", *UNITS, "portal-expire.timer")
            all_serve(made)
            yield made


def all_serve(machine: Machine) -> None:
    """Check that every portal answers in time."""
    for unit in UNITS:
        address = f"http://127.0.0.1:{unit[7:11]}/keyring.json"
        end = time.monotonic() + 120
        while '"kind":"keyring"' not in machine.do("curl", "--silent", address, code=None):
            assert time.monotonic() < end, machine.do("systemctl", "status", unit, code=None)
            time.sleep(0.2)


def upgrade(machine: Machine, *words: str, code: int | None = 0) -> str:
    return machine.do(PYTHON, "-c", UPGRADE, "upgrade", *words, code=code)


def version(machine: Machine) -> str:
    asked = (
        "import sqlite3; opened = sqlite3.connect('/var/lib/fanal/portal.sqlite');"
        "print(*opened.execute('SELECT version_num FROM alembic_version').fetchone())"
    )
    return machine.do("python3", "-c", asked)


def left(machine: Machine) -> str:
    """Return all files of an upgrade."""
    return machine.do(
        "sh", "-c", f"ls -d {COPY_OF}before* {EARLIER}* /var/lib/fanal-upgrade.json 2>/dev/null", code=None
    )


def test_the_earlier_version_keeps_running_until_the_next_version_answers(machine: Machine) -> None:
    """First the next version is broken, so its trial fails.

    The mended version answers visitors, even after a restart.
    """
    states = {
        each["step"]: each["state"] for each in json.loads(upgrade(machine, "--check", "--json", code=1))
    }
    for done in ("database of the portal", "no tables of a newer version", "texts of the site"):
        assert states.pop(done) == "done"
    assert {*states.values()} == {"would do"}
    script = machine.tree / PROGRAM[1:] / "bin/portal"
    good = script.read_text()
    script.write_text(good.replace("main()", "raise ValueError"))
    said = upgrade(machine, code=1)
    assert "trial of this version: it does not start" in said, said
    assert "everything is as before" in said
    assert (version(machine), left(machine)) == (FIRST, EARLIER)
    all_serve(machine)
    script.write_text(good)
    machine.do("systemctl", "restart", *UNITS)
    all_serve(machine)
    said = upgrade(machine)
    assert "done: portal started" in said, said
    assert (version(machine), left(machine)) == (NEXT, "")
    all_serve(machine)
    assert machine.do("systemctl", "is-active", "portal-expire.timer") == "active"
    assert upgrade(machine) == "there is nothing to upgrade"
    assert "would do" not in upgrade(machine, "--check")
    assert machine.do("systemctl", "is-active", "portal@8079", code=None) == "inactive"


def test_an_upgrade_that_is_killed_during_its_trial_is_completed_by_the_next_run(machine: Machine) -> None:
    """The killed run leaves the trial, which only this machine can reach, and no portal for visitors."""
    upgrade(machine, "KILLED", code=None)
    active = ("systemctl", "is-active", "portal@8079", *UNITS)
    assert machine.do(*active, code=None).split() == ["active", "inactive", "inactive"]
    said = upgrade(machine)
    assert "done: portal started" in said, said
    assert (version(machine), left(machine)) == (NEXT, "")
    all_serve(machine)
    assert machine.do(*active, code=None).split() == ["inactive", "active", "active"]
