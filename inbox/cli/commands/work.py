"""Note, tag and assign cases."""

from pathlib import Path

import click

from inbox.access import declarations
from inbox.casework import assignment, notes, work_view
from inbox.casework import tags as case_tags
from inbox.cli.commands.texts import given_or_to_type, text_options
from inbox.cli.options import Door, case_argument, json_option, officer_options
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.text.printable import visible


@click.command()
@case_argument
@text_options
@officer_options
@json_option
@click.pass_obj
def note(door: Door, /, *, case: int, text: str | None, text_file: Path | None, as_json: bool) -> None:
    """Note something for the other officers; the author never sees it."""
    given = given_or_to_type(text, text_file)
    with door.opened() as (inbox, who):
        written = terminal.ask_text(f"the note to case {case}") if given is None else given
        day = today()
        with inbox.acting(who, action(Code.NOTE, case)) as session:
            row = notes.add(session, case, written, by=who.officers, today=day)
    view = {"case": case} | work_view.note(row)
    terminal.show(
        view, [f"case {case}: note {row.position} is kept; its author never sees it"], as_json=as_json
    )


@click.command()
@case_argument
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Remove them instead.")
@officer_options
@json_option
@click.pass_obj
def tag(door: Door, /, *, case: int, names: tuple[str, ...], remove: bool, as_json: bool) -> None:
    """Give a case words by which it is found again: inbox queue --tag NAME."""
    # Not which: a tag may say what the report says.
    deed = action(Code.TAG, case, removed=remove)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            left = (case_tags.remove if remove else case_tags.add)(session, case, names, day)
            tags = None if declarations.missing(session, case) else left
    told = f"noted; its tags are not shown before: inbox declare {case}"
    said = told if tags is None else visible(", ".join(tags)) or "no tags"
    terminal.show({"case": case, "tags": tags}, [f"case {case}: {said}"], as_json=as_json)


@click.command()
@case_argument
@click.argument("officer", metavar="OFFICER", required=False)
@click.option("--nobody", is_flag=True, help="Nobody sees to it any longer.")
@officer_options
@json_option
@click.pass_obj
def assign(door: Door, /, *, case: int, officer: str | None, nobody: bool, as_json: bool) -> None:
    """Say which officer sees to a case."""
    if (officer is None) is not nobody:
        raise click.UsageError("name an officer, or give --nobody")
    deed = action(Code.ASSIGN, case, officer=officer)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            assignment.assign(session, case, officer, day)
    terminal.show(
        {"case": case, "assigned": officer},
        [f"case {case}: {officer or 'nobody'} sees to it"],
        as_json=as_json,
    )
