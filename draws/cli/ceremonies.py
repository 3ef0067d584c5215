"""Commands at the machine of the office, for a draw in its folder."""

from pathlib import Path

import click

from crypto.recipients import X25519Recipient
from draws import ceremony, messages, protocol, team
from draws.ceremony import Ceremony, CeremonyRefused
from draws.cli import options
from draws.language import said
from draws.protocol import Later
from inbox.language.messages import sentence
from inbox.system import given_files, terminal
from templates.command_line import FILE, json_option


@click.command()
@options.draw_argument
@json_option
def show(*, folder: Path, as_json: bool) -> None:
    """Show what a draw waits for."""
    _tell(options.opened(folder), as_json=as_json)


@click.command()
@options.draw_argument
@click.argument("file", metavar="[FILE…]", type=FILE, nargs=-1)
@click.option("--line", help="A message as one line, as a scanner of QR codes types it; - asks for it.")
@json_option
def accept(*, folder: Path, file: tuple[Path, ...], line: str | None, as_json: bool) -> None:
    """Take in the messages of parties: commitments, signatures, reveals.

    Signatures of minisign are accepted, too. Each message is accepted or refused on its own.
    """
    draw = options.opened(folder)
    if line:
        typed = (
            terminal.ask_line(said(sentence("the line that the scanner types:")) + " ") or ""
            if line == "-"
            else line
        )
        draw = ceremony.accept(draw, messages.from_line(typed))
    for each in file:
        draw = ceremony.accept(draw, given_files.content(each))
    _tell(draw, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def statement(*, folder: Path, out: Path, as_json: bool) -> None:
    """Write the statement that every party signs before anybody reveals."""
    draw = options.opened(folder)
    if draw.state.statement is None:
        raise CeremonyRefused(
            sentence("still missing: {parties}", parties=", ".join(draw.missing()[1])),
            sentence("wait for the commitments of all parties"),
        )
    options.write(out, protocol.STATEMENT.encode(draw.state.statement))
    _tell(draw, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def signatures(*, folder: Path, out: Path, as_json: bool) -> None:
    """Write the signatures of all parties, which each party checks before it reveals."""
    draw = options.opened(folder)
    options.write(out, ceremony.signatures(draw))
    _tell(draw, as_json=as_json)


@click.command()
@options.draw_argument
@click.argument("value")
@options.out_option
@json_option
def later(*, folder: Path, value: str, out: Path, as_json: bool) -> None:
    """Take in the value of the later source: the digits of dice, or a pulse in hexadecimal.

    For dice, more than half of the parties then sign the file that this command writes.
    """
    draw = options.opened(folder)
    asked = draw.list.later
    source, round_ = (asked.source, asked.round) if asked else ("none", "none")
    raw = protocol.LATER.encode(Later(draw.own, source, round_, "".join(value.lower().split())))
    after = ceremony.accept(draw, raw)
    options.write(out, raw)
    _tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def void(*, folder: Path, out: Path, as_json: bool) -> None:
    """Void a draw in which something is missing, and write the record that the other parties sign.

    The last day for reveals must have come, and the day of the dice; the day of a pulse must be over. All
    parties sign that a pulse did not come.
    """
    draw = ceremony.void(options.opened(folder))
    options.write(out, ceremony.end_file(draw))
    _tell(draw, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def draw(*, folder: Path, out: Path, as_json: bool) -> None:
    """Carry out the draw, and write how it ended, end.json, for the parties and the next draw."""
    after = ceremony.carry_out(options.opened(folder))
    options.write(out, ceremony.end_file(after))
    _tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@click.option("--team", "public", required=True, help="The public key of the team, age1….")
@options.out_option
@json_option
def result(*, folder: Path, public: str, out: Path, as_json: bool) -> None:
    """Write the result, sealed for the team of the second check."""
    after = options.opened(folder)
    options.write(
        out, team.seal_result(ceremony.transcript(after, early=True), X25519Recipient.parse(public))
    )
    _tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def transcript(*, folder: Path, out: Path, as_json: bool) -> None:
    """Write the transcript that anybody can verify, after the checks are over."""
    after = options.opened(folder)
    options.write(out, ceremony.transcript(after))
    _tell(after, as_json=as_json)


def _tell(draw: Ceremony, *, as_json: bool) -> None:
    said_of = ceremony.stage_of(draw)
    view = {
        "series": draw.list.series,
        "number": draw.list.number,
        "list": draw.own.hex(),
        "stage": said_of,
        "missing": list(draw.missing()[1]),
    }
    line = sentence(
        "draw {number} of {series}: {stage}", number=draw.list.number, series=draw.list.series, stage=said_of
    )
    options.tell(view, line, as_json=as_json)
