"""The mark of an exercise: no home can lose it or get it, and media never pass between the two kinds."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crypto import exercise
from inbox.cli import main
from inbox.keys import vault_header
from inbox.keys.vault_header import Header
from tests.support import dossier_room, exercises
from tests.support.backup_media import Copies, as_it_is, signed_anew
from tests.support.command_tree import every_command
from tests.support.inbox_builders import Office, Portal, Reporter, World, first

WORDS = exercise.WORDS


@pytest.fixture(scope="module")
def founded_exercise(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The inbox of an exercise, to copy."""
    return exercises.found(tmp_path_factory.mktemp("exercise"))


@pytest.fixture
def training(founded_exercise: Office, tmp_path: Path) -> Office:
    """The inbox of an exercise, for this test only."""
    return founded_exercise.copy(tmp_path / "training")


def _edit(office: Office, change: Callable[[Header], Header]) -> None:
    file = office.root / "vault.json"
    file.write_bytes(vault_header.encode(change(vault_header.parse(file.read_bytes()))))


def _refusal(office: Office, *words: str | Path) -> str:
    said = office.run(*words)
    assert said.code == 1
    assert not said.out
    return said.err


def test_a_real_home_cannot_be_named_an_exercise(office: Office) -> None:
    """Whoever changes vault.json gets a refusal; the vault itself is unchanged."""
    _edit(office, lambda header: replace(header, exercise=WORDS))
    assert "says that this inbox is an exercise, but the inbox is real" in _refusal(office, "case", "list")
    _edit(office, lambda header: replace(header, exercise=None))
    assert WORDS not in office.run("case", "list").out


def test_an_exercise_cannot_be_named_a_real_home(training: Office) -> None:
    """Neither a changed vault.json nor another name of the folder makes an exercise real."""
    _edit(training, lambda header: replace(header, exercise=None))
    assert "hides that this inbox is an exercise" in _refusal(training, "case", "list")
    _edit(training, lambda header: replace(header, exercise=WORDS))
    training.root.rename(training.root.with_name("real"))
    training.root = training.root.with_name("real")
    assert training.run("case", "list").out.startswith(f"{WORDS}\n")


def test_vault_json_knows_no_other_mark() -> None:
    """The member is absent, or it is the two words."""
    header = Header(sharing=bytes(16), identifier=1, quorum=1, generation=1)
    assert b"exercise" not in vault_header.encode(header)
    assert WORDS.encode() in vault_header.encode(replace(header, exercise=WORDS))


def test_the_vault_of_a_real_home_does_not_open_under_the_header_of_an_exercise(
    training: Office, office: Office
) -> None:
    """The shares of the exercise open only the vault of the exercise."""
    (training.root / "vault-1.sqlite").write_bytes((office.root / "vault-1.sqlite").read_bytes())
    assert "error: " in _refusal(training, "case", "list")


def test_each_answer_of_an_exercise_is_marked_once_on_each_stream(training: Office) -> None:
    """Lines of text, JSON objects, JSON lists, refusals and refusals in JSON."""
    said = training.run("case", "list")
    assert (WORDS, 1) == (said.out.splitlines()[0], said.out.count(WORDS))
    assert WORDS == training.run("case", "list", "--json").json["exercise"]
    listed = training.run("doctor", "--json")
    assert (list, f"{WORDS}\n") == (type(listed.json), listed.err)
    refused = training.run("case", "show", "7")
    assert (WORDS, 1) == (refused.err.splitlines()[0], refused.err.count(WORDS))
    assert WORDS == json.loads(training.run("case", "show", "7", "--json").err)["exercise"]


@pytest.mark.parametrize("name", [*every_command(main.commands)])
def test_the_answer_of_every_command_is_marked_even_a_refusal(training: Office, name: str) -> None:
    """Most commands refuse to run without arguments. Each stream that says something has the mark once."""
    # The desk would serve until it locks: tests/desk/test_exercise.py.
    refused = ("--medium", training.root / "none") if name == "desk" else ()
    said = training.typed(*name.split(), *refused)
    told = [stream for stream in (said.out, said.err) if stream]
    assert told
    assert [1] * len(told) == [stream.count(WORDS) for stream in told]


@pytest.mark.parametrize(
    "line",
    [
        "-h", "--help", "help", "", "--version", "case", "case -h", "help case list", "case list --help",
        "case list --version", "cas list", "case lst", "--nope", "case list --nope", "--share",
        "case list --share", "case show x",
    ],
)  # fmt: skip
def test_help_versions_and_mistyped_commands_are_marked(
    training: Office, office: Office, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Once on each stream, also if the environment names the inbox. The control is a real inbox."""
    with monkeypatch.context() as patch:
        patch.setenv("FANAL_HOME", str(training.root))
        by_environment = dossier_room.run(main.run, line.split())
    for said, marks in (
        (training.typed(*line.split()), 1),
        (by_environment, 1),
        (office.typed(*line.split()), 0),
    ):
        told = [stream for stream in (said.out, said.err) if stream]
        assert told
        assert [marks] * len(told) == [stream.count(WORDS) for stream in told]


def test_each_answer_in_a_session_is_marked(training: Office, office: Office) -> None:
    """Lists, help, refusals and mistyped commands, whenever they are typed. The control is a real inbox."""
    lines = [
        "case list",
        "help",
        "case list",
        "cas list",
        "help",
        "cas list",
        "case -h",
        "case show 7",
        "lock x",
    ]
    program = Path(sys.executable).with_name("inbox")
    for inbox, marks in ((training, 1), (office, 0)):
        done = subprocess.run(
            [program, "--home", inbox.root, *inbox.opening(), "session"],
            input="\n".join(lines), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert 5 * marks == done.stdout.count(WORDS)
        refused = [each for each in done.stderr.split("officer> ") if "error: " in each]
        assert [marks] * 4 == [each.count(WORDS) for each in refused]


def test_an_answer_before_the_inbox_is_open_is_marked_too(training: Office) -> None:
    """For example, the refusal of a wrong passphrase."""
    training.secret.write_text("wrong\n")
    assert _refusal(training, "case", "list").startswith(f"{WORDS}\n")


def test_no_answer_of_a_real_inbox_has_the_mark(office: Office, training: Office) -> None:
    """Also not after a command of an exercise in the same process."""
    training.run("case", "list")
    for words in (("case", "list"), ("case", "list", "--json"), ("case", "show", "7")):
        said = office.run(*words)
        assert "exercise" not in (said.out + said.err).lower()


def test_a_real_home_collects_nothing_from_an_exercise(
    world: World, training: Office, tmp_path: Path
) -> None:
    """The refusal says why, and nothing is stored."""
    invented = World(training)
    portal = Portal(invented, tmp_path / "medium")
    path = portal.bundle(first(Reporter(invented)))
    words = ("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert f"belongs to an exercise ({WORDS}), and this is a real deployment" in _refusal(
        world.office, *words
    )
    assert [] == world.office.json("case", "list")["cases"]


def test_an_exercise_collects_nothing_from_a_portal(world: World, portal: Portal, training: Office) -> None:
    """A bundle with real reports cannot get into an exercise, where everybody could read it."""
    path = portal.bundle(first(Reporter(world)))
    said = _refusal(training, "exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert "belongs to a real deployment, and this is an exercise" in said


def test_a_report_sealed_for_one_kind_cannot_be_opened_by_the_other(
    world: World, training: Office, tmp_path: Path
) -> None:
    """Even if somebody signs a bundle of the exercise with a real envelope in it, no case appears."""
    invented = World(training)
    portal = Portal(invented, tmp_path / "medium")
    real = first(Reporter(world))
    training.run("exchange", "collect", portal.bundle(real), "--confirm-instance", portal.fingerprint)
    assert [] == training.run("case", "list", "--json").json["cases"]
    (unopened,) = training.run("exchange", "unopened", "list", "--json").json["unopened"]
    assert unopened["kind"] == "not-for-us"


def test_a_body_does_not_join_an_exercise(training: Office, tmp_path: Path) -> None:
    """Not even with the right root key."""
    made = json.loads(training.run("exchange", "keyring", "--out", tmp_path / "keyring", "--json").out)
    joining = Office(tmp_path / "joining")
    said = joining.typed(
        "init", "--deployment", "X", "--channel", "x", "--name-fr", "X", "--name-en", "X",
        "--deployment-id", made["deployment"], "--root-key", made["root_key"],
    )  # fmt: skip
    assert "this is the deployment id of an exercise" in said.err
    assert not joining.root.exists()


def test_a_restored_exercise_is_still_an_exercise(training: Office, copies: Copies) -> None:
    """Its first answer says so, and so do all later answers."""
    restored, said = copies.restore(training, copies.of(training), training.root.parent / "again")
    assert said.json["exercise"] == WORDS
    assert restored.run("case", "list").out.startswith(f"{WORDS}\n")


@pytest.mark.parametrize(
    ("kind", "mark", "refusal"),
    [
        ("training", None, "hides that this inbox is an exercise"),
        ("office", WORDS, "an exercise, but the inbox is real"),
    ],
)
def test_no_backup_is_restored_as_an_inbox_of_the_other_kind(
    request: pytest.FixtureRequest, copies: Copies, kind: str, mark: str | None, refusal: str
) -> None:
    """Not even if a quorum of officers changes vault.json in the backup, and signs the list again."""
    source = request.getfixturevalue(kind)
    made = copies.of(source)
    header = Path(made["folder"]) / "vault.json"
    header.write_bytes(vault_header.encode(replace(vault_header.parse(header.read_bytes()), exercise=mark)))
    signed_anew(source, Path(made["folder"]), as_it_is(header))
    restored, said = copies.restore(source, made, source.root.parent / "again")
    assert (1, True) == (said.code, refusal in said.err)
    assert not restored.root.exists()


def test_an_exercise_keeps_its_mark_when_its_officers_change(training: Office) -> None:
    """A renewal of the shares writes vault.json again."""
    changed = training.run("officer", "renew", "--new-passphrase-file", training.secret)
    assert changed.code == 0
    assert training.run("case", "list").out.startswith(f"{WORDS}\n")
