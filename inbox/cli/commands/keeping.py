"""Keep a case for a procedure, and from being destroyed."""

import click

from inbox.casework import legal_hold
from inbox.cli.options import Door, case_argument, json_option, officer_options, reason_needed
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.command()
@case_argument
@click.option("--release", is_flag=True, help="Let it end as others do; takes two officers.")
@reason_needed
@officer_options
@json_option
@click.pass_obj
def hold(door: Door, /, *, case: int, release: bool, reason: str, as_json: bool) -> None:
    """Keep a case for a procedure; nothing destroys it, and its author reads nothing of it."""
    deed = action(Code.RELEASE_HOLD if release else Code.HOLD, case, reason)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            (legal_hold.release if release else legal_hold.hold)(session, case, day)
    said = f"case {case} is {'no longer' if release else 'now'} held for a procedure"
    terminal.show({"case": case, "held": not release}, [said], as_json=as_json)
