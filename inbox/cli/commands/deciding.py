"""Decide what the law asks to be decided."""

from datetime import datetime
from typing import Any

import click

from inbox.casework import decisions, work_view
from inbox.casework.decisions import Choice, Decision
from inbox.cli.options import Door, case_argument, json_option, officer_options, reason_needed
from inbox.language import labels
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


# Else the list of commands would end at the first full stop, that of “art.”
@click.command(short_help="Say whether the prosecutor or the persons concerned are told.")
@case_argument
@click.argument("choice", type=click.Choice([choice.value for choice in Choice]))
@reason_needed
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Until when it is put off.")
@click.option("--addressee", default="", help="To which prosecutor it is transmitted.")
@click.option("--reference", default="", help="Under which reference.")
@officer_options
@json_option
@click.pass_obj
def decide(
    door: Door, /, *, case: int, choice: str, until: datetime | None, as_json: bool, **more: Any
) -> None:
    """Say whether the prosecutor is told (art. 40 CPP), or the persons concerned (art. 14 GDPR), and why."""
    wanted = Decision(choice=Choice(choice), until=until.date() if until else None, **more)
    deed = action(Code.DECIDE, case, wanted.reason, duty=wanted.kind, decision=choice)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            view = work_view.duty(decisions.decide(session, case, wanted, day), day)
    until_day = f" until {view['due']}" if wanted.until else ""
    said = f"case {case}, {wanted.kind}: {labels.english('decision', choice)}{until_day}"
    terminal.show({"case": case} | view, [said], as_json=as_json)
