"""The command that makes the awareness kit.

Only this command loads the library that makes PDF files: the processes that serve the site never do.
"""

from pathlib import Path

import click

from portal import terminal
from portal.config import Settings
from portal.kit import deployment, folder, texts
from portal.ops.configured import pass_settings
from templates.command_line import FOLDER, json_option


@click.command()
@click.argument("directory", metavar="FOLDER", type=FOLDER)
@json_option
@pass_settings
def kit(settings: Settings, *, directory: Path, as_json: bool) -> None:
    """Make posters, pocket cards, a slide, notes for trainers and a text for the intranet, in FOLDER.

    The addresses are the settings `host` and `onion`. The texts are in the file `kit.toml` of the folder
    `guide`. FOLDER must be new or empty.
    """
    shown = deployment.of(settings)
    source = texts.file_of(settings)
    made = folder.make(texts.load(source), shown)
    folder.write(directory, made)
    if as_json:
        terminal.data({"folder": str(directory), "files": sorted(made), "texts": str(source)})
        return
    terminal.say(f"{directory}: {len(made)} files, with the texts of {source}")
    if not shown.address:
        terminal.say("setting 'host' is empty, so the kit shows only the address of the onion service")
    if not shown.onion:
        terminal.say("setting 'onion' is empty, so the posters have no QR code")
    if equal := texts.untranslated(source):
        terminal.say(f"equal in both languages: {', '.join(equal)}")
    terminal.say("before you print: compare the fingerprint on the poster with the officers' record on paper")
