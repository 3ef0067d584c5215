"""`portal doctor` checks the machine around the portal: services, swap and mount options."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from portal.ops.checks import machine
from portal.ops.checks.machine import UNITS
from templates import disks
from templates.findings import Finding, Level

RUNS, STOPPED, OFF = ("active", "enabled"), ("failed", "enabled"), ("inactive", "disabled")
Say = Callable[[Mapping[str, tuple[str, str]]], list[Finding]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that examines a machine on which systemd reports the given states of units."""

    def examine(states: Mapping[str, tuple[str, str]]) -> list[Finding]:
        blocks = [states.get(name, ("inactive", "")) for name in UNITS]
        said = "\n".join(f"ActiveState={active}\nUnitFileState={boot}\n" for active, boot in blocks)
        program = tmp_path / "systemctl"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{said}END\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        return [each for each in machine.examine(None) if "unit" in each.what or "portal" in each.what]

    return examine


def test_a_unit_that_starts_at_boot_but_does_not_run_is_reported_as_an_error(say: Say) -> None:
    """A unit that was never enabled, such as the onion service, causes no finding."""
    names = ("portal@8080.service", "nginx@clearnet.service", "portal-expire.timer")
    on = dict.fromkeys(names, RUNS)
    (right,) = say(on)
    assert (right.level, right.what) == (
        Level.OK,
        f"these units run, and start at boot: {', '.join(names)}",
    )
    (wrong,) = say(on | {"portal@8080.service": STOPPED, "portal@8090.service": OFF})
    assert (wrong.level, wrong.what) == (Level.WRONG, "portal@8080.service does not run: failed")
    assert wrong.hint == "see `systemctl status portal@8080.service`"


def test_a_portal_that_never_deletes_expired_data_is_reported_as_an_error(say: Say) -> None:
    (wrong,) = say({"portal@8080.service": RUNS, "portal-expire.timer": OFF})
    assert (wrong.level, wrong.what) == (
        Level.WRONG,
        "portal-expire.timer is off: expired data is not deleted",
    )


def test_a_certificate_that_is_no_longer_renewed_is_reported_as_an_error(say: Say) -> None:
    """A site with a certificate of its own does not enable this timer, and then there is no finding."""
    on = {"portal@8080.service": RUNS, "portal-expire.timer": RUNS}
    assert [each.level for each in say(on)] == [Level.OK]
    (wrong,) = say(on | {"portal-certificate.timer": STOPPED})
    assert (wrong.level, wrong.what) == (Level.WRONG, "portal-certificate.timer does not run: failed")


def test_a_machine_without_our_units_or_without_systemd_has_no_findings_about_units(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say({}) == []
    monkeypatch.setenv("PATH", "")
    assert not any("unit" in each.what for each in machine.examine(None))


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[Finding]]:
    """Return a function that examines a machine on which one unit runs since a second.

    Debian installed the programs of the machine at ``INSTALLED``.
    """
    for name in (*machine._PROGRAMS.values(), "/usr/lib/x86_64-linux-gnu/libssl.so.3"):
        (file := tmp_path / "tree" / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        # The content is as old as the package.
        os.utime(file, (0, 0))
    monkeypatch.setattr(machine, "_ROOT", tmp_path / "tree")

    def examine(name: str, since: int) -> list[Finding]:
        line = "" if name.endswith(".timer") else f"ExecMainStartTimestamp=@{since}\n"
        blocks = [
            f"{line}ActiveState=active\nUnitFileState={'enabled' if each == name else ''}\n" for each in UNITS
        ]
        program = tmp_path / "systemctl"
        program.write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(blocks) + "END\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        return [each for each in machine.examine(None) if "update of Debian" in each.what]

    return examine


@pytest.mark.parametrize(
    ("unit", "program"),
    [
        ("portal@8090.service", Path(machine._PROGRAMS["portal"]).name),
        ("nginx@clearnet.service", "nginx"),
        ("tor@fanal.service", "tor"),
    ],
)
def test_a_unit_that_was_not_restarted_after_an_update_of_its_program_causes_a_warning(
    started: Callable[[str, int], list[Finding]], unit: str, program: str
) -> None:
    """Debian restarts only its own services. A program that was there before the start is no finding."""
    (found,) = started(unit, int(time.time()) - 60)
    assert (found.level, found.hint) == (Level.WARNING, "restart the machine")
    assert found.what.startswith(f"{unit} still runs without an update of Debian: {program} ")
    assert started(unit, int(time.time()) + 1) == []
    assert started("portal-expire.timer", 0) == []


def test_a_unit_that_was_not_restarted_after_an_update_of_a_library_causes_a_warning(
    started: Callable[[str, int], list[Finding]], tmp_path: Path
) -> None:
    for program in machine._PROGRAMS.values():
        (tmp_path / "tree" / program[1:]).unlink()
    (found,) = started("nginx@onion.service", int(time.time()) - 60)
    assert "libssl.so.3 was replaced after it started" in found.what


def test_swap_that_is_not_encrypted_causes_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without swap, there is no warning."""
    monkeypatch.setattr(disks, "_SWAPS", tmp_path / "swaps")
    (tmp_path / "swaps").write_text("Filename Type Size Used Priority\n")
    assert [each.level for each in machine.examine(None) if "swap" in each.what] == [Level.OK]
    (tmp_path / "swaps").write_text("Filename Type Size Used Priority\n/dev/sda2 partition 1024 0 -2\n")
    (found,) = [each for each in machine.examine(None) if "swap" in each.what]
    assert (found.level, "/dev/sda2" in found.hint) == (Level.WARNING, True)


@pytest.mark.parametrize("is_site", [False, True], ids=["database", "pages"])
def test_a_file_system_that_records_access_times_causes_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_site: bool
) -> None:
    """The control: on a file system mounted with `noatime`, there is no warning."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if is_site:
        monkeypatch.setattr(machine, "_SITE", disk)
    for option, count in (("relatime", 1), ("noatime", 0)):
        subprocess.run(["mount", "-t", "tmpfs", "-o", option, "tmpfs", disk], check=True)
        try:
            data = None if is_site else disk
            told = [each for each in machine.examine(data) if str(disk) in each.what]
        finally:
            subprocess.run(["umount", disk], check=True)
        assert [each.level for each in told] == [Level.WARNING] * count
