"""`inbox doctor` checks the machine of the inbox without a passphrase."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from inbox.files import sandbox
from inbox.setup import doctor
from inbox.system import clock, memory, swapping
from inbox.system.swapping import Swapping
from templates import disks, fonts, version
from templates.findings import Finding, Level
from tests.support import chroot
from tests.support.inbox_builders import Portal, Reporter, World, first
from tests.support.installation import COMMANDS
from tests.support.sticks import stick


def about(word: str, root: Path) -> list[Finding]:
    """Return the findings that contain this word."""
    return [each for each in doctor.examine(root) if word in each.what]


def interface(folder: Path, name: str, flags: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "flags").write_text(f"{flags}\n")


def test_a_network_interface_that_is_on_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interface without a cable also counts.

    The loopback interface and interfaces that are off do not count.
    """
    monkeypatch.setattr(doctor, "_INTERFACES", tmp_path)
    interface(tmp_path, "lo", "0x9")
    interface(tmp_path, "wlan0", "0x1002")
    (tmp_path / "bonding_masters").write_text("")
    assert [each.level for each in about("network", tmp_path)] == [Level.OK]
    interface(tmp_path, "eth0", "0x1003")
    (wrong,) = about("network", tmp_path)
    assert (wrong.level, wrong.what) == (
        Level.WRONG,
        "the network interface eth0 is on: this machine must never touch a network",
    )
    assert "ip link set eth0 down" in wrong.hint


def test_a_home_that_others_can_read_is_an_error(tmp_path: Path) -> None:
    """Before the inbox is made, there is no home to check."""
    home = tmp_path / "inbox"
    assert not any("others can read" in each.what for each in doctor.examine(home))
    home.mkdir(mode=0o700)
    assert [each.level for each in about("read the home", home)] == [Level.OK]
    home.chmod(0o750)
    assert [each.level for each in about("others can read", home)] == [Level.WRONG]


def test_a_home_of_another_user_is_an_error(tmp_path: Path) -> None:
    """Somebody founded the inbox as root, for example."""
    home = tmp_path / "inbox"
    home.mkdir(mode=0o700)
    os.chown(home, 1234, 1234)
    (found,) = about("another user", home)
    assert (found.level, found.hint) == (Level.WRONG, "sign in as the officers' user")


@pytest.mark.parametrize(
    ("plain", "level", "what"),
    [
        ({"sdb", "sda"}, Level.WARNING, "Linux does not encrypt the disk sda, sdb of the home"),
        ({"0:42"}, Level.WARNING, "cannot tell whether the disk of the home is encrypted"),
        (set(), Level.OK, "the disk of the home is encrypted"),
    ],
)
def test_a_disk_that_is_not_known_to_be_encrypted_causes_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: set[str], level: Level, what: str
) -> None:
    """The home need not exist yet."""
    home = tmp_path / "later" / "inbox"
    monkeypatch.setattr(disks, "plain", {home: frozenset(plain)}.__getitem__)
    (found,) = about("the home", home)
    assert (found.level, found.what) == (level, what)


EXAMINED = """
for found in doctor.examine(Path("/inbox")):
    print(found.level, found.what)
"""


def test_in_a_chroot_the_unknown_disk_causes_a_warning_and_the_other_checks_go_on(tmp_path: Path) -> None:
    said = chroot.printed(tmp_path, "from inbox.setup import doctor", EXAMINED).splitlines()
    assert f"{Level.WARNING} cannot tell whether the disk of the home is encrypted" in said
    assert f"{Level.WRONG} the font for printed pages is missing" in said


def test_the_disk_of_a_real_home_is_examined(tmp_path: Path) -> None:
    """The disk of an overlay file system is unknown."""
    with stick(tmp_path / "stick") as home:
        home.chmod(0o700)
        assert [each.level for each in about("disk of the home", home)] == [Level.WARNING]


def test_swap_that_is_not_encrypted_causes_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "plain_swaps", lambda: ["/dev/sda2"])
    (found,) = about("swap /dev/sda2", tmp_path)
    assert (found.level, "run `swapoff /dev/sda2`" in found.hint) == (Level.WARNING, True)
    monkeypatch.setattr(disks, "plain_swaps", list)
    assert [each.level for each in about("there is no swap", tmp_path)] == [Level.OK]


SDA = "/dev/sda2"


@pytest.mark.parametrize(
    ("locked", "swaps", "told"),
    [
        ([], [SDA], "memory is not locked, and texts of reports may reach a disk"),
        ([], [], "memory is not locked, but no swap here writes it"),
        (["all of it"], [SDA], "memory is locked"),
    ],
)
def test_memory_that_cannot_be_locked_causes_a_warning_only_if_swap_is_not_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: list[str], swaps: list[str], told: str
) -> None:
    """A session and the desk give the same warnings as ``doctor``, and refer to ``doctor``."""
    monkeypatch.setattr(memory, "lock", lambda: bool(locked))
    monkeypatch.setattr(disks, "plain_swaps", lambda: swaps)
    (found,) = (each for each in doctor.examine(tmp_path) if each.what.startswith("memory"))
    is_warned = not locked and bool(swaps)
    assert found.level == (Level.WARNING if is_warned else Level.OK)
    assert ("/usr/share/doc/fanal-inbox/docs/deploying.md" in found.hint) == is_warned
    assert found.what.startswith(told)
    assert f"its {found.what}" in swapping.said()
    assert ("see inbox doctor" in swapping.said()) == is_warned


LIMITED = """
import resource, sys
from pathlib import Path
from inbox.setup import doctor
from templates import disks
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_MEMLOCK, (limit, limit))
disks.plain_swaps = lambda: ["/dev/sda2"]
(found,) = (each for each in doctor.examine(Path("inbox")) if each.what.startswith("memory"))
print(found.level, found.what)
"""


@pytest.mark.parametrize("megabytes", [0, 8])
def test_a_limit_of_the_system_on_locked_memory_causes_a_warning(tmp_path: Path, megabytes: int) -> None:
    """Debian's limit is 8 MiB. The limit does not apply to root, unless root gives up a privilege."""
    right = ["setpriv", "--bounding-set=-ipc_lock"] if os.geteuid() == 0 else []
    command = [*right, sys.executable, "-c", LIMITED, str(megabytes << 20)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{Level.WARNING} {Swapping.PLAIN.value}\n"


def test_a_clock_that_shows_a_day_before_this_version_was_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: on the day of the commit, the clock may be right."""
    today = clock.today()
    for made, level in ((today + timedelta(days=1), Level.WRONG), (today, Level.OK), (None, Level.WARNING)):
        monkeypatch.setattr(version, "day", lambda made=made: made)
        (found,) = about("the clock", tmp_path)
        assert (found.level, bool(found.hint)) == (level, True)


def test_a_clock_with_an_impossible_day_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "FIRST_DAY", date.max)
    assert [each.level for each in about("the clock says", tmp_path)] == [Level.WRONG]


def test_a_missing_font_or_sandbox_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: this machine has the fonts and the sandbox."""
    assert [each.level for each in about("font", tmp_path)] == [Level.OK]
    assert [each.level for each in about("sandbox", tmp_path)] == [Level.OK]
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    monkeypatch.setattr(sandbox, "_MACHINE", "another")
    (font,), (walls,) = about("font", tmp_path), about("sandbox", tmp_path)
    assert (font.level, font.hint) == (Level.WRONG, "run `apt install fonts-dejavu-core`")
    assert (walls.level, "bubblewrap" in walls.hint) == (Level.WARNING, True)


@pytest.mark.slow
def test_doctor_asks_for_no_passphrase_and_prints_the_same_before_and_after_reports_arrive(
    world: World, portal: Portal
) -> None:
    """The exit status is 1 if and only if the command finds something wrong."""

    def told(*more: str) -> tuple[int, str]:
        command = [COMMANDS / "inbox", "--home", world.office.root, "doctor", *more]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    before = [told(), told("--json")]
    sent = [first(Reporter(world)) for _ in range(2)]
    world.office.json("exchange", "collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    assert [told(), told("--json")] == before
    code, printed = before[1]
    levels = [each["level"] for each in json.loads(printed)]
    assert code == int("wrong" in levels)
    assert len(levels) == len(before[0][1].splitlines()) - before[0][1].count("  hint: ")
