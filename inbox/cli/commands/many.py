"""Tag and assign many cases in one act."""

from typing import Any

import click
from sqlalchemy.orm import Session

from inbox.casework import assignment, tags
from inbox.cli.case_selection import chosen, counted, many_cases
from inbox.cli.options import Door, json_option, officer_options
from inbox.session import bulk
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.group(name="many")
def many_group() -> None:
    """Tag or assign many cases in one act, all of them or none."""


@many_group.command()
@many_cases
@click.option("--add", "added", multiple=True, help="A word by which they are found; can be repeated.")
@click.option("--remove", "removed", multiple=True, help="One that each of them has, to remove.")
@officer_options
@json_option
@click.pass_obj
def tag(
    door: Door, /, *, added: tuple[str, ...], removed: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Give cases words by which they are found again, or take some away."""
    if bool(added) is bool(removed):
        raise click.UsageError("give --add NAME, or --remove NAME")
    cases, day = chosen(given), today()

    def change(session: Session, number: int) -> None:
        (tags.remove if removed else tags.add)(session, number, added or removed, day)

    with door.opened() as (inbox, who):
        numbers = cases.numbers(inbox, who)
        # Not which: a tag may say what the report says.
        bulk.do(inbox, who, action(Code.TAG, removed=bool(removed)), numbers, change)
    said = f"{counted(numbers)}: {'tags removed' if removed else 'tagged'}"
    terminal.show({"cases": numbers}, [said], as_json=as_json)


@many_group.command()
@many_cases
@click.option("--to", "to", metavar="OFFICER", help="Who sees to them.")
@click.option("--nobody", is_flag=True, help="Nobody sees to them any longer.")
@officer_options
@json_option
@click.pass_obj
def assign(door: Door, /, *, to: str | None, nobody: bool, as_json: bool, **given: Any) -> None:
    """Say which officer sees to cases."""
    if (to is None) is not nobody:
        raise click.UsageError("give --to OFFICER, or --nobody")
    cases, day = chosen(given), today()

    def give(session: Session, number: int) -> None:
        assignment.assign(session, number, to, day)

    with door.opened() as (inbox, who):
        numbers = cases.numbers(inbox, who)
        bulk.do(inbox, who, action(Code.ASSIGN, officer=to), numbers, give)
    said = f"{counted(numbers)}: {to or 'nobody'} sees to {'it' if len(numbers) == 1 else 'them'}"
    terminal.show({"cases": numbers, "assigned": to}, [said], as_json=as_json)
