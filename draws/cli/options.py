"""Options and answers that several commands share."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from crypto.errors import Malformed
from draws import ceremony, protocol
from draws.ceremony import Ceremony
from draws.language import all_said, said
from draws.parties import party
from draws.protocol import DrawList, Drawn, Void
from inbox.language import library_errors
from inbox.language.errors import FileRefused, Refused
from inbox.language.messages import Sentence, sentence
from inbox.system import atomic_files, clock, given_files, terminal
from templates.command_line import FILE, FOLDER, together


def gathered(name: str, kind: type[Any], *several: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return one decorator for options that a command takes as one value of a dataclass, called ``name``."""
    names = [each.name for each in fields(kind)]

    def decorate(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def gathering(**given: Any) -> Any:
            return command(**{name: kind(**{each: given.pop(each) for each in names})}, **given)

        return together(*several)(gathering)

    return decorate


out_option = click.option("--out", type=FILE, required=True, help="The new file to write.")
draw_argument = click.argument("folder", type=FOLDER)
party_option = click.option(
    "--party", "folder", type=FOLDER, required=True, help="The folder of the party, on its own medium."
)
list_option = click.option(
    "--list", "file", type=FILE, required=True, help="The list of the draw, list.json."
)
passphrase_option = click.option(
    "--passphrase-file", type=FILE, help="Read the passphrase from this file instead of asking for it."
)


def passphrase_of(path: Path | None, name: str) -> str:
    """Return the passphrase in a file, or ask for it."""
    if path is None:
        return terminal.ask_secret(said(sentence("passphrase of {officer}", officer=name)))
    return _passphrase_in(path)


def new_passphrase_of(path: Path | None, name: str) -> str:
    """Return the new passphrase in a file, or ask for it twice. Raises Refused if the answers differ."""
    if path is not None:
        return _passphrase_in(path)
    with terminal.passphrases():
        given = terminal.ask_secret(said(sentence("new passphrase of {officer}", officer=name)))
        party.check_passphrase(given)
        if terminal.ask_secret(said(sentence("repeat it"))) != given:
            raise Refused(sentence("the two passphrases differ"), sentence("nothing was changed; try again"))
    return given


def opened(folder: Path) -> Ceremony:
    """Return the draw in a folder, at the current time."""
    clock.today()
    return ceremony.opened(folder, clock.minute())


def list_in(path: Path) -> DrawList:
    """Return the list in a file. Raises FileRefused."""
    try:
        return protocol.LIST.parse(given_files.content(path))
    except Malformed:
        raise _unexpected(path, sentence("the list of a draw")) from None


def end_in(path: Path) -> Drawn | Void:
    """Return the end of a draw in a file. Raises FileRefused."""
    try:
        return protocol.END.parse(given_files.content(path))
    except Malformed:
        raise _unexpected(path, sentence("the end of a draw")) from None


def write(path: Path, raw: bytes) -> None:
    """Write a new file. Raises Refused if it exists."""
    with atomic_files.new(path) as file:
        file.write(raw)


def tell(view: Mapping[str, Any], *lines: Sentence, as_json: bool) -> None:
    """Print what a command did."""
    terminal.show(all_said(view), map(said, lines), as_json=as_json)


def is_confirmed(question: Sentence) -> bool:
    """Ask a yes-or-no question in the chosen language. Any answer but yes means no."""
    yes = said(sentence("yes"))
    asked = sentence("{question} ({yes}/{no}) ", question=question, yes=sentence("yes"), no=sentence("no"))
    return (terminal.ask_line(said(asked)) or "").strip().lower() == yes


def of_system(error: OSError) -> Refused:
    """Return the refusal for an error of the operating system."""
    return Refused(
        sentence(
            "{what}: {error}",
            what=error.filename or sentence("a file"),
            error=library_errors.of_system(error),
        ),
        sentence("check the path, the medium and the free space"),
    )


def _passphrase_in(path: Path) -> str:
    return given_files.content(path).decode().rstrip("\r\n")


def _unexpected(path: Path, what: Sentence) -> FileRefused:
    return FileRefused(
        sentence("{path} is not {what}", path=path, what=what),
        sentence("choose the file that the office gave you"),
    )
