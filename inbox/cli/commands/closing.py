"""End a case with its outcome, or open it again."""

from pathlib import Path
from typing import Any

import click

from inbox.casework.measures import Disclosure
from inbox.cli.commands.texts import given, text_options
from inbox.cli.options import (
    Door,
    case_argument,
    despite_option,
    json_option,
    officer_options,
    reason_needed,
    reason_option,
    text_of,
)
from inbox.replies import closing, referral_bodies
from inbox.replies.closing import Closing, Outcome
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.text.printable import visible


@click.command()
@case_argument
@click.argument("outcome", type=click.Choice([outcome.value for outcome in Outcome]))
@click.option(
    "--disclosure",
    type=click.Choice([each.value for each in Disclosure]),
    required=True,
    help="How much the author reads of what was done; that the case is closed in any case.",
)
@click.option("--to", "body", default="", help="The competent body, if it is out of scope.")
@reason_option
@text_options
@despite_option
@officer_options
@json_option
@click.pass_obj
def close(door: Door, /, *, case: int, outcome: str, as_json: bool, **how: Any) -> None:
    """Close a case; its author is told with a text, or with the answer that waits already."""
    wanted = Closing(
        outcome=Outcome(outcome),
        disclosure=Disclosure(how["disclosure"]),
        reason=how["reason"],
        body=how["body"],
        text=given(how["text"], how["text_file"]) or "",
        despite=how["despite"],
    )
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, wanted.deed(case)) as session:
            closing.close(session, case, wanted, day)
    view = {"case": case, "status": "closed", "outcome": outcome, "disclosure": wanted.disclosure}
    said = f"case {case}: closed, {outcome}, as the reporter will read with the next outbox"
    terminal.show(view, [said], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@officer_options
@json_option
@click.pass_obj
def reopen(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Open a closed case again."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.REOPEN, case, reason)) as session:
            status = closing.reopen(session, case, day).status
    said = f"case {case}: {status}, as the reporter will read with the next outbox"
    terminal.show({"case": case, "status": status}, [said], as_json=as_json)


@click.command(name="redirections")
@click.option("--replace", type=click.Path(path_type=Path), help="Keep the list in this TOML file instead.")
@officer_options
@json_option
@click.pass_obj
def redirections_command(door: Door, /, *, replace: Path | None, as_json: bool) -> None:
    """List the bodies to which the author of what is out of scope is directed."""
    with door.opened() as (inbox, who):
        act = Code.LIST_REDIRECTIONS if replace is None else Code.REPLACE_REDIRECTIONS
        with inbox.acting(who, action(act)) as session:
            if replace is not None:
                referral_bodies.replace(session, text_of(replace))
            bodies = referral_bodies.bodies(session)
    view = {
        body_id: {
            "name": {"fr": each.name.fr, "en": each.name.en},
            "text": {"fr": each.text.fr, "en": each.text.en},
        }
        for body_id, each in bodies.items()
    }
    lines = [visible(f"{body_id}: {each.name.en}. {each.text.en}") for body_id, each in bodies.items()]
    terminal.show({"bodies": view}, lines, as_json=as_json)
