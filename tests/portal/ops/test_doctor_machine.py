"""`portal doctor` checks the machine around the portal: services, swap and mount options."""

import os
import subprocess
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
