"""Change the status that the authors of cases read."""

import click

from crypto.messages import Status
from inbox.cli.options import Door, case_argument, json_option, officer_options
from inbox.replies import replies
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.command()
@case_argument
@click.argument(
    "status", type=click.Choice([status.value for status in Status if status is not Status.CLOSED])
)
@officer_options
@json_option
@click.pass_obj
def status(door: Door, /, *, case: int, status: str, as_json: bool) -> None:
    """Change the status that the reporter reads in the next slot."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.SET_STATUS, case, status=status)) as session:
            replies.set_status(session, case, Status(status), day)
    said = f"case {case}: {status}, as the reporter will read with the next outbox"
    terminal.show({"case": case, "status": status}, [said], as_json=as_json)
