"""Both command lines: command names, complete help, examples that run, and errors that programs can read."""

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

import click
import pytest

from draws.cli import main as draws_cli
from draws.cli.main import commands as draws
from inbox.cli import main, shell
from inbox.cli.main import commands as inbox
from inbox.overview.queue_filter import Filter
from inbox.session.actions import TABLE, Code, Reason
from inbox.system import terminal
from portal.ops import cli
from portal.ops.cli import portal
from portal.setup import cli as setup_cli
from portal.setup.cli import fanal_portal
from templates import version
from templates.command_line import COLUMNS, Branch, Command, Group, leaves, near
from tests.support import command_reference
from tests.support.command_tree import groups
from tests.support.inbox_builders import Office
from tests.support.laws import FRENCH
from tests.support.paths import ROOT

PROGRAMS: Mapping[str, click.Command] = {
    "inbox": inbox,
    "portal": portal,
    "fanal-portal": fanal_portal,
    "draws": draws,
}
# A step that `fanal-portal upgrade` starts as the portal's user. People do not type this command.
INTERNAL = {"portal.setup.upgrade.portal_side:act"}
# Earlier names of commands, and their current names.
EARLIER: Mapping[str, str] = tomllib.loads(
    (ROOT / "tests" / "golden" / "earlier_commands.toml").read_text("utf-8")
)


def tree(program: str) -> Branch:
    """Return the tree of a program's commands."""
    root = PROGRAMS[program]
    assert isinstance(root, Group)
    return root.branch


def run(program: str, *words: str) -> int:
    """Run a command in this process."""
    runs = {
        "inbox": main.run,
        "portal": cli.run,
        "fanal-portal": setup_cli.run,
        "draws": draws_cli.run,
    }
    return runs[program]([*words])


def parsed(program: str, words: list[str]) -> click.Context:
    """Return the context of a typed command. Raises UsageError if the command was typed wrongly."""
    context = PROGRAMS[program].make_context(program, words)
    while isinstance(context.command, Group):
        typed = [*context._protected_args, *context.args]
        name, command, rest = context.command.resolve_command(context, typed)
        assert command is not None
        context = command.make_context(name, rest, parent=context)
    return context


def declaring() -> list[str]:
    """Return the names of all modules that declare commands."""
    files = (path for room in ("inbox", "portal", "draws") for path in (ROOT / room).rglob("*.py"))
    found = (path.relative_to(ROOT) for path in files if "@click.command(" in path.read_text("utf-8"))
    return sorted(".".join(path.with_suffix("").parts) for path in found)


def test_every_declared_command_is_in_one_tree_exactly_once() -> None:
    """The trees contain only commands that a module declares with click's decorator."""
    declared = {
        f"{name}:{each}"
        for name in declaring()
        for each, found in vars(importlib.import_module(name)).items()
        if isinstance(found, click.Command) and not isinstance(found, Group)
    }
    placed = [leaf.place for program in PROGRAMS for leaf in leaves(tree(program)).values()]
    assert declared - INTERNAL == {*placed}
    assert len(placed) == len({*placed})
    assert {"portal.ops.proofs", "portal.setup.upgrade.command"} < {*declaring()}


@pytest.mark.parametrize("program", PROGRAMS)
def test_lists_of_commands_fit_a_terminal_of_80_columns(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command has one line with its whole summary. The help of a group begins with its own summary."""
    for path in groups(tree(program)):
        assert 0 == run(program, *path, "-h")
        shown = capsys.readouterr().out.splitlines()
        lines = [" ".join(line.split()) for line in shown]
        assert all(len(line) < COLUMNS for line in shown), path
        below = tree(program)
        for name in path:
            child = below.children[name]
            assert isinstance(child, Branch)
            below = child
        assert lines[2] == below.summary
        for name, child in below.children.items():
            assert f"{name} {child.summary}" in lines
            assert child.summary.endswith(".")


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_at_80_columns_breaks_no_line_inside_a_word_or_a_choice(
    program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """People can copy each word of an example, each word of code, and each choice of a parameter."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    typed(monkeypatch, *["typed"] * 200)
    for path, leaf in leaves(tree(program)).items():
        command = parsed(program, shlex.split(leaf.example)[1:]).command
        told = [leaf.example, command.help or ""]
        shown_options = [
            each for each in command.params if isinstance(each, click.Option) and not each.hidden
        ]
        told += [each.help or "" for each in shown_options]
        kinds = [each.type for each in command.params]
        choices = {str(one) for kind in kinds if isinstance(kind, click.Choice) for one in kind.choices}
        assert 0 == run(program, *path, "-h")
        shown = capsys.readouterr().out
        assert all(len(line) < COLUMNS for line in shown.splitlines()), path
        assert {word for text in told for word in text.split()} <= {*shown.split()}, path
        assert choices <= {*re.split(r"[\s\[\]|,.]+", shown)}, path


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_argument_with_fixed_values_has_a_name_and_its_help_lists_the_values(
    program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error begins with the name, and gives the values once."""
    typed(monkeypatch, *["typed"] * 200)
    found = []
    for path, leaf in leaves(tree(program)).items():
        words = shlex.split(leaf.example)[1:]
        context = parsed(program, words)
        for each in context.command.params:
            if not (isinstance(each, click.Argument) and isinstance(each.type, click.Choice)):
                continue
            found.append(each)
            assert re.fullmatch("[A-Z]+", each.make_metavar(context)), path
            assert 0 == run(program, *path, "-h")
            row = " ".join(capsys.readouterr().out.split())
            assert f" Arguments: {each.metavar} One of {', '.join(each.type.choices)}. Options: " in row
            at = words.index(context.params[each.name], len(path))
            assert 2 == run(program, *words[:at], "zzz", *words[at + 1 :])
            error = capsys.readouterr().err
            assert f"error: Invalid value for '{each.metavar}': 'zzz' is not one of " in error
            shown = re.findall(r"\w+", error.partition("\nerror: ")[0])
            assert {*each.type.choices} & {*shown} == set()
    assert len(found) == (6 if program == "inbox" else 0)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_example_is_valid_and_the_help_of_its_command_shows_it(
    program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The test types each text that a command asks for.

    The control is an unknown option, which is refused.
    """
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    monkeypatch.setattr(terminal, "ask_line", lambda _: "typed\n")
    for path, leaf in leaves(tree(program)).items():
        begun, *words = shlex.split(leaf.example)
        context = parsed(program, words)
        assert (program, " ".join((program, *path))) == (begun, context.command_path)
        assert all(each.help for each in context.command.params if isinstance(each, click.Option))
        assert 0 == run(program, *path, "--help")
        shown = " ".join(capsys.readouterr().out.split())
        assert leaf.example in shown
        assert str(context.command.help).split("\n\n")[0].replace("\n", " ") in shown
    with pytest.raises(click.UsageError):
        parsed(program, [*path, "--no-such-option"])


# Words that stand for a value are written in capitals. Fingerprints are removed first, because they consist
# of capitals and digits.
PLACEHOLDER = re.compile(r"[<>…]|\.\.\.|\b(?!\d)[A-Z\d_]*[A-Z][A-Z\d_]+\b")
FINGERPRINT = re.compile(r"\b[A-Z2-7]{4}( [A-Z2-7]{4}){7}\b")


@pytest.mark.parametrize("text", ["<name>", "show N1", "FILE", "a…", "--to ...", "XX", "KEY_ID", "ABCD EFGH"])
def test_the_search_finds_a_placeholder_in_an_example(text: str) -> None:
    assert PLACEHOLDER.search(FINGERPRINT.sub("", text))


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_example_has_a_placeholder(program: str) -> None:
    """People can type an example as it is, and see what a value looks like."""
    examples = [leaf.example for leaf in leaves(tree(program)).values()]
    assert [] == [each for each in examples if PLACEHOLDER.search(FINGERPRINT.sub("", each))]


def test_examples_use_codes_of_the_shipped_french_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed(monkeypatch, *["typed"] * 9)
    choices = {choice for duty in FRENCH.duties.values() for choice in duty.decisions}
    found = leaves(tree("inbox"))
    for name, option, codes in (
        ("case measure add", "kind", FRENCH.measures),
        ("case decide", "choice", choices),
        ("case close", "outcome", FRENCH.outcomes),
        ("case close", "template", FRENCH.replies),
        ("message reply", "template", FRENCH.replies),
        ("dossier letter", "letter", FRENCH.letters),
        ("dossier letter", "to", FRENCH.authorities),
        ("office set", "regime", FRENCH.regimes),
    ):
        words = shlex.split(found[tuple(name.split())].example)[1:]
        assert parsed("inbox", words).params[option] in codes, name


def test_the_inbox_has_at_most_sixteen_groups_and_lists_opposite_commands_together() -> None:
    """The opposite of a command has the same name with the prefix `un`."""
    children = tree("inbox").children
    assert 16 >= len([each for each in children.values() if isinstance(each, Branch)])
    found = [*leaves(tree("inbox"))]
    taken_back = {path for path in found if path[-1].startswith("un") and path[-1] != "unopposed"}
    assert {(*path[:-1], path[-1].removeprefix("un")) for path in taken_back} <= {*found}
    assert len(taken_back) > 6
    assert len({len(path) for path in found}) == 3


NEGATIONS = {"withdraw", "retract", "cancel", "revoke", "delete", "not", "no"}
# Commands that break a naming rule. The first lines of commands.toml give the reason for each of them.
IRREGULAR = {
    "several cases": {"case declare", "case junk", "case unjunk", "message acknowledge"},
    "verbs as options": {"queue tag"},
    "officers as options": {"queue assign"},
    "other negations": {
        "case identity withdraw",
        "case measure retract",
        "message retract",
        "office consultation retract",
    },
    "other lists": {"access handlers", "retention list-destroyed"},
    "other replacements": {"exchange channel add", "queue view save"},
    "previews as commands": {"dossier preview", "file preview"},
}


def test_no_option_begins_with_no_or_not_and_every_exception_to_the_naming_rules_has_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed(monkeypatch, *["typed"] * 200)
    found: dict[str, set[str]] = {kind: set() for kind in IRREGULAR}
    for path, leaf in leaves(tree("inbox")).items():
        params = parsed("inbox", shlex.split(leaf.example)[1:]).command.params
        options = {name for each in params for name in (*each.opts, *each.secondary_opts)}
        assert [] == [name for name in options if name.startswith(("--no-", "--not-"))], path
        name = " ".join(path)
        last, says, to = path[-1], leaf.summary, [each.metavar for each in params if "--to" in each.opts]
        holds = {
            "several cases": "cases" in options and path[0] != "queue",
            "verbs as options": bool(options & {"--add", "--remove", "--list"}),
            "officers as options": "OFFICER" in to,
            "other negations": bool({*last.split("-")} & NEGATIONS),
            "other lists": last != "list" and says.startswith(("List ", "Show which officers ")),
            "other replacements": last != "replace"
            and bool(re.search(r"\b(replace|update)\b", says.lower())),
            "previews as commands": last == "preview",
        }
        for kind in [kind for kind, is_so in holds.items() if is_so]:
            found[kind].add(name)
    assert found == IRREGULAR
    head = (ROOT / "inbox/cli/commands.toml").read_text("utf-8").partition("\nsays = ")[0]
    assert [] == [name for names in IRREGULAR.values() for name in names if f"`{name}`" not in head]


def test_a_preview_shows_a_text_and_a_dry_run_shows_what_would_be_destroyed_or_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is no other option for a trial run."""
    typed(monkeypatch, *["typed"] * 200)
    trials = {"--preview", "--dry-run", "--check", "--simulate", "--try"}
    for path, leaf in leaves(tree("inbox")).items():
        params = parsed("inbox", shlex.split(leaf.example)[1:]).command.params
        options = {name for each in params for name in each.opts}
        is_loss = path[-1] in {"destroy", "replace"}
        allowed = {"--preview"} if "--text" in options else {"--dry-run"} if is_loss else set()
        assert options & trials <= allowed, path


# These commands run until somebody stops them, so they have no result to print as JSON.
UNTIL_STOPPED = {"session", "desk", "serve", "office exercise run"}
# This command runs another command, which has the option.
PASSES_ON = {"run"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_that_ends_without_being_stopped_has_the_option_json(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, *["typed"] * 200)
    found = {" ".join(path): shlex.split(leaf.example)[1:] for path, leaf in leaves(tree(program)).items()}
    for name in found.keys() & UNTIL_STOPPED:
        with pytest.raises(click.NoSuchOption):
            parsed(program, [*found[name], "--json"])
    for name in found.keys() - UNTIL_STOPPED - PASSES_ON:
        assert parsed(program, found[name]).params["as_json"] is False, name
        assert parsed(program, [*found[name], "--json"]).params["as_json"] is True, name


def test_fanal_portal_run_passes_on_all_words_that_follow() -> None:
    words = ("export", "--json", "-h")
    assert parsed("fanal-portal", ["run", *words]).params["words"] == words
    for misplaced in ("--json", "--out"):
        with pytest.raises(click.NoSuchOption):
            parsed("fanal-portal", ["run", misplaced, "export"])


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_can_print_the_version(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    for path in [(), *leaves(tree(program))]:
        assert 0 == run(program, *path, "--version")
        assert f"{program} {version.text()}\n" == capsys.readouterr().out


def test_an_earlier_name_of_a_command_suggests_its_current_name() -> None:
    """A typing error, or the last word of a name alone, also suggests the name.

    An unrelated word suggests nothing.
    """
    known = leaves(tree("inbox"))
    for old, new in EARLIER.items():
        path = tuple(new.split())
        assert path in known
        words = old.split()
        begun = words[:-1] if tuple(words[:-1]) in {*groups(tree("inbox"))} else []
        rest = words[len(begun) :]
        assert path in near(tree("inbox"), *rest[:2], begin=tuple(begun)), old
    assert near(tree("inbox"), "clsoe")[0] == ("case", "close")
    assert near(tree("inbox"), "zzz") == []


@pytest.mark.parametrize("program", ["inbox", "portal"])
def test_each_synonym_of_a_command_suggests_that_command(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trees of commands list these synonyms under `also`."""
    words = [(word, path) for path, leaf in leaves(tree(program)).items() for word in leaf.also]
    assert len(words) > 4
    for word, path in words:
        assert 2 == run(program, *word.split()), word
        suggested = capsys.readouterr().err.partition("Did you mean:\n")[2].splitlines()
        assert f"  {program} {' '.join(path)}" in suggested, word


@pytest.mark.parametrize("rest", [[], ["3"]], ids=["alone", "with a case"])
@pytest.mark.parametrize("old", EARLIER)
def test_the_first_suggestion_for_an_earlier_name_is_the_current_command(
    old: str, rest: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Further suggestions follow: a group with the earlier name, or another command."""
    assert 2 == main.run([*old.split(), *rest])
    suggested = capsys.readouterr().err.partition("Did you mean:\n")[2].splitlines()
    assert [f"  inbox {EARLIER[old]}"] == suggested[:1]


def test_an_earlier_name_is_refused_and_the_error_names_the_current_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The name is refused even if there is an option between the group and the command.

    Programs get the same error as JSON.
    """
    for words, told in (
        (["close", "3"], "case close"),
        (["conflict", "exclude", "3", "bruno"], "access conflict add"),
        (["access", "record"], "request add"),
        (["queue", "--search", "quai"], "queue list"),
        (["key", "--days", "90"], "key rotate"),
    ):
        assert 2 == main.run(words)
        assert capsys.readouterr().err.split("Did you mean:\n")[1].splitlines()[0] == f"  inbox {told}"
    assert 2 == main.run(["close", "3", "--json"])
    told = json.loads(capsys.readouterr().err)
    assert told == {
        "code": "usage",
        "message": "there is no command 'close'",
        "hint": "did you mean: inbox case close",
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_days_and_numbers_are_checked_in_the_same_way_everywhere(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For an invalid day or number, our own error text replaces that of click.

    The help states a range in words.
    """
    typed(monkeypatch, *["typed"] * 100)
    of_click = {click.DateTime, click.IntRange, type(click.INT)}
    for leaf in leaves(tree(program)).values():
        context = parsed(program, shlex.split(leaf.example)[1:])
        assert [] == [each.name for each in context.command.params if type(each.type) in of_click]
        shown = context.get_help()
        assert not re.search(r"\d<|<=|\d{6}", shown)
        ranges = [each.type for each in context.command.params if isinstance(each.type, click.IntRange)]
        assert [] == [each for each in ranges if f"{each.min} to {each.max}" not in " ".join(shown.split())]


@pytest.mark.parametrize("words", [["--json", "case", "list"], ["case", "--json", "show", "3"]])
def test_an_option_before_its_command_is_refused_and_a_hint_says_where_to_put_it(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The hint does not name another command that has the same option, such as `inbox init`."""
    assert 2 == main.run(words)
    said = capsys.readouterr().err
    assert "give --json after the command" in said
    assert "inbox init" not in said


def test_help_can_be_requested_before_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main.run(["help", "case", "close"])
    assert capsys.readouterr().out.startswith("Usage: inbox case close ")
    assert 0 == main.run(["help"])
    assert capsys.readouterr().out.startswith("Usage: inbox [OPTIONS] COMMAND")
    assert 2 == main.run(["case"])
    assert "set-score" in capsys.readouterr().err


def test_an_environment_variable_can_name_the_home(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("FANAL_HOME", raising=False)
    assert 2 == main.run(["case", "list"])
    assert "FANAL_HOME" in capsys.readouterr().err
    monkeypatch.setenv("FANAL_HOME", str(tmp_path / "inbox"))
    assert 1 == main.run(["case", "list"])
    assert str(tmp_path / "inbox") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "words", "code"),
    [
        ("inbox", ["--home", "nowhère", "case", "list", "--json"], "home-refused"),
        ("inbox", ["case", "show", "é", "--json"], "usage"),
        ("portal", ["--config", "nowhère.toml", "pending", "--json"], "configuration"),
        ("portal", ["export", "--out", "x", "--again", "é", "--json"], "usage"),
        ("fanal-portal", ["setup", "é", "--json"], "usage"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_with_json_an_error_is_one_line_of_json(
    program: str, words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text for people says the same. Without the option, the next error is plain text again."""
    status = run(program, *words)
    out, err = capsys.readouterr()
    told = json.loads(err)
    assert ("", 1) == (out, err.count("\n"))
    assert [*told] == ["code", "message", "hint"]
    assert all(told.values())
    assert status == run(program, *(word for word in words if word != "--json")) != 0
    shown = capsys.readouterr().err
    assert told["message"] in " ".join(shown.split())
    assert not shown.startswith("{")
    assert told["code"] == code


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("inbox.cli.main", ["case", "show", "é"]),
        ("portal.ops.cli", ["export", "--out", "x", "--again", "é"]),
        ("portal.setup.cli", ["setup", "é"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_json_is_printed_in_utf_8_whatever_the_encoding_of_the_terminal(
    program: str, words: list[str]
) -> None:
    """The control is text for people, which is printed in the encoding of the terminal."""
    code = f"from {program} import main; main()"
    for more, encoding in (["--json"], "utf-8"), ([], "latin-1"):
        done = subprocess.run(
            [sys.executable, "-c", code, *words, *more],
            capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        )  # fmt: skip
        assert 2 == done.returncode
        assert "é".encode(encoding) in done.stderr


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Answer the questions at the terminal with these texts; return the list of questions."""
    given, asked = iter(answers), []

    def ask(question: str) -> str:
        asked.append(question)
        return next(given)

    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    monkeypatch.setattr(terminal, "ask_line", ask)
    return asked


def test_the_program_asks_for_a_missing_text_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program asks only if the rest of the command is valid. A text given as `-` counts as missing."""
    asked = typed(monkeypatch, " a judge asks \n", "Dupont\n", "quai\n", "what:Dupont\n")
    assert parsed("inbox", ["access", "quarantine", "3"]).params["reason"] == "a judge asks"
    assert parsed("inbox", ["access", "alias", "add", "bruno"]).params["alias"] == "Dupont"
    assert parsed("inbox", ["queue", "list", "--search", "-"]).params["search"] == "quai"
    words = ["dossier", "preview", "3", "--for", "prosecutor", "--to", "X"]
    removed = parsed("inbox", [*words, "--redact", "-", "--redact", "a:b"]).params["redact"]
    assert removed == ("what:Dupont", "a:b")
    assert parsed("inbox", ["case", "reopen", "3", "--reason", "x"]).params["reason"] == "x"
    with pytest.raises(click.UsageError):
        parsed("inbox", ["access", "quarantine", "no number"])
    reason, *others = asked
    assert reason.startswith("the reason, for the journal; ")
    assert ["the other name: ", "words to search: "] == others[:2]
    assert 4 == len(asked)


# The commands for actions that need a reason. Each of these commands asks for the reason.
REASONED = {
    Code.ASSESS_SOURCE: "case set-source-risk",
    Code.BREAK_GLASS: "access break-glass",
    Code.CORRECT_CLOCK: "journal correct-clock",
    Code.DECIDE: "case decide",
    Code.DECIDE_BY_TWO: "case decide",
    Code.EXCLUDE: "access conflict add",
    Code.EXTEND: "case extend",
    Code.EXTRACT: "file export",
    Code.HOLD: "retention hold",
    Code.JUDGE: "case set-score",
    Code.JUDGE_NAME: "request namesake",
    Code.JUNK: "case junk",
    Code.LIFT_CONFLICT: "access conflict remove",
    Code.LIFT_QUARANTINE: "access unquarantine",
    Code.MINIMISE: "case redact",
    Code.OPEN_ARCHIVED: "access open-archive",
    Code.QUARANTINE: "access quarantine",
    Code.RATE: "case set-credibility",
    Code.RELEASE_HOLD: "retention unhold",
    Code.REMOVE_MEASURE: "case measure retract",
    Code.REMOVE_PROCEEDINGS: "case measure retract",
    Code.REOPEN: "case reopen",
    Code.RETRACT_CONSULTATION: "office consultation retract",
}
_DISCLOSED = "dossier disclosure add 3 --to Parquet --what"
# Commands that need a reason, each with a similar command that needs none.
DEPENDING = {
    "case identity consent 3 --day 2026-11-24": "case identity withdraw 3",
    "case close 3 moot --disclosure withheld": "case close 3 moot --disclosure partial",
    f"{_DISCLOSED} report --ground other": f"{_DISCLOSED} report --ground judicial",
    f"{_DISCLOSED} identity --ground judicial": f"{_DISCLOSED} identity --ground consent",
}


def test_the_program_asks_for_a_reason_if_the_action_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No example contains a reason, because a shell would keep it in its history."""
    assert {code for code, rule in TABLE.items() if rule.reason is Reason.REQUIRED} == {*REASONED}
    examples = [*map(shlex.split, (leaf.example for leaf in leaves(tree("inbox")).values()))]
    assert not [words for words in examples if "--reason" in words]
    asked = typed(monkeypatch, *["why"] * 100)
    for command in REASONED.values():
        asked.clear()
        words = next(words[1:] for words in examples if words[1:][: len(command.split())] == command.split())
        assert ("why", 1) == (parsed("inbox", words).params["reason"], len(asked)), command


@pytest.mark.parametrize("command", DEPENDING)
def test_the_program_asks_for_a_reason_only_if_the_given_value_needs_one(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    asked = typed(monkeypatch, "why")
    assert parsed("inbox", DEPENDING[command].split()).params["reason"] == ""
    assert [] == asked
    assert parsed("inbox", command.split()).params["reason"] == "why"
    assert 1 == len(asked)


def test_without_a_terminal_or_an_answer_a_missing_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error says what to do instead. The program refuses before it opens the inbox."""
    for words in (
        ["access", "quarantine", "3"],
        ["access", "alias", "add", "b"],
        ["queue", "list", "--search", "-"],
    ):
        assert 2 == main.run(words)
        assert "\nhint: give the text, or run this at a terminal" in capsys.readouterr().err
    assert 2 == main.run(["access", "quarantine", "3", "--json"])
    assert "terminal" in json.loads(capsys.readouterr().err)["hint"]
    typed(monkeypatch, " \n")
    with pytest.raises(click.MissingParameter):
        parsed("inbox", ["access", "quarantine", "3"])


def test_if_no_home_is_named_the_program_does_not_ask_for_a_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The control: if the folder of the home is missing, the program asks, and then reports the error."""
    monkeypatch.delenv("FANAL_HOME", raising=False)
    asked = typed(monkeypatch, "why", "why")
    for words in ["access", "quarantine", "3"], ["access", "alias", "add", "bruno"]:
        asked.clear()
        assert 2 == main.run(words)
        assert "Missing option '--home'" in capsys.readouterr().err
        assert [] == asked
        assert 1 == main.run(["--home", str(tmp_path / "inbox"), *words])
        assert 1 == len(asked)
        capsys.readouterr()


def test_after_an_empty_answer_the_hint_mentions_that_answer_and_does_not_ask_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed(monkeypatch, " \n")
    assert 2 == main.run(["--home", str(tmp_path), "access", "quarantine", "3"])
    hint = capsys.readouterr().err.partition("\nhint: ")[2]
    assert hint.startswith("the answer was empty")
    assert "terminal" not in hint


@pytest.mark.parametrize("word", ["lock", "quit", "exit"])
def test_the_words_lock_and_quit_and_exit_end_a_session(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    """If other words follow, the session goes on, and the error says how to end it."""
    lines, done = iter([f"{word} now\n", "help\n", f"help {word}\n", f"{word}\n", "case list\n"]), []
    monkeypatch.setattr(terminal, "take_line", lambda _: next(lines))
    monkeypatch.setattr(terminal, "wipe", lambda: None)
    monkeypatch.setattr(shell, "run", lambda words, _: done.append(words))

    with office.unlocked() as opened:
        shell._hold(opened)
    assert ([], "case list\n") == (done, next(lines))
    assert f"hint: type only `{word}` to end the session\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "words", "told"),
    [
        ("inbox", ["--home"], "inbox -h"),
        ("inbox", ["case", "list", "--json=1"], "inbox case list -h"),
        ("inbox", ["case", "--help=1"], "inbox case -h"),
        ("portal", ["--config"], "portal -h"),
        ("portal", ["export", "--out"], "portal export -h"),
    ],
)
def test_an_error_about_a_missing_or_superfluous_option_value_names_the_help_of_the_command(
    program: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == run(program, *words)
    error = capsys.readouterr().err
    assert error.startswith(f"Usage: {told.removesuffix(' -h')} ")
    assert f"\nTry '{told}' for help.\n\nerror: Option '{words[-1].partition('=')[0]}' " in error


def test_a_usage_error_in_a_session_names_the_help_of_the_session(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The control is the same error of a single command."""
    for words, told in (["zzz"], "help"), (["case", "show"], "help case show"):
        lines = iter([" ".join(words), " ".join([*words, "--json"]), "lock"])
        with monkeypatch.context() as patched, office.unlocked() as opened:
            patched.setattr(terminal, "take_line", lambda _, given=lines: next(given))
            patched.setattr(terminal, "wipe", lambda: None)
            shell._hold(opened)
        said = capsys.readouterr().err
        assert f"Try '{told}' for help." in said
        assert f'"see: {told}"' in said
        assert 2 == main.run(words)
        assert " -h' for help." in capsys.readouterr().err


def test_the_help_of_the_command_for_replies_names_the_command_that_lists_the_templates(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert 0 == main.run(["message", "reply", "-h"])
    named = re.findall(r"`inbox ([^`]+)`", " ".join(capsys.readouterr().out.split()))
    assert ["message template list"] == [
        each for each in named if tuple(each.split()) in leaves(tree("inbox"))
    ]


def test_the_command_reference_and_the_manual_pages_are_up_to_date() -> None:
    """If the test fails, run: python -m tests.support.command_reference."""
    for path, text in command_reference.documents().items():
        assert (ROOT / path).read_text("utf-8") == text, path
    assert "### inbox case" in command_reference.reference()


def test_manual_pages_are_valid_roff_and_print_without_a_warning() -> None:
    for path in command_reference.MANUALS.values():
        done = subprocess.run(
            ["groff", "-k", "-man", "-ww", "-Tutf8", ROOT / path], capture_output=True, text=True, check=True
        )
        assert ("", True) == (done.stderr, "SYNOPSIS" in done.stdout)


def test_a_parsed_command_has_the_same_class_as_in_the_tree() -> None:
    """The class adds sections and an example to the help."""
    assert isinstance(parsed("inbox", ["case", "show", "3"]).command, Command)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("officers list", "officer list"),
        ("officers add", "officer add"),
        ("officers remove", "officer remove"),
        ("access answer", "request answer"),
        ("access show", "request show"),
        ("many tag", "queue tag"),
        ("cases list", "case list"),
        ("queue filter", "queue list"),
        ("filter", "queue list"),
    ],
)
def test_the_first_suggestion_is_from_the_group_most_like_the_typed_group(
    typed: str, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == main.run(typed.split())
    assert capsys.readouterr().err.split("Did you mean:\n")[1].splitlines()[0] == f"  inbox {first}"


def test_a_group_that_used_to_be_a_command_suggests_the_command_that_replaces_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The help of other groups ends without a suggestion."""
    for group, meant in (
        ("backup", "backup make"),
        ("law", "law show"),
        ("queue", "queue list"),
        ("retention", "retention list"),
    ):
        assert 2 == main.run([group])
        shown = capsys.readouterr().err
        assert shown.startswith(f"Usage: inbox {group} ")
        assert shown.endswith(f"\n\nDid you mean:\n  inbox {meant}\n")
    assert 2 == main.run(["case"])
    assert "Did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["queue list", "queue tag"])
def test_each_field_of_the_queue_filter_has_an_option(name: str) -> None:
    """`queue tag` chooses only among open cases, and its option `--tag` is also a filter."""
    words = shlex.split(leaves(tree("inbox"))[tuple(name.split())].example)[1:]
    taken = parsed("inbox", words).params.keys()
    state = {"state"} if name == "queue tag" else set()
    assert {field.name for field in fields(Filter)} - taken == state


@pytest.mark.parametrize("line", ["help", "?", "--help"])
def test_help_in_a_session_lists_the_words_of_the_session_but_no_option_of_the_program(
    line: str, in_session: Callable[[str], str]
) -> None:
    shown = in_session(line)
    assert "\nSession:\n" in shown
    assert [
        word for word in ("case", "lock", "quit", "exit", "help", "?") if f"\n  {word} " not in shown
    ] == []
    assert [option for option in ("--home", "--share", "--version", "Usage:") if option in shown] == []


def test_a_question_mark_before_a_command_shows_its_help(in_session: Callable[[str], str]) -> None:
    shown = in_session("? case list")
    assert shown == in_session("help case list")
    assert shown.startswith("Usage: inbox case list ")


@pytest.fixture
def in_session(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Return what a session prints for one typed line."""
    return lambda line: _in_session(office, monkeypatch, capsys, line)


def _in_session(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> str:
    given = iter([line, "lock"])
    with monkeypatch.context() as patched, office.unlocked() as opened:
        patched.setattr(terminal, "take_line", lambda _: next(given))
        patched.setattr(terminal, "wipe", lambda: None)
        shell._hold(opened)
    return capsys.readouterr().out


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_shows_files_and_folders_and_repeated_arguments_in_the_same_way_everywhere(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path is a FILE or a FOLDER, and an argument that can be repeated ends with an ellipsis."""
    typed(monkeypatch, *["typed"] * 200)
    contexts = [parsed(program, shlex.split(leaf.example)[1:]) for leaf in leaves(tree(program)).values()]
    found = {
        (parameter.make_metavar(context), parameter.nargs == -1)
        for context in [context for each in contexts for context in (each, each.find_root())]
        for parameter in context.command.get_params(context)
        if not getattr(parameter, "is_flag", False)
    }
    names = {name for name, _ in found}
    assert names & {"FILE", "FOLDER"}
    assert [] == [name for name in names if re.search(r"PATH|DIR|FILENAME|INTEGER|\.\.\.", name)]
    assert [] == [name for name, is_repeated in found if is_repeated is not ("…" in name)]
