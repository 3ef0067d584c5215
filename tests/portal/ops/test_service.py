"""The shipped systemd units: valid, confined, and without times in the portal's output."""

import configparser
import subprocess
from pathlib import Path

import pytest

from tests.support.shipped_lines import DEPLOY, TIMER, TORRC, of_tor, of_unit
from tests.support.shipped_lines import UNITS as TOLD

UNITS = sorted(DEPLOY.glob("*.service"))
# systemd's own measure: 100 is open to everything, below 20 is its best word; nginx speaks with everybody.
EXPOSURE = {"portal@.service": "20", "portal-expire.service": "20", "nginx@.service": "30"}


def analyzed(unit: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run systemd's own check of a unit."""
    command = ["systemd-analyze", "--no-pager", *words, str(unit)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def here(unit: Path, folder: Path, *, without: str = "\0") -> Path:
    """Return a unit with a command that this machine has, without the lines that hold a word."""
    text = unit.read_text("utf-8").replace("/usr/bin/portal", "/bin/true")
    copy = folder / unit.name
    copy.write_text("".join(line for line in text.splitlines(keepends=True) if without not in line))
    return copy


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    copy = here(unit, tmp_path)
    good = analyzed(copy, "verify")
    assert (good.returncode, good.stdout + good.stderr) == (0, "")
    copy.write_text(copy.read_text().replace("PrivateTmp", "PrivateTemp"))
    assert "PrivateTemp" in analyzed(copy, "verify").stderr


@pytest.mark.parametrize("name", EXPOSURE)
def test_the_service_is_confined(tmp_path: Path, name: str) -> None:
    """By systemd's own measure, which refuses the unit without its restrictions."""
    unit, measure = DEPLOY / name, ["security", "--offline=true", f"--threshold={EXPOSURE[name]}"]
    assert analyzed(here(unit, tmp_path), *measure).returncode == 0
    assert analyzed(here(unit, tmp_path, without="Protect"), *measure).returncode != 0


@pytest.mark.parametrize("name", TOLD)
def test_every_restriction_of_a_unit_is_there_for_a_reason(name: str) -> None:
    """No line is missing, and tests/support/shipped_lines.py gives the reason for each."""
    assert of_unit(name) == TOLD[name].keys()


def test_every_unit_has_its_reasons() -> None:
    shipped = [*UNITS, *DEPLOY.glob("*.d/*.conf")]
    assert {each.relative_to(DEPLOY).as_posix() for each in shipped} == set(TOLD)


def test_every_line_of_the_timer_and_of_tor_is_there_for_a_reason() -> None:
    assert of_unit("portal-expire.timer") == TIMER.keys()
    assert of_tor() == TORRC.keys()


def test_the_output_of_the_portal_goes_to_a_file_without_times() -> None:
    """The journal would store the second of each error."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((DEPLOY / "portal@.service").read_text("utf-8"))
    service = parser["Service"]
    assert service["ExecStart"].endswith("serve --listen 127.0.0.1:%i >>/var/log/fanal/portal.log 2>&1'")
    assert (service["LimitCORE"], service["MemorySwapMax"]) == ("0", "0")


def test_every_shipped_file_is_explained() -> None:
    """docs/deploying.md names each file, so that none is forgotten on a machine."""
    told = (DEPLOY.parent / "docs" / "deploying.md").read_text("utf-8")
    # The last four build packages, and stay where they are.
    scripts = {"debian-packages.sh", "demo.sh", "debian", "release", "__init__.py", "__pycache__"}
    assert [
        each.name
        for each in (*DEPLOY.iterdir(), *(DEPLOY / "nginx").iterdir())
        if each.name not in scripts and str(each.relative_to(DEPLOY.parent)) not in told
    ] == []
