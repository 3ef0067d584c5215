"""Reject junk, many cases in one act, and bring it back."""

from typing import Any

import click

from inbox import junk, picking, terminal
from inbox.acts import Act, Deed
from inbox.commands.filters import filtered, filters
from inbox.journal import By
from inbox.options import NUMBER, Door, json_option, officer_options, reason_option, today
from inbox.queueing import Filter


@click.command(name="junk")
@click.argument("cases", type=NUMBER, nargs=-1)
@filters
@click.option("--count", type=NUMBER, help="How many the filter finds, to confirm that it is these.")
@click.option("--recover", is_flag=True, help="Bring back what was rejected.")
@reason_option
@officer_options
@json_option
@click.pass_obj
def junk_command(door: Door, /, *, recover: bool, reason: str, as_json: bool, **given: Any) -> None:
    """Take cases out of the queue; their authors see no difference, and they can be brought back."""
    cases, count = given.pop("cases"), given.pop("count")
    wanted = filtered(given | {"junk": recover})
    if bool(cases) is (wanted != Filter(junk=recover)):
        raise click.UsageError("give cases, or what they have in common, not both")
    with door.opened() as inbox:
        by = By(inbox.present, today())
        chosen = cases or picking.pick(inbox, wanted, count, by.today)
        # How many is not noted: who may not see one of them could count.
        deed = Deed(Act.RECOVER if recover else Act.REJECT, reason=reason)
        with inbox.acting(deed, by.today) as session:
            done = (junk.recover if recover else junk.reject)(session, chosen, by)
    many = "1 case" if len(done) == 1 else f"{len(done)} cases"
    said = f"{many} brought back into the queue" if recover else f"{many} rejected; see: inbox queue --junk"
    terminal.show({"cases": done, "rejected": not recover}, [said], as_json=as_json)
