"""The parts that both command lines share: a tree of commands, help in sections, suggestions, and days.

The tree gives the place of each command's function, so that a run imports only what its command needs. The
function declares options and arguments. The tree gives the name, a one-line summary, and an example.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from importlib import import_module
from pathlib import Path
from textwrap import TextWrapper
from typing import Any, cast

import click
from click.core import augment_usage_errors

from crypto import shape
from crypto.errors import Malformed
from crypto.strictjson import LARGEST
from crypto.toml_schema import Schema
from templates import version

Decorator = Callable[[Any], Any]

HELP_NAMES = ("-h", "--help")
# The key in the metadata of a context for a line above the help and the version.
ABOVE = f"{__name__}.above"
# A terminal of this width shows every entry of a list on one line.
COLUMNS = 80
# The maximum width of the first column of the lists in help.
_FIRST_COLUMN = 30
# A test checks the trees more closely.
_TREE = Schema("commands", {"type": "object"})
_SUGGESTED = 4
_SIMILAR = 0.75


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command. ``place`` is ``module:name``; ``also`` are other words that people may type."""

    summary: str
    place: str
    example: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A group of commands in sections, by title."""

    summary: str
    sections: Mapping[str, Mapping[str, "Leaf | Branch"]]

    @property
    def children(self) -> dict[str, "Leaf | Branch"]:
        """The commands and groups directly below, by name, in the order of the sections."""
        return {name: child for section in self.sections.values() for name, child in section.items()}


class Option(click.Option):
    """An option in one of several sections of ``--help``."""

    def __init__(self, *arguments: Any, section: str = "Options", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.section = section


class _Day(click.ParamType[date]):
    """A day that the journal, the vault and bundles can store (SPEC 1.2)."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or raise BadParameter."""
        try:
            return shape.day.read(value)
        except Malformed:
            years = f"{shape.FIRST_DAY.year} to {shape.LAST_DAY.year}"
            self.fail(f"{value!r} is not a day from {years}, such as 2026-11-24", param, ctx)


DAY = _Day()
# Every command that ends by itself has this option. `session`, `desk` and `serve` run until they are stopped.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def together(*options: Decorator) -> Decorator:
    """Return one decorator for several options or arguments. Help lists the options in this order."""

    def decorate(command: Any) -> Any:
        # As with decorators above a function, the last option is applied first.
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


class Whole(click.IntRange):
    """A whole number in a range. click would name the type “integer range”, and write “1<=x<=4”."""

    name = "number"

    def _describe_range(self) -> str:
        """Return the range as help and errors show it. click calls this method."""
        return f"{self.min} to {self.max}"


class _Number(click.ParamType[int]):
    """A number up to the largest that canonical JSON can represent. Help does not show this limit."""

    name = "number"
    _range = Whole(1, LARGEST)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, or raise BadParameter."""
        return self._range.convert(value, param, ctx)


NUMBER = _Number()


class _Place(click.Path):
    """A path that the help calls FILE or FOLDER.

    Errors in the path are not found here, but by the command that uses the path.
    """

    def __init__(self, name: str) -> None:
        super().__init__(path_type=Path)
        self.name = name


FILE, FOLDER = _Place("file"), _Place("folder")


def choice_argument(name: str, metavar: str, choices: Sequence[str]) -> Callable[[Any], Any]:
    """Return an argument that takes one of several values.

    Usage and errors show its name (``metavar``), and help lists the values. Without a name, click would write
    the list of values in place of the name.
    """
    values = f"One of {', '.join(choices)}."
    return click.argument(name, metavar=metavar, type=click.Choice(choices), help=values)


class Asking(ABC):
    """A parameter that may prompt for its value after all other parameters were read and found valid."""

    @abstractmethod
    def complete(self, context: click.Context) -> None:
        """Put the value into ``context.params``; raise UsageError if there is no value."""


class Unknown(click.UsageError):
    """A command that does not exist. ``meant`` are the commands that the user may mean, best first."""

    def __init__(self, message: str, meant: list[str], context: click.Context) -> None:
        super().__init__(message, context)
        self.meant = meant

    @property
    def hint(self) -> str:
        """The text that says what to type instead."""
        return _did_you_mean(self.meant)


class Incomplete(click.exceptions.NoArgsIsHelpError):
    """A group without a command.

    ``meant`` are commands of this group that once had the name of the group.
    """

    def __init__(self, meant: list[str], context: click.Context) -> None:
        super().__init__(context)
        self.meant = meant

    @property
    def hint(self) -> str:
        """The text that says what to type instead."""
        return _did_you_mean(self.meant)


class Misplaced(click.UsageError):
    """An option that belongs after the command, but was given before it."""

    def __init__(self, message: str, option: str, context: click.Context) -> None:
        super().__init__(message, context)
        self.hint = f"give {option} after the command: {context.command_path} COMMAND {option}"


class _Wrapper(TextWrapper):
    """Wraps lines at blanks and after ``|``, so that people can copy each word and each choice as it is."""

    wordsep_simple_re = re.compile(r"([\t\n ]+|(?<=\|))")

    def __init__(self, width: int, begin: str, then: str) -> None:
        super().__init__(
            width,
            initial_indent=begin,
            subsequent_indent=then,
            break_long_words=False,
            break_on_hyphens=False,
        )


class _Formatter(click.HelpFormatter):
    """Help whose lines are wrapped by ``_Wrapper``. click also breaks lines at a hyphen or in a word."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage of a command."""
        begin = f"{prefix or 'Usage: '}{prog} "
        self.write(f"{_Wrapper(self.width, begin, ' ' * len(begin)).fill(args)}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, which are separated by empty lines."""
        indent = " " * self.current_indent
        wrapper = _Wrapper(self.width, indent, indent)
        self.write("\n\n".join(wrapper.fill(each) for each in text.split("\n\n")))
        self.write("\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = _FIRST_COLUMN, col_spacing: int = 2
    ) -> None:
        """Write rows in two columns. A long first column has lines of its own, above the second column."""
        rows, indent = [*rows], " " * self.current_indent
        width = min(max(len(first) for first, _ in rows), col_max)
        blank = indent + " " * (width + col_spacing)
        for first, second in rows:
            begin = blank
            if len(first) <= width and second:
                begin = f"{indent}{first}".ljust(len(blank))
            else:
                self.write(f"{_Wrapper(self.width, indent, f'{indent}  ').fill(first)}\n")
            self.write("".join(f"{line}\n" for line in _Wrapper(self.width, begin, blank).wrap(second)))


class _Context(click.Context):
    """The context of a command; ``_Formatter`` writes the help of the command."""

    formatter_class = _Formatter


class _Helping(click.Command):
    """A command or group whose help has the line of ``meta[ABOVE]`` above it."""

    context_class = _Context

    def get_help(self, ctx: click.Context) -> str:
        """Return the help. click calls this method."""
        return f"{_above(ctx)}{super().get_help(ctx)}"


class Command(_Helping):
    """A command whose help has options in sections, and an example."""

    def __init__(self, *arguments: Any, example: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.example = example

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Read options and arguments, then prompt for the values of ``Asking`` parameters."""
        with augment_usage_errors(context):
            rest = super().parse_args(context, arguments)
        for each in self.params:
            if isinstance(each, Asking) and not context.resilient_parsing:
                each.complete(context)
        return rest

    def format_arguments(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write nothing: ``format_options`` writes the arguments, and only those with an explanation."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments and options, each in its section, then the example."""
        _write_sections(formatter, options(self, context))
        with formatter.section("Example"):
            formatter.write_text(self.example)


class Group(_Helping, click.Group):
    """A group of lazily loaded commands."""

    def __init__(self, *arguments: Any, branch: Branch, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.branch = branch
        # The docstring of a program's function is for readers of the code.
        self.help = branch.summary

    def list_commands(self, _: click.Context) -> list[str]:
        """Return all names, in the order of the sections."""
        return list(self.branch.children)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """Return the command or group with this name, or None."""
        child = self.branch.children.get(name)
        if isinstance(child, Branch):
            return _versioned(Group(name, branch=child))
        return None if child is None else _loaded(name, child)

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Read the options of the group. For an unknown option, suggest the commands that have it."""
        try:
            with augment_usage_errors(context):
                return super().parse_args(context, arguments)
        except click.NoSuchOption as error:
            raise self._without_command(context, error.option_name) from error
        except click.exceptions.NoArgsIsHelpError as error:
            raise Incomplete(self._earlier(context), context) from error

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. `help NAME` means `NAME --help`. Raise Unknown for an unknown name."""
        name, *rest = arguments
        if name == "help" and name not in self.branch.children:
            return self.resolve_command(context, [*rest, HELP_NAMES[-1]])
        if name not in self.branch.children and not name.startswith("-"):
            raise Unknown(f"there is no command '{name}'", self._meant(context, name, rest), context)
        return super().resolve_command(context, arguments)

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options, each in its section."""
        _write_sections(formatter, self._rows() | options(self, context))

    def listed(self, more: Mapping[str, list[tuple[str, str]]]) -> str:
        """Return the list of commands as in the help, without options, then the rows of other sections."""
        formatter = _Formatter(max_width=COLUMNS)
        _write_sections(formatter, {**self._rows(), **more})
        return formatter.getvalue().strip("\n")

    def _rows(self) -> dict[str, list[tuple[str, str]]]:
        width = max(map(len, self.branch.children))
        return {
            title: [(name.ljust(width), child.summary) for name, child in children.items()]
            for title, children in self.branch.sections.items()
        }

    def _without_command(self, context: click.Context, option: str) -> click.UsageError:
        """Return the error for an option that this group does not have."""
        error = f"{context.command_path} has no option {option}"
        below = {name: each for name, each in self.branch.children.items() if isinstance(each, Leaf)}
        having = [name for name, each in below.items() if _takes(_loaded(name, each), option)]
        # If all commands have this option, it should have been typed after one of them.
        if len(having) == len(below) or (context.parent is None and having):
            return Misplaced(error, option, context)
        return Unknown(error, [f"{context.command_path} {name}" for name in having[:_SUGGESTED]], context)

    def _earlier(self, context: click.Context) -> list[str]:
        """Return the commands of this group that once had the name of the group."""
        group = " ".join(context.command_path.split()[1:])
        below = self.branch.children.items()
        found = [name for name, each in below if isinstance(each, Leaf) and group in each.also]
        return [f"{context.command_path} {name}" for name in found]

    def _meant(self, context: click.Context, name: str, rest: list[str]) -> list[str]:
        """Return the commands that the user may mean; commands of this group come first.

        If no command resembles the name, the result has the commands that once had the name of this group.
        """
        root = context.find_root()
        begin = tuple(context.command_path.split()[1:])
        more = rest[0] if rest and rest[0].replace("-", "").isalpha() else ""
        program = root.info_name
        tree = root.command.branch if isinstance(root.command, Group) else self.branch
        found = near(tree, name, more, begin)
        return [f"{program} {' '.join(path)}" for path in found] or self._earlier(context)


def near(tree: Branch, name: str, more: str = "", begin: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the paths of up to four commands that a word may mean, best first.

    ``more`` is the word after ``name``, or an empty text. Among paths that fit equally well, the paths below
    ``begin`` come first. Commands come before groups.
    """
    phrases = {f"{name} {more}", f"{begin[-1]} {name}" if begin else ""}
    found = {
        path: (-fit, path[: len(begin)] != begin, isinstance(node, Branch))
        for path, node in _nodes(tree)
        if (fit := _fit(path, node, name, more, phrases))
    }
    return sorted(found, key=lambda path: found[path])[:_SUGGESTED]


def _fit(path: tuple[str, ...], node: Leaf | Branch, name: str, more: str, phrases: set[str]) -> float:
    """Return how well a command fits the typed word, the word after it, or both; 0 means not at all."""
    last, other = path[-1], node.also if isinstance(node, Leaf) else ()
    if phrases & {*other}:
        return 7
    # If the second word names several commands, the best fit is the command whose group is most similar to
    # the first word.
    if more in (last, *other) and (alike := _alike(name, path)):
        return 5 + alike
    if {name, name.removesuffix("s")} & {last, *other}:
        return 4
    if more and (more == last or more in other):
        return 3
    if name in last.split("-"):
        return 2
    return _alike(name, (last, *other))


def _did_you_mean(meant: list[str]) -> str:
    return f"did you mean: {' | '.join(meant)}" if meant else ""


def version_option(*, hidden: bool = False) -> Callable[[Any], Any]:
    """Return the option that prints the version of the program and its commit."""
    text = cast("str", _Version())
    return click.version_option(text, package_name="fanal", message="%(version)s", hidden=hidden)


class _Version:
    """The version as text, which is determined only when it is printed, because this may require git."""

    def __str__(self) -> str:
        context = click.get_current_context()
        return f"{_above(context)}{context.find_root().info_name} {version.text()}"


def _above(context: click.Context) -> str:
    """Return the line that the program has put above help and version, or an empty text."""
    line = context.meta.get(ABOVE)
    return f"{line}\n" if line else ""


def _versioned(command: click.Command) -> click.Command:
    versioned: click.Command = version_option(hidden=True)(command)
    return versioned


def _alike(name: str, words: tuple[str, ...]) -> float:
    """Return the similarity of a name to the most similar of these words, or 0 if it is too low."""
    found = max(SequenceMatcher(None, name, word).ratio() for word in words)
    return found if found >= _SIMILAR else 0


def read(file: Path) -> Branch:
    """Return the tree of commands in a TOML file of this program. The top of the file explains the format."""
    return _branch(_TREE.parse(file.read_bytes()))


def _branch(given: Mapping[str, Any]) -> Branch:
    sections: dict[str, dict[str, Leaf | Branch]] = {}
    for name, child in given.items():
        if isinstance(child, dict):
            sections.setdefault(child.get("section", "Commands"), {})[name] = _node(child)
    return Branch(given["says"], sections)


def _node(given: Mapping[str, Any]) -> Leaf | Branch:
    if "does" not in given:
        return _branch(given)
    return Leaf(given["says"], given["does"], given["example"], tuple(given.get("also", ())))


def options(command: click.Command, context: click.Context) -> dict[str, list[tuple[str, str]]]:
    """Return the rows of the arguments and options in the help, by the title of their section."""
    found: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for each in command.get_params(context):
        row = each.get_help_record(context)
        title = "Arguments" if isinstance(each, click.Argument) else getattr(each, "section", "Options")
        # Most arguments need no explanation besides their name in the usage.
        if row and (row[1] or isinstance(each, click.Option)):
            found.setdefault(title, []).append(row)
    return {title: rows for title, rows in found.items() if rows}


def _write_sections(formatter: click.HelpFormatter, rows: Mapping[str, list[tuple[str, str]]]) -> None:
    for title, each in rows.items():
        with formatter.section(title):
            formatter.write_dl(each)


def leaves(tree: Branch) -> dict[tuple[str, ...], Leaf]:
    """Return all commands of a tree by the words that run them, such as ``("case", "show")``."""
    return {path: node for path, node in _nodes(tree) if isinstance(node, Leaf)}


def message_of(error: click.ClickException) -> str:
    """Return the error message for a command, on one line."""
    return " ".join(error.format_message().split())


def hint_of(error: click.ClickException, *, in_session: bool = False) -> str:
    """Return a hint for a mistyped command."""
    if hint := getattr(error, "hint", ""):
        return str(hint)
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"see: {_asking_help(context, in_session=in_session)}" if context else ""


def _asking_help(context: click.Context, *, in_session: bool) -> str:
    """Return what to type for the help of a command; in a session, without the name of the program."""
    if in_session:
        return " ".join(["help", *context.command_path.split()[1:]])
    return f"{context.command_path} {HELP_NAMES[0]}"


def misused(error: click.ClickException, *, in_session: bool = False) -> Iterator[str]:
    """Yield the usage of a command and the error. The text may contain untrusted words that were typed."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and isinstance(error, click.exceptions.NoArgsIsHelpError):
        # The program itself puts its line above an error.
        yield from [*error.format_message().removeprefix(_above(context)).splitlines(), ""]
    elif context is not None:
        yield from context.get_usage().splitlines()
        yield f"Try '{_asking_help(context, in_session=in_session)}' for help."
        yield ""
    if not isinstance(error, Incomplete):
        yield f"error: {message_of(error)}"
    if isinstance(error, Unknown | Incomplete) and error.meant:
        yield "Did you mean:"
        yield from (f"  {each}" for each in error.meant)
    elif hint := getattr(error, "hint", ""):
        yield f"hint: {hint}"


def _nodes(tree: Branch, begin: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf | Branch]]:
    for name, child in tree.children.items():
        path = (*begin, name)
        yield path, child
        if isinstance(child, Branch):
            yield from _nodes(child, path)


def _loaded(name: str, leaf: Leaf) -> click.Command:
    module, _, attribute = leaf.place.partition(":")
    declared: click.Command = getattr(import_module(module), attribute)
    return _versioned(
        Command(
            name,
            callback=declared.callback,
            params=[*declared.params],
            context_settings=declared.context_settings,
            help=declared.help,
            short_help=leaf.summary,
            example=leaf.example,
        )
    )


def _takes(command: click.Command, option: str) -> bool:
    return any(option in each.opts for each in command.params)
