"""Documents name only commands and options that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from inbox.cli.main import commands as inbox
from portal.ops.cli import portal
from tests.support.paths import ROOT

PROGRAMS = {"inbox": inbox, "portal": portal}
# The command reference is generated, and the changelog may name commands of earlier versions.
GENERATED_OR_OLD = {"commands.md", "CHANGELOG.md"}
DOCUMENTS = [
    *(path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")) if path.name not in GENERATED_OR_OLD),
    ROOT / "crypto" / "SPEC.md",
]
NAMED = re.compile(r"`((?:inbox|portal) [a-z][^`]*)`")
WORD = re.compile(r"[a-z][a-z-]*")


def unknown(text: str) -> Iterator[str]:
    """Yield the commands in backticks that do not exist, or lack an option that is named with them."""
    for named in NAMED.findall(text):
        program, *words = named.split()
        command: click.Command | None = PROGRAMS[program]
        context = click.Context(PROGRAMS[program], info_name=program)
        known = {"-h", "--help"}
        for word in words:
            known |= {each for option in (command.params if command else ()) for each in option.opts}
            if word.startswith("-"):
                if word.partition("=")[0].rstrip(",.;") not in known:
                    yield named
                    break
            elif isinstance(command, click.Group):
                command = command.get_command(context, word) if WORD.fullmatch(word) else None
                if command is None and WORD.fullmatch(word):
                    yield named
                    break


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_command_that_a_document_names_exists_with_its_options(page: Path) -> None:
    assert [*unknown(page.read_text("utf-8"))] == []


def test_the_search_finds_a_command_and_an_option_that_do_not_exist() -> None:
    right = (
        "`inbox queue list --to-read`, `inbox case show 3`, `portal doctor`, `inbox backup`, `inbox case …`"
    )
    assert [*unknown(right)] == []
    wrong = (
        "inbox case lsit",
        "inbox cases",
        "inbox case list --unread",
        "portal heal",
        "inbox officer list --old 3",
    )
    assert [*unknown(" ".join(f"`{each}`" for each in wrong))] == [*wrong]
