"""Check the inbox's machine."""

import click

from inbox.cli.options import Door
from inbox.setup import doctor as examination
from inbox.setup.doctor import Level
from inbox.system import terminal
from templates.command_line import json_option


@click.command()
@json_option
@click.pass_obj
def doctor(door: Door, /, *, as_json: bool) -> None:
    """Check this machine: network, home, memory, sandbox, fonts. Exits with 1 if something is wrong.

    No passphrase is needed, because the inbox is not opened. Nothing printed depends on reports.
    """
    found = list(examination.examine(door.root))
    if as_json:
        terminal.say_json(
            [{"level": each.level.value, "what": each.what, "hint": each.hint} for each in found]
        )
    else:
        for each in found:
            terminal.say(f"{each.level.value}: {each.what}")
            if each.hint:
                terminal.say(f"  hint: {each.hint}")
    if any(each.level is Level.WRONG for each in found):
        click.get_current_context().exit(1)
