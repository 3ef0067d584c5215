"""Documents name only commands and options that exist, and the inbox names the package's commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from inbox.cli.main import commands as inbox
from portal.ops.cli import portal
from portal.setup.cli import fanal_portal
from tests.support import guides
from tests.support.paths import ROOT

PROGRAMS: dict[str, click.Command] = {"inbox": inbox, "portal": portal, "fanal-portal": fanal_portal}
# The command reference is generated, and the changelog may name commands of earlier versions.
GENERATED_OR_OLD = {"commands.md", "CHANGELOG.md"}
DOCUMENTS = [
    *(path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if path.name not in GENERATED_OR_OLD),
    ROOT / "crypto" / "SPEC.md",
]
BLOCK = re.compile(r"^( *)```[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
# A command in a sentence is in backticks. A program's name alone is not a command.
INLINE = re.compile(r"`((?:inbox|portal|fanal-portal)\s[a-z-][^`]*)`")
# A command in a code block begins its line or follows sudo. The folder of the program may come first.
TYPED = re.compile(
    r"^ *(?:\$ )?(?:sudo (?:-\S+ (?:\w+ )?)*)?(?:\S*/)?((?:inbox|portal|fanal-portal) .*)$", re.MULTILINE
)
CONTINUED = re.compile(r"\\\n\s*")
# The rest of a line that is not part of the command: a comment, a pipe, a redirection or the next command.
REST = re.compile(r"\s(?:#|\||>|<|&&|;).*")
QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
WORD = re.compile(r"[a-z][a-z-]*")


def named(text: str) -> Iterator[str]:
    """Yield the commands that a document names, each on one line: in sentences, then in code blocks."""
    yield from (" ".join(each.split()) for each in INLINE.findall(BLOCK.sub("", text)))
    for _, block in BLOCK.findall(text):
        for line in TYPED.findall(CONTINUED.sub(" ", block)):
            yield " ".join(REST.sub("", line).split())


def unknown(text: str) -> list[str]:
    """Return the named commands that do not exist, or that lack an option named with them."""
    return [each for each in named(text) if not _exists(each)]


def _exists(line: str) -> bool:
    # The words after this command are a command of `portal`.
    program, *words = QUOTED.sub("TEXT", guides.run_as_portal(line)).split()
    command: click.Command | None = PROGRAMS[program]
    context = click.Context(PROGRAMS[program], info_name=program)
    known: dict[str, bool] = {"-h": False, "--help": False}
    takes_value = False
    for word in words:
        if command:
            known |= {
                name: not each.is_flag
                for each in command.params
                if isinstance(each, click.Option)
                for name in each.opts
            }
        if word.startswith("-"):
            option, has_value, _ = word.rstrip(",.;").partition("=")
            if option not in known:
                return False
            takes_value = known[option] and not has_value
        elif takes_value:
            takes_value = False
        elif isinstance(command, click.Group) and WORD.fullmatch(word):
            command = command.get_command(context, word)
            if command is None:
                return False
    return True


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_command_that_a_document_names_exists_with_its_options(page: Path) -> None:
    assert unknown(page.read_text("utf-8")) == []


WRONG = [
    "inbox case lsit",
    "inbox cases",
    "inbox case list --unread",
    "inbox --hoem DIR case list",
    "inbox --home DIR case lsit",
    "inbox officer list --old 3",
    "portal heal",
    "portal --config FILE heal",
    "fanal-portal setpu",
    "fanal-portal setup --chekc",
    "fanal-portal run heal",
    "fanal-portal run export --fiel x",
    "fanal-portal run --config FILE export",
]


@pytest.mark.parametrize("command", WRONG)
@pytest.mark.parametrize(
    "written",
    [
        "Run `{}` first.",
        "```\n{}\n```",
        "```sh\ncd there\n{}   # `a` comment\n```",
        "1. Do this:\n\n   ```\n   {}\n   ```\n",
        "```\nsudo -u fanal {} | less\n```",
        "```\ndemo/bin/{}\n```",
    ],
)
def test_the_search_finds_a_command_and_an_option_that_do_not_exist(command: str, written: str) -> None:
    assert unknown(written.format(command)) == [command]


def test_the_search_joins_the_lines_of_a_command() -> None:
    assert unknown("Run `inbox case\nlsit`.") == ["inbox case lsit"]
    assert unknown("```\ninbox --home DIR \\\n  case lsit\n```") == ["inbox --home DIR case lsit"]
    assert unknown("```\nsudo portal export \\\n  --fiel x\n```") == ["portal export --fiel x"]


def test_the_search_accepts_commands_that_exist() -> None:
    right = (
        "`inbox queue list --to-read`, `inbox case show 3`, `portal doctor`, `inbox backup`, `inbox case …`, "
        "`inbox --home there case list`, `fanal-portal setup --check`, the `portal` and the `inbox`"
    )
    assert unknown(right) == []
    assert len([*named(right)]) == 7
    assert unknown("```\nportal@8080 stops\nportal --config FILE doctor > report\n```") == []


def of_checkouts(text: str) -> list[str]:
    """Return the commands of `portal` that a text names without the `fanal-portal run` of the package."""
    names = "|".join(map(re.escape, portal.list_commands(click.Context(portal))))
    return re.findall(rf"(?<![\w-])portal (?:{names})\b", text)


def test_the_inbox_names_commands_of_the_portal_as_a_portal_with_the_package_has_them() -> None:
    """The inbox does not know how the portal was installed. Portals in use have the package."""
    sources = [*(ROOT / "inbox").rglob("*.py"), *(ROOT / "inbox").rglob("*.toml")]
    pages = [*(ROOT / "templates" / "desk").rglob("*.html")]
    assert sources
    assert pages
    found = {path.name: of_checkouts(path.read_text("utf-8")) for path in (*sources, *pages)}
    assert {name: names for name, names in found.items() if names} == {}


def test_the_search_finds_a_command_of_the_portal_that_lacks_the_words_of_the_package() -> None:
    assert of_checkouts("Run `portal export`, or portal import.") == ["portal export", "portal import"]
    assert of_checkouts("Run `fanal-portal run export`. The portal exports the keyring.") == []
