"""The steps on a machine that is a folder: real tools of systemd, real files, and nothing of this machine."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from portal import config
from portal.setup import cli, plan
from portal.setup.answers import Answers
from portal.setup.conditions import debian, no_other_site, packages, room
from portal.setup.databases import PostgresqlRole, PostgresqlSettings
from portal.setup.pages import PAGES, Pages
from portal.setup.services import INSTANCE, DebianNginxOff, OnionService, Unit
from portal.setup.settings import (
    CERTIFICATE,
    CONFIGURATION,
    HOSTNAME,
    KEY,
    Certificate,
    Configuration,
    Folders,
)
from portal.setup.steps import DONE, TO_DO, Found, State, Step
from portal.setup.system import Failed, System
from tests.support import postgres
from tests.support.certificates import make_certificate
from tests.support.paths import ROOT
from tests.support.setup_answers import GOOD
from tests.support.small_disk import small_disk

DEPLOY = ROOT / "deploy"
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n'


@pytest.fixture
def system(tmp_path: Path) -> System:
    """A machine on which the package has been unpacked."""
    tree = tmp_path / "tree"
    units = tree / "usr/lib/systemd/system"
    for name in ("etc", "var/lib/dpkg/info", "var/www", "run", "usr/share/fanal-portal"):
        (tree / name).mkdir(parents=True)
    units.mkdir(parents=True)
    for each in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        shutil.copy(each, units)
    for name in ("nginx.service", "tor@.service"):
        (units / name).write_text("[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n")
    for name in ("torrc", "postgresql.conf"):
        shutil.copy(DEPLOY / name, tree / "usr/share/fanal-portal")
    for kind in ("sysusers", "tmpfiles"):
        (tree / f"usr/lib/{kind}.d").mkdir()
        shutil.copy(DEPLOY / "debian/portal" / kind, tree / f"usr/lib/{kind}.d/fanal-portal.conf")
    (tree / "etc/os-release").write_text(OS_RELEASE)
    return System(tree)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    make_certificate(certificate, key)
    return replace(GOOD, certificate=str(certificate), certificate_key=str(key))


def done(step: Step) -> None:
    """Check that a step is to do, do it, and check that it is done."""
    assert step.check() == TO_DO
    step.apply()
    assert step.check() == DONE


def obstacle(found: Found) -> str:
    """Return what is in the way."""
    assert found.state is State.IN_THE_WAY
    assert found.hint
    return found.what


def snapshot(system: System) -> dict[str, tuple[int, int]]:
    """Return every file and folder of a machine with mode and time of its last change."""
    return {
        str(each): (each.lstat().st_mode, each.lstat().st_mtime_ns) for each in sorted(system.root.rglob("*"))
    }


def test_a_check_changes_nothing_on_the_machine(system: System, answers: Answers) -> None:
    before = snapshot(system)
    found = {step.title: step.check().state for step in plan.steps(system, answers)}
    assert found["Debian 13"] is State.DONE
    assert found["packages of Debian"] is State.IN_THE_WAY
    assert found["portal-expire.timer"] is State.TO_DO
    assert before == snapshot(system)


def test_another_or_an_older_system_is_named(system: System) -> None:
    file = system.at("/etc/os-release")
    assert debian(system).check() == DONE
    file.write_text(OS_RELEASE.replace("13", "12").replace("trixie", "bookworm"))
    assert obstacle(debian(system).check()) == "this is Debian GNU/Linux 12 (bookworm)"
    file.unlink()
    assert obstacle(debian(system).check()) == "this is another system"


def test_missing_packages_are_named_with_the_command_that_installs_them(system: System) -> None:
    condition = packages(system, onion=True)
    assert "nginx, libnginx-mod-stream" in obstacle(condition.check())
    for name in condition.check().hint.removeprefix("apt install ").split()[:-1]:
        system.at(f"/var/lib/dpkg/info/{name}.list").touch()
    assert (obstacle(condition.check()), condition.check().hint) == ("missing: tor", "apt install tor")
    assert packages(system, onion=False).check() == DONE


def test_a_read_only_folder_and_a_full_disk_are_named(system: System) -> None:
    with small_disk(system.at("/small"), "1m") as change:
        assert obstacle(room(system, ["/small"]).check()) == "the disk of /small has 1 MiB left"
        assert room(system, ["/small"], 1 << 19).check() == DONE
        change("1m,ro")
        assert obstacle(room(system, ["/small"], 1 << 19).check()) == "/small is read-only"


def test_a_site_of_somebody_else_in_nginx_is_named(system: System) -> None:
    enabled = system.at("/etc/nginx/sites-enabled")
    enabled.mkdir(parents=True)
    (enabled / "default").touch()
    assert no_other_site(system).check() == DONE
    (enabled / "shop").touch()
    assert obstacle(no_other_site(system).check()) == "nginx serves another site: shop"


def test_a_port_of_another_program_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        unit = Unit(System(), "portal@1.service", port)
        assert obstacle(unit.check()) == f"another program uses port {port}"
    assert unit.check() == TO_DO


def test_user_and_folders_are_there_again_if_somebody_removed_them(system: System) -> None:
    done(Folders(system))
    shutil.rmtree(system.at("/etc/fanal"))
    done(Folders(system))
    assert system.owner("portal")[0] > 0
    with pytest.raises(Failed, match="no user nobody"):
        system.owner("nobody")


def test_the_configuration_is_written_once_and_then_belongs_to_the_administrator(
    system: System, answers: Answers
) -> None:
    """It is readable by the portal alone, and names the onion address. A change that contradicts is named."""
    Folders(system).apply()
    address = f"http://{'a' * 56}.onion"
    system.at(HOSTNAME).parent.mkdir(parents=True)
    system.at(HOSTNAME).write_text(address.removeprefix("http://") + "\n")
    step, file = Configuration(system, answers), system.at(CONFIGURATION)
    done(step)
    settings = config.load(file)
    assert (settings.root_key, settings.name, settings.onion) == (answers.root_key, answers.name, address)
    assert settings.database == "sqlite:////var/lib/fanal/portal.sqlite"
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (system.owner("portal")[0], 0o600)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    file.write_text(file.read_text().replace("sqlite:////var/lib", "sqlite:////srv") + "workers = 4\n")
    assert step.check() == DONE
    file.write_text(file.read_text().replace(address, ""))
    assert obstacle(step.check()) == "`onion` differs from the answers"
    file.write_text("workers = 1\n")
    assert "setting 'workers' has a wrong value" in obstacle(step.check())


def test_a_certificate_and_its_key_must_belong_together(
    system: System, answers: Answers, tmp_path: Path
) -> None:
    make_certificate(tmp_path / "other.pem", tmp_path / "other.key")
    other = replace(answers, certificate_key=str(tmp_path / "other.key"))
    assert "are not a certificate and its key" in obstacle(Certificate(system, other).check())
    missing = replace(answers, certificate=str(tmp_path / "none"))
    assert obstacle(Certificate(system, missing).check()) == f"{tmp_path / 'none'} is missing"


def test_a_renewed_certificate_is_taken_and_a_failure_puts_the_old_one_back(
    system: System, answers: Answers
) -> None:
    Folders(system).apply()
    step = Certificate(system, answers)
    done(step)
    places = [system.at(CERTIFICATE), system.at(KEY)]
    assert [each.stat().st_mode & 0o777 for each in places] == [0o600, 0o600]
    before = [each.read_bytes() for each in places]
    make_certificate(Path(answers.certificate), Path(answers.certificate_key))
    renewed = Certificate(system, answers)
    done(renewed)
    renewed.undo()
    assert before == [each.read_bytes() for each in places]
    # The administrator may remove the files once they are installed.
    Path(answers.certificate).unlink()
    assert step.check() == DONE


def test_units_start_at_each_boot_and_no_longer_after_undo(system: System) -> None:
    """As systemctl tells of the tree."""
    for unit in (
        Unit(system, "portal@8080.service", 8080),
        Unit(system, "nginx@onion.service", 8081),
        Unit(system, "portal-expire.timer"),
    ):
        done(unit)
        assert [*system.at("/etc/systemd/system").rglob(unit.title)]
        unit.undo()
        assert unit.check() == TO_DO


def test_a_unit_that_was_on_stays_on_if_a_later_run_fails(system: System) -> None:
    name = "nginx@onion.service"
    Unit(system, name).apply()
    again = Unit(system, name)
    again.apply()
    again.undo()
    assert Unit(system, name).check() == DONE


def test_the_nginx_of_debian_is_off_and_on_again_after_undo(system: System) -> None:
    system.control("enable", "nginx.service")
    step = DebianNginxOff(system)
    done(step)
    step.undo()
    assert step.check() == TO_DO


def test_tor_has_an_instance_for_the_onion_service_with_the_shipped_settings(system: System) -> None:
    """The settings of Debian's own tor stay. Undo leaves the key of the address."""
    own = system.at("/etc/tor/torrc")
    own.parent.mkdir()
    own.write_text("SocksPort 9050\n")
    step = OnionService(system)
    done(step)
    torrc = system.at(f"{INSTANCE}/torrc")
    assert torrc.read_bytes() == (DEPLOY / "torrc").read_bytes()
    assert own.read_text() == "SocksPort 9050\n"
    key = system.at(HOSTNAME).with_name("hs_ed25519_secret_key")
    key.parent.mkdir(parents=True)
    key.touch()
    step.undo()
    assert (torrc.exists(), key.exists(), step.check()) == (False, True, TO_DO)


def test_an_onion_service_that_was_on_keeps_its_settings_if_a_later_run_fails(system: System) -> None:
    OnionService(system).apply()
    torrc = system.at(f"{INSTANCE}/torrc")
    own = torrc.read_bytes() + b"# A setting of the administrator\n"
    torrc.write_bytes(own)
    again = OnionService(system)
    again.apply()
    assert torrc.read_bytes() != own
    again.undo()
    assert (torrc.read_bytes(), again.check()) == (own, DONE)


def test_older_settings_of_postgresql_are_back_if_a_later_run_fails(system: System) -> None:
    """Without them, PostgreSQL would log times until the next run."""
    place = system.at("/etc/postgresql/17/main/conf.d/fanal.conf")
    place.parent.mkdir(parents=True)
    place.write_text("log_connections = off\n")
    step = PostgresqlSettings(system)
    done(step)
    assert place.stat().st_mode & 0o777 == 0o644
    step.undo()
    assert (place.read_text(), place.stat().st_mode & 0o777) == ("log_connections = off\n", 0o644)
    PostgresqlSettings(system).undo()
    assert not place.exists()


def test_role_and_database_are_made_once_and_a_server_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGUSER", "fanal")
    monkeypatch.setenv("PGDATABASE", "postgres")
    step = PostgresqlRole(System())
    monkeypatch.setenv("PGHOST", str(tmp_path))
    assert "PostgreSQL does not answer" in obstacle(step.check())
    with postgres.serving() as cluster:
        monkeypatch.setenv("PGHOST", str(cluster.folder))
        done(step)
        step.undo()
        assert step.check() == DONE


@pytest.mark.parametrize(
    ("there", "kept"), [(("fanal", ".fanal.old"), "fanal"), ((".fanal.old",), ".fanal.old")]
)
def test_pages_that_cannot_be_made_leave_the_newest_that_are_there(
    system: System, there: tuple[str, ...], kept: str
) -> None:
    """Also if an earlier run was killed while it put new pages in the place of old ones."""
    Folders(system).apply()
    place = system.at(PAGES)
    for name in there:
        place.with_name(name).mkdir()
        place.with_name(name).joinpath("index.html").write_text(name)
    step = Pages(system)
    with pytest.raises(Failed):  # the tree has no portal that could make pages
        step.apply()
    step.undo()
    assert [each.name for each in place.parent.iterdir()] == ["fanal"]
    assert (place / "index.html").read_text() == kept


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights while the block runs."""
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_without_root_nothing_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["setup"], ["setup", "--check"], ["uninstall"]):
        with as_nobody():
            assert cli.run(words) == 1
        assert "hint: run this command as root" in capsys.readouterr().err


def test_without_terminal_and_answers_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["setup", "--check"]) == 1
    assert "name a file with --answers" in capsys.readouterr().err


def test_what_was_never_set_up_is_not_uninstalled(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["uninstall"]) == 1
    assert "installed nothing here" in capsys.readouterr().err
