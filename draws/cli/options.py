"""Options and answers that several commands share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from crypto.errors import Malformed
from draws import ceremony, protocol
from draws.ceremony import Ceremony
from draws.language import all_said, said
from draws.protocol import DrawList, Drawn, Void
from inbox.language.errors import FileRefused
from inbox.language.messages import Sentence, sentence
from inbox.system import atomic_files, clock, given_files, terminal
from templates.command_line import FILE, FOLDER

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
    return given_files.content(path).decode().rstrip("\r\n")


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


def tell(view: Mapping[str, Any], line: Sentence, *, as_json: bool) -> None:
    """Print what a command did."""
    terminal.show(all_said(view), [said(line)], as_json=as_json)


def _unexpected(path: Path, what: Sentence) -> FileRefused:
    return FileRefused(
        sentence("{path} is not {what}", path=path, what=what),
        sentence("choose the file that the office gave you"),
    )
