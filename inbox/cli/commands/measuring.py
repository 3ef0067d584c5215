"""Assess a case before an inquiry, and say what is done about it."""

from datetime import datetime
from typing import Any

import click

from inbox.casework import measures, retracting, work_view
from inbox.casework.measures import Kind, Risk, Taken
from inbox.cli import render_work
from inbox.cli.options import NUMBER, Door, case_argument, json_option, officer_options, reason_needed
from inbox.deadlines import workflow
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.vault.casework_tables import SOURCE, Credibility


@click.command(name="source-risk")
@case_argument
@click.argument("risk", type=click.Choice([risk.value for risk in Risk]))
@reason_needed
@officer_options
@json_option
@click.pass_obj
def source_risk(door: Door, /, *, case: int, risk: str, reason: str, as_json: bool) -> None:
    """Say how much the author has to fear from an inquiry; none begins before that."""
    deed = action(Code.ASSESS_SOURCE, case, reason, risk=risk)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            measures.assess(session, case, Risk(risk), day)
    said = f"case {case}: the risk to the source is {risk}"
    terminal.show({"case": case, "source_risk": risk}, [said], as_json=as_json)


@click.command()
@case_argument
@click.argument("rating", type=click.Choice([each.value for each in Credibility]))
@reason_needed
@officer_options
@json_option
@click.pass_obj
def credibility(door: Door, /, *, case: int, rating: str, reason: str, as_json: bool) -> None:
    """Say how far what a case says is borne out, from 1, others confirm it, to 6, nobody can judge it."""
    deed = action(Code.RATE, case, reason, credibility=rating)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            workflow.rate(session, case, Credibility(rating), day)
    view = {"source": SOURCE, "credibility": rating}
    terminal.show({"case": case} | view, [f"case {case}: {render_work.rating(view)}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="When it was taken, if not today.")
@click.option("--addressee", default="", help="To whom it went.")
@click.option("--reference", default="", help="Under which reference.")
@click.option("--degree", type=click.IntRange(1, 4), help="The group of a sanction.")
@click.option("--tell", "told", is_flag=True, help="The author may read of it, from the next outbox on.")
@officer_options
@json_option
@click.pass_obj
def measure(door: Door, /, *, case: int, kind: str, day: datetime | None, as_json: bool, **more: Any) -> None:
    """Note what was done about a case."""
    with door.opened() as (inbox, who):
        now = today()
        taken = Taken(kind=Kind(kind), day=day.date() if day else now, **more)
        with inbox.acting(who, action(Code.RECORD_MEASURE, case, kind=kind)) as session:
            row = measures.record(session, case, taken, now)
            view = work_view.measure(row, workflow.of(session, case))
    terminal.show({"case": case} | view, [f"case {case}, {render_work.measure(view)}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@click.option("--no-longer", is_flag=True, help="Let the author read of it no longer.")
@officer_options
@json_option
@click.pass_obj
def tell(door: Door, /, *, case: int, number: int, no_longer: bool, as_json: bool) -> None:
    """Let the author read of a measure, by its number, from the next outbox on."""
    with (
        door.opened() as (inbox, who),
        inbox.acting(who, action(Code.TELL_MEASURE, case, measure=number, no_longer=no_longer)) as session,
    ):
        row = measures.tell(session, case, number, told=not no_longer)
        view = work_view.measure(row, workflow.of(session, case))
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

    One by which proceedings begin takes two officers: it keeps the case from being destroyed.
    """
    with door.opened() as (inbox, who):
        was_told = retracting.retract(inbox, who, case, number, reason)
    said = [f"case {case}: measure {number} is taken out"]
    if was_told:
        said.append(
            "its author may have read of it, and does no longer with the next outbox; to say why: inbox reply"
        )
    terminal.show({"case": case, "number": number, "was_told": was_told}, said, as_json=as_json)
