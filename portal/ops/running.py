"""Run a command of the portal, and turn its errors into messages and exit codes."""

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import DBAPIError

from portal import terminal
from portal.errors import BadConfiguration, Refused
from portal.store.database import Damaged, StoreBusy
from portal.typed import typed
from templates import command_line

_UNAVAILABLE = Refused(
    "the database does not answer, or it is full or busy", "check that the database runs, then try again"
)


def begin() -> None:
    """Prepare the terminal for the command on the command line."""
    terminal.silence_others(as_json="--json" in sys.argv)
    if "--json" in sys.argv:
        terminal.speak_utf8()


def run(program: click.Command, name: str, words: Sequence[str] | None) -> int:
    """Run a command; return 0 if it succeeded, 1 if it was refused, 2 for wrong usage or settings."""
    as_json = "--json" in (sys.argv[1:] if words is None else words)
    try:
        return int(program.main(words, prog_name=name, standalone_mode=False) or 0)
    except BadConfiguration as error:
        terminal.complain(str(error), error.hint, "configuration", as_json=as_json)
        return 2
    except Damaged as error:
        terminal.complain(str(error), error.hint, "database", as_json=as_json)
    except Refused as error:
        terminal.complain(str(error), error.hint, as_json=as_json)
    except StoreBusy:
        terminal.complain(
            "done, but deleted bytes are not overwritten yet: the database is in use, or its disk is full",
            f"run {typed('expire')} later; do not repeat this command",
            "store-busy",
            as_json=as_json,
        )
    except DBAPIError:
        terminal.complain(str(_UNAVAILABLE), _UNAVAILABLE.hint, "database", as_json=as_json)
    except click.ClickException as error:
        message, hint = command_line.message_of(error), command_line.hint_of(error)
        terminal.tell_error("usage", message, hint, command_line.misused(error), as_json=as_json)
        return error.exit_code
    except click.Abort:
        terminal.tell_error("stopped", "stopped", "", ["stopped"], as_json=as_json)
    return 1
