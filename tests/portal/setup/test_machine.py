"""Setup steps on a folder in place of the machine, with real tools and real files."""

import errno
import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import signing
from portal import config, days
from portal.errors import Refused
from portal.setup import cli, plan, steps
from portal.setup.answers import Answers
from portal.setup.certificates import CERTIFICATE, KEY, Certificate
from portal.setup.conditions import clock, debian, ipv6, no_other_site, no_other_tor, packages, room
from portal.setup.databases import PostgresqlRole, PostgresqlSettings
from portal.setup.pages import PAGES, Pages
from portal.setup.services import INSTANCE, DebianNginxOff, DebianTorOff, OnionService, Unit
from portal.setup.settings import CONFIGURATION, HOSTNAME, Configuration, Folders
from portal.setup.steps import DONE, TO_DO, State
from portal.setup.system import Failed, System, content
from templates import version
from tests.support import postgres
from tests.support.certificates import make_certificate
from tests.support.paths import ROOT
from tests.support.setup_answers import OS_RELEASE
from tests.support.setup_steps import done, obstacle, snapshot
from tests.support.small_disk import small_disk

DEPLOY = ROOT / "deploy"


def test_the_check_of_setup_changes_nothing_on_the_machine(system: System, answers: Answers) -> None:
    before = snapshot(system)
    found = {step.title: step.check().state for step in plan.steps(system, answers)}
    assert found["Debian 13"] is State.DONE
    assert found["packages of Debian"] is State.IN_THE_WAY
    assert found["texts of the site"] is found["portal-expire.timer"] is State.TO_DO
    assert before == snapshot(system)


def test_another_operating_system_or_an_older_version_is_reported(system: System) -> None:
    file = system.at("/etc/os-release")
    assert debian(system).check() == DONE
    file.write_text(OS_RELEASE.replace("13", "12").replace("trixie", "bookworm"))
    assert obstacle(debian(system).check()) == "this is Debian GNU/Linux 12 (bookworm)"
    file.unlink()
    assert obstacle(debian(system).check()) == "this is another system"


def test_missing_packages_are_named_with_the_command_to_install_them(system: System) -> None:
    condition = packages(system, onion=True)
    assert "nginx, libnginx-mod-stream" in obstacle(condition.check())
    for name in condition.check().hint.removeprefix("apt install ").split()[:-1]:
        system.at(f"/var/lib/dpkg/info/{name}.list").touch()
    assert (obstacle(condition.check()), condition.check().hint) == ("missing: tor", "apt install tor")
    assert packages(system, onion=False).check() == DONE


def test_a_read_only_folder_and_a_full_disk_are_reported(system: System) -> None:
    with small_disk(system.at("/small"), "1m") as change:
        assert obstacle(room(system, ["/small"]).check()) == "the disk of /small has 1 MiB left"
        assert room(system, ["/small"], 1 << 19).check() == DONE
        change("1m,ro")
        assert obstacle(room(system, ["/small"], 1 << 19).check()) == "/small is read-only"


def test_a_clock_that_is_slow_by_days_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Setup goes on if the day of the version is unknown."""
    tomorrow = days.today() + timedelta(days=1)
    monkeypatch.setattr(version, "day", lambda: tomorrow)
    assert f"but this version is from {tomorrow}" in obstacle(clock().check())
    for made in (days.today(), None):
        monkeypatch.setattr(version, "day", lambda made=made: made)
        assert clock().check() == DONE


def test_a_kernel_without_ipv6_is_reported_if_nginx_would_listen_there(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lack of an IPv6 address is no obstacle. The test uses the error of a kernel without IPv6."""
    file = system.at("/etc/nginx/fanal/clearnet.conf")
    file.parent.mkdir(parents=True)
    shutil.copy(DEPLOY / "nginx/clearnet.conf", file)
    assert ipv6(system).check() == DONE

    def refuse(_family: int) -> None:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    monkeypatch.setattr("portal.setup.conditions.socket.socket", refuse)
    assert obstacle(ipv6(system).check()) == "the kernel has no IPv6, and nginx would not start"
    file.write_text(file.read_text().replace("listen [::]:443", "# "))
    assert ipv6(system).check() == DONE


@pytest.fixture
def nginx(system: System) -> Path:
    """The settings of Debian's own nginx, which is on, with the site that Debian ships, as dpkg knows it."""
    system.control("enable", "nginx.service")
    folder = system.at("/etc/nginx")
    for name in ("sites-available", "sites-enabled", "conf.d"):
        (folder / name).mkdir(parents=True)
    shipped = folder / "sites-available/default"
    shipped.write_text("server { listen 80; }\n")
    (folder / "sites-enabled/default").symlink_to("/etc/nginx/sites-available/default")
    digest = hashlib.md5(shipped.read_bytes(), usedforsecurity=False).hexdigest()
    system.at("/var/lib/dpkg/status").write_text(
        f"Package: nginx-common\nConffiles:\n /etc/nginx/sites-available/default {digest}\nVersion: 1\n"
    )
    return folder


def test_a_foreign_site_in_the_configuration_of_nginx_is_reported(system: System, nginx: Path) -> None:
    """Debian's nginx reads two folders with sites. Settings without a site are no obstacle."""
    assert no_other_site(system).check() == DONE
    (nginx / "sites-enabled/shop").touch()
    assert obstacle(no_other_site(system).check()) == "nginx serves another site: shop"
    (nginx / "sites-enabled/shop").unlink()
    settings = nginx / "conf.d/own.conf"
    settings.write_text("# server {\nserver_tokens off;\nupstream other { server 192.0.2.1; }\n")
    assert no_other_site(system).check() == DONE
    settings.write_text("server_tokens off;\n  server\n{ listen 80; }\n")
    assert obstacle(no_other_site(system).check()) == "nginx serves another site: own.conf"


def test_a_site_of_an_nginx_that_is_off_is_no_obstacle(system: System, nginx: Path) -> None:
    """Once setup has switched it off, the same file must not keep setup from running again."""
    (nginx / "sites-enabled/shop").touch()
    assert no_other_site(system).check().state is State.IN_THE_WAY
    DebianNginxOff(system).apply()
    assert no_other_site(system).check() == DONE


@pytest.mark.parametrize("is_link", [True, False])
def test_a_site_that_somebody_made_of_the_default_site_of_debian_is_reported(
    system: System, nginx: Path, *, is_link: bool
) -> None:
    """Many people change this file instead of adding one. Setup would stop their site."""
    enabled, shipped = nginx / "sites-enabled/default", nginx / "sites-available/default"
    content = shipped.read_text()
    if not is_link:
        enabled.unlink()
        enabled.write_text(content)
        assert no_other_site(system).check() == DONE
    (shipped if is_link else enabled).write_text(content.replace("80", "80; server_name shop.example"))
    assert obstacle(no_other_site(system).check()) == "nginx serves another site: default (changed)"


def test_a_tor_service_that_somebody_has_configured_is_reported(system: System) -> None:
    """The file of Debian contains only comments."""
    torrc = system.at("/etc/tor/torrc")
    assert no_other_tor(system).check() == DONE
    torrc.parent.mkdir()
    torrc.write_text("## Configuration file\n\n#SOCKSPort 9050\n")
    assert no_other_tor(system).check() == DONE
    torrc.write_text("#SOCKSPort 9050\nHiddenServiceDir /var/lib/tor/other\n")
    assert obstacle(no_other_tor(system).check()) == (
        "somebody uses Debian's own tor: /etc/tor/torrc has settings"
    )


def test_a_port_that_another_program_uses_is_reported() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        unit = Unit(System(), "portal@1.service", port)
        assert obstacle(unit.check()) == f"another program uses port {port}"
    assert unit.check() == TO_DO


def test_a_removed_user_or_folder_is_created_again(system: System) -> None:
    done(Folders(system))
    shutil.rmtree(system.at("/etc/fanal"))
    done(Folders(system))
    assert system.owner("portal")[0] > 0
    with pytest.raises(Failed, match="no user nobody"):
        system.owner("nobody")


def test_the_configuration_is_written_once_and_the_administrator_may_then_change_it(
    system: System, answers: Answers
) -> None:
    """Only the portal can read the configuration.

    The configuration names both addresses. A change that contradicts the answers is named.
    """
    Folders(system).apply()
    address = f"http://{'a' * 56}.onion"
    system.at(HOSTNAME).parent.mkdir(parents=True)
    system.at(HOSTNAME).write_text(address.removeprefix("http://") + "\n")
    step, file = Configuration(system, replace(answers, host="report.example")), system.at(CONFIGURATION)
    done(step)
    settings = config.load(file)
    assert (settings.root_key, settings.name, settings.onion) == (answers.root_key, answers.name, address)
    assert settings.host == "report.example"
    assert settings.database == "sqlite:////var/lib/fanal/portal.sqlite"
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (system.owner("portal")[0], 0o600)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    file.write_text(file.read_text().replace("sqlite:////var/lib", "sqlite:////srv") + "workers = 4\n")
    assert step.check() == DONE
    text = file.read_text()
    for name, other in (("deployment", "A" * 22), ("root_key", "A" * 43)):
        file.write_text(text.replace(getattr(answers, name), other))
        assert obstacle(step.check()) == f"`{name}` differs from the answers"
    file.write_text("workers = 1\n")
    assert "setting 'workers' has a wrong value" in obstacle(step.check())


@pytest.mark.parametrize("line", ["", f'onion = "http://{"b" * 56}.onion"\n'])
def test_a_configuration_from_a_lost_machine_gets_the_onion_address_of_the_new_one(
    system: System, answers: Answers, line: str
) -> None:
    """Without an onion address of the new machine, the configuration stays as it is."""
    Folders(system).apply()
    step, file = Configuration(system, answers), system.at(CONFIGURATION)
    done(step)
    own = "# Ours\nworkers = 4\n"
    file.write_text(f"{file.read_text()}{line}{own}")
    assert step.check() == DONE
    system.at(HOSTNAME).parent.mkdir(parents=True)
    system.at(HOSTNAME).write_text(f"{'a' * 56}.onion\n")
    done(step)
    assert config.load(file).onion == f"http://{'a' * 56}.onion"
    assert file.read_text().count("onion =") == 1
    assert own in file.read_text()


@pytest.mark.parametrize("line", ["", 'host = "old.example"\n'])
def test_a_configuration_gets_the_host_name_for_which_the_certificate_is_checked(
    system: System, answers: Answers, line: str
) -> None:
    """A configuration of an earlier version has none. Without a clearnet site, the file stays as it is."""
    Folders(system).apply()
    file, given = system.at(CONFIGURATION), replace(answers, host="report.example")
    done(Configuration(system, answers))
    assert config.load(file).host == ""
    file.write_text(f"{file.read_text()}{line}workers = 4\n")
    assert Configuration(system, answers).check() == DONE
    assert Configuration(system, replace(given, clearnet=False)).check() == DONE
    done(Configuration(system, given))
    settings = config.load(file)
    assert (settings.host, settings.workers) == ("report.example", 4)
    assert file.read_text().count("host =") == 1


@dataclass(frozen=True, slots=True)
class Restarting(System):
    """A machine whose services read ``file`` when they are restarted."""

    file: str = ""
    read: list[bytes | None] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        return True

    def systemctl(self, *words: str) -> bool:
        if words[0] == "restart":
            self.control(*words)
        return words[0] in {"is-enabled", "is-active"}

    def control(self, *words: str) -> None:
        if words[0] == "restart":
            self.read.append(content(self.at(self.file)))


def test_postgresql_reads_its_new_settings_and_the_earlier_ones_if_setup_fails(system: System) -> None:
    """Otherwise, PostgreSQL would log times until somebody restarts it."""
    machine = Restarting(system.root, file="/etc/postgresql/17/main/conf.d/fanal.conf")
    machine.at(machine.file).parent.mkdir(parents=True)
    step = PostgresqlSettings(machine)
    done(step)
    step.undo()
    assert machine.read == [(DEPLOY / "postgresql.conf").read_bytes(), None]


def test_a_tor_instance_that_was_running_reads_the_shipped_settings(system: System) -> None:
    machine = Restarting(system.root, file=f"{INSTANCE}/torrc")
    shipped = (DEPLOY / "torrc").read_bytes()
    for each in (HOSTNAME, machine.file):
        machine.at(each).parent.mkdir(parents=True)
    machine.at(HOSTNAME).write_text("a.onion\n")
    earlier = shipped + b"# earlier\n"
    machine.at(machine.file).write_bytes(earlier)
    step = OnionService(machine)
    step.apply()
    assert machine.read == [shipped]
    step.undo()
    assert machine.read == [shipped, earlier]


def test_unattended_setup_prints_the_fingerprint_of_the_root_key(
    system: System,
    answers: Answers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "own_machine", lambda: system)
    file = tmp_path / "answers.toml"
    file.write_bytes(answers.encode())
    fingerprint = signing.fingerprint(answers.root.root_key)
    for words in (["--check"], []):
        assert cli.run(["setup", "--answers", str(file), *words]) == 1
        assert fingerprint in capsys.readouterr().out


def test_the_failure_of_a_program_is_reported_on_one_line(system: System) -> None:
    """The terminal would show a line break as an escape sequence."""
    with pytest.raises(Failed) as caught:
        system.run("sh", "-c", "echo error: no list; echo hint: sign one >&2; exit 1")
    assert str(caught.value).endswith(": error: no list; hint: sign one")


def test_a_certificate_and_its_key_must_belong_together(
    system: System, answers: Answers, tmp_path: Path
) -> None:
    make_certificate(tmp_path / "other.pem", tmp_path / "other.key")
    other = replace(answers, certificate_key=str(tmp_path / "other.key"))
    assert "is the key of another certificate" in obstacle(Certificate(system, other).check())
    missing = replace(answers, certificate=str(tmp_path / "none"))
    assert obstacle(Certificate(system, missing).check()) == f"{tmp_path / 'none'} is missing"


def test_a_renewed_certificate_is_installed_and_a_failed_setup_restores_the_old_one(
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
    # The administrator may delete the original files after the installation.
    Path(answers.certificate).unlink()
    assert step.check().state is State.DONE


def test_units_start_at_each_boot_until_their_step_is_undone(system: System) -> None:
    """The test reads the state that systemctl reports for the folder."""
    for unit in (
        Unit(system, "portal@8080.service", 8080),
        Unit(system, "nginx@onion.service", 8081),
        Unit(system, "portal-expire.timer"),
    ):
        done(unit)
        assert [*system.at("/etc/systemd/system").rglob(unit.title)]
        unit.undo()
        assert unit.check() == TO_DO


def test_a_unit_that_was_enabled_before_stays_enabled_if_setup_fails(system: System) -> None:
    name = "nginx@onion.service"
    Unit(system, name).apply()
    again = Unit(system, name)
    again.apply()
    again.undo()
    assert Unit(system, name).check() == DONE


def test_the_nginx_service_of_debian_is_disabled_until_undo_enables_it_again(system: System) -> None:
    system.control("enable", "nginx.service")
    step = DebianNginxOff(system)
    done(step)
    step.undo()
    assert step.check() == TO_DO


def test_the_tor_service_of_debian_is_masked_until_undo_unmasks_it(system: System) -> None:
    """Nobody can enable or disable this unit. The portal's own instance is another unit."""
    step = DebianTorOff(system)
    done(step)
    done(OnionService(system))
    step.undo()
    assert step.check() == TO_DO
    assert OnionService(system).check() == DONE


def test_the_onion_service_gets_a_separate_tor_instance_with_the_shipped_settings(system: System) -> None:
    """The settings of Debian's own tor do not change. Undo keeps the key of the onion address."""
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


def test_an_existing_onion_service_keeps_its_settings_if_setup_fails(system: System) -> None:
    OnionService(system).apply()
    torrc = system.at(f"{INSTANCE}/torrc")
    own = torrc.read_bytes() + b"# A setting of the administrator\n"
    torrc.write_bytes(own)
    again = OnionService(system)
    again.apply()
    assert torrc.read_bytes() != own
    again.undo()
    assert (torrc.read_bytes(), again.check()) == (own, DONE)


def test_a_machine_without_postgresql_is_reported_before_anything_is_changed(system: System) -> None:
    found = PostgresqlSettings(system).check()
    assert (obstacle(found), found.hint) == (
        "there is no PostgreSQL on this machine",
        "apt install postgresql",
    )


def test_setup_restores_earlier_settings_of_postgresql_if_it_fails(system: System) -> None:
    """Otherwise, PostgreSQL would log times until the next run."""
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


def test_the_role_and_the_database_are_created_once_and_an_unreachable_server_is_reported(
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
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'fanal'"
        assert System().run("psql", "--no-align", "--tuples-only", "--command", owner) == "portal\n"


def test_a_disk_without_room_for_the_pages_is_reported_and_keeps_no_page(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for name in ("index.html", "report.html"):
        (fresh / name).write_bytes(bytes(100_000))
    monkeypatch.setattr(Pages, "_frozen", lambda _: nullcontext(fresh))
    folder = system.at(PAGES).parent
    folder.rmdir()
    with small_disk(folder, "64k"):
        with pytest.raises(Refused, match="No space left on device"):
            [*steps.apply([Pages(system)])]
        assert [*folder.iterdir()] == []


@pytest.mark.parametrize(
    ("there", "kept"), [(("fanal", ".fanal.old"), "fanal"), ((".fanal.old",), ".fanal.old")]
)
def test_if_pages_cannot_be_made_the_newest_existing_pages_are_kept(
    system: System, there: tuple[str, ...], kept: str
) -> None:
    """An earlier run may have been killed while it replaced old pages with new ones."""
    Folders(system).apply()
    place = system.at(PAGES)
    for name in there:
        place.with_name(name).mkdir()
        place.with_name(name).joinpath("index.html").write_text(name)
    step = Pages(system)
    with pytest.raises(Failed):  # the folder contains no portal that could make pages
        step.apply()
    step.undo()
    assert [each.name for each in place.parent.iterdir()] == ["fanal"]
    assert (place / "index.html").read_text() == kept


@contextmanager
def as_nobody() -> Iterator[None]:
    """Switch to a user without privileges while the block runs."""
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_setup_is_refused_without_root_privileges(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["setup"], ["setup", "--check"], ["uninstall"]):
        with as_nobody():
            assert cli.run(words) == 1
        assert "hint: run this command as root" in capsys.readouterr().err


def test_without_a_terminal_setup_needs_a_file_of_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["setup"]) == 1
    assert "name a file with --answers" in capsys.readouterr().err


def test_uninstall_is_refused_if_setup_installed_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["uninstall"]) == 1
    assert "installed nothing here" in capsys.readouterr().err
