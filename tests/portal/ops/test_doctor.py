"""`portal doctor` and `portal pending` tell administrators what they need, and reveal nothing else."""

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto import pages
from crypto.keyring import Texts
from portal.app import load_questionnaire
from portal.config import Settings
from portal.exchange import expire
from portal.ops.checks import doctor
from portal.ops.cli import portal
from portal.site import manifest
from portal.store import deletion
from portal.web import law, translation
from templates.findings import Finding, Level
from tests.support import damaging, postgres
from tests.support.builders import (
    INSPECTORATE,
    OUTSIDE,
    make_keyring,
    make_outbox,
    make_report_envelope,
    today,
)
from tests.support.paths import ROOT
from tests.support.portal_room import BACKENDS, Room, filed, opened
from tests.support.portal_rows import arrived, report
from tests.support.portal_server import PORTAL, Server
from tests.support.portal_site import PortalSite
from tests.support.small_disk import small_disk

SHIPPED = ROOT / "deploy" / "postgresql.conf"
# The same portal is examined on three kernels: this kernel, a kernel without Landlock, and a kernel with
# neither Landlock nor seccomp.
_ON_OTHER_KERNELS = """
import ctypes, platform, struct, sys
from click.testing import CliRunner
from sqlalchemy import make_url
from portal.ops import confinement, kernel
from portal.ops.cli import portal

class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))
def take_away(call):
    # Load the number of a call; if it is this one, answer ENOSYS; else let it be.
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, 0x50000 | 38), (0x06, 0, 0, 0x7FFF0000)]
    raw = b"".join(struct.pack("=HBBI", *each) for each in steps)
    program = Program(len(steps), raw)
    assert ctypes.CDLL(None).prctl(22, 2, ctypes.byref(program)) == 0
def told():
    print(CliRunner().invoke(portal, ["--config", sys.argv[1], "doctor"]).output)
    print("---")
told()
kernel.forbid_new_privileges()
take_away(444)
told()
take_away({"x86_64": 317, "aarch64": 277}[platform.machine()])
told()
confinement.confine(make_url(f"sqlite:///{sys.argv[1]}"), [])
print(open("/etc/passwd").read() != "")
"""
NO_LANDLOCK = (
    "warning: the kernel has no Landlock: an attacker who takes over the portal can read its user's files"
)
LANDLOCK_HINT = "  hint: run Debian's kernel, with `landlock` in /sys/kernel/security/lsm"
NO_SECCOMP = (
    "warning: the kernel has no seccomp: an attacker who takes over the portal can reach other servers"
)
SECCOMP_HINT = "  hint: run Debian's kernel on x86-64 or arm64"


def room_for(folder: Path) -> PortalSite:
    return PortalSite(folder, "sqlite:///portal.sqlite")


def found(room: Room, level: Level, url: str = "") -> list[str]:
    """Return the findings of one level."""
    each = doctor.examine(room.settings, room.folder / "portal.toml", room.day, url)
    return [finding.what for finding in each if finding.level is level]


def configured(room: Room, mode: int = 0o600) -> Path:
    """Write the room's settings to a file, and return its path."""
    file = room.folder / "portal.toml"
    settings = room.settings
    file.write_text(f'deployment = "{settings.deployment}"\nroot_key = "{settings.root_key}"\n')
    file.chmod(mode)
    return file


def test_a_correct_portal_has_no_findings(tmp_path: Path) -> None:
    room = room_for(tmp_path)
    configured(room)
    with room.serving():
        assert found(room, Level.WRONG, room.address) == ["the site adds the header server"]
    assert found(room, Level.WRONG) == []
    assert len(found(room, Level.OK)) > 6
    room.close()


def test_the_fingerprint_of_the_portal_is_the_one_that_officers_compare(tmp_path: Path) -> None:
    """`portal init` printed the same fingerprint. Without a key, there is no fingerprint."""
    server = Server(tmp_path, 8080)
    server.configure()
    assert "fingerprint of this portal" not in server.run("doctor", code=1)
    made = json.loads(server.run("init", "--json"))["fingerprint"]
    assert f"ok: fingerprint of this portal: {made}\n" in server.run("doctor", code=1)


def test_missing_texts_of_the_inspectorate_are_reported(tmp_path: Path) -> None:
    """A text is missing if it still has a placeholder in square brackets, in any language."""
    room = room_for(tmp_path)
    configured(room)
    told = [each for each in found(room, Level.WARNING) if "is not filled in" in each]
    files = [
        f"{name}.{language}.toml"
        for language in translation.LANGUAGES
        for name in ("rights", "privacy", "help", "legal")
    ]
    assert [each.split(" ")[0] for each in told] == files
    assert "[rue et numéro]" in told[files.index("legal.fr.toml")]
    own = tmp_path / "texts"
    own.mkdir()
    for path in Settings().guide_folder.glob("*.toml"):
        text = path.read_text("utf-8")
        (own / path.name).write_text(re.sub(r"(?<!\[)\[\w[^]\n]*\]", "Fanal", text), "utf-8")
    filled = replace(room.settings, folder=tmp_path, guide="texts")
    assert not_filled_in(filled, room) == []
    file = own / "help.en.toml"
    file.write_text(file.read_text("utf-8").replace("Fanal", "[]", 1), "utf-8")
    (one,) = not_filled_in(filled, room)
    assert (one.what, one.hint) == ("help.en.toml is not filled in: []", f"fill in {file}")
    room.close()


def not_filled_in(settings: Settings, room: Room) -> list[Finding]:
    """Return the findings about texts that are not filled in."""
    each = doctor.examine(settings, room.folder / "portal.toml", room.day)
    return [finding for finding in each if "is not filled in" in finding.what]


def test_a_portal_without_a_name_is_reported(tmp_path: Path) -> None:
    """The name may be missing in just one of the languages. An unusable logo is also reported."""
    room = room_for(tmp_path)
    (told,) = [each for each in found(room, Level.WARNING) if "nobody is named" in each]
    assert told.startswith("nobody is named behind the site: [nom de l")
    assert told.endswith("Inspection], [name of the inspectorate]")
    room.settings = replace(room.settings, name=Texts("Inspection", "[name]"))
    assert "nobody is named behind the site: [name]" in found(room, Level.WARNING)
    room.settings = replace(room.settings, name=Texts("Inspection", "Inspectorate"))
    assert [each for each in found(room, Level.WARNING) if "nobody is named" in each] == []
    (tmp_path / "logo.svg").write_text("<script/>")
    room.settings = replace(room.settings, logo="logo.svg", folder=tmp_path)
    assert [each for each in found(room, Level.WRONG) if "logo.svg was refused" in each]
    room.close()


def test_doctor_reads_a_small_database_and_reports_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doctor does not read a large database, because reading prevents the overwriting of deleted data."""
    room = room_for(tmp_path)
    configured(room)
    room.send(make_report_envelope(room.site, file=bytes(400_000)))
    told = "the database is damaged"
    assert told not in found(room, Level.WRONG)
    room.database.scrub()
    room.close()
    damaging.damage(tmp_path / "portal.sqlite")
    assert told in found(room, Level.WRONG)
    monkeypatch.setattr(expire, "SMALL", 0)
    assert told not in found(room, Level.WRONG)


def test_doctor_states_which_law_and_regime_the_pages_follow(tmp_path: Path) -> None:
    """The finding gives the code and the hash, to compare with the output of `inbox office show`.

    Another test covers an unknown regime.
    """
    room = room_for(tmp_path)
    configured(room)
    sha256 = law.load(room.settings.law_folder).sha256.hex()
    for regime, code in (("", "internal"), ("external", "external"), ("none", "")):
        settings = replace(room.settings, regime=regime)
        said = [
            (each.what, each.hint)
            for each in doctor.examine(settings, room.folder / "portal.toml", room.day)
            if "regime" in each.what and each.level is Level.OK
        ]
        words = f"pages promise what the law {sha256} says of the regime {code}"
        assert (
            [(words, "compare the law and the regime with those that `inbox office show` prints")]
            if code
            else []
        ) == said
    room.close()


@pytest.mark.slow
def test_deleted_data_that_cannot_be_overwritten_is_reported(tmp_path: Path) -> None:
    """Here, another program holds the database. Otherwise doctor overwrites the data itself.

    If doctor warned at once, the warning would reveal that somebody has just withdrawn a report.
    """
    room = room_for(tmp_path)
    room.send(sealed := make_report_envelope(room.site))
    assert room.client.post("/api/withdraw", data=sealed.keys.withdraw_key).status_code == 204
    told = "deleted envelopes could not be overwritten"
    with room.database.write():
        assert told in found(room, Level.WARNING)
    assert told not in found(room, Level.WARNING)
    assert "expired data is deleted" in found(room, Level.OK)
    with room.database.read() as connection:
        assert deletion.count(connection) == 0
    room.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_output_is_the_same_with_no_report_and_with_fifty_reports(
    request: pytest.FixtureRequest, tmp_path: Path, backend: str
) -> None:
    """The reports came on several days, and some were exported, withdrawn or not finished.

    The control: the output of `portal pending` differs, because it contains the number of reports.
    """
    with opened(request, tmp_path, backend) as room:
        file = configured(room)
        file.write_text(f'{file.read_text()}database = "{room.settings.database}"\n')

        def told(*words: str) -> bytes:
            answer = CliRunner().invoke(portal, ["--config", str(file), *words])
            return answer.stdout_bytes

        commands = [(*words, *more) for words in (("doctor",), ("pending",)) for more in ((), ("--json",))]
        before = [told(*words) for words in commands]
        withdrawn = filed(room)
        room.begin(make_report_envelope(room.site))
        with room.database.write() as connection:
            for n in range(48):
                day = room.day - timedelta(n)
                arrived(connection, 70_000, of=report(), channel=(INSPECTORATE, OUTSIDE)[n % 2], day=day)
        room.client.post("/api/withdraw", data=withdrawn.keys.withdraw_key)
        for after in (lambda: None, room.export):
            after()
            now = [told(*words) for words in commands]
            assert [now[0], now[1]] == [before[0], before[1]]
            assert all(one != other for one, other in zip(now[2:], before[2:], strict=True))


def test_no_finding_contains_a_number_that_changes_with_reports(tmp_path: Path) -> None:
    """The only numbers in the findings are limits and expiry days, even if something is wrong."""
    room = room_for(tmp_path)
    configured(room)
    room.configure(capacity_gb=0.000_1)

    def come(count: int) -> list[Finding]:
        """Add ``count`` reports and unfinished uploads, and return the findings of a later day."""
        with room.database.write() as connection:
            for _ in range(count):
                arrived(connection, 70_000, of=report(), day=room.day)
                arrived(connection, 70_000, 10, day=room.day)
        day = room.day + timedelta(room.settings.upload_days + 3)
        return list(doctor.examine(room.settings, tmp_path / "portal.toml", day))

    one = come(1)
    assert come(9) == one
    assert "nearly full shares: report with files, follow up with files" in {each.what for each in one}
    assert "expired data is not deleted yet" in {each.what for each in one}
    room.close()


def test_a_kernel_that_cannot_confine_processes_causes_a_warning(tmp_path: Path) -> None:
    """Landlock or seccomp may be missing. The portal serves nevertheless."""
    room = room_for(tmp_path)
    room.close()
    command = [sys.executable, "-c", _ON_OTHER_KERNELS, str(configured(room))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *told, could = done.stdout.split("---\n")
    assert [
        [line for line in each.splitlines() if "kernel" in line and str(tmp_path) not in line]
        for each in told
    ] == [
        ["ok: the kernel can confine the serving processes (Landlock, seccomp)"],
        [NO_LANDLOCK, LANDLOCK_HINT],
        [NO_LANDLOCK, LANDLOCK_HINT, NO_SECCOMP, SECCOMP_HINT],
    ]
    assert could == "True\n"


@pytest.mark.slow
@pytest.mark.parametrize(("places", "lines"), [(4_095, 1), (4_096, 0)])
def test_a_kernel_with_short_connection_queues_causes_a_warning(
    tmp_path: Path, places: int, lines: int
) -> None:
    """The kernel shortens the queues of the portal and nginx, whatever length the two programs request."""
    room = room_for(tmp_path)
    room.close()
    examine = f"echo {places} > /proc/sys/net/core/somaxconn; {PORTAL} --config {configured(room)} doctor"
    # A separate network namespace has a separate setting.
    command = ["unshare", "--net", "sh", "-c", examine]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if "connections wait" in line]
    said = f"warning: the kernel lets only {places} connections wait instead of 4096, and refuses more"
    assert told == [said][:lines]
    assert "expired data is deleted" in done.stdout


def test_files_that_others_can_read_are_reported_as_an_error(tmp_path: Path) -> None:
    room = room_for(tmp_path)
    configured(room, 0o644)
    (tmp_path / "portal.sqlite").chmod(0o640)
    wrong = found(room, Level.WRONG)
    assert ["configuration", "database"] == [each.split()[3] for each in wrong]
    room.close()


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [
        (-1, Level.WRONG, "issued in the future"),
        (25, Level.WARNING, "the keyring expires on"),
        (31, Level.WRONG, "the keyring expired on"),
        (70, Level.WARNING, "channel inspectorate expires on"),
    ],
)
def test_expiry_dates_in_the_near_future_are_reported(
    tmp_path: Path, days: int, level: Level, words: str
) -> None:
    room = room_for(tmp_path)
    room.wait(days)
    assert [each for each in found(room, level) if words in each] != []
    room.close()


def test_a_site_that_does_not_answer_is_reported(tmp_path: Path) -> None:
    room = room_for(tmp_path)
    (wrong,) = [each for each in found(room, Level.WRONG, "http://127.0.0.1:1") if "fetched" in each]
    assert wrong.startswith("http://127.0.0.1:1/ was not fetched")
    room.close()


def test_a_difference_of_more_than_two_minutes_from_the_clock_of_the_site_is_reported_as_an_error(
    tmp_path: Path,
    free_port: Callable[[], int],
    false_clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock may be ahead or behind. A difference of one minute is accepted."""
    server = Server(tmp_path, free_port()).make()
    (tmp_path / "portal.toml").chmod(0o600)
    with server.serving():
        # From here on, only the server's clock is wrong.
        monkeypatch.delenv("LD_PRELOAD")
        site = f"http://127.0.0.1:{server.port}"
        for minutes, level in ((-3, Level.WRONG), (-1, Level.OK), (1, Level.OK), (3, Level.WRONG)):
            false_clock(timedelta(minutes=minutes))
            told = doctor.examine(server.settings, tmp_path / "portal.toml", today(), site)
            (clock,) = [each for each in told if "machine's clock" in each.what]
            assert (clock.level, bool(clock.hint)) == (level, level is Level.WRONG)


@pytest.mark.parametrize("line", ["", "Date: yesterday\r\n"])
def test_a_site_without_a_date_header_is_reported(tmp_path: Path, line: str) -> None:
    """Without the header, doctor cannot check the clock, and makes no statement about it."""
    room = room_for(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            for _ in range(2):
                with listener.accept()[0] as visitor:
                    visitor.recv(65_536)
                    visitor.sendall(f"HTTP/1.1 200 OK\r\n{line}Content-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        each = doctor.examine(
            room.settings, room.folder, room.day, f"http://127.0.0.1:{listener.getsockname()[1]}"
        )
        (clock,) = [finding for finding in each if "clock" in finding.what]
        thread.join()
    assert (clock.level, clock.hint) == (Level.WARNING, "let the web server send `Date`")
    room.close()


def test_a_portal_without_a_keyring_is_reported(tmp_path: Path) -> None:
    room = room_for(tmp_path)
    room.publish(make_keyring(room.site, root_seed=bytes(32)))
    assert "not signed by `root_key`" in " ".join(found(room, Level.WRONG))
    settings = replace(room.settings, database="sqlite:///none.sqlite")
    first, *_ = doctor.examine(settings, tmp_path / "portal.toml", room.day)
    assert (first.level, first.hint) == (Level.WRONG, "run `portal init`")
    room.close()


def test_a_channel_without_an_import_for_two_weeks_is_reported(tmp_path: Path) -> None:
    """Waiting reports must not cause the finding, because the finding would show the day of their arrival."""
    room = room_for(tmp_path)

    def late() -> list[str]:
        return [each for each in found(room, Level.WARNING) if "no outbox was imported" in each]

    both = [f"channel {each}: no outbox was imported in the last 14 days" for each in (INSPECTORATE, OUTSIDE)]
    assert late() == both
    for channel in (INSPECTORATE, OUTSIDE):
        room.bring(make_outbox(room.site, channel))
    assert late() == []
    room.wait(14)
    filed(room)
    assert late() == []
    room.wait(1)
    assert late() == both
    room.close()


def test_a_share_that_is_nearly_full_is_reported(tmp_path: Path) -> None:
    """Above 80 %, reports will soon be refused."""
    room = room_for(tmp_path)
    filed(room)
    room.configure(capacity_gb=0.001)
    assert "every kind of envelope has room" in found(room, Level.OK)
    room.configure(capacity_gb=0.000_5)
    assert "nearly full shares: report" in found(room, Level.WARNING)
    room.close()


def test_a_disk_without_room_for_a_large_report_is_reported(tmp_path: Path) -> None:
    """The check looks at the disk with the database. With more room, there is no warning."""
    with small_disk(tmp_path / "disk", "64m") as resize:
        room = room_for(tmp_path / "disk")
        assert "the disk of the database has less than 2 GiB free" in found(room, Level.WARNING)
        resize("3g")
        assert [each for each in found(room, Level.OK) if "disk of the database" in each]
        room.close()


def test_a_full_disk_of_postgresql_is_reported_as_an_error(tmp_path: Path, postgres_url: str) -> None:
    """PostgreSQL does not report its free space, so doctor tries to write.

    With enough space, there is no error.
    """
    with postgres.database_on_small_disk(postgres_url, "24m") as (address, disk):
        room = PortalSite(tmp_path, address)
        filler = disk / "of-others"
        filler.write_bytes(bytes(shutil.disk_usage(disk).free - (512 << 10)))
        before = room.state()
        assert [each for each in found(room, Level.WRONG) if "cannot store 1 MiB more" in each]
        filler.unlink()
        assert "PostgreSQL has room for a report" in found(room, Level.OK)
        assert room.state() == before
        room.close()


def test_a_postgresql_server_that_logs_too_much_is_reported(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A server that logs statements or times causes an error. A log for replicas causes a warning."""
    with opened(request, tmp_path, "postgresql") as room:
        loud = f"{room.settings.database}&options=-clog_statement%3Dall"
        room.settings = replace(room.settings, database=loud)
        assert talkative(room, Level.WRONG) == [
            "log_statement = all",
            "log_checkpoints = on",
            "log_autovacuum_min_duration = 10min",
            "log_min_error_statement = error",
            "log_line_prefix = %m [%p] ",
        ]
        assert talkative(room, Level.WARNING) == ["wal_level = replica", "wal_recycle = on"]


def test_postgresql_with_the_shipped_settings_has_no_findings(tmp_path: Path) -> None:
    with postgres.serving((), SHIPPED.read_text()) as cluster:
        room = PortalSite(tmp_path, cluster.url)
        assert talkative(room, Level.WRONG) == talkative(room, Level.WARNING) == []
        assert "PostgreSQL logs no statements or connections" in found(room, Level.OK)
        room.close()


def talkative(room: Room, level: Level) -> list[str]:
    """Return the PostgreSQL settings that doctor reports."""
    return [each.partition(": ")[2] for each in found(room, level) if each.startswith("PostgreSQL")]


def test_overdue_deletions_are_reported(tmp_path: Path) -> None:
    """Here, an abandoned upload should have been deleted two days ago."""
    room = room_for(tmp_path)
    room.begin(make_report_envelope(room.site))
    room.wait(room.settings.upload_days + 2)
    assert not [each for each in found(room, Level.WARNING) if "not deleted yet" in each]
    room.wait(1)
    assert "expired data is not deleted yet" in found(room, Level.WARNING)
    room.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_portal_pending_counts_the_envelopes_that_wait_for_export(
    request: pytest.FixtureRequest, tmp_path: Path, backend: str
) -> None:
    """For each channel, the output has a count and the oldest day.

    Incomplete and exported envelopes do not count.
    """
    with opened(request, tmp_path, backend) as room:
        file = configured(room)
        file.write_text(f'{file.read_text()}database = "{room.settings.database}"\n')
        first = room.day
        sealed = filed(room)
        filed(room, OUTSIDE)
        room.begin(sealed)
        room.wait(2)
        filed(room)

        def told() -> object:
            answer = CliRunner().invoke(portal, ["--config", str(file), "pending", "--json"])
            assert answer.exit_code == 0, answer.output
            return json.loads(answer.output)

        day = first.isoformat()
        other = {"channel": OUTSIDE, "count": 1, "oldest": day}
        assert told() == [{"channel": INSPECTORATE, "count": 2, "oldest": day}, other]
        room.export()
        assert told() == [other]
        plain = CliRunner().invoke(portal, ["--config", str(file), "pending"])
        assert plain.output == f"{OUTSIDE}: 1, the oldest from {day}\n"


def test_doctor_exits_with_status_one_when_something_is_wrong(tmp_path: Path) -> None:
    room = room_for(tmp_path)
    file = configured(room)
    well = CliRunner().invoke(portal, ["--config", str(file), "doctor", "--json"])
    assert (well.exit_code, {each["level"] for each in json.loads(well.output)} - {"ok", "warning"}) == (
        0,
        set(),
    )
    file.chmod(0o644)
    ill = CliRunner().invoke(portal, ["--config", str(file), "doctor"])
    assert ill.exit_code == 1
    assert f"wrong: others can read configuration {file}\n  hint: run `chmod 600 {file}`\n" in ill.output
    room.close()


def test_a_manifest_that_does_not_match_the_served_pages_is_reported(tmp_path: Path) -> None:
    """An upgrade or a changed setting can cause the mismatch."""
    room = room_for(tmp_path)
    room.settings = replace(room.settings, manifest="manifest")
    assert [each for each in found(room, Level.WRONG) if "manifest.json was not read" in each]
    asked = load_questionnaire(room.settings)
    raw = manifest.make(room.settings, asked, 1, room.day + timedelta(40))
    listed = pages.parse(raw, room.site.deployment)
    for published, wrong in ((raw, 0), (pages.encode(replace(listed, files=listed.files[1:])), 1)):
        (tmp_path / "manifest").mkdir(exist_ok=True)
        (tmp_path / "manifest" / pages.MANIFEST).write_bytes(published)
        signature = pages.sign(published, room.site.deployment, room.site.root_seed)
        (tmp_path / "manifest" / pages.SIGNATURE).write_bytes(signature)
        assert len([each for each in found(room, Level.WRONG) if "differs from the pages" in each]) == wrong
    room.wait(30)
    assert [each for each in found(room, Level.WARNING) if "the page manifest expires" in each]
    room.close()
