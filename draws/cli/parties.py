"""Commands of a party, on its own machine or medium."""

from dataclasses import dataclass
from pathlib import Path

import click

from crypto.errors import Malformed
from draws import messages, protocol, qr_codes
from draws.cli import options
from draws.parties import holders, party
from draws.parties.holders import PartyRefused
from draws.protocol import DrawList, Later, Signed, Statement, Void
from inbox.language.errors import FileRefused
from inbox.language.messages import Sentence, sentence
from inbox.system import clock, given_files, terminal
from templates.command_line import FILE, FOLDER, json_option


@dataclass(frozen=True, slots=True)
class _Own:
    """The folder of the party, and the file of the list."""

    folder: Path
    file: Path

    @property
    def of(self) -> DrawList:
        """The list. Raises FileRefused."""
        return options.list_in(self.file)


_own_options = options.gathered("own", _Own, options.party_option, options.list_option)
_NAMED_WRONGLY = sentence(
    "remembered. This record says that something of yours is missing, but you made it on this machine: if you"
    " sent it, show your file to the other parties"
)


@click.command()
@click.argument("name")
@click.option("--folder", type=FOLDER, required=True, help="The new folder of the party.")
@options.passphrase_option
@json_option
def create(*, name: str, folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make the folder of a party: a key that a passphrase protects, and the public key NAME.pub.

    Keep the folder on a medium of your own, and give only NAME.pub to the office.
    """
    made = party.create(folder, name, options.new_passphrase_of(passphrase_file, name))
    options.tell(
        {"party": made.name, "key": made.key.hex()},
        sentence("made: give {file} to the office", file=folder / f"{made.name}.pub"),
        as_json=as_json,
    )


@click.command()
@_own_options
@options.out_option
@json_option
def commit(*, own: _Own, out: Path, as_json: bool) -> None:
    """Commit to a new secret for a list. The secret stays in your folder.

    The command refuses a second list of the same number, and a list that does not continue the draws that you
    know. For the same list, it writes the same commitment again.
    """
    _send(out, party.commit(own.folder, own.of), sentence("commitment"), as_json=as_json)


@click.command()
@_own_options
@click.argument("statement", type=FILE)
@options.passphrase_option
@options.out_option
@json_option
def sign(*, own: _Own, statement: Path, passphrase_file: Path | None, out: Path, as_json: bool) -> None:
    """Sign the statement, the thrown dice, or the record of a void.

    The command refuses a statement without your commitment, and a void that names you, unless it names all
    parties.
    """
    of, given = own.of, _signable(statement)
    passphrase = options.passphrase_of(passphrase_file, holders.opened(own.folder).name)
    match given:
        case Statement():
            raw = party.sign(own.folder, of, given, passphrase)
        case Later():
            raw = party.sign_later(own.folder, of, given, passphrase)
        case _:
            raw = party.sign_void(own.folder, of, given, passphrase, clock.today())
    _send(out, raw, sentence("signature"), as_json=as_json)


@click.command()
@_own_options
@click.argument("statement", type=FILE)
@click.option("--signatures", "signed", type=FILE, required=True, help="The signatures of all parties.")
@options.out_option
@json_option
def reveal(*, own: _Own, statement: Path, signed: Path, out: Path, as_json: bool) -> None:
    """Write your reveal, once all parties have signed the statement.

    The command refuses a reveal after the last day of the list, because nobody accepts it.
    """
    given = _signable(statement)
    if not isinstance(given, Statement):
        raise _not_signable(statement)
    raw = party.reveal(own.folder, own.of, given, _signatures(signed), clock.today())
    _send(out, raw, sentence("reveal"), as_json=as_json)


@click.command()
@options.party_option
@click.argument("end", type=FILE)
@click.option("--list", "file", type=FILE, help="The list of a draw in which you had no part, list.json.")
@json_option
def remember(*, folder: Path, end: Path, file: Path | None, as_json: bool) -> None:
    """Remember how a draw ended, so that the next list must continue it.

    If the record says that something of yours is missing although you made it, the command says so.
    """
    is_wrong = party.remember(folder, options.end_in(end), options.list_in(file) if file else None)
    told = _NAMED_WRONGLY if is_wrong else sentence("remembered")
    options.tell({"named_wrongly": is_wrong}, told, as_json=as_json)


@click.command()
@click.argument("message", type=FILE)
@json_option
def code(*, message: Path, as_json: bool) -> None:
    """Show a message as a QR code, and below it as the line that the code contains."""
    raw = given_files.content(message)
    messages.read(raw)
    line = messages.to_line(raw)
    if not as_json:
        terminal.show_code(qr_codes.modules(line))
    terminal.show({"line": line}, [line], as_json=as_json)


def _send(out: Path, raw: bytes, what: Sentence, *, as_json: bool) -> None:
    options.write(out, raw)
    told = sentence("{what} written: give {file} to the office", what=what, file=out)
    options.tell({"file": str(out), "line": messages.to_line(raw)}, told, as_json=as_json)


def _signable(path: Path) -> Statement | Later | Void:
    raw = given_files.content(path)
    for shape in (protocol.STATEMENT, protocol.LATER, protocol.VOID):
        try:
            found: Statement | Later | Void = shape.parse(raw)
        except Malformed:
            continue
        return found
    raise _not_signable(path)


def _not_signable(path: Path) -> FileRefused:
    return FileRefused(
        sentence("{path} is not a statement, a later value or the record of a void", path=path),
        sentence("choose the file that the office gave you"),
    )


def _signatures(path: Path) -> tuple[Signed, ...]:
    try:
        return protocol.SIGNED.parse(given_files.content(path))
    except Malformed:
        raise PartyRefused(
            sentence("{path} has no signatures of a statement", path=path),
            sentence("choose the file that the office gave you"),
        ) from None
