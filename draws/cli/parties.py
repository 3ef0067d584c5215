"""Commands of a party, on its own machine or medium."""

from pathlib import Path

import click

from crypto.errors import Malformed
from draws import messages, party, protocol, qr_codes
from draws.cli import options
from draws.party import PartyRefused
from draws.protocol import Later, Signed, Statement, Void
from inbox.language.errors import FileRefused
from inbox.language.messages import Sentence, sentence
from inbox.system import clock, given_files, terminal
from templates.command_line import FILE, FOLDER, json_option

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
    made = party.create(folder, name, options.passphrase_of(passphrase_file, name))
    options.tell(
        {"party": made.name, "key": made.key.hex()},
        sentence("made: give {file} to the office", file=folder / f"{made.name}.pub"),
        as_json=as_json,
    )


@click.command()
@options.party_option
@options.list_option
@options.out_option
@json_option
def commit(*, folder: Path, file: Path, out: Path, as_json: bool) -> None:
    """Commit to a new secret for a list. The secret stays in your folder."""
    raw = party.commit(folder, options.list_in(file))
    _send(out, raw, sentence("commitment"), as_json=as_json)


@click.command()
@options.party_option
@options.list_option
@click.argument("statement", type=FILE)
@options.passphrase_option
@options.out_option
@json_option
def sign(  # noqa: PLR0913  one parameter for each option
    *,
    folder: Path,
    file: Path,
    statement: Path,
    passphrase_file: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Sign the statement, the thrown dice, or the record of a void.

    The command refuses a statement without your commitment, a second list of the same number, and a list that
    does not continue the draws that you know.
    """
    of, given = options.list_in(file), _signable(statement)
    passphrase = options.passphrase_of(passphrase_file, party.opened(folder).name)
    match given:
        case Statement():
            raw = party.sign(folder, of, given, passphrase)
        case Later():
            raw = party.sign_later(folder, of, given, passphrase)
        case _:
            raw = party.sign_void(folder, of, given, passphrase, clock.today())
    _send(out, raw, sentence("signature"), as_json=as_json)


@click.command()
@options.party_option
@options.list_option
@click.argument("statement", type=FILE)
@click.option("--signatures", "signed", type=FILE, required=True, help="The signatures of all parties.")
@options.out_option
@json_option
def reveal(  # noqa: PLR0913  one parameter for each option
    *, folder: Path, file: Path, statement: Path, signed: Path, out: Path, as_json: bool
) -> None:
    """Write your reveal, once all parties have signed the statement."""
    given = _signable(statement)
    if not isinstance(given, Statement):
        raise _not_signable(statement)
    raw = party.reveal(folder, options.list_in(file), given, _signatures(signed))
    _send(out, raw, sentence("reveal"), as_json=as_json)


@click.command()
@options.party_option
@click.argument("end", type=FILE)
@json_option
def remember(*, folder: Path, end: Path, as_json: bool) -> None:
    """Remember how a draw ended, so that the next list must continue it.

    If the record says that something of yours is missing although you made it, the command says so.
    """
    is_wrong = party.remember(folder, options.end_in(end))
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
