"""What is due to be destroyed, its destruction, and the list of what was."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from inbox.cli.case_selection import counted
from inbox.cli.options import NUMBER, Closed, Door, day_of, json_option, officer_options, reason_of
from inbox.deadlines import retention_schedule
from inbox.deadlines.retention_schedule import Due, Obstacle
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.retention import destroy_cases, destruction_register
from inbox.retention.destroy_cases import Plan
from inbox.session import journal
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.vault import queries_office

_AGAINST = {
    Obstacle.HELD: "held for a procedure",
    Obstacle.PROCEEDINGS: "proceedings go on",
    Obstacle.UNREAD: "nobody has read what its author wrote",
    Obstacle.PORTAL: "the portal has not confirmed the closing yet",
}


@click.command(name="retention")
@officer_options
@json_option
@click.pass_obj
def retention_command(door: Door, /, *, as_json: bool) -> None:
    """List the closed cases and the junk, by the day on which each is to be destroyed."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.LIST_RETENTION)) as session:
            found = retention_schedule.listing(inbox.home, session)
    view = {"cases": [_view(each, day) for each in found]}
    terminal.show(view, _lines(view["cases"]), as_json=as_json)


@click.command(name="destroy")
@click.argument("case", nargs=-1, type=NUMBER)
@click.option("--due", "all_due", is_flag=True, help="All cases that are due.")
@click.option(
    "--early",
    metavar="REASON",
    default="",
    callback=reason_of,
    help="Closed ones, whatever their day, also once proceedings are over.",
)
@officer_options
@json_option
@click.pass_obj
def destroy(door: Door, /, *, case: tuple[int, ...], all_due: bool, early: str, as_json: bool) -> None:
    """Destroy cases with all that belongs to them; takes two officers, and cannot be taken back."""
    if all_due == bool(case) or (all_due and early):
        raise click.UsageError("give the numbers of cases, or --due alone")
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.LIST_RETENTION, view="destroyable")) as session:
            planned = (
                destroy_cases.plan_due(inbox.home, session, day)
                if all_due
                else destroy_cases.plan(inbox.home, session, case, day, early=bool(early))
            )
        if terminal.is_interactive() and not as_json:
            terminal.warn_all(f"to be destroyed: {_line(_view(each, day))}" for each in planned.cases)
            _ask_once(door)
        with inbox.acting(who, action(Code.DESTROY_CASES, None, early, count=planned.count)) as session:
            destroy_cases.destroy(inbox.home, session, journal.actor(session), planned)
    view = {"cases": [each.case for each in planned.cases], "backups": list(planned.backups)}
    terminal.show(view, _told(planned), as_json=as_json)


@click.command(name="eliminations")
@click.option("--since", metavar="DAY", callback=day_of, help="Of this day and later ones.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the list into this folder, to print and as JSON."
)
@officer_options
@json_option
@click.pass_obj
def eliminations_command(door: Door, /, *, since: date | None, out: Path | None, as_json: bool) -> None:
    """List what was destroyed, for the archives: numbers, days and categories."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.LIST_ELIMINATIONS)) as session:
            lines = destruction_register.view(destruction_register.since(session, since))
            office = queries_office.office(session).name
        paths = destruction_register.write(out, lines, office, day) if out else []
    files = [str(path) for path in paths]
    view = {"eliminations": lines, "files": files}
    terminal.show(view, files or destruction_register.rows(lines), as_json=as_json)


def _ask_once(door: Door) -> None:
    """Ask before what cannot be undone; in a session the passphrases that are typed now say yes."""
    if isinstance(door, Closed) and not terminal.ask("Destroy them?"):
        raise Refused(
            sentence("nothing was destroyed"), sentence("answer yes, or see them first: inbox retention")
        )


def _view(each: Due, day: date) -> View:
    return {
        "case": each.case,
        "rule": each.rule.value,
        "day": each.day.isoformat(),
        "due": each.is_due(day),
        "obstacles": [what.value for what in each.obstacles],
    }


def _line(row: View) -> str:
    against = ", ".join(_AGAINST[Obstacle(what)] for what in row["obstacles"])
    state = f"waits: {against}" if against else "due" if row["due"] else ""
    return f"{row['case']:>5}  {row['day']}  {row['rule']:<19}  {state}".rstrip()


def _lines(rows: Sequence[View]) -> Iterator[str]:
    if not rows:
        yield "no case is closed"
    yield from map(_line, rows)


def _told(planned: Plan) -> Iterator[str]:
    yield f"destroyed: {counted(planned.cases)}; the list for the archives: inbox eliminations --out FOLDER"
    yield "an older copy of the vault still holds what was in them; destroy every copy of:"
    yield from (f"  {name}" for name in planned.backups)
    yield "  the vault, from before now"
