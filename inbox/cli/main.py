"""The command line of the inbox: it parses words and prints results. Other packages do the work."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click
from click.core import ParameterSource

from crypto.errors import CryptoError
from inbox.cli.options import Closed, Door, mark_of, officer_options
from inbox.language import library_errors, marking
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import idle_timeout, memory, terminal
from templates import command_line
from templates.command_line import FOLDER, HELP_NAMES, Group

_NOT_TYPED = sentence(
    "the command was right, but a file, the vault, or the program is at fault: restore a copy of"
    " the file or vault; if the problem remains, report it to the maintainers of the program"
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 for done, 1 for refused, 2 for wrong usage."""
    terminal.silence_others(as_json="--json" in sys.argv)
    os.umask(0o077)
    # A suspended process would keep its keys for an unlimited time.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    terminal.lose_nothing()
    if "--json" in sys.argv:
        terminal.speak_utf8()
    memory.forbid_dumps()
    memory.lock()
    try:
        status = run(arguments)
    except idle_timeout.Inactive:
        terminal.warn("")
        terminal.fail(
            Refused(sentence("nobody answered"), sentence("unfinished work was undone; start again")),
            "nobody-answered",
            as_json="--json" in sys.argv,
        )
        status = 1
    sys.exit(status)


def run(arguments: list[str] | None = None, door: Door | None = None) -> int:
    """Run one command, with an open ``door`` if there is one, and return the exit status.

    Refusals of the command are printed.
    """
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    mark = marking.words()
    try:
        _check_text(words)
        return int(commands.main(words, prog_name="inbox", standalone_mode=False, obj=door) or 0)
    except Refused as refused:
        terminal.fail(refused, as_json=as_json)
    except CryptoError as error:
        terminal.fail(
            Refused(sentence("{error}", error=library_errors.of_crypto(error)), _NOT_TYPED),
            "damaged",
            as_json=as_json,
        )
    except click.Abort:
        terminal.fail(
            Refused(sentence("stopped"), sentence("unfinished work was undone")),
            "stopped",
            as_json=as_json,
        )
    except click.ClickException as error:
        in_session = door is not None
        message, hint = command_line.message_of(error), command_line.hint_of(error, in_session=in_session)
        lines = command_line.misused(error, in_session=in_session)
        terminal.tell_error("usage", message, hint, lines, as_json=as_json)
        return error.exit_code
    except OSError as error:
        what = error.filename or sentence("a file")
        terminal.fail(
            Refused(
                sentence("{what}: {error}", what=what, error=library_errors.of_system(error)),
                sentence("check the path, the medium and the free space"),
            ),
            "system",
            as_json=as_json,
        )
    finally:
        marking.put(mark)  # The next command in this process may be for another home.
    return 1


def _check_text(words: Sequence[str]) -> None:
    """Raise Refused unless all words are valid text, because vault and journal can store nothing else."""
    for word in words:
        if any("\ud800" <= char <= "\udfff" for char in word):
            raise Refused(
                sentence("a word of the command is not valid text: {word}", word=word),
                sentence("set the terminal to UTF-8; if the word is the name of a file, rename the file"),
            )


class _Marked(Group):
    """The commands of the inbox. In an exercise, help and refusals of what was typed have the mark, too."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Put the mark of the inbox first, because click itself answers some of the words, such as --help."""
        if command_line.ABOVE not in context.meta:  # For the word `help`, click calls this method twice.
            marking.put(mark_of(context.obj.root if context.obj else _home_in(self, context, arguments)))
            terminal.begin_answer()
            context.meta[command_line.ABOVE] = marking.words()
        return super().parse_args(context, arguments)


def _home_in(group: Group, context: click.Context, arguments: list[str]) -> Path | None:
    """Return the folder of the inbox that these words name, or else the environment; they may be mistyped."""
    home = next(each for each in group.params if each.name == "home")
    # If the value of the last option is missing, click refuses the option. Here, the words before it count.
    for words in (arguments, arguments[:-1]):
        parser = group.make_parser(context)
        parser.ignore_unknown_options, parser.allow_interspersed_args = True, True
        with suppress(click.UsageError):
            found, _ = home.consume_value(context, parser.parse_args([*words])[0])
            return Path(found) if isinstance(found, str) else None
    return None


@click.group(
    cls=_Marked,
    branch=command_line.read(Path(__file__).with_name("commands.toml")),
    context_settings={"help_option_names": [*HELP_NAMES], "max_content_width": command_line.COLUMNS},
)
@command_line.version_option()
@click.option(
    "--home",
    type=FOLDER,
    envvar="FANAL_HOME",
    show_envvar=True,
    help="The folder of the inbox.",
)
@officer_options
@click.pass_context
def commands(context: click.Context, home: Path | None) -> None:
    """Remember the inbox's folder; the subcommand opens the inbox."""
    if context.obj is None:
        context.obj = Closed(home)
    elif context.get_parameter_source("home") is ParameterSource.COMMANDLINE:
        raise click.UsageError("in a session, --home cannot be given")
