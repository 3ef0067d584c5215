"""The portal's command line: commands report their results, or explain a refusal and say what to do."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from sqlalchemy import make_url

from crypto import base64url, pages, questionnaire
from crypto.keyring import sign
from crypto.signing import LARGEST_FILE
from portal.config import load
from portal.ops import cli
from portal.store import database, envelopes, intakes
from portal.store.envelopes import Upload
from tests.support import damaging
from tests.support.builders import (
    INSPECTORATE,
    OUTSIDE,
    QUESTIONNAIRE,
    SignedKeyring,
    Site,
    make_envelope,
    make_keyring,
    make_outbox,
    today,
)
from tests.support.gate import crossed
from tests.support.portal_room import SITE
from tests.support.portal_server import Server
from tests.support.portal_terminal import run, run_both

FINGERPRINT = re.compile(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration file."""
    settings = {
        "deployment": base64url.encode(SITE.deployment),
        "root_key": base64url.encode(SITE.root_key),
    }
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in settings.items()]
    (tmp_path / "portal.toml").write_text("".join(lines))
    return tmp_path


@pytest.fixture
def made(folder: Path) -> Path:
    """A folder with an initialised portal that has its keyring."""
    run(folder, "init")
    run(folder, "keyring", make_keyring(SITE, 2).save(folder / "keyring"))
    return folder


def refusal(text: str) -> tuple[str, str]:
    """Return the message and hint of a refusal.

    The output has no other lines; with --json, the output is JSON.
    """
    if text.startswith("{"):
        told = json.loads(text)
        return told["message"], told["hint"]
    message, hint = text.splitlines()
    assert message.startswith("error: ")
    assert hint.startswith("hint: ")
    return message.removeprefix("error: "), hint.removeprefix("hint: ")


def test_portal_init_makes_a_portal_only_once(folder: Path) -> None:
    """The fingerprint is printed. A second init changes nothing and names the existing portal."""
    found = FINGERPRINT.search(run(folder, "init"))
    assert found
    assert (folder / "portal.sqlite").stat().st_mode & 0o777 == 0o600
    before = (folder / "portal.sqlite").read_bytes()
    message, _ = refusal(run(folder, "init", code=1))
    assert message == f"this portal already exists; its fingerprint is {found[0]}"
    assert (folder / "portal.sqlite").read_bytes() == before


def test_each_portal_has_a_key_of_its_own(folder: Path) -> None:
    """Anybody who knew the key could sign bundles, and compute the proof of work for later hours."""
    seeds = set()
    for name in ("one", "other"):
        (folder / name).mkdir()
        (folder / name / "portal.toml").write_text((folder / "portal.toml").read_text())
        run(folder / name, "init")
        with closing(sqlite3.connect(folder / name / "portal.sqlite")) as connection:
            seeds |= {*connection.execute("SELECT seed FROM instance")}
    assert len(seeds) == 2


def test_portal_init_with_json_returns_only_the_fingerprint(folder: Path) -> None:
    assert FINGERPRINT.fullmatch(json.loads(run(folder, "init", "--json"))["fingerprint"])


def test_a_keyring_is_published_only_once(folder: Path) -> None:
    """A second attempt says that the keyring is already published.

    Older, altered or expired keyrings are refused.
    """
    run(folder, "init")
    keyring = make_keyring(SITE, 2)
    good = keyring.save(folder / "good")
    assert "keyring 2 is published" in run(folder, "keyring", good)
    assert "keyring 2 was published before" in run(folder, "keyring", good)
    assert json.loads(run(folder, "keyring", good, "--json"))["taken"] is False
    older = make_keyring(SITE, 1).save(folder / "older")
    assert "is not higher than the serial in use" in refusal(run(folder, "keyring", older, code=1))[0]
    stranger = make_keyring(SITE, 3, root_seed=bytes(32)).save(folder / "stranger")
    assert "signature does not hold" in refusal(run(folder, "keyring", stranger, code=1))[0]
    expired = make_keyring(SITE, 3, day=today().replace(year=today().year - 1)).save(folder / "expired")
    assert "expired on" in refusal(run(folder, "keyring", expired, code=1))[0]
    altered = make_keyring(SITE, 3).save(folder / "altered")
    (altered / "keyring.json").write_bytes(
        (altered / "keyring.json").read_bytes().replace(b"Customs", b"Custom!")
    )
    assert "signature does not hold" in refusal(run(folder, "keyring", altered, code=1))[0]
    assert "was not read" in refusal(run(folder, "keyring", folder / "none", code=1))[0]
    (altered / "keyring.json").write_bytes(bytes(LARGEST_FILE + 1))
    assert "was not read: file too large" in refusal(run(folder, "keyring", altered, code=1))[0]


def test_export_writes_bundles_until_no_envelope_waits(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`portal export` writes as many bundles as needed."""
    monkeypatch.setattr(intakes, "MOST_ENVELOPES", 2)
    content = make_envelope(SITE)
    with (
        closing(database.open_database(make_url(f"sqlite+pysqlite:///{made}/portal.sqlite"))) as store,
        store.write() as connection,
    ):
        for n in range(3):
            whole = Upload(
                id=bytes([n] * 16), channel=INSPECTORATE, size=len(content), received=0, begun=today()
            )
            envelopes.begin(connection, whole, None, content)
    told = json.loads(run(made, "export", "--out", made, "--channel", INSPECTORATE, "--json"))
    assert [(each["n"], each["envelopes"]) for each in told] == [(1, 2), (2, 1)]


def test_programs_get_the_same_code_for_any_damage_to_the_database(made: Path) -> None:
    """First, a page of an envelope is damaged.

    Later, the page that SQLite reads to open the database is damaged, too.
    """
    file = made / "portal.sqlite"
    with (
        closing(database.open_database(make_url(f"sqlite+pysqlite:///{file}"))) as store,
        store.write() as connection,
    ):
        upload = Upload(id=bytes(16), channel=INSPECTORATE, size=400_000, received=0, begun=today())
        envelopes.begin(connection, upload, None, bytes(400_000))
    damaging.damage(file)
    for _ in range(2):
        _, said = run_both(made, "export", "--out", made, "--json", code=1)
        told = json.loads(said)
        assert (told["code"], told["message"]) == ("database", "the database is damaged")
        file.write_bytes(bytes(1_000) + file.read_bytes()[1_000:])


def test_export_and_import_report_their_results(made: Path) -> None:
    """Both commands print a line for each bundle, or JSON. The option --again needs --channel."""
    store = database.open_database(make_url(f"sqlite+pysqlite:///{made}/portal.sqlite"))
    content = make_envelope(SITE)
    upload = Upload(id=bytes(16), channel=INSPECTORATE, size=len(content), received=0, begun=today())
    with store.write() as connection:
        envelopes.begin(connection, upload, None, content)
    store.close()
    first = made / "inspectorate-1.tar"
    lines = run(made, "export", "--out", made).splitlines()
    assert lines[0] == f"{first}: 1 envelope, 0 withdrawals"
    assert [line.split(":")[0] for line in lines] == [str(first), str(made / "ombudsman-1.tar")]
    original = first.read_bytes()
    first.unlink()
    told = json.loads(run(made, "export", "--out", made, "--channel", INSPECTORATE, "--again", "1", "--json"))
    assert told == [{"channel": INSPECTORATE, "n": 1, "file": str(first), "envelopes": 1, "withdrawals": 0}]
    assert first.read_bytes() == original
    assert "name the channel with --channel" in run(made, "export", "--out", made, "--again", "1", code=2)
    outbox = make_outbox(SITE, signed=make_keyring(SITE, 3)).save(made / "outbox.tar")
    assert "outbox 1 of inspectorate applied" in run(made, "import", outbox)
    assert json.loads(run(made, "import", outbox, "--json"))["applied"] is False
    assert "applied before" in run(made, "import", outbox)


@pytest.fixture
def read(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read the database during the whole test. The portal does not wait for the reader to finish."""
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0)
    monkeypatch.setattr(database, "_PRAGMAS", ("busy_timeout = 50", *database._PRAGMAS[1:]))
    with closing(sqlite3.connect(made / "portal.sqlite", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        assert connection.execute("SELECT count(*) FROM envelopes").fetchall() == [(0,)]
        yield


BUSY = (
    "done, but deleted bytes are not overwritten yet: the database is in use, or its disk is full",
    "run `portal expire` later; do not repeat this command",
)


@pytest.mark.usefixtures("read")
def test_results_are_reported_even_if_deleted_bytes_cannot_be_overwritten(made: Path) -> None:
    """Each command prints its usual result first.

    Then the command explains exit status 1, and says what to do.
    """
    bundles = [made / f"{channel}-1.tar" for channel in (INSPECTORATE, OUTSIDE)]
    said, complained = run_both(made, "export", "--out", made, code=1)
    assert said == "".join(f"{path}: 0 envelopes, 0 withdrawals\n" for path in bundles)
    assert refusal(complained) == BUSY
    assert all(path.exists() for path in bundles)
    outbox = make_outbox(SITE, signed=make_keyring(SITE, 3)).save(made / "outbox.tar")
    said, complained = run_both(made, "import", outbox, code=1)
    assert "outbox 1 of inspectorate applied" in said
    assert refusal(complained) == BUSY
    said, complained = run_both(made, "expire", code=1)
    assert "deleted: 0 unfinished uploads" in said
    assert refusal(complained) == BUSY
    said, complained = run_both(made, "export", "--out", made, "--json", code=1)
    assert [each["n"] for each in json.loads(said)] == [2, 2]
    assert json.loads(complained) == {"code": "store-busy", "message": BUSY[0], "hint": BUSY[1]}


def test_a_failing_database_causes_an_error_with_a_hint(made: Path) -> None:
    with closing(sqlite3.connect(made / "portal.sqlite")) as connection:
        connection.execute("ALTER TABLE envelopes RENAME TO elsewhere")
    message = "the database does not answer, or it is full or busy"
    hint = "check that the database runs, then try again"
    assert refusal(run(made, "pending", code=1)) == (message, hint)
    told = json.loads(run(made, "pending", "--json", code=1))
    assert told == {"code": "database", "message": message, "hint": hint}


@pytest.mark.parametrize(
    ("options", "told"),
    [([], "stopped\n"), (["--json"], '{"code": "stopped", "message": "stopped", "hint": ""}\n')],
    ids=["text", "json"],
)
def test_ctrl_c_stops_a_command(tmp_path: Path, options: list[str], told: str) -> None:
    """The command waits for its configuration, which comes from a pipe.

    The first line of its output is empty, because click ends the line after “^C”.
    """
    os.mkfifo(pipe := tmp_path / "portal.toml")
    words = [sys.executable, "-c", "from portal.ops.cli import main; main()", "--config", pipe, "pending"]
    with (
        subprocess.Popen([*words, *options], stderr=subprocess.PIPE, text=True) as process,
        pipe.open("w"),  # waits until the command has also opened the pipe
    ):
        process.send_signal(signal.SIGINT)
        _, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (1, f"\n{told}")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_written_bundle_is_reported_even_if_the_next_bundle_is_refused(
    made: Path, options: list[str]
) -> None:
    """The bundle keeps its number, and the next export continues with the next number."""
    first, second = (made / f"{channel}-1.tar" for channel in (INSPECTORATE, OUTSIDE))
    second.touch()
    said, complained = run_both(made, "export", "--out", made, *options, code=1)
    assert refusal(complained)[0] == f"file {second} already exists"
    assert first.exists()
    assert (str(first) in said, str(second) in said) == (True, False)


def test_a_refused_import_ends_with_status_1(made: Path) -> None:
    """The command prints a message and a hint, without a traceback."""
    outbox = make_outbox(SITE, reply_seed=bytes(32)).save(made / "outbox.tar")
    message, hint = refusal(run(made, "import", outbox, code=1))
    assert message == "outbox.tar refused: outbox bundle is not signed by a reply key of its channel"
    assert hint.startswith("nothing was changed")


@pytest.mark.parametrize(
    ("words", "trap"),
    crossed(
        [("import",), ("verify", "http://127.0.0.1:1", "--channel-keys")],
        ["pipe", "device", "card.json behind a link"],
    ),
)
def test_no_command_reads_a_pipe_or_a_device_as_a_file(made: Path, words: tuple[str, ...], trap: str) -> None:
    """On removable media, a pipe or a device can have a name like that of a bundle or a card."""
    place = made / "named"
    if trap == "pipe":
        os.mkfifo(place)
    elif trap == "device":
        place.symlink_to("/dev/zero")
    else:
        place.mkdir()
        (place / "card.json").symlink_to("/dev/zero")
    command = Server(made, 0).command(*words, place)
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (1, "") == (done.returncode, done.stdout)
    assert refusal(done.stderr)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wrokers = 2", "unknown setting 'wrokers'"),
        ("workers = 0", "setting 'workers' has a wrong value"),
        ("workers", "is not TOML"),
    ],
)
def test_a_configuration_with_a_mistake_ends_every_command_with_status_2(
    tmp_path: Path, text: str, message: str
) -> None:
    """The error names the setting. Nothing else is done."""
    (tmp_path / "portal.toml").write_text(text)
    assert message in refusal(run(tmp_path, "init", code=2))[0]


def test_wrong_usage_ends_with_status_2(folder: Path) -> None:
    """An option or command is unknown, or a required option or command is missing."""
    wrong = ["export", "--out", folder, "--again", "99999999999999999999"]
    for arguments in (["frobnicate"], ["export"], ["import"], ["init", "--what"], ["keyring"], wrong):
        assert "Usage: portal " in run(folder, *arguments, code=2)


@pytest.mark.parametrize("name", cli.portal.list_commands(click.Context(cli.portal)))
def test_help_works_without_a_configuration_file(tmp_path: Path, name: str) -> None:
    """The control: without `--help`, a missing configuration is an error."""
    assert f"portal {name} [OPTIONS]" in run(tmp_path, name, "--help")
    assert "was not read" in refusal(run(tmp_path, "init", code=2))[0]


def test_every_other_command_is_refused_before_portal_init(folder: Path) -> None:
    """The error says to run `portal init` first."""
    commands = (["serve"], ["export", "--out", folder], ["import", folder / "x.tar"], ["keyring", folder])
    for arguments in commands:
        message, hint = refusal(run(folder, *arguments, code=1))
        assert (message, hint) == ("the portal has no database yet", "run `portal init`")


def test_a_portal_without_a_root_key_is_refused(tmp_path: Path) -> None:
    """The error names the empty setting, and says where to find its value."""
    (tmp_path / "portal.toml").write_text("")
    run(tmp_path, "init")
    keyring = make_keyring(SITE).save(tmp_path / "keyring")
    message, hint = refusal(run(tmp_path, "keyring", keyring, code=2))
    assert message == "setting 'root_key' is empty"
    assert "inbox init" in hint


def test_a_manifest_with_an_invalid_date_or_serial_is_not_written(made: Path) -> None:
    """The expiry date must be today or later, and the serial must be within its limits."""
    out = made / "manifest.json"
    for until, why in (
        (today() - timedelta(days=1), "the day must be today or later"),
        (date(2200, 1, 1), "'2200-01-01' is not a day from 2000 to 2199, such as 2026-11-24"),
    ):
        said = run(made, "manifest", "--serial", "1", "--until", until.isoformat(), "--out", out, code=2)
        assert f"'--until': {why}" in said.replace("\n", " ")
    said = run(made, "manifest", "--serial", "9" * 16, "--until", "2199-12-31", "--out", out, code=2)
    assert "'--serial'" in said
    assert not out.exists()
    run(made, "manifest", "--serial", "1", "--until", today().isoformat(), "--out", out)
    assert out.exists()


def test_the_default_serial_is_higher_than_the_last_serial_and_at_least_the_date_as_a_number(
    made: Path,
) -> None:
    """A portal without a list may replace a lost portal, whose serials visitors remember.

    A list that the root key did not sign stops the command, because its serial is not known.
    """
    out, until = made / "manifest.json", today() + timedelta(365)
    day = int(f"{today():%Y%m%d}")

    def serial() -> int:
        told = json.loads(run(made, "manifest", "--out", out, "--json"))
        assert told["valid_until"] == until.isoformat()
        listed = json.loads(out.read_bytes())
        assert (told["serial"], told["valid_until"]) == (listed["serial"], listed["valid_until"])
        return int(told["serial"])

    assert serial() == day
    file = made / "portal.toml"
    file.write_text(f'manifest = "signed"\n{file.read_text()}')
    (made / "signed").mkdir()
    for last, following in ((1, day), (day, day + 1), (day + 5, day + 6)):
        run(made, "manifest", "--serial", last, "--out", made / "signed" / pages.MANIFEST)
        raw = (made / "signed" / pages.MANIFEST).read_bytes()
        (made / "signed" / pages.SIGNATURE).write_bytes(pages.sign(raw, SITE.deployment, SITE.root_seed))
        assert serial() == following
    (made / "signed" / pages.SIGNATURE).write_bytes(bytes(64))
    before = out.read_bytes()
    message, hint = refusal(run(made, "manifest", "--out", out, code=2))
    assert "is not signed by `root_key`" in message
    assert hint
    assert out.read_bytes() == before
    run(made, "manifest", "--serial", day + 9, "--out", out)


def test_portal_freeze_reports_what_it_wrote_and_where(made: Path) -> None:
    """Every path that the JSON output names exists."""
    told = json.loads(run(made, "freeze", made / "frozen", "--json"))
    assert ["answers", "files", "headers", "nginx", "site"] == sorted(told)
    assert all(Path(told[name]).exists() for name in told.keys() - {"files"})
    files = [each for each in Path(told["site"]).rglob("*") if each.is_file()]
    assert told["files"] == len([each for each in files if each.suffix not in {".gz", ".br"}])


@pytest.mark.slow
def test_commands_refuse_a_questionnaire_whose_question_ids_clash_with_ids_of_the_page(made: Path) -> None:
    """Otherwise, somebody would have to correct a file that is already published."""
    questions = made / "questions.toml"
    raw = QUESTIONNAIRE.read_bytes()
    keyring = make_keyring(SITE, 3).value
    settings = (made / "portal.toml").read_text().partition("questionnaire")[0]
    (made / "portal.toml").write_text(f'{settings}questionnaire = "questions.toml"\n')
    (made / "portal.toml").chmod(0o600)
    for name, code in (("place_name", 0), ("form", 2)):
        questions.write_bytes(raw.replace(b'id = "place"', f'id = "{name}"'.encode()))
        if not code:
            named = questionnaire.parse(questions.read_bytes()).reference
            keyring = replace(keyring, serial=keyring.serial + 1, questionnaire=named)
            signed = SignedKeyring(keyring, *sign(keyring, SITE.root_seed))
            run(made, "keyring", signed.save(made / name))
        until = today().isoformat()
        told = [
            run(made, "manifest", "--serial", "1", "--until", until, "--out", made / "m", code=code),
            run(made, "freeze", made / "frozen", code=code),
            run(made, "webcat", "--app", "https://x", "--tag", "1", "--out", made / "w", code=code),
            run_both(made, "doctor", code=bool(code))[0],
        ]
        if code:
            told.append(run(made, "serve", code=code))
        assert [f"'{name}'" in each for each in told] == [bool(code)] * len(told)


def test_a_password_in_a_database_address_is_never_printed(made: Path) -> None:
    """Output often ends up in a log."""
    config = made / "portal.toml"
    text = config.read_text()
    for address in ("postgresql://h.invalid/x?password=geheim", "postgresql://u:geheim@h.invalid/x"):
        config.write_text(f'{text}database = "{address}"\n')
        message, _ = refusal(run(made, "serve", code=1))
        assert "h.invalid/x" in message
        assert "geheim" not in message
        assert "geheim" not in repr(load(config))
        assert "geheim" in load(config).database


def test_serving_needs_a_matching_keyring(made: Path) -> None:
    """The portal starts only if the root key signed the keyring and the keyring names the questionnaire."""
    config = made / "portal.toml"
    text = config.read_text()
    config.write_text(text.replace("root_key", "# root_key"))
    assert refusal(run(made, "serve", code=2))[0] == "setting 'root_key' is empty"
    config.write_text(text.replace(base64url.encode(SITE.root_key), base64url.encode(Site().root_key)))
    assert "is not signed by `root_key`" in refusal(run(made, "serve", code=1))[0]
    (made / "questions.toml").write_bytes(QUESTIONNAIRE.read_bytes() + b"\n")
    config.write_text(text + 'questionnaire = "questions.toml"\n')
    assert "name different questionnaires" in refusal(run(made, "serve", code=1))[0]
    assert "another questionnaire" in run(made, "keyring", made / "keyring")
    (made / "questions.toml").write_bytes(b"")
    assert "questions.toml" in refusal(run(made, "serve", code=2))[0]
    (made / "questions.toml").unlink()
    assert "was not read" in refusal(run(made, "serve", code=2))[0]
    config.write_text(text + 'database = "sqlite:///other.sqlite"\n')
    run(made, "init")
    assert "has no keyring yet" in refusal(run(made, "serve", code=1))[0]
