"""See what came in."""

import click

from inbox.access import conflicts
from inbox.casework import case_view
from inbox.cli import render
from inbox.cli.commands import declaring
from inbox.cli.options import Door, case_argument, json_option, officer_options
from inbox.keys import expiry_warnings
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List the cases, what nobody has read yet, and what became no case."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.LIST)) as session:
            view = case_view.overview(session)
        with inbox.transaction() as session:
            view["warnings"] = [
                *expiry_warnings.warnings(session, day),
                *conflicts.warnings(session, inbox.quorum),
            ]
    terminal.show(view, render.overview(view), as_json=as_json)


@click.command()
@case_argument
@officer_options
@json_option
@click.pass_obj
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show all of one case."""
    with door.opened() as (inbox, who):
        day = today()
        declaring.ask(inbox, who, case)
        with inbox.acting(who, action(Code.SHOW, case)) as session:
            view = case_view.details(session, case, day)
            case_view.mark_read(session, case)
    terminal.show(view, render.details(view), as_json=as_json)
