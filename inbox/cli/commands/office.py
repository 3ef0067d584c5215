"""How this office works: its regime, the numbers of its cases, the days that it takes off."""

from collections.abc import Sequence
from datetime import date, datetime

import click

from inbox.cli.options import NUMBER, Door, json_option, officer_options
from inbox.deadlines import settings as office_settings
from inbox.deadlines.office import Regime
from inbox.language import labels
from inbox.system import terminal

_days = click.argument("days", metavar="DAY…", type=click.DateTime(["%Y-%m-%d"]), nargs=-1, required=True)


@click.command()
@click.option("--regime", type=click.Choice([each.value for each in Regime]), help="Under which it works.")
@click.option("--last-case", type=NUMBER, help="Give new cases numbers after this one: see restore.")
@officer_options
@json_option
@click.pass_obj
def settings(door: Door, /, *, regime: str | None, last_case: int | None, as_json: bool) -> None:
    """Show how this office works, or change it; all deadlines follow."""
    with door.opened() as (inbox, who):
        found = None
        if last_case:
            found = office_settings.continue_numbering(inbox, who, last_case)
        if regime:
            found = office_settings.choose_regime(inbox, who, Regime(regime))
        now = (found or office_settings.read(inbox, who)).regime
    said = f"regime: {now} ({labels.english('regime', now)})"
    terminal.show({"regime": now.value}, [said], as_json=as_json)


@click.group(name="days-off")
def days_off() -> None:
    """Days on which this office does not work, beside weekends and public holidays."""


@days_off.command()
@_days
@officer_options
@json_option
@click.pass_obj
def add(door: Door, /, *, days: Sequence[datetime], as_json: bool) -> None:
    """Add days; all deadlines follow."""
    with door.opened() as (inbox, who):
        now = office_settings.add_days_off(inbox, who, [day.date() for day in days])
    _show(now.days_off, as_json=as_json)


@days_off.command()
@_days
@officer_options
@json_option
@click.pass_obj
def remove(door: Door, /, *, days: Sequence[datetime], as_json: bool) -> None:
    """Remove days; all deadlines follow."""
    with door.opened() as (inbox, who):
        now = office_settings.remove_days_off(inbox, who, [day.date() for day in days])
    _show(now.days_off, as_json=as_json)


@days_off.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List them."""
    with door.opened() as (inbox, who):
        now = office_settings.read(inbox, who)
    _show(now.days_off, as_json=as_json)


def _show(days: Sequence[date], *, as_json: bool) -> None:
    said = [day.isoformat() for day in days]
    terminal.show(
        {"days_off": said}, said or ["no days beside weekends and public holidays"], as_json=as_json
    )
