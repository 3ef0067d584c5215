"""Measures in a case: risk to the reporter, measures taken, decisions that the law requires, holds."""

from datetime import date
from typing import Any

import click

from inbox.casework import decisions, legal_hold
from inbox.casework.decisions import Decision
from inbox.casework.measures import records, source_risk
from inbox.casework.measures.details import Taken
from inbox.casework.measures.source_risk import Risk
from inbox.cli import render_work
from inbox.cli.free_text import TextOption
from inbox.cli.options import (
    Door,
    case_argument,
    despite_option,
    given_text,
    opens_inbox,
    reason_needed,
    text_options,
)
from inbox.dossiers import recording
from inbox.language import labels
from inbox.overview import work_view
from inbox.system import terminal
from templates.command_line import DAY, NUMBER, Decorator, choice_argument, together


def _sent(addressee: str, reference: str, restrictions: str) -> Decorator:
    """Return the options for the recipient, the reference and the restrictions, each with its help."""
    return together(
        _text("--addressee", "the recipient", addressee),
        _text("--reference", "its reference", reference),
        _text("--restrictions", "the prosecutor's restrictions", restrictions),
    )


def _text(name: str, question: str, says: str) -> Decorator:
    return click.option(name, cls=TextOption, question=question, default="", help=says)


@click.command()
@case_argument
@choice_argument("risk", "RISK", [risk.value for risk in Risk])
@reason_needed
@opens_inbox
def set_source_risk(door: Door, /, *, case: int, risk: str, reason: str, as_json: bool) -> None:
    """Assess how much an inquiry would endanger the reporter. The assessment must come before any inquiry."""
    with door.opened() as (inbox, who):
        source_risk.assess(inbox, who, case, Risk(risk), reason)
    said = f"case {case}: the risk to the reporter is {risk}"
    terminal.show({"case": case, "source_risk": risk}, [said], as_json=as_json)


@click.command()
@case_argument
@click.argument("kind")
@click.option("--day", type=DAY, help="The day of the measure, if it is not today.")
@_sent(
    "The recipient, or the authority that decided.",
    "The reference of the letter or the decision.",
    "The prosecutor's restrictions.",
)
@click.option("--degree", type=NUMBER, help="The group of the sanction, if the measure is a sanction.")
@despite_option(
    "Why you act without the prosecutor's answer, how the text respects the restrictions, or why you"
    " override a warning."
)
@text_options
@click.option(
    "--tell", "told", is_flag=True, help="Show the measure to the reporter from the next outbox on."
)
@opens_inbox
def measure(door: Door, /, *, case: int, kind: str, day: date | None, as_json: bool, **more: Any) -> None:
    """Record a measure taken in a case. `inbox law show` lists each KIND.

    A final decision takes two officers.

    For some measures, officers must give the text that is sent to another body. This text must not reveal
    who reported.
    """
    sent = given_text(more.pop("text"), more.pop("text_file")) or ""
    with door.opened() as (inbox, who):
        taken = Taken(kind=kind, day=day or who.today, sent=sent, **more)
        view = work_view.measure(recording.record(inbox, who, case, taken))
    terminal.show({"case": case} | view, [f"case {case}, {render_work.measure(view)}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@opens_inbox
def share(door: Door, /, *, case: int, number: int, as_json: bool) -> None:
    """Show measure NUMBER to the reporter, from the next outbox on."""
    _tell(door, case, number, told=True, as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@opens_inbox
def unshare(door: Door, /, *, case: int, number: int, as_json: bool) -> None:
    """Stop showing measure NUMBER to the reporter, from the next outbox on."""
    _tell(door, case, number, told=False, as_json=as_json)


def _tell(door: Door, case: int, number: int, *, told: bool, as_json: bool) -> None:
    with door.opened() as (inbox, who):
        view = work_view.measure(records.tell(inbox, who, case, number, told=told))
    terminal.show({"case": case} | view, [f"case {case}, {render_work.measure(view)}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@reason_needed
@opens_inbox
def retract(door: Door, /, *, case: int, number: int, reason: str, as_json: bool) -> None:
    """Retract measure NUMBER, which was recorded by mistake. The journal still shows the measure.

    Retracting a measure takes as many officers as recording it: two if the measure opens or ends proceedings,
    or has a prosecutor's restrictions.
    """
    with door.opened() as (inbox, who):
        was_told = records.retract(inbox, who, case, number, reason)
    said = [f"case {case}: measure {number} is retracted"]
    if was_told:
        said.append(
            "the reporter may have read it, and no longer sees it from the next outbox on; to say"
            " why: inbox message reply"
        )
    terminal.show({"case": case, "number": number, "was_told": was_told}, said, as_json=as_json)


@click.command()
@case_argument
@click.argument("choice")
@reason_needed
@click.option("--ground", default="", help="The legal ground, if the law lists grounds.")
@click.option("--until", type=DAY, help="Postpone the decision until this day.")
@_sent(
    "The recipient of the transmission.",
    "The reference of the transmission.",
    "The restrictions set by the prosecutor who was informed.",
)
@despite_option(
    "Why the reporter counts as informed without a reply, or why you override a warning; for the journal."
)
@opens_inbox
def decide(door: Door, /, *, case: int, choice: str, until: date | None, as_json: bool, **more: Any) -> None:
    """Make a decision that the law requires, with a reason. `inbox law show` lists each CHOICE."""
    wanted = Decision(choice=choice, until=until, **more)
    with door.opened() as (inbox, who):
        view = work_view.duty(decisions.decide(inbox, who, case, wanted), who.today)
    until_day = f" until {view['due']}" if wanted.until else ""
    duty = labels.english("duty", view["duty"])
    said = f"case {case}, {duty}: {labels.english('decision', choice)}{until_day}"
    terminal.show({"case": case} | view, [said], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@opens_inbox
def hold(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Put a case on hold for a procedure: the case is not destroyed, and its reporter is not told."""
    with door.opened() as (inbox, who):
        legal_hold.hold(inbox, who, case, reason)
    said = f"case {case} is now held for a procedure"
    terminal.show({"case": case, "held": True}, [said], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@opens_inbox
def unhold(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Release a case that was held for a procedure. This command requires two officers."""
    with door.opened() as (inbox, who):
        legal_hold.release(inbox, who, case, reason)
    said = f"case {case} is no longer held for a procedure"
    terminal.show({"case": case, "held": False}, [said], as_json=as_json)
