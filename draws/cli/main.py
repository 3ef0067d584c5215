"""The program `draws`: one command for each step of a draw, in French or English."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from crypto.errors import CryptoError
from draws.cli import options
from draws.language import CHOSEN, LANGUAGES, said
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import terminal
from templates import command_line
from templates.command_line import HELP_NAMES, Group

_DAMAGED = sentence("check that it is the right file, and use it exactly as it was made")


def main() -> NoReturn:
    """Run one command and exit: 0 for done, 1 for refused, 2 for wrong usage."""
    terminal.silence_others(as_json="--json" in sys.argv)
    os.umask(0o077)
    terminal.lose_nothing()
    if "--json" in sys.argv:
        terminal.speak_utf8()
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run one command, print its refusal if there is one, and return the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    try:
        return int(commands.main(words, prog_name="draws", standalone_mode=False) or 0)
    except Refused as refused:
        _fail(refused, as_json=as_json)
    except CryptoError as error:
        _fail(
            Refused(sentence("{error}", error=library_errors.of_crypto(error)), _DAMAGED),
            "damaged",
            as_json=as_json,
        )
    except click.Abort:
        _fail(Refused(sentence("stopped"), sentence("nothing was changed")), "stopped", as_json=as_json)
    except click.ClickException as error:
        message, hint = command_line.message_of(error), command_line.hint_of(error)
        terminal.tell_error("usage", message, hint, command_line.misused(error), as_json=as_json)
        return error.exit_code
    except OSError as error:
        _fail(options.of_system(error), "system", as_json=as_json)
    return 1


def _fail(refused: Refused, code: str = "", *, as_json: bool) -> None:
    """Print a refusal and its hint in the chosen language."""
    what, hint = said(refused.what), said(refused.hint)
    lines = [said(sentence("error: {what}", what=what)), said(sentence("hint: {hint}", hint=hint))]
    terminal.tell_error(code or terminal.kind_of(refused), what, hint, lines, as_json=as_json)


@click.group(
    cls=Group,
    branch=command_line.read(Path(__file__).with_name("commands.toml")),
    context_settings={"help_option_names": [*HELP_NAMES], "max_content_width": command_line.COLUMNS},
)
@command_line.version_option()
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    envvar="FANAL_LANGUAGE",
    show_envvar=True,
    help="The language of results and errors.",
)
def commands(language: str) -> None:
    """Remember the language; the subcommand does the work."""
    CHOSEN.set(language)
