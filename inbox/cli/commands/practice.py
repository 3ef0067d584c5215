"""How this office works: its regime, the days that it takes off."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from inbox.cli.options import NUMBER, Door, json_option, officer_options
from inbox.deadlines import adjusting, office
from inbox.deadlines.office import Regime
from inbox.language import labels
from inbox.session.actions import Act, Deed
from inbox.system import terminal
from inbox.system.clock import today
from inbox.vault import case_numbers

_days = click.argument("days", metavar="DAY…", type=click.DateTime(["%Y-%m-%d"]), nargs=-1, required=True)
_Change = Callable[[Session, list[date]], None]


@click.command()
@click.option("--regime", type=click.Choice([each.value for each in Regime]), help="Under which it works.")
@click.option("--last-case", type=NUMBER, help="Give new cases numbers after this one: see restore.")
@officer_options
@json_option
@click.pass_obj
def settings(door: Door, /, *, regime: str | None, last_case: int | None, as_json: bool) -> None:
    """Show how this office works, or change it; all deadlines follow."""
    changes = {"regime": regime, "last case": last_case}
    about = ", ".join(f"{name} {value}" for name, value in changes.items() if value)
    deed = Deed(Act.CHANGE_SETTINGS if about else Act.LIST_SETTINGS, about=about)
    with door.opened() as inbox, inbox.acting(deed, today()) as session:
        if regime:
            adjusting.choose_regime(session, Regime(regime))
        if last_case:
            case_numbers.go_on_after(session, last_case)
        now = office.of(session).regime
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
    _change(door, "added", adjusting.add_days_off, days, as_json=as_json)


@days_off.command()
@_days
@officer_options
@json_option
@click.pass_obj
def remove(door: Door, /, *, days: Sequence[datetime], as_json: bool) -> None:
    """Remove days; all deadlines follow."""
    _change(door, "removed", adjusting.remove_days_off, days, as_json=as_json)


@days_off.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List them."""
    with door.opened() as inbox, inbox.acting(Deed(Act.LIST_SETTINGS, about="days off"), today()) as session:
        _show(office.days_off(session), as_json=as_json)


def _change(door: Door, what: str, change: _Change, days: Sequence[datetime], *, as_json: bool) -> None:
    wanted = [day.date() for day in days]
    with door.opened() as inbox, inbox.acting(adjusting.deed(what, wanted), today()) as session:
        change(session, wanted)
        left = office.days_off(session)
    _show(left, as_json=as_json)


def _show(days: Sequence[date], *, as_json: bool) -> None:
    said = [day.isoformat() for day in days]
    terminal.show(
        {"days_off": said}, said or ["no days beside weekends and public holidays"], as_json=as_json
    )
