"""A run of setup that is killed at any change to the machine is completed by the next run."""

import os
import shutil
import signal
from pathlib import Path
from unittest.mock import patch

from portal import files
from portal.ops import cli
from portal.setup import steps
from portal.setup.answers import Answers
from portal.setup.certificates import Certificate
from portal.setup.databases import PostgresqlSettings
from portal.setup.remains import Remains
from portal.setup.services import DebianNginxOff, DebianTorOff, OnionService, Unit
from portal.setup.settings import CONFIGURATION, Configuration, Folders, Remembered, SiteTexts
from portal.setup.steps import DONE, TO_DO, State, Step
from portal.setup.system import System
from tests.support import setup_kills
from tests.support.portal_server import Server


def chosen(system: System, answers: Answers) -> list[Step]:
    """Return the steps that need neither a running machine nor the program of the portal."""
    return [
        Folders(system),
        Remembered(system, answers),
        DebianNginxOff(system),
        DebianTorOff(system),
        OnionService(system),
        Configuration(system, answers),
        SiteTexts(system.at(CONFIGURATION)),
        PostgresqlSettings(system),
        Certificate(system, answers),
        Unit(system, "nginx@onion.service", 8081),
        Remains(system),
    ]


def content(system: System) -> dict[str, tuple[int, int, bytes]]:
    """Return every file, link and folder with its mode, its owner and its bytes."""
    found = {}
    for each in system.root.rglob("*"):
        status = each.lstat()
        data = each.read_bytes() if each.is_file() and not each.is_symlink() else b""
        found[str(each.relative_to(system.root))] = (status.st_mode, status.st_uid, data)
    return found


def test_the_run_after_a_kill_completes_the_installation_and_leaves_nothing_half_written(
    system: System, answers: Answers
) -> None:
    """In the end, all files are those of an installation that was never killed."""
    system.at("/etc/postgresql/17/main/conf.d").mkdir(parents=True)
    system.control("enable", "nginx.service")
    other = System(shutil.copytree(system.root, system.root.with_name("other"), symlinks=True))
    [*steps.apply(chosen(other, answers))]

    def run(step: str, change: int) -> str | None:
        return setup_kills.in_fork(lambda: [*steps.apply(chosen(system, answers))], step, change)

    killed = [*setup_kills.at_each_change(run)]
    assert {*killed} == {step.title for step in chosen(system, answers)}
    assert len(killed) > 30
    assert {step.check().state for step in chosen(system, answers)} == {State.DONE}
    assert content(system) == content(other)


def test_a_killed_step_counts_as_done_only_after_services_have_read_its_files(
    system: System, answers: Answers
) -> None:
    system.at("/etc/postgresql/17/main/conf.d").mkdir(parents=True)
    Folders(system).apply()
    for make in (PostgresqlSettings, OnionService, lambda tree: Certificate(tree, answers)):
        kills = 0
        for _ in setup_kills.at_each_change(
            lambda step, change, make=make: setup_kills.in_fork(
                lambda: [*steps.apply([make(system)])], step, change
            )
        ):
            kills += 1
            assert make(system).check() == TO_DO, kills
        assert kills > 3
        assert make(system).check().state is State.DONE


def test_a_killed_init_leaves_no_tables(tmp_path: Path) -> None:
    """A database with tables but without a key would look like a portal."""
    server = Server(tmp_path, 8080)
    server.configure()
    words = ["--config", str(tmp_path / "portal.toml")]
    if (child := os.fork()) == 0:
        with patch.object(cli, "keep_key_pair", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
            cli.run([*words, "init"])
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    server.run("pending", code=1)
    server.run("init")
    server.run("pending")


def test_pages_that_a_killed_run_moved_aside_are_deleted_with_its_other_files(system: System) -> None:
    """The key of a certificate can be in such a file. Files of the administrator are kept."""
    Folders(system).apply()
    assert Remains(system).check() == DONE
    for name in (
        "/etc/fanal/.certificate.key.part",
        "/etc/fanal/.portal.toml.part",
        "/etc/fanal/portal.toml",
    ):
        system.at(name).touch()
    for name in (".fanal.new", ".fanal.old"):
        (system.at("/var/www") / name / "en").mkdir(parents=True)
    (system.at("/run") / "fanal-setup-x").mkdir()
    step = Remains(system)
    assert step.check() == TO_DO
    step.apply()
    assert step.check() == DONE
    assert [each.name for each in system.at("/etc/fanal").iterdir()] == ["portal.toml"]
    assert [*system.at("/var/www").iterdir(), *system.at("/run").iterdir()] == []


def test_a_file_gets_its_access_rights_before_its_final_name(tmp_path: Path) -> None:
    """Otherwise a process that is killed in between would leave a file that a service cannot open."""
    place = tmp_path / "settings"
    found: list[tuple[int, int]] = []

    def replaced(new: Path, _: Path) -> None:
        state = new.stat()
        found.append((state.st_mode & 0o777, state.st_uid))

    with patch.object(Path, "replace", replaced):
        files.write(place, [b"x"], 0o644, (4321, 4321))
    assert found == [(0o644, 4321)]
