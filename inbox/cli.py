"""The command line of the inbox: words in, words out; the work is done elsewhere."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from crypto.errors import CryptoError
from inbox import terminal
from inbox.commands import answering, collecting, founding, pages, reading
from inbox.errors import Refused
from inbox.options import Closed, Door, officer_options


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 refused, 2 usage."""
    sys.excepthook = terminal.crash
    os.umask(0o077)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None, door: Door | None = None) -> int:
    """Run one command, behind a door that is open already if there is one; return the exit status."""
    try:
        return int(commands.main(arguments, prog_name="inbox", standalone_mode=False, obj=door) or 0)
    except Refused as refused:
        terminal.fail(refused)
    except CryptoError as error:
        terminal.fail(Refused(str(error), "check what was typed"))
    except click.Abort:
        terminal.fail(Refused("stopped", "what was not finished was undone"))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        what = terminal.visible(str(error.filename or "a file"))
        terminal.fail(Refused(f"{what}: {error.strerror}", "check the path, the medium and the free space"))
    return 1


@click.group()
@click.option("--home", type=click.Path(path_type=Path), help="The folder of the inbox.")
@officer_options
@click.pass_context
def commands(context: click.Context, home: Path | None) -> None:
    """Unseal, read, and answer reports; no network."""
    if context.obj is None:
        if home is None:
            raise click.UsageError("Missing option '--home'.")
        context.obj = Closed(home)


for command in (
    founding.init,
    founding.keyring,
    collecting.collect_command,
    reading.list_command,
    reading.show,
    reading.attachment,
    answering.reply,
    answering.status,
    answering.outbox_command,
    pages.sign_pages,
):
    commands.add_command(command)
