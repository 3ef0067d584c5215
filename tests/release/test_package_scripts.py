"""The scripts of the portal's package, run by a real shell in a tree.

Only the paths in the scripts are changed.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SCRIPTS = ROOT / "deploy/debian/portal"
PROGRAM, EARLIER = "usr/lib/fanal-portal", "usr/lib/fanal-portal.before"
WANTS = "etc/systemd/system/multi-user.target.wants"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A machine with a portal, its program, and units that start at each boot."""
    for name in (f"{PROGRAM}/bin", "etc/fanal", WANTS, "var/lib"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc/fanal/portal.toml").touch()
    (tmp_path / PROGRAM / "bin/portal").write_text("one")
    for name in ("portal@8080.service", "nginx@onion.service", "other.service"):
        (tmp_path / WANTS / name).symlink_to(f"/usr/lib/systemd/system/{name}")
    return tmp_path


def run(tree: Path, script: str, *words: str) -> None:
    """Run a script as dpkg does, but prefer the programs of the tree to those of this machine."""
    text = (SCRIPTS / script).read_text()
    for name in ("/usr/", "/etc/", "/var/", "/run/"):
        text = text.replace(f" {name}", f" {tree}{name}").replace(f"={name}", f"={tree}{name}")
    environment = {**os.environ, "PATH": f"{tree / 'usr/bin'}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-c", text, script, *words], check=True, env=environment)


def with_systemd(tree: Path) -> Path:
    """Add a running systemd, whose programs write their names and arguments to a file; return that file."""
    (tree / "run/systemd/system").mkdir(parents=True)
    (tree / "usr/bin").mkdir()
    told = tree / "told"
    for name in ("systemctl", "deb-systemd-invoke"):
        program = tree / "usr/bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {told}\n')
        program.chmod(0o755)
    return told


def replace_program(tree: Path, content: str) -> None:
    """Replace the program as dpkg does: a new file takes the place of the old one."""
    new = tree / PROGRAM / "bin/portal.dpkg-new"
    new.write_text(content)
    new.rename(tree / PROGRAM / "bin/portal")


def content(tree: Path, folder: str) -> str:
    return (tree / folder / "bin/portal").read_text()


def test_an_upgrade_keeps_the_program_that_the_portal_runs(tree: Path) -> None:
    """A second package before `fanal-portal upgrade` leaves the kept program unchanged."""
    for version in ("two", "three"):
        run(tree, "preinst", "upgrade", "1.0")
        replace_program(tree, version)
        run(tree, "postinst", "configure", "1.0")
        assert (content(tree, PROGRAM), content(tree, EARLIER)) == (version, "one")
        assert [each.name for each in (tree / EARLIER).iterdir()] == ["bin"]


def test_an_upgrade_that_dpkg_undoes_leaves_no_copy_of_the_program(tree: Path) -> None:
    """The files that dpkg puts back are the same files.

    A program that was kept before remains, because the portal runs it.
    """
    run(tree, "preinst", "upgrade", "1.0")
    run(tree, "postrm", "abort-upgrade", "1.0")
    assert not (tree / EARLIER).exists()
    run(tree, "preinst", "upgrade", "1.0")
    replace_program(tree, "two")
    run(tree, "preinst", "upgrade", "2.0")
    run(tree, "postrm", "abort-upgrade", "2.0")
    assert content(tree, EARLIER) == "one"


def test_a_copy_that_was_interrupted_is_not_taken_for_the_earlier_program(tree: Path) -> None:
    (tree / "usr/lib/fanal-portal.part").mkdir()
    run(tree, "preinst", "upgrade", "1.0")
    assert content(tree, EARLIER) == "one"
    assert not (tree / "usr/lib/fanal-portal.part").exists()


def test_an_installation_makes_no_copy_of_the_program(tree: Path) -> None:
    """Neither the first installation nor an upgrade without a portal copies the program."""
    run(tree, "preinst", "install")
    (tree / "etc/fanal/portal.toml").unlink()
    run(tree, "preinst", "upgrade", "1.0")
    assert not (tree / EARLIER).exists()


def test_an_upgrade_leaves_the_units_enabled_and_a_removal_leaves_no_dangling_link(tree: Path) -> None:
    names = {each.name for each in (tree / WANTS).iterdir()}
    run(tree, "prerm", "upgrade", "2.0")
    assert {each.name for each in (tree / WANTS).iterdir()} == names
    run(tree, "preinst", "upgrade", "1.0")
    run(tree, "prerm", "remove")
    run(tree, "postrm", "remove")
    assert [each.name for each in (tree / WANTS).iterdir()] == ["other.service"]
    assert [each.name for each in (tree / "usr/lib").iterdir()] == ["fanal-portal"]


@pytest.mark.parametrize("status", [0, 1])
def test_a_removal_uninstalls_a_portal_that_was_set_up_and_goes_on_if_this_fails(
    tree: Path, status: int
) -> None:
    """Otherwise, the onion service would go on, and Debian's nginx and tor would stay off."""
    told = with_systemd(tree)
    program = tree / "usr/bin/fanal-portal"
    program.write_text(f'#!/bin/sh\necho "fanal-portal $*" >> {told}\nexit {status}\n')
    program.chmod(0o755)
    run(tree, "prerm", "upgrade", "2.0")
    run(tree, "prerm", "remove")
    assert "fanal-portal uninstall" not in told.read_text()
    (tree / "etc/fanal/setup.toml").touch()
    run(tree, "prerm", "upgrade", "2.0")
    assert "fanal-portal uninstall" not in told.read_text()
    run(tree, "prerm", "remove")
    assert "fanal-portal uninstall" in told.read_text()
    assert [each.name for each in (tree / WANTS).iterdir()] == ["other.service"]


def test_a_portal_that_runs_during_an_upgrade_is_restarted_with_the_earlier_program(tree: Path) -> None:
    """By then, systemd has read the new units. The first installation, without a portal, restarts nothing."""
    told = with_systemd(tree)
    run(tree, "postinst", "configure")
    assert not told.exists()
    run(tree, "preinst", "upgrade", "1.0")
    replace_program(tree, "two")
    run(tree, "postinst", "configure", "1.0")
    assert told.read_text().splitlines() == [
        "systemctl --system daemon-reload",
        "deb-systemd-invoke try-restart portal@*.service",
    ]


def test_removal_and_purge_keep_the_reports_and_the_configuration_and_the_keys(tree: Path) -> None:
    """`docs/releasing.md` lists what remains. A purge begins with a removal."""
    data = (
        "var/lib/fanal/portal.sqlite",
        "var/lib/fanal/portal.sqlite-wal",
        "var/lib/tor-instances/fanal/onion/hs_ed25519_secret_key",
        "var/lib/fanal-acme/live/fanal/privkey.pem",
        "etc/fanal/portal.toml",
        "etc/fanal/setup.toml",
        "etc/fanal/certificate.key",
        "etc/tor/instances/fanal/torrc",
        "var/log/fanal/errors",
        "var/cache/fanal/index.html",
        "var/www/fanal/index.html",
    )
    for name in data:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    for script, word in (("prerm", "remove"), ("postrm", "remove"), ("postrm", "purge")):
        run(tree, script, word)
        assert [(tree / name).read_text() for name in data] == [*data]
