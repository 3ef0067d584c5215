"""What commands take: the home, the passphrase, the form of the answer, a file to read or write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click

from inbox import terminal
from inbox.errors import Refused
from inbox.unlocking import Inbox, unlocked

_SECRET_FILE = "inbox.passphrase_file"  # noqa: S105 - where click keeps the path


@contextmanager
def opened(home: Path) -> Iterator[Inbox]:
    """Give the inbox in this folder, unlocked by the passphrase of a file or a person."""
    given = _passphrase_from_file()
    with unlocked(home, terminal.ask_secret("passphrase") if given is None else given) as inbox:
        yield inbox


def _remember(context: click.Context, _: click.Parameter, given: Path | None) -> None:
    if given is not None:
        context.meta[_SECRET_FILE] = given


# Before the command or behind it, as people type it.
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_remember,
    help="Take the passphrase from this file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
case_argument = click.argument("case", type=click.IntRange(1))
out_file = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Write here; never over a file."
)
out_folder = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Write into this folder."
)


def today() -> date:
    """Return the day it is in UTC."""
    return datetime.now(UTC).date()


def text_of(path: Path) -> str:
    """Return the text of a UTF-8 file, or raise Refused."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8 text", "save it as UTF-8, then try again") from None


def new_passphrase() -> str:
    """Return a passphrase from a file, or one that a person typed twice."""
    given = _passphrase_from_file()
    if given is not None:
        return given
    chosen = terminal.ask_secret("new passphrase")
    if terminal.ask_secret("the same again") != chosen:
        raise Refused("the two passphrases differ", "nothing was changed, try again")
    return chosen


def _passphrase_from_file() -> str | None:
    # Editors end a file with a line end that nobody typed.
    path = click.get_current_context().meta.get(_SECRET_FILE)
    return None if path is None else text_of(path).removesuffix("\n").removesuffix("\r")
