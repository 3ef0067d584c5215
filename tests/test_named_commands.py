"""Documents name only commands and options that exist, and the inbox names the package's commands."""

import functools
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from deploy.medium import contents
from draws.cli.main import commands as draws
from inbox.cli.main import commands as inbox
from portal.ops.cli import portal
from portal.setup.cli import fanal_portal
from templates.catalogues import LANGUAGES
from tests.support import guides
from tests.support.medium import guide
from tests.support.paths import ROOT

PROGRAMS: dict[str, click.Command] = {
    "inbox": inbox,
    "portal": portal,
    "fanal-portal": fanal_portal,
    "draws": draws,
}
# The command reference is generated, and the changelog may name commands of earlier versions.
GENERATED_OR_OLD = {"commands.md", "CHANGELOG.md"}
DOCUMENTS = [
    *(path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if path.name not in GENERATED_OR_OLD),
    ROOT / "crypto" / "SPEC.md",
]
MEDIUM = ROOT / "deploy" / "medium"
GUIDES = {language: MEDIUM / f"GUIDE.{language}.txt" for language in LANGUAGES}
BLOCK = guides.ANY_BLOCK
# A command in a code block begins its line or follows sudo. The folder of the program may come first.
TYPED = re.compile(
    r"^ *(?:\$ )?(?:sudo (?:-\S+ (?:\w+ )?)*)?(?:\S*/)?((?:inbox|portal|fanal-portal|draws) .*)$",
    re.MULTILINE,
)
CONTINUED = re.compile(r"\\\n\s*")
# The rest of a line that is not part of the command: a comment, a pipe, a redirection or the next command.
REST = re.compile(r"\s(?:#|\||>|<|&&|;).*")
QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
WORD = re.compile(r"[a-z][a-z-]*")


def read(page: Path) -> str:
    """Return the text of a document. The commands of a guide on a medium are put in one code block."""
    if page.suffix == ".md":
        return page.read_text("utf-8")
    language = page.name.split(".")[1]
    return "\n".join(("```", *(line for part in guide(page.parent, language) for line in part), "```"))


def blocks(text: str) -> str:
    """Return the lines of all code blocks, joined if a command continues on the next line."""
    return "\n".join(CONTINUED.sub(" ", block) for _, block in BLOCK.findall(text))


def typed(text: str) -> Iterator[str]:
    """Yield the commands of our programs in the code blocks, each on one line."""
    for line in TYPED.findall(blocks(text)):
        yield " ".join(REST.sub("", line).split())


def named(text: str) -> Iterator[str]:
    """Yield the commands that a document names, each on one line: in sentences, then in code blocks."""
    yield from guides.in_sentences(text)
    yield from typed(text)


def unknown(text: str) -> list[str]:
    """Return each named command that does not exist, or that is named with an option that it lacks."""
    return [each for each in named(text) if not _exists(each)]


def _exists(line: str) -> bool:
    # The words after `fanal-portal run` are a command of `portal`.
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


PAGES = [*DOCUMENTS, *GUIDES.values()]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


@each_page
def test_each_command_that_a_document_names_exists_with_its_options(page: Path) -> None:
    assert unknown(read(page)) == []


# Only values of these types (choices and numbers) are checked. The files in the documents do not exist here.
CHECKED_TYPES = (click.Choice, type(click.INT), type(click.FLOAT))


def misread(line: str) -> str:
    """Return why the parser of the program refuses a complete command, or an empty text."""
    program, *words = shlex.split(guides.run_as_portal(line))
    command: click.Command = PROGRAMS[program]
    # click keeps the option for help that it first makes for a command, so its settings have to be right.
    context = click.Context(command, info_name=program, **command.context_settings)
    try:
        while isinstance(command, click.Group):
            _, (name, *words), _ = command.make_parser(context).parse_args(words)
            found = command.get_command(context, name)
            if found is None:
                return f"no such command: {name}"
            command, context = found, click.Context(found, context, info_name=name)
        given, rest, _ = command.make_parser(context).parse_args(words)
        for parameter in command.params:
            is_missing = parameter.name not in given or parameter.value_is_missing(given[parameter.name])
            if parameter.required and is_missing:
                return f"{parameter.name} is missing"
            if not is_missing and isinstance(parameter.type, CHECKED_TYPES):
                parameter.type_cast_value(context, given[parameter.name])
    except click.UsageError as error:
        return error.format_message()
    return f"too many words: {rest}" if rest else ""


@each_page
def test_the_programs_understand_each_command_in_a_code_block(page: Path) -> None:
    refused = {line: said for line in typed(read(page)) if (said := misread(line))}
    assert refused == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("inbox backup make --out F --keystore-out", "Option '--keystore-out' requires an argument."),
        ("inbox backup make --out F --keystore-uot G", "No such option '--keystore-uot'"),
        ("inbox backup mak --out F", "no such command: mak"),
        ("inbox --home F upgrade 3", "too many words: ['3']"),
        ("inbox exchange collect", "bundles is missing"),
        ("inbox journal list --action foun", "Invalid value for '--action': 'foun'"),
        ("fanal-portal setup --answers", "Option '--answers' requires an argument."),
        ("fanal-portal run export", "out is missing"),
    ],
)
def test_the_search_finds_a_command_that_the_program_does_not_understand(line: str, said: str) -> None:
    assert misread(line).startswith(said)


# What each program prints about its options, if `PROGRAM --help` does not print all of them.
HELP = {
    "certbot": ("certbot", "--help", "all"),
    "curl": ("curl", "--help", "all"),
}
# apt prints no list of its options, but refuses an unknown option before it does anything.
APT = ("apt", "--version")
OPTION = re.compile(r"(?<!\S)--[a-z][\w-]*")
# A sentence names a command of another program in backticks, with an option.
OTHER = re.compile(r"`([a-z][\w-]*\s[^`]*--[a-z][^`]*)`")


def others(text: str) -> Iterator[tuple[str, str]]:
    """Yield each program that is not ours, and each long option that a document gives to it."""
    inline = OTHER.findall(BLOCK.sub("", text))
    for line in (*(" ".join(each.split()) for each in inline), *blocks(text).splitlines()):
        # `runuser … -- PROGRAM` runs another program.
        for part in re.split(r" \| | && |; | -- |\s#\s.*", line):
            words = re.sub(r"^sudo (?:-\S+ (?:\w+ )?)*", "", part.strip()).split()
            if not words or not re.fullmatch(r"[a-z][\w-]*", words[0]) or words[0] in PROGRAMS:
                continue
            for option in OPTION.findall(part):
                yield words[0], option


@functools.cache
def has_option(program: str, option: str) -> bool:
    """Return whether the installed program has a long option."""
    if program == APT[0]:
        return subprocess.run([*APT, option], capture_output=True, check=False).returncode == 0
    done = subprocess.run(HELP.get(program, (program, "--help")), capture_output=True, text=True, check=False)
    return option in OPTION.findall(re.sub(r"[\[,|=]", " ", done.stdout + done.stderr))


@each_page
def test_each_long_option_that_a_document_gives_to_another_program_exists(page: Path) -> None:
    wrong = [each for each in others(read(page)) if not has_option(*each)]
    assert wrong == []


@pytest.mark.parametrize(
    "written",
    [
        "Then type `chown --recursif officers: FOLDER`.",
        "Then type `chown\n--recursif officers: FOLDER`.",
        "```\nsudo chown --recursif officers: FOLDER\n```",
        "```\nsha256sum SHA256SUMS | chown --recursif officers: FOLDER\n```",
        "```\nrunuser -u officers -- chown --recursif officers: FOLDER\n```",
    ],
)
def test_the_search_finds_an_option_that_another_program_does_not_have(written: str) -> None:
    assert [*others(written)] == [("chown", "--recursif")]
    assert not has_option("chown", "--recursif")
    assert has_option("chown", "--recursive")


@pytest.mark.parametrize(
    ("program", "right", "wrong"),
    [
        ("apt", "--allow-downgrades", "--allow-downgrade"),
        ("curl", "--haproxy-protocol", "--haproxy"),
    ],
)
def test_the_search_distinguishes_the_options_of_a_program(program: str, right: str, wrong: str) -> None:
    assert (has_option(program, right), has_option(program, wrong)) == (True, False)


def test_the_guide_on_the_medium_creates_the_user_and_gives_the_media_to_this_user() -> None:
    """A command that was removed in both languages would otherwise be missed."""
    commands = [*blocks(read(GUIDES["en"])).splitlines()]
    (user,) = (line.removeprefix("adduser ") for line in commands if line.startswith("adduser "))
    assert [line for line in commands if "uid=" in line] == [
        f"mount -o uid={user},umask=0077 /dev/sdb1 /media/stick"
    ]
    assert [line for line in commands if line.startswith("chown ")] == [f"chown {user}: /media/stick"]


def test_the_medium_contains_the_programs_that_show_the_desk_without_a_desktop() -> None:
    """The desk writes its address to the file that these programs read."""
    commands = [*blocks(read(GUIDES["en"])).splitlines()]
    (shown,) = (line for line in commands if line.startswith("cage "))
    programs = shlex.split(shown.partition(' "')[0])
    assert {*programs} < {*contents.PACKAGES}
    (file,) = re.findall(r"\$\(cat (\S+)\)", shown)
    assert [line for line in commands if line.endswith(f" --address-file {file}")]


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
    """Return the commands of `portal` that a text names without `fanal-portal run` before them."""
    names = "|".join(map(re.escape, portal.list_commands(click.Context(portal))))
    return re.findall(rf"(?<![\w-])portal (?:{names})\b", text)


def test_the_inbox_names_commands_of_the_portal_as_people_type_them_with_the_package() -> None:
    """The inbox does not know how the portal was installed, but portals in use are installed as a package."""
    sources = [*(ROOT / "inbox").rglob("*.py"), *(ROOT / "inbox").rglob("*.toml")]
    pages = [*(ROOT / "templates" / "desk").rglob("*.html")]
    assert sources
    assert pages
    found = {path.name: of_checkouts(path.read_text("utf-8")) for path in (*sources, *pages)}
    assert {name: names for name, names in found.items() if names} == {}


def test_the_search_finds_commands_of_the_portal_that_do_not_follow_fanal_portal_run() -> None:
    assert of_checkouts("Run `portal export`, or portal import.") == ["portal export", "portal import"]
    assert of_checkouts("Run `fanal-portal run export`. The portal exports the keyring.") == []
