"""Commands of the team of the second check."""

from pathlib import Path

import click

from draws import team
from draws.cli import options
from draws.freezing import LARGEST
from inbox.language.messages import sentence
from inbox.system import clock, given_files
from templates.command_line import FILE, json_option


@click.command()
@options.out_option
@json_option
def create(*, out: Path, as_json: bool) -> None:
    """Make the secret key of the team, and print its public key for the office."""
    public = team.create_key(out)
    told = sentence("public key of the team: {key}", key=public)
    options.tell({"public": public}, told, as_json=as_json)


@click.command(name="open")
@click.argument("private", type=FILE)
@click.argument("result", type=FILE)
@click.option("--key", type=FILE, required=True, help="The secret key of the team.")
@options.out_option
@click.option("--transcript", type=FILE, help="Write the transcript too, for the register, to this new file.")
@json_option
def open_result(  # noqa: PLR0913  one parameter for each option
    *, private: Path, result: Path, key: Path, out: Path, transcript: Path | None, as_json: bool
) -> None:
    """Open the result on its day: verify the draw, and write the items drawn as CSV.

    Keep the transcript to yourself until the office publishes it.
    """
    sealed, drawn = given_files.content(private, LARGEST), given_files.content(result, LARGEST)
    found = team.open_result(sealed, drawn, team.read_key(key), clock.today())
    options.write(out, team.written(found))
    if transcript:
        options.write(transcript, found.transcript)
    told = sentence("{count} of {total} items were drawn", count=found.count, total=found.total)
    options.tell({"count": found.count, "total": found.total}, told, as_json=as_json)
