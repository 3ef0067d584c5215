"""Let nobody read a case that holds a protected secret."""

import click

from inbox.access import quarantine
from inbox.cli.options import Door, case_argument, json_option, officer_options, reason_needed
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.command(name="quarantine")
@case_argument
@click.option("--lift", "is_lifted", is_flag=True, help="Let it be read again; takes two officers.")
@reason_needed
@officer_options
@json_option
@click.pass_obj
def quarantine_command(door: Door, /, *, case: int, is_lifted: bool, reason: str, as_json: bool) -> None:
    """Show nothing of a case to anybody; it can still be answered, closed and destroyed."""
    act = Code.LIFT_QUARANTINE if is_lifted else Code.QUARANTINE
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(act, case, reason)) as session:
            if is_lifted:
                quarantine.lift(session, case)
            else:
                quarantine.place(session, case, day)
    state = "can be read again" if is_lifted else "is in quarantine: nobody reads it"
    terminal.show({"case": case, "quarantined": not is_lifted}, [f"case {case} {state}"], as_json=as_json)
