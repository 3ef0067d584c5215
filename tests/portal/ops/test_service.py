"""The shipped systemd units are valid and confined. The portal's output contains no times."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.shipped_lines import DEPLOY, TIMERS, TORRC, of_tor, of_unit
from tests.support.shipped_lines import UNITS as TOLD

UNITS = sorted(DEPLOY.glob("*.service"))
TOR = Path("/usr/lib/systemd/system/tor@.service")
# systemd's own score: 100 means unprotected, and its best rating needs a score below 20.
EXPOSURE = {
    "portal@.service": "20",
    "portal-expire.service": "20",
    "portal-acme.service": "20",
    "portal-certificate.service": "20",
    "nginx@.service": "30",
}
# Programs that are not on this machine, or not where a package installs them.
PROGRAMS = ("/usr/bin/portal", "/usr/sbin/fanal-portal", "/usr/bin/certbot")


def analyzed(unit: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run systemd's own check on a unit."""
    command = ["systemd-analyze", "--no-pager", *words, str(unit)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def here(unit: Path, folder: Path, *, without: str = "\0") -> Path:
    """Return a copy of a unit that can run on this machine, without the lines that contain ``without``."""
    text = unit.read_text("utf-8")
    for program in PROGRAMS:
        text = text.replace(program, "/bin/true")
    copy = folder / unit.name
    copy.write_text("".join(line for line in text.splitlines(keepends=True) if without not in line))
    return copy


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_every_line_of_the_units(unit: Path, tmp_path: Path) -> None:
    # A unit may require another one, which systemd looks for in the same folder.
    for each in UNITS:
        here(each, tmp_path)
    copy = tmp_path / unit.name
    good = analyzed(copy, "verify")
    assert (good.returncode, good.stdout + good.stderr) == (0, "")
    copy.write_text(copy.read_text().replace("PrivateTmp", "PrivateTemp"))
    assert "PrivateTemp" in analyzed(copy, "verify").stderr


@pytest.mark.parametrize("name", EXPOSURE)
def test_systemd_gives_the_units_its_best_rating(tmp_path: Path, name: str) -> None:
    """The control: without its restrictions, a unit fails the same check."""
    unit, measure = DEPLOY / name, ["security", "--offline=true", f"--threshold={EXPOSURE[name]}"]
    assert analyzed(here(unit, tmp_path), *measure).returncode == 0
    assert analyzed(here(unit, tmp_path, without="Protect"), *measure).returncode != 0


def test_systemd_gives_the_tor_of_the_onion_service_its_best_rating(tmp_path: Path) -> None:
    """The control: without the file of the package, Debian's own unit fails the same check."""
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    shutil.copy(TOR, units)
    measure = ["security", "--offline=true", "--threshold=20", f"--root={tmp_path}"]
    assert analyzed(Path("tor@fanal.service"), *measure).returncode != 0
    shutil.copytree(DEPLOY / "tor@fanal.service.d", units / "tor@fanal.service.d")
    assert analyzed(Path("tor@fanal.service"), *measure).returncode == 0


RATED = re.compile(r"(\d\.\d) for ((?:`[\w@.-]+`(?:, | and )?)+)")
ROWS = re.compile(r"^\| exposure of `(.+?)` and `(.+?)` \| (\d\.\d) and (\d\.\d) ", re.MULTILINE)


def rating(unit: str, tree: Path) -> str:
    """Return how systemd rates a unit of Debian or of our package. ``tree`` is an empty folder at first."""
    units = tree / "etc/systemd/system"
    if not units.exists():
        units.mkdir(parents=True)
        for each in UNITS:
            here(each, units)
        for each in DEPLOY.glob("*.service.d"):
            shutil.copytree(each, units / each.name)
        for name in ("tor@", "tor@default", "postgresql@", "dbus", "systemd-journald"):
            shutil.copy(TOR.with_name(f"{name}.service"), units)
    said = analyzed(Path(unit), "security", "--offline=true", f"--root={tree}").stdout
    return re.findall(r"exposure level for \S+: (\S+) ", said)[-1]


@pytest.mark.parametrize("page", ["operations.md", "portal-machine.md"])
def test_the_documents_give_the_ratings_of_systemd(tmp_path: Path, page: str) -> None:
    text = (DEPLOY.parent / "docs" / page).read_text("utf-8")
    sentences = RATED.findall(" ".join(text.split()))
    stated = {name: value for value, names in sentences for name in re.findall("`(.+?)`", names)}
    for one, other, *values in ROWS.findall(text):
        stated |= dict(zip((one, other), values, strict=True))
    assert len(stated) > 4
    found = {name: rating(f"{name.removesuffix('.service')}.service", tmp_path) for name in stated}
    assert found == stated


@pytest.mark.parametrize("name", TOLD)
def test_every_line_of_a_unit_has_a_reason(name: str) -> None:
    """tests/support/shipped_lines.py gives the reason for each line. No expected line is missing."""
    assert of_unit(name) == TOLD[name].keys()


def test_the_reasons_cover_every_shipped_unit() -> None:
    shipped = [*UNITS, *DEPLOY.glob("*.d/*.conf")]
    assert {each.relative_to(DEPLOY).as_posix() for each in shipped} == set(TOLD)


def test_every_line_of_the_timers_and_of_the_torrc_has_a_reason() -> None:
    assert {each.name for each in DEPLOY.glob("*.timer")} == TIMERS.keys()
    for name, lines in TIMERS.items():
        assert of_unit(name) == lines.keys()
    assert of_tor() == TORRC.keys()


def test_the_output_of_the_portal_goes_to_a_file_without_times() -> None:
    """The journal would store the exact time of each error."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((DEPLOY / "portal@.service").read_text("utf-8"))
    service = parser["Service"]
    assert service["ExecStart"].endswith("serve --listen 127.0.0.1:%i >>/var/log/fanal/portal.log 2>&1'")
    assert (service["LimitCORE"], service["MemorySwapMax"]) == ("0", "0")


def test_every_shipped_file_is_explained() -> None:
    """docs/deploying.md names each file, so that administrators do not forget any."""
    told = (DEPLOY.parent / "docs" / "deploying.md").read_text("utf-8")
    # The demo, and the code that builds packages and media, are not installed.
    scripts = {"debian-packages.sh", "demo.sh", "debian", "release", "medium", "__init__.py", "__pycache__"}
    assert [
        each.name
        for each in (*DEPLOY.iterdir(), *(DEPLOY / "nginx").iterdir())
        if each.name not in scripts and str(each.relative_to(DEPLOY.parent)) not in told
    ] == []
