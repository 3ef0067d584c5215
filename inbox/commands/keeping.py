"""Give a case more time: for the feedback to its author, or before it is destroyed."""

import click

from inbox import extending, holding, terminal
from inbox.acts import Act, Deed
from inbox.options import Door, case_argument, json_option, officer_options, reason_needed, today


@click.command()
@case_argument
@reason_needed
@officer_options
@json_option
@click.pass_obj
def extend(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Take up to six months for the feedback, as an external authority may; the author is told."""
    with door.opened() as inbox:
        day = today()
        with inbox.acting(Deed(Act.EXTEND, case=case, reason=reason), day) as session:
            due = extending.extend(session, case, day)
    said = f"case {case}: feedback is due by {due}, as the author will read with the next outbox"
    terminal.show({"case": case, "feedback": due.isoformat()}, [said], as_json=as_json)


@click.command()
@case_argument
@click.option("--release", is_flag=True, help="Let it end as others do.")
@reason_needed
@officer_options
@json_option
@click.pass_obj
def hold(door: Door, /, *, case: int, release: bool, reason: str, as_json: bool) -> None:
    """Keep a case for a procedure; nothing destroys it, and its author reads nothing of it."""
    deed = Deed(Act.RELEASE_HOLD if release else Act.HOLD, case=case, reason=reason)
    with door.opened() as inbox:
        day = today()
        with inbox.acting(deed, day) as session:
            (holding.release if release else holding.hold)(session, case, day)
    said = f"case {case} is {'no longer' if release else 'now'} held for a procedure"
    terminal.show({"case": case, "held": not release}, [said], as_json=as_json)
