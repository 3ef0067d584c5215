"""Write docs/commands.md and the manual pages: python -m tests.support.command_reference."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from draws.cli.main import commands as draws
from inbox.cli.main import commands as inbox
from portal.ops.cli import portal
from portal.setup.cli import fanal_portal
from templates.command_line import HELP_NAMES, Command, Group, options
from tests.support.command_tree import commands_of
from tests.support.paths import ROOT

REFERENCE = Path("docs/commands.md")
MANUALS = {
    "inbox": Path("man/inbox.1"),
    "portal": Path("man/portal.1"),
    "fanal-portal": Path("man/fanal-portal.8"),
    "draws": Path("man/draws.1"),
}
_WIDTH = 100
# Options that many commands have, but that are documented only once.
_ONCE = {"Who is present": "inbox", "Which cases": "inbox queue list"}
_PROGRAMS: dict[str, click.Command] = {
    "portal": portal,
    "fanal-portal": fanal_portal,
    "inbox": inbox,
    "draws": draws,
}
_HEAD = """# Commands

`python -m tests.support.command_reference` writes this page from the commands. A test compares the
page with the commands.

- Each command has `-h` and `--version`. `help case close` is the same as `case close -h`.
- The exit status is 0 for done, 1 for refused (with the reason and a hint), 2 for wrong usage.
- With `--json`, a command prints its result as JSON in UTF-8 on standard output. An error is one
  line of JSON on standard error: `code`, `message`, `hint`. Only four commands lack this option:
  `inbox session`, `inbox desk` and `portal serve`, which run until somebody stops them, and
  `fanal-portal run`, which runs a command that has the option.
- `FANAL_HOME` is the default of the inbox's `--home`. If `FANAL_IMPORT` is set, the inbox shows it
  as the command that imports an outbox at the portal; `{bundle}` stands for the file's name.
- A shell keeps each command in its history, with everything typed after it. At a terminal, a
  command asks for a required text that is missing, and for any free text whose value is `-`.
- A command with `[CASES]...` takes case numbers. Instead of numbers, it takes the options of
  `inbox queue list` under “Which cases”. `inbox queue view save` takes the same options.
- Give `--share FILE` and `--passphrase-file FILE` once for each officer who is present, before or
  after the command. In a session, these options are not needed. The commands `lock`, `quit` and
  `exit` end a session.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command or group for the reference.

    ``rows`` are the options of the command itself, by section. ``below`` are the summaries of a group's
    commands, by section.
    """

    path: str
    help: str
    usage: str
    rows: dict[str, list[tuple[str, str]]]
    example: str
    below: dict[str, dict[str, str]]

    @property
    def depth(self) -> int:
        """The number of nested groups that contain the command."""
        return self.path.count(" ")


def entries(command: click.Command, path: str, parent: click.Context | None) -> Iterator[Entry]:
    """Yield a command, then all commands below it."""
    context = click.Context(
        command, parent, info_name=path.rpartition(" ")[2], help_option_names=[*HELP_NAMES]
    )
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    example = command.example if isinstance(command, Command) else ""
    rows = {
        title: [row for row in each if HELP_NAMES[-1] not in row[0]]
        for title, each in options(command, context).items()
        if _ONCE.get(title, path) == path
    }
    yield Entry(path, command.help or "", usage, rows, example, _below(command))
    if isinstance(command, Group):
        for name, child in commands_of(command).items():
            yield from entries(child, f"{path} {name}", context)


def reference() -> str:
    """Return docs/commands.md."""
    lines = [_HEAD]
    for program, command in _PROGRAMS.items():
        lines += [f"## {program}", ""]
        for entry in entries(command, program, None):
            lines += (
                _section(entry) if entry.depth else [*_commands(entry), "**Options**", "", *_options(entry)]
            )
    return "\n".join(lines).rstrip() + "\n"


def manual(program: str) -> str:
    """Return the manual page of a program, in roff."""
    command = _PROGRAMS[program]
    root, *below = entries(command, program, None)
    lines = [
        f'.TH {program.upper()} {MANUALS[program].suffix[1:]} "" "fanal"',
        ".SH NAME",
        f"{program} \\- {_roff(_first(root.help).rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B {_roff(root.usage)}",
        ".SH OPTIONS",
        *_roff_options(root),
        ".SH COMMANDS",
    ]
    for entry in below:
        lines += [f".SS {_roff(entry.path)}", _roff(_plain(entry.help))]
        if entry.example:
            lines += [".PP", f".B {_roff(entry.usage)}", *_roff_options(entry)]
            lines += [".PP", f"Example: {_roff(entry.example)}"]
    lines += [".SH EXIT STATUS", "0 for done, 1 for refused, 2 for wrong usage."]
    return "\n".join(lines) + "\n"


def documents() -> dict[Path, str]:
    """Return all generated documents, by their paths in the repository."""
    return {REFERENCE: reference()} | {path: manual(program) for program, path in MANUALS.items()}


def _first(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _plain(text: str) -> str:
    return "\n.PP\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _below(command: click.Command) -> dict[str, dict[str, str]]:
    sections = command.branch.sections if isinstance(command, Group) else {}
    return {
        title: {name: child.summary for name, child in children.items()}
        for title, children in sections.items()
    }


def _commands(entry: Entry) -> Iterator[str]:
    """Yield the commands of a group as a list, by section."""
    for title, children in entry.below.items():
        yield from (f"**{title}**", "")
        yield from (f"- `{name}`: {summary}" for name, summary in children.items())
        yield ""


def _section(entry: Entry) -> Iterator[str]:
    yield from (f"{'#' * min(entry.depth + 2, 6)} {entry.path}", "")
    yield from (_folded(_first(part)) + "\n" for part in entry.help.split("\n\n"))
    yield from _commands(entry)
    if entry.example:
        yield from ("```", entry.usage, "```", "")
        yield from _options(entry)
        yield from (f"Example: `{entry.example}`", "")


def _options(entry: Entry) -> Iterator[str]:
    for title, rows in entry.rows.items():
        if rows:
            yield from ([f"{title}:", ""] if title != "Options" or "Arguments" in entry.rows else [])
            yield from (_folded(f"- {_named(name)}: {' '.join(text.split())}", "  ") for name, text in rows)
            yield ""


def _named(option: str) -> str:
    """Return an option and its values as code. Values that do not fit into a line are listed one by one."""
    name, _, values = option.partition(" [")
    if len(option) < _WIDTH:
        return f"`{option}`"
    return f"`{name}`, one of {', '.join(f'`{each}`' for each in values.rstrip(']').split('|'))}"


def _folded(text: str, indent: str = "") -> str:
    """Return a paragraph wrapped at 100 characters."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + len(word) + 1 > _WIDTH:
            lines.append(line)
            line = indent + word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _roff_options(entry: Entry) -> Iterator[str]:
    for rows in entry.rows.values():
        for name, text in rows:
            yield from (".TP", f".B {_roff(name)}", _roff(" ".join(text.split())))


def _roff(text: str) -> str:
    """Return a text escaped so that roff prints it unchanged."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])(?!PP$)", r"\\&\1", escaped)


def main() -> None:
    """Write all generated documents."""
    for path, text in documents().items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
