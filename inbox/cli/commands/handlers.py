"""Say who handles a case, and open one in an emergency that is for others."""

import click

from inbox.access import handlers
from inbox.cli.options import (
    Door,
    case_argument,
    json_option,
    officer_arguments,
    officer_options,
    reason_needed,
)
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today


@click.command(name="handlers")
@case_argument
@officer_arguments
@click.option("--anyone", is_flag=True, help="All officers read it again.")
@officer_options
@json_option
@click.pass_obj
def handlers_command(
    door: Door, /, *, case: int, officers: tuple[str, ...], anyone: bool, as_json: bool
) -> None:
    """Say who alone may read a case; without names, see who may."""
    if officers and anyone:
        raise click.UsageError("give names or --anyone, not both")
    act = Code.OPEN_TO_ALL if anyone else Code.ENTRUST if officers else Code.LIST_HANDLERS
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(act, case, officers=tuple(sorted(set(officers))) or None)) as session:
            if officers:
                handlers.entrust(session, case, officers, quorum=inbox.quorum, today=day)
            elif anyone:
                handlers.open_to_all(session, case)
            found = handlers.of(session, case)
    said = (
        f"is for its handlers alone: {', '.join(found)}" if found else "is for all from whom it is not kept"
    )
    terminal.show({"case": case, "handlers": found}, [f"case {case} {said}"], as_json=as_json)


@click.command(name="break-glass")
@case_argument
@reason_needed
@officer_options
@json_option
@click.pass_obj
def break_glass(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Open a case that is for its handlers alone; it takes two officers, and is told to the referent."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.BREAK_GLASS, case, reason, officers=who.officers)) as session:
            handlers.break_glass(session, case, who.officers, day)
            found = handlers.of(session, case)
    said = (
        f"case {case} is open to those present, who are among its handlers now; the journal tells who and why"
    )
    terminal.show({"case": case, "handlers": found}, [said], as_json=as_json)
