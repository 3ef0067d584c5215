"""Commands of the team of the second check."""

from dataclasses import dataclass
from pathlib import Path

import click

from draws import team
from draws.cli import options
from draws.freezing import LARGEST
from inbox.language.messages import sentence
from inbox.system import clock, given_files
from templates.command_line import FILE, json_option


@dataclass(frozen=True, slots=True)
class _Sealed:
    """The sealed files of a draw, and the key that opens them."""

    private: Path
    result: Path
    key: Path


@click.command()
@options.out_option
@json_option
def create(*, out: Path, as_json: bool) -> None:
    """Make the secret key of the team, and print its public key for the office."""
    public = team.create_key(out)
    told = sentence("public key of the team: {key}", key=public)
    options.tell({"public": public}, told, as_json=as_json)


@click.command(name="open")
@options.gathered(
    "sealed",
    _Sealed,
    click.argument("private", type=FILE),
    click.argument("result", type=FILE),
    click.option("--key", type=FILE, required=True, help="The secret key of the team."),
)
@options.out_option
@click.option("--transcript", type=FILE, help="Write the transcript too, for the register, to this new file.")
@json_option
def open_result(*, sealed: _Sealed, out: Path, transcript: Path | None, as_json: bool) -> None:
    """Open the result on its day: verify the draw, and write the items drawn as CSV.

    Keep the transcript to yourself until the office publishes it.
    """
    private, drawn = (given_files.content(each, LARGEST) for each in (sealed.private, sealed.result))
    found = team.open_result(private, drawn, team.read_key(sealed.key), clock.today())
    options.write(out, team.written(found))
    if transcript:
        options.write(transcript, found.transcript)
    told = sentence("{count} of {total} items were drawn", count=found.count, total=found.total)
    options.tell({"count": found.count, "total": found.total}, told, as_json=as_json)
