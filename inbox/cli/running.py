"""One command run to its end: whatever it refuses is said, and becomes an exit status."""

import sys
from collections.abc import Sequence

import click

from crypto.errors import CryptoError
from inbox.cli.options import Door
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import terminal
from inbox.text.printable import visible

_NOT_TYPED = sentence(
    "not what was typed is at fault, but a file, the vault, or the program: put back a copy of what changed;"
    " if that does not help, report this to the people who maintain the program"
)


def run(commands: click.Command, arguments: list[str] | None, door: Door | None) -> int:
    """Run one command, behind a door that is open already if there is one; return 0, 1 or 2."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        _check_text(words)
        return int(commands.main(words, prog_name="inbox", standalone_mode=False, obj=door) or 0)
    except Refused as refused:
        terminal.fail(refused)
    except CryptoError as error:
        terminal.fail(Refused(sentence("{error}", error=library_errors.of_crypto(error)), _NOT_TYPED))
    except click.Abort:
        terminal.fail(Refused(sentence("stopped"), sentence("what was not finished was undone")))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        what = visible(str(error.filename)) if error.filename else sentence("a file")
        terminal.fail(
            Refused(
                sentence("{what}: {error}", what=what, error=library_errors.of_system(error)),
                sentence("check the path, the medium and the free space"),
            )
        )
    return 1


def _check_text(words: Sequence[str]) -> None:
    """Return if all words are text; what neither vault nor journal can hold must not reach them."""
    for word in words:
        if any("\ud800" <= char <= "\udfff" for char in word):
            raise Refused(
                sentence("this does not read as text: {word}", word=word),
                sentence("set the terminal to UTF-8; give a file another name"),
            )
