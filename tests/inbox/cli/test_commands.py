"""The command line: its output, its exit codes, and the absence of open sockets."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from crypto.printable import visible
from inbox.cli import main
from inbox.system import terminal
from inbox.system.terminal import quoted
from tests.support import inbox_builders as build
from tests.support.command_tree import every_command
from tests.support.inbox_builders import Portal, Reporter, Sent, World
from tests.support.typist import typing_to_fork

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[1;1H\x9b31m\r\x08\x7f\u202egnp.exe\u2066\u2028\u200b\ufeff\U000e0041"


def harmless(text: str) -> bool:
    """Return whether ``text`` contains only newlines and printable characters."""
    return all(char == "\n" or char.isprintable() for char in text)


def test_control_characters_and_text_directions_are_printed_as_numbers() -> None:
    """Accents, emoji, and the joiners within an emoji are printed unchanged."""
    assert "<U+001B>[2J<U+202E>a<U+000A>b" == visible("\x1b[2J\u202ea\nb")
    assert "é à 😀 👩\u200d🚒" == visible("é à 😀 👩\u200d🚒")
    assert harmless(visible(ESCAPES))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Du\u3164pont, Du\u115fpont, Du\u034fpont", "Du<U+3164>pont, Du<U+115F>pont, Du<U+034F>pont"),
        ("a" + "\u0336" * 7 + "b", "a" + "\u0336" * 5 + "<U+0336>" * 2 + "b"),
        ("a" + "\u0336\u200d" * 7, "a" + "\u0336\u200d" * 5 + "<U+0336>\u200d" * 2),
        ("tie\u0302\u0301ng, \u1019\u103b\u103e\u1031\u102c\u1037, ❤\ufe0f", None),
    ],
    ids=["letters that show nothing", "marks", "marks with joiners", "what scripts need"],
)
def test_invisible_letters_and_stacked_marks_are_printed_as_numbers(text: str, shown: str | None) -> None:
    assert (text if shown is None else shown) == visible(text)


def test_quoted_text_cannot_leave_its_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test tries line endings, long lines, and wide characters."""
    monkeypatch.setenv("COLUMNS", "30")
    for text in (
        "a\nb\r\nc",
        "x" * 100,
        "漢" * 50,
        "\r\x1b[5Astatus: closed",
        "",
        "\n\n",
        "a\u2028b\x0bc\x85d",
    ):
        lines = quoted(text).split("\n")
        assert all(line.startswith("│ ") and harmless(line) for line in lines)
        assert all(sum(2 if char == "漢" else 1 for char in line) <= 30 for line in lines)
    assert "│ a\n│ b" == quoted("a\nb")


def test_quoted_text_is_wrapped_between_words_and_loses_no_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a word that is longer than a line is split."""
    monkeypatch.setenv("COLUMNS", "30")
    text = "a longer line of several words " + "x" * 70 + " 日本語 and an end"
    lines = quoted(text).split("\n")
    assert lines[:2] == ["│ a longer line of several ", "│ words "]
    assert text == "".join(line.removeprefix("│ ") for line in lines)


def test_no_report_can_send_control_characters_to_the_terminal(
    world: World, portal: Portal, tmp_path: Path
) -> None:
    """The report has control characters in its text and in the names and types of its files.

    An unsigned report and the name of a bundle have control characters, too. The test runs every command that
    prints texts of reports or names of bundles.
    """
    reporter = Reporter(world)

    def hostile(report: Any) -> Any:
        return build.replace(report, answers={"what": ESCAPES + "\ncase 9: closed", "zz": (ESCAPES, "b")})

    names = build.describe
    try:
        build.describe = lambda files: tuple(  # type: ignore[assignment]
            build.replace(file, name=ESCAPES, type=ESCAPES) for file in names(files)
        )
        sent = [
            Sent(reporter.report(files=[b"x"], edit=hostile), reporter.keys.case_id),
            Sent(reporter.follow_up(ESCAPES, files=[b"y"])),
            Sent(build.drop(world, ESCAPES)),
        ]
    finally:
        build.describe = names
    bundle = portal.bundle(*sent)
    renamed = bundle.rename(bundle.with_name("bundle\x1b[2J\u202e.tar"))
    said = [world.office.run("exchange", "collect", renamed, "--confirm-instance", portal.fingerprint)]
    said += [
        world.office.run(*words) for words in (["case", "list"], ["case", "show", "1"], ["case", "show", "2"])
    ]
    said += [
        world.office.run(*words, "--json")
        for words in (["case", "list"], ["case", "show", "1"], ["case", "show", "2"])
    ]
    said.append(
        world.office.run("file", "export", "1", "1", "--out", tmp_path / "out\x1b[2J" / "x", "--reason", "x")
    )
    assert [0] * 7 + [1] == [each.code for each in said]
    assert all(harmless(each.out + each.err) for each in said)
    shown = "".join(each.out for each in said[2:4])
    assert "<U+001B>" in shown
    assert "\ncase 9: closed" not in shown
    assert "│ case 9: closed" in shown
    (text,) = {view.json["answers"]["what"] for view in said[5:7] if not view.json["note"]}
    assert ESCAPES + "\ncase 9: closed" == text  # The JSON output keeps every character.


def test_a_long_text_of_a_report_cannot_be_taken_for_a_line_of_the_program(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow terminal would wrap a long text or name, so the program wraps it within a margin first."""
    monkeypatch.setenv("COLUMNS", "40")
    reporter, forged = Reporter(world), "x" * 33 + "WITHDRAWN by its reporter"
    names = build.describe
    monkeypatch.setattr(
        build, "describe", lambda files: tuple(build.replace(file, name=forged) for file in names(files))
    )
    path = portal.bundle(Sent(reporter.report(forged, files=[b"x"]), reporter.keys.case_id))
    world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    for words, times in ((["case", "list"], 1), (["case", "show", "1"], 2)):
        lines = world.office.run(*words).out.splitlines()
        assert times == len([line for line in lines if "xxx" in line])
        assert all(line.startswith("│ ") and len(line) < 40 for line in lines if "xxx" in line)


def test_the_command_case_show_prints_labels_in_english_like_the_rest_of_the_terminal(
    world: World, portal: Portal
) -> None:
    reporter = Reporter(world)
    path = portal.bundle(
        Sent(reporter.report("Voilà"), reporter.keys.case_id), Sent(reporter.follow_up("Suite", files=[b"x"]))
    )
    said = world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert (0, True) == (said.code, "follow-ups to: case 1\n" in said.out)
    world.office.run("message", "reply", "1", "--text", "Bonjour")
    shown = world.office.run("case", "show", "1").out
    for line in ("What happened?", "│ Voilà", "│ No", "│ Suite", "│ Bonjour", "│ photo 1.jpg"):
        assert line in shown
    assert "waits for the next outbox" in shown
    listed = world.office.run("case", "list").out
    assert "Voilà" in listed
    assert "1 follow-ups, 1 files, 1 replies" in listed


def test_the_list_of_cases_counts_unfiled_envelopes_and_names_their_list(
    world: World, portal: Portal
) -> None:
    path = portal.bundle(Sent(b"noise" * 400))
    said = world.office.run("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    assert (0, True) == (said.code, "1 unfiled" in said.out)
    assert "unfiled envelopes: 1; see: inbox exchange unopened list\n" in world.office.run("case", "list").out
    listed = world.office.run("exchange", "unopened", "list").out
    assert "malformed: the envelope" in listed
    assert "kept as unopened/" in listed


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["case", "list"], 0),
        (["case", "show", "1"], 1),
        (["case", "set-status", "7", "assessing"], 1),
        (["exchange", "collect", "nowhere.tar"], 1),
        (["exchange", "outbox", "--out", "nowhere"], 1),
        (["message", "reply", "1"], 2),
        (["case", "set-status", "1", "unheard-of"], 2),
        (["case", "set-status", "1", "closed"], 2),
        (["case", "show", "zero"], 2),
        (["case", "show", "0"], 2),
        (["exchange", "collect"], 2),
        (["unknown"], 2),
        (["case", "list", "--unknown"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else f"exit {value}",
)
def test_exit_codes_distinguish_success_and_refusals_and_usage_errors(
    world: World, words: list[str], code: int
) -> None:
    """A refusal prints two lines: one says what happened, and the other says what to do."""
    said = world.office.run(*words)
    assert code == said.code
    if code == 1:
        assert "\nhint: " in said.err
        assert "Traceback" not in said.err


def test_the_passphrase_file_can_be_given_before_or_after_the_command(world: World) -> None:
    """One newline at the end of the file is ignored, but a second newline makes the passphrase wrong.

    If the file is missing, the error names it.
    """
    home = ["--home", str(world.office.root)]
    secret = ["--passphrase-file", str(world.office.secret)]
    assert 0 == main.run([*home, *secret, "case", "list"])
    assert 0 == main.run([*home, "case", "list", *secret])
    world.office.secret.write_text(build.PASSPHRASE + "\n\n")
    assert 1 == main.run([*home, *secret, "case", "list"])
    world.office.secret.unlink()
    assert "passphrase: No such file" in world.office.run("case", "list").err


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Simulate a person who types these passphrases at the terminal."""
    remaining = iter(answers)
    monkeypatch.setattr(terminal.sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(terminal.getpass, "getpass", lambda *_, **__: next(remaining))
    monkeypatch.setattr(terminal.sys.stderr, "isatty", lambda: True, raising=False)


def test_progress_is_shown_only_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.progress("unsealing", 1, 2)
    assert ("", "") == capsys.readouterr()
    typed(monkeypatch)
    terminal.progress("unsealing", 1, 2)
    terminal.progress("unsealing", 2, 2)
    assert "\runsealing: 1 of 2\runsealing: 2 of 2\n" == capsys.readouterr().err


INIT = ["init", "--deployment", "Fanal", "--channel", "a", "--name-fr", "A", "--name-en", "A"]


@pytest.mark.usefixtures("quick")
def test_init_asks_again_until_both_passphrases_are_equal_and_long_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(tmp_path / "inbox")]
    mistakes = (build.PASSPHRASE, build.PASSPHRASE + "x", "too short")
    typed(monkeypatch, *mistakes, build.PASSPHRASE, build.PASSPHRASE)
    assert 0 == main.run([*words, *INIT])
    said = capsys.readouterr()
    assert "two passphrases differ; try again" in said.err
    assert "shorter than 12 characters; try again" in said.err
    assert "root fingerprint: " in said.out
    assert build.PASSPHRASE not in said.out + said.err
    typed(monkeypatch, build.PASSPHRASE)
    assert 0 == main.run([*words, "case", "list"])


@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_an_officer_confirms_the_portal_by_answering_yes_to_its_fingerprint(
    world: World, portal: Portal, answer: str
) -> None:
    """With any other answer, the bundle is refused."""
    office = world.office
    words = ["--home", office.root, *office.opening(), "exchange", "collect", portal.bundle()]
    with typing_to_fork(words, office.root.parent) as at:
        at.sees(portal.fingerprint)
        at.answers("(yes/no) ", answer)
        assert (0 if answer == "yes" else 1) == at.waits()


def test_without_a_terminal_the_command_does_not_wait_for_a_passphrase(world: World) -> None:
    command = [Path(sys.executable).with_name("inbox"), "--home", world.office.root, "case", "list"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (1, True) == (done.returncode, "use --passphrase-file" in done.stderr)


def test_an_error_in_the_program_prints_its_place_but_neither_a_traceback_nor_a_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A developer finds the error by its type and its line."""
    with pytest.raises(KeyError) as caught:
        {}["canary"]
    terminal.crash(KeyError, caught.value, caught.value.__traceback__)
    said = capsys.readouterr().err
    assert "KeyError at test_commands.py line" in said
    assert "canary" not in said
    monkeypatch.setattr(main.commands, "main", lambda *_, **__: (_ for _ in ()).throw(click.Abort()))
    assert 1 == main.run(["case", "list"])
    assert "stopped" in capsys.readouterr().err


@pytest.mark.parametrize("path", [*every_command(main.commands), "key", "officer", "access conflict"])
def test_each_command_prints_its_help_without_a_home(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The control: a command that does something asks for a home."""
    assert 0 == main.run([*path.split(), "--help"])
    assert f"Usage: inbox {path}" in capsys.readouterr().out
    assert 2 == main.run(["case", "list"])
    assert "Missing option '--home'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_command_does_not_fail_on_a_character_that_the_terminal_cannot_show(
    world: World, portal: Portal
) -> None:
    """With ASCII, the character is printed as its number. With UTF-8, the character is printed unchanged."""
    path = portal.bundle(Sent((reporter := Reporter(world)).report("Voilà"), reporter.keys.case_id))
    world.office.json("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    command = [Path(sys.executable).with_name("inbox"), "--home", world.office.root, *world.office.opening()]
    for encoding, shown in (("ascii", "Voil\\xe0"), ("utf-8", "│ Voilà")):
        done = subprocess.run(
            [*command, "case", "show", "1"],
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert (0, b"") == (done.returncode, done.stderr)
        assert shown in done.stdout.decode(encoding)


NO_SOCKET = """
import sys

def refuse(event, _):
    if event.startswith("socket."):
        raise RuntimeError(event)

sys.addaudithook(refuse)
"""


# Runs the given commands. Stops after the first refused command.
ROUND = """
import json, sys
from inbox.cli import main

for words in json.loads(sys.argv[1]):
    try:
        main.main(words)
    except SystemExit as ended:
        if ended.code:
            raise
"""


@pytest.mark.slow
def test_no_command_opens_a_socket(world: World, portal: Portal, tmp_path: Path) -> None:
    """The test collects, replies, makes an outbox and shows a case.

    In all its processes, opening a socket raises an error.
    """
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKET)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    control = [sys.executable, "-c", "import socket; socket.socket()"]
    assert (
        "RuntimeError: socket.__new__"
        in subprocess.run(control, env=environment, capture_output=True, text=True, check=False).stderr
    )
    reporters = [Reporter(world) for _ in range(70)]
    path = portal.bundle(*(Sent(each.report(), each.keys.case_id) for each in reporters))
    round_ = [
        ["exchange", "collect", path, "--confirm-instance", portal.fingerprint],
        ["message", "reply", "1", "--text", "x"],
        ["exchange", "outbox", "--same-disk", "--out", world.office.out],
        ["case", "show", "70"],
    ]
    home = ["--home", world.office.root, *world.office.opening()]
    given = json.dumps([[*home, *words] for words in round_], default=str)
    command = [sys.executable, "-c", ROUND, given]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    assert "70 new cases" in done.stdout
    assert "Il s'est passé" in done.stdout
