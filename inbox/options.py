"""What commands take: the home, who is present, the form of the answer, a file to read or write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from inbox import sharefile, terminal
from inbox.errors import Refused, ShareDamaged
from inbox.officers import Credential
from inbox.unlocking import Inbox, unlocked

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Door(Protocol):
    """What stands before the inbox of a command: each one opens it, a session has it open already."""

    @property
    def root(self) -> Path:
        """The home folder."""
        ...

    def opened(self) -> AbstractContextManager[Inbox]:
        """Give the inbox, unlocked by the officers who are present."""
        ...


@dataclass(frozen=True, slots=True)
class Closed:
    """The door of a single command: opened by the shares and passphrases that are given with it."""

    root: Path

    @contextmanager
    def opened(self) -> Iterator[Inbox]:
        """Give the inbox, unlocked for as long as the command runs."""
        with unlocked(self.root, partial(_credentials, self.root)) as inbox:
            yield inbox


def _remember(context: click.Context, option: click.Parameter, given: Sequence[Path]) -> None:
    context.meta.setdefault(f"inbox.{option.name}", []).extend(given)


def _remembered(name: str) -> list[Path]:
    return list(click.get_current_context().meta.get(f"inbox.{name}", ()))


def _opening(name: str, what: str) -> Callable[[_Command], _Command]:
    # Before the command or behind it, as people type it.
    return click.option(
        name,
        multiple=True,
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_remember,
        help=what,
    )


def officer_options(command: _Command) -> _Command:
    """Let a command take who is present: ``--share`` and ``--passphrase-file``, once for each officer."""
    for name, what in (
        (
            "--passphrase-file",
            "Take the passphrase of an officer from this file, in the order of the shares.",
        ),
        ("--share", "The share of an officer, once for each who is present."),
    ):
        command = _opening(name, what)(command)
    return command


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


def passphrase_of(path: Path) -> str:
    """Return the passphrase in a file: editors end it with a line end that nobody typed."""
    return text_of(path).removesuffix("\n").removesuffix("\r")


def new_passphrases(names: Sequence[str]) -> list[str]:
    """Return a new passphrase for each officer: from files in that order, or typed twice.

    Raises Refused, or UsageError if there are files for some of them alone.
    """
    given = _remembered("passphrase_file")
    if given and len(given) != len(names):
        raise click.UsageError(f"give --passphrase-file once for each of: {', '.join(names)}")
    if given:
        return [passphrase_of(path) for path in given]
    return [_typed_twice(name) for name in names]


def _typed_twice(name: str) -> str:
    chosen = terminal.ask_secret(f"new passphrase of {name}")
    if terminal.ask_secret("the same again") != chosen:
        raise Refused("the two passphrases differ", "nothing was changed, try again")
    return chosen


def _credentials(root: Path) -> list[Credential]:
    """Return what the officers bring; the share of a single one may lie in the home."""
    shares = _remembered("share") or sorted(root.glob("*.share"))
    secrets = iter(_remembered("passphrase_file"))
    credentials = [_credential(path, secrets) for path in shares]
    if next(secrets, None) is not None:
        raise click.UsageError("there are more passphrase files than shares")
    return credentials


def _credential(path: Path, secrets: Iterator[Path]) -> Credential:
    content = path.read_bytes()
    try:
        officer = sharefile.parse(content).officer
    except ShareDamaged:
        return Credential(content, None)  # the words of a sheet, perhaps
    secret = next(secrets, None)
    given = terminal.ask_secret(f"passphrase of {officer}") if secret is None else passphrase_of(secret)
    return Credential(content, given)
