"""Commands at the machine of the office, for a draw in its folder."""

from pathlib import Path

import click

from draws import arrivals, ceremony, protocol, team
from draws.ceremony import Ceremony, CeremonyRefused
from draws.cli import options, stages
from draws.protocol import Later, Void
from inbox.language.messages import sentence
from inbox.system import atomic_files
from templates.command_line import json_option


@click.command()
@options.draw_argument
@json_option
def show(*, folder: Path, as_json: bool) -> None:
    """Show what a draw waits for."""
    stages.tell(options.opened(folder), as_json=as_json)


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
    stages.tell(draw, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def signatures(*, folder: Path, out: Path, as_json: bool) -> None:
    """Write the signatures of all parties, which each party checks before it reveals."""
    draw = options.opened(folder)
    options.write(out, ceremony.signatures(draw))
    stages.tell(draw, as_json=as_json)


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
    with atomic_files.new(out) as file:
        after = arrivals.accept(draw, raw).draw
        file.write(raw)
    stages.tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@click.option("--yes", is_flag=True, help="Void the draw without asking.")
@json_option
def void(*, folder: Path, out: Path, yes: bool, as_json: bool) -> None:
    """Void a draw in which something is missing, and write the record that the other parties sign.

    The last day for reveals must have come, and the day of the dice; the day of a pulse must be over. All
    parties sign that a pulse did not come. The command names those whom the record will name, and asks.
    """
    draw = options.opened(folder)
    with atomic_files.new(out) as file:
        _ask_once(draw, ceremony.void_of(draw), is_asked=not yes)
        after = ceremony.void(draw)
        file.write(ceremony.end_file(after))
    stages.tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def draw(*, folder: Path, out: Path, as_json: bool) -> None:
    """Carry out the draw, and write how it ended, end.json, for the parties and the next draw."""
    draw = options.opened(folder)
    with atomic_files.new(out) as file:
        after = ceremony.carry_out(draw)
        file.write(ceremony.end_file(after))
    stages.tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def result(*, folder: Path, out: Path, as_json: bool) -> None:
    """Write the result, sealed for the team for which the list was frozen."""
    after = options.opened(folder)
    options.write(out, team.seal_result(ceremony.transcript(after, early=True), ceremony.team_of(after)))
    stages.tell(after, as_json=as_json)


@click.command()
@options.draw_argument
@options.out_option
@json_option
def transcript(*, folder: Path, out: Path, as_json: bool) -> None:
    """Write the transcript that anybody can verify, after the checks are over.

    That of a void can be written at once, for the register. It is published on the same day as any other.
    """
    after = options.opened(folder)
    options.write(out, ceremony.transcript(after))
    day = after.list.publish
    early = [sentence(
        "give it to the team for the register, and publish it on {day} or later: the next draw often has the"
        " same strata", day=day,
    )] if after.today < day else []  # fmt: skip
    stages.tell(after, *early, as_json=as_json)


def _ask_once(draw: Ceremony, end: Void, *, is_asked: bool) -> None:
    """Ask before the draw is voided. Raises CeremonyRefused unless the answer is yes."""
    parties = ", ".join(end.missing)
    names = (
        sentence("The record will name as missing: {parties}.", parties=parties)
        if parties
        else sentence("The record will say that the later value did not come.")
    )
    question = sentence("{names} A void cannot be undone. Void draw {number} of {series}?",
                        names=names, number=draw.list.number, series=draw.list.series)  # fmt: skip
    if is_asked and not options.is_confirmed(question):
        raise CeremonyRefused(
            sentence("nothing was voided"),
            sentence("ask these parties for their messages first; a script that is sure gives --yes"),
        )
