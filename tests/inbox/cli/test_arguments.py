"""An argument that the vault or the journal cannot store is refused before the command does anything."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner

from inbox.cli import options, shell
from inbox.session.actions import Code, action
from inbox.vault.tables import Case
from tests.support.inbox_builders import Portal, Reporter, World, first

LARGEST = 2**53 - 1


@pytest.mark.parametrize(
    "words",
    [
        ["case", "show", "N"],
        ["file", "export", "1", "N", "--out", "x", "--reason", "x"],
        ["message", "retract", "1", "N"],
        ["journal", "list", "--from", "N"],
        ["exchange", "outbox", "--out", "x", "--again", "N"],
        ["access", "conflict", "add", "N", "officer", "--reason", "x"],
    ],
    ids=" ".join,
)
def test_a_number_too_large_to_be_stored_is_a_usage_error(world: World, words: list[str]) -> None:
    """The largest number that can be stored is accepted, although no case or file has it."""
    for number, codes in ((LARGEST + 1, {2}), (10**23, {2}), (LARGEST, {0, 1})):
        said = world.office.run(*(str(number) if word == "N" else word for word in words))
        assert said.code in codes
        assert ("range" in said.err) == (codes == {2})


@pytest.mark.parametrize(
    "words",
    [
        ["case", "measure", "add", "1", "none", "--day", "D"],
        ["case", "decide", "1", "defer", "--reason", "x", "--until", "D"],
        ["case", "add", "--route", "letter", "--language", "fr", "--received", "D"],
        ["office", "day-off", "add", "2026-11-24", "D"],
        ["office", "day-off", "remove", "D"],
        ["request", "add", "--person", "x", "--received", "D", "--way", "letter"],
        ["retention", "list-destroyed", "--since", "D"],
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_a_day_that_does_not_exist_or_cannot_be_stored_is_refused(world: World, words: list[str]) -> None:
    """Every command prints the same error. YYYY-MM-DD is the only accepted form."""
    for day in (
        "1999-12-31",
        "2200-01-01",
        "2026-02-30",
        "2026-2-3",
        "2026-02-03T00:00",
        "20260203",
        "soon",
        "",
    ):
        said = world.office.run(*(day if word == "D" else word for word in words))
        assert 2 == said.code
        assert f"{day!r} is not a day from 2000 to 2199, such as 2026-11-24" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["access", "conflict", "add", "1", "X", "--reason", "y"],
        ["access", "conflict", "remove", "1", "X", "--reason", "y"],
        ["access", "alias", "add", "X", "name"],
        ["access", "alias", "remove", "X", "name"],
    ],
    ids=" ".join,
)
def test_an_invalid_officer_name_is_refused_before_anything_is_recorded(
    world: World, words: list[str]
) -> None:
    """The longest valid name passes this check.

    The longest name is refused only later, because no officer has it.
    """
    before = world.office.json("journal", "list")["head"]["n"]
    for name in ("x" * 33, "x" * 600, "Alice", "x\x1b[2J", "x" * 32):
        said = world.office.run(*(name if word == "X" else word for word in words))
        assert (1, name != "x" * 32) == (said.code, "cannot be the name of an officer" in said.err)
        assert "\x1b" not in said.err
    assert before + 1 == world.office.json("journal", "list")["head"]["n"]


def test_an_error_in_the_vault_is_not_blamed_on_the_command(world: World, portal: Portal) -> None:
    """In this test, the row of the case cannot be parsed."""
    bundle = portal.bundle(first(Reporter(world)))
    world.office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).message = b"{}"
    said = world.office.run("case", "show", "1")
    assert (1, True) == (said.code, "\nhint: the command was right" in said.err)


@pytest.mark.parametrize(
    "words",
    [
        ["exchange", "channel", "add", "{}"],
        ["office", "questionnaire", "replace", "{}/card.json"],
        ["exchange", "sign-pages", "{}/card.json", "--out", "{}/out"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_file_that_is_too_large_is_refused_before_its_content_is_checked(
    world: World, tmp_path: Path, words: list[str]
) -> None:
    """A file whose size is exactly the limit is read. The error about that file concerns its content."""
    file = tmp_path / "card.json"
    for size, is_told in ((4 << 20, False), ((4 << 20) + 1, True)):
        file.write_bytes(b"#" * size)
        said = world.office.run(*(word.format(tmp_path) for word in words))
        assert (1, is_told) == (said.code, "card.json is larger than 4 MiB" in said.err)


@pytest.mark.parametrize(
    "words",
    [
        ["message", "reply", "1", "--text", "X"],
        ["access", "alias", "add", "officer", "X"],
        ["access", "conflict", "add", "1", "X", "--reason", "y"],
        ["access", "conflict", "add", "1", "officer", "--reason", "X"],
        ["key", "rotate", "--now", "--reason", "X"],
        ["officer", "add", "X"],
        ["exchange", "channel", "remove", "X"],
    ],
    ids=" ".join,
)
def test_an_argument_that_is_not_valid_text_is_refused(world: World, words: list[str]) -> None:
    """The shell passes such bytes on unchanged.

    Invalid bytes are refused in every kind of argument, and the command does nothing.
    """
    before = world.office.state()
    said = world.office.run(*(word.replace("X", "Dupont\udcff") for word in words))
    assert (1, "") == (said.code, said.out)
    assert said.err.startswith("error: a word of the command is not valid text: Dupont<U+DCFF>\nhint: ")
    assert before == world.office.state()


def test_an_officer_who_confirms_a_command_sees_all_its_arguments(tmp_path: Path) -> None:
    """The officer sees not only the line for the journal but also the addressee and the whole text.

    The text may be an argument, come from a file, or be typed when the program asks for it.
    """
    opened: Any = SimpleNamespace(sealed={})
    (tmp_path / "text").write_text("Prévenez-le :\n\x1b[2Jtout est clos.", "utf-8")

    @click.command()
    @options.case_argument
    @click.option("--addressee")
    @click.option("--tell", is_flag=True)
    @options.reason_option
    @options.text_options
    def does(text: str | None, text_file: Path | None, **_: object) -> None:
        assert options.given_text(text, text_file) or options.asked_text("la note")
        shell.asking(opened)([action(Code.REOPEN, 1, "news")], 2)

    words = ["1", "--addressee", "Firmin", "--tell", "--reason", "news"]
    typed = CliRunner().invoke(does, [*words, "--text", "Tout est clos."]).stderr
    assert ["reopen case 1 reason: news", "  addressee: Firmin", "  tell: True", "│ Tout est clos."] == [
        *typed.splitlines()[:4]
    ]
    asked = CliRunner().invoke(does, words, input="demain\n.\n").stderr
    assert "│ demain\n" in asked
    from_file = CliRunner().invoke(does, [*words, "--text-file", str(tmp_path / "text")]).stderr
    assert "│ Prévenez-le :\n│ <U+001B>[2Jtout est clos.\n" in from_file
