"""Take a changed questionnaire into use."""

from pathlib import Path

import click

from inbox.cli.options import Door, content_of, officer_options
from inbox.setup import questionnaire
from inbox.system import terminal


@click.command(name="questionnaire")
@click.argument("file", type=click.Path(path_type=Path))
@officer_options
@click.pass_obj
def questionnaire_command(door: Door, /, *, file: Path) -> None:
    """Put a questionnaire into use; reports that answer earlier ones are still read by those."""
    raw = content_of(file)
    with door.opened() as (inbox, who):
        asked = questionnaire.adopt(inbox, who, raw)
    terminal.say(f"in use: questionnaire {asked.id}, version {asked.version}, {len(asked.fields)} questions")
    terminal.say("next: inbox keyring --out FOLDER, and carry it with this file to the portal")
