"""Reject junk, many cases in one act, and bring it back."""

from typing import Any

import click

from inbox.casework import junk
from inbox.cli.commands.choosing import chosen, counted, many_cases
from inbox.cli.options import Door, json_option, officer_options, reason_option
from inbox.session.actions import Act, Deed
from inbox.session.journal import By
from inbox.system import terminal
from inbox.system.clock import today


@click.command(name="junk")
@many_cases
@click.option("--recover", is_flag=True, help="Bring back what was rejected.")
@reason_option
@officer_options
@json_option
@click.pass_obj
def junk_command(door: Door, /, *, recover: bool, reason: str, as_json: bool, **given: Any) -> None:
    """Take cases out of the queue; their authors see no difference, and they can be brought back."""
    cases = chosen(given, junk=recover)
    with door.opened() as inbox:
        by = By(inbox.present, today())
        numbers = cases.numbers(inbox, by.today)
        # How many is not noted: who may not see one of them could count.
        deed = Deed(Act.RECOVER if recover else Act.REJECT, reason=reason)
        with inbox.acting(deed, by.today) as session:
            done = (junk.recover if recover else junk.reject)(session, numbers, by)
    many = counted(done)
    said = f"{many} brought back into the queue" if recover else f"{many} rejected; see: inbox queue --junk"
    terminal.show({"cases": done, "rejected": not recover}, [said], as_json=as_json)
