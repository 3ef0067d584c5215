"""See what came in."""

import click

from inbox import cases, conflicts, expiry, rendering, terminal
from inbox.acts import Act, Deed
from inbox.commands import declaring
from inbox.options import Door, case_argument, json_option, officer_options, today


@click.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List the cases, what nobody has read yet, and what became no case."""
    with door.opened() as inbox:
        day = today()
        with inbox.acting(Deed(Act.LIST), day) as session:
            view = cases.overview(session)
        with inbox.transaction() as session:
            view["warnings"] = [
                *expiry.warnings(session, day),
                *conflicts.warnings(session, inbox.quorum),
            ]
    terminal.show(view, rendering.overview(view), as_json=as_json)


@click.command()
@case_argument
@officer_options
@json_option
@click.pass_obj
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show all of one case."""
    with door.opened() as inbox:
        day = today()
        declaring.ask(inbox, case, day)
        with inbox.acting(Deed(Act.SHOW, case=case), day) as session:
            view = cases.details(session, case, day)
            cases.mark_read(session, case)
    terminal.show(view, rendering.details(view), as_json=as_json)
