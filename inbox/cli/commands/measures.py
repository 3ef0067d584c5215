"""What is done about a case: the risk to its source, measures, decisions of the law, a hold."""

from datetime import datetime
from typing import Any

import click

from inbox.casework import decisions, legal_hold, measures
from inbox.casework.decisions import Decision
from inbox.casework.measures import Risk, Taken
from inbox.cli import render_work
from inbox.cli.options import (
    NUMBER,
    Door,
    case_argument,
    given_text,
    json_option,
    officer_options,
    reason_needed,
    reason_of,
    text_options,
)
from inbox.dossiers import recording
from inbox.language import labels
from inbox.overview import work_view
from inbox.system import terminal


@click.command(name="source-risk")
@case_argument
@click.argument("risk", type=click.Choice([risk.value for risk in Risk]))
@reason_needed
@officer_options
@json_option
@click.pass_obj
def source_risk(door: Door, /, *, case: int, risk: str, reason: str, as_json: bool) -> None:
    """Say how much the reporter has to fear from an inquiry; none begins before that."""
    with door.opened() as (inbox, who):
        measures.assess(inbox, who, case, Risk(risk), reason)
    said = f"case {case}: the risk to the source is {risk}"
    terminal.show({"case": case, "source_risk": risk}, [said], as_json=as_json)


@click.command()
@case_argument
@click.argument("kind")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="When it was taken, if not today.")
@click.option("--addressee", default="", help="To whom it went, or who said so.")
@click.option("--reference", default="", help="Under which reference.")
@click.option("--restrictions", default="", help="What a prosecutor does not want done, or how.")
@click.option("--degree", type=NUMBER, help="The group of a sanction.")
@click.option(
    "--despite-warning",
    "despite",
    default="",
    callback=reason_of,
    help="Why without the prosecutor's word, how it keeps to restrictions, or why despite a warning.",
)
@text_options
@click.option("--tell", "told", is_flag=True, help="The reporter may read of it, from the next outbox on.")
@officer_options
@json_option
@click.pass_obj
def measure(door: Door, /, *, case: int, kind: str, day: datetime | None, as_json: bool, **more: Any) -> None:
    """Record what was done about a case; `law` lists the KINDs. A final decision takes two officers.

    Where the law wants it kept, the text is what goes to another body: nothing of it may tell who reported.
    """
    sent = given_text(more.pop("text"), more.pop("text_file")) or ""
    with door.opened() as (inbox, who):
        taken = Taken(kind=kind, day=day.date() if day else who.today, sent=sent, **more)
        view = work_view.measure(recording.record(inbox, who, case, taken))
    terminal.show({"case": case} | view, [f"case {case}, {render_work.measure(view)}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@click.option("--no-longer", is_flag=True, help="Let the reporter read of it no longer.")
@officer_options
@json_option
@click.pass_obj
def tell(door: Door, /, *, case: int, number: int, no_longer: bool, as_json: bool) -> None:
    """Let the reporter read of a measure, by its number, from the next outbox on."""
    with door.opened() as (inbox, who):
        view = work_view.measure(measures.tell(inbox, who, case, number, told=not no_longer))
    terminal.show({"case": case} | view, [f"case {case}, {render_work.measure(view)}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@reason_needed
@officer_options
@json_option
@click.pass_obj
def retract(door: Door, /, *, case: int, number: int, reason: str, as_json: bool) -> None:
    """Take a measure out again that was noted by mistake, by its number; the journal keeps that.

    It takes as many officers as to note it; two for one by which proceedings begin or end, or with
    restrictions of a prosecutor.
    """
    with door.opened() as (inbox, who):
        was_told = measures.retract(inbox, who, case, number, reason)
    said = [f"case {case}: measure {number} is taken out"]
    if was_told:
        said.append(
            "the reporter may have read it, and no longer does with the next outbox; to say why: inbox reply"
        )
    terminal.show({"case": case, "number": number, "was_told": was_told}, said, as_json=as_json)


@click.command()
@case_argument
@click.argument("choice")
@reason_needed
@click.option("--ground", default="", help="By which ground of the law, where that names some.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Until when it is put off.")
@click.option("--addressee", default="", help="To whom it is transmitted.")
@click.option("--reference", default="", help="Under which reference.")
@click.option("--restrictions", default="", help="What the prosecutor, told so, does not want done, or how.")
@click.option(
    "--despite-warning",
    "despite",
    default="",
    callback=reason_of,
    help="Why the reporter counts as told without a reply, or why despite a warning, for the journal.",
)
@officer_options
@json_option
@click.pass_obj
def decide(
    door: Door, /, *, case: int, choice: str, until: datetime | None, as_json: bool, **more: Any
) -> None:
    """Decide what the law asks to be decided, and say why; `law` lists each CHOICE."""
    wanted = Decision(choice=choice, until=until.date() if until else None, **more)
    with door.opened() as (inbox, who):
        view = work_view.duty(decisions.decide(inbox, who, case, wanted), who.today)
    until_day = f" until {view['due']}" if wanted.until else ""
    duty = labels.english("duty", view["duty"])
    said = f"case {case}, {duty}: {labels.english('decision', choice)}{until_day}"
    terminal.show({"case": case} | view, [said], as_json=as_json)


@click.command()
@case_argument
@click.option("--release", is_flag=True, help="Let it end as others do; takes two officers.")
@reason_needed
@officer_options
@json_option
@click.pass_obj
def hold(door: Door, /, *, case: int, release: bool, reason: str, as_json: bool) -> None:
    """Keep a case for a procedure; nothing destroys it, and its reporter reads nothing of it."""
    with door.opened() as (inbox, who):
        (legal_hold.release if release else legal_hold.hold)(inbox, who, case, reason)
    said = f"case {case} is {'no longer' if release else 'now'} held for a procedure"
    terminal.show({"case": case, "held": not release}, [said], as_json=as_json)
