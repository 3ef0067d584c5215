"""Keep cases from officers whom they concern."""

from collections.abc import Callable
from typing import Any

import click

from inbox.access import conflicts
from inbox.cli.options import (
    Door,
    case_argument,
    json_option,
    officer_argument,
    officer_options,
    reason_needed,
)
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today
from inbox.text.printable import visible
from inbox.vault import queries_access

_alias = click.argument("alias", metavar="TEXT")


@click.group()
def conflict() -> None:
    """Cases that are kept from officers whom they concern."""


def _command(*takes: Callable[..., Any], name: str | None = None) -> Callable[..., Any]:
    """Make a function a command of the group, which takes these and what all of them take."""

    def made(function: Callable[..., None]) -> Any:
        taking = click.pass_obj(function)
        for option in (json_option, officer_options, *reversed(takes)):
            taking = option(taking)
        return conflict.command(name)(taking)

    return made


@_command(case_argument, officer_argument, reason_needed)
def exclude(door: Door, /, *, case: int, officer: str, reason: str, as_json: bool) -> None:
    """Keep a case from an officer, also from oneself."""
    deed = action(Code.EXCLUDE, case, reason, officer=officer)
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, deed) as session:
            conflicts.exclude(session, case, officer, quorum=inbox.quorum, today=day)
    said = f"case {case} is kept from {officer}: while {officer} is present it is not there"
    terminal.show({"case": case, "officer": officer}, [said], as_json=as_json)


@_command(case_argument, officer_argument, reason_needed)
def lift(door: Door, /, *, case: int, officer: str, reason: str, as_json: bool) -> None:
    """Show a case to an officer again; it takes two others."""
    deed = action(Code.LIFT_CONFLICT, case, reason, officer=officer)
    with door.opened() as (inbox, who), inbox.acting(who, deed) as session:
        conflicts.lift(session, case, officer)
    terminal.show(
        {"case": case, "officer": officer}, [f"case {case} is no longer kept from {officer}"], as_json=as_json
    )


@_command(name="list")
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List which cases are kept from whom, but for those that are kept from somebody present."""
    with door.opened() as (inbox, who):
        with inbox.acting(who, action(Code.LIST_CONFLICTS)) as session:
            rows = queries_access.exclusions(session)
        with inbox.transaction() as session:
            count = conflicts.out_of_reach(session, inbox.quorum)
            warnings = conflicts.warnings(session, inbox.quorum)
    kept = [{"case": row.case, "officer": row.officer, "since": row.since.isoformat()} for row in rows]
    lines = [f"{row.since}  case {row.case} is kept from {row.officer}" for row in rows]
    view = {"exclusions": kept, "out_of_reach": count, "warnings": warnings}
    terminal.show(view, lines or ["no case is kept from anybody else"], as_json=as_json)


@_command(officer_argument, _alias)
def alias(door: Door, /, *, officer: str, alias: str, as_json: bool) -> None:
    """Name an officer as reports may do; what is found is kept from that one, in old and new reports."""
    with door.opened() as (inbox, who):
        with inbox.acting(who, action(Code.NAME_ALIAS, officer=officer)) as session:
            conflicts.add_alias(session, officer, alias)
            found = conflicts.search(session, who, officer, [alias])
        with inbox.vault.transaction(who.officers) as session:
            cases = sorted(set(found) & queries_access.case_numbers(session))
    lines = [f"reports that say {visible(alias)} are kept from {officer}"]
    lines += [f"kept from {officer} now: case {', '.join(map(str, cases))}"] if cases else []
    terminal.show({"officer": officer, "alias": alias, "cases": cases}, lines, as_json=as_json)


@_command(officer_argument, _alias)
def unalias(door: Door, /, *, officer: str, alias: str, as_json: bool) -> None:
    """Take such a name off the list; what was found by it stays kept until it is lifted."""
    with (
        door.opened() as (inbox, who),
        inbox.acting(who, action(Code.REMOVE_ALIAS, officer=officer)) as session,
    ):
        conflicts.remove_alias(session, officer, alias)
    said = f"new reports that say {visible(alias)} are no longer kept from {officer}"
    terminal.show({"officer": officer, "alias": alias}, [said], as_json=as_json)


@_command()
def aliases(door: Door, /, *, as_json: bool) -> None:
    """List by which other names reports may mean officers."""
    with door.opened() as (inbox, who), inbox.acting(who, action(Code.LIST_CONFLICTS)) as session:
        rows = queries_access.aliases(session)
    view: dict[str, Any] = {"aliases": [{"officer": row.officer, "alias": row.name} for row in rows]}
    lines = [f"{row.officer}: {visible(row.name)}" for row in rows]
    terminal.show(view, lines or ["officers are known by their names alone"], as_json=as_json)
