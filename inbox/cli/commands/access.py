"""Who may know: who reads a case, who its author is, to whom anything of it was given."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from crypto.printable import visible
from inbox.access import aliases as other_names
from inbox.access import archive, conflicts, disclosures, handlers, identities, quarantine
from inbox.access.disclosures import LONGEST, Given, Ground, What
from inbox.access.identities import ConsentSaid
from inbox.cli.options import (
    NUMBER,
    Door,
    asked_text,
    case_argument,
    day_of,
    json_option,
    officer_options,
    reason_needed,
    reason_option,
    text_of,
)
from inbox.language.views import View
from inbox.system import terminal
from inbox.system.terminal import quoted
from inbox.vault.casework_tables import Disclosure

_alias = click.argument("alias", metavar="TEXT")
_officer = click.argument("officer", metavar="NAME")


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


@_command(case_argument, _officer, reason_needed)
def exclude(door: Door, /, *, case: int, officer: str, reason: str, as_json: bool) -> None:
    """Keep a case from an officer, also from oneself, with what is one matter with it."""
    with door.opened() as (inbox, who):
        also = conflicts.exclude(inbox, who, case, officer, reason)
    lines = [f"case {case} is kept from {officer}: while {officer} is present it is not there"]
    lines += [f"so is what is one matter with it: case {', '.join(map(str, also))}"] if also else []
    terminal.show({"case": case, "officer": officer, "also": also}, lines, as_json=as_json)


@_command(case_argument, _officer, reason_needed)
def lift(door: Door, /, *, case: int, officer: str, reason: str, as_json: bool) -> None:
    """Show a case to an officer again, with what is one matter with it; it takes two others."""
    with door.opened() as (inbox, who):
        _, *also = conflicts.lift(inbox, who, case, officer, reason)
    lines = [f"case {case} is no longer kept from {officer}"]
    lines += [f"nor is what is one matter with it: case {', '.join(map(str, also))}"] if also else []
    terminal.show({"case": case, "officer": officer, "also": also}, lines, as_json=as_json)


@_command(name="list")
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List which cases are kept from whom, but for those that are kept from somebody present."""
    with door.opened() as (inbox, who):
        found = conflicts.listed(inbox, who)
    kept = [
        {"case": row.case, "officer": row.officer, "since": row.since.isoformat()} for row in found.exclusions
    ]
    lines = [f"{row.since}  case {row.case} is kept from {row.officer}" for row in found.exclusions]
    view = {"exclusions": kept, "out_of_reach": found.out_of_reach, "warnings": found.warnings}
    terminal.show(view, lines or ["no case is kept from anybody else"], as_json=as_json)


@_command(_officer, _alias)
def alias(door: Door, /, *, officer: str, alias: str, as_json: bool) -> None:
    """Name an officer as reports may do; what is found is kept from that one, in old and new reports."""
    with door.opened() as (inbox, who):
        cases = other_names.add(inbox, who, officer, alias)
    lines = [f"reports that say {visible(alias)} are kept from {officer}"]
    lines += [f"kept from {officer} now: case {', '.join(map(str, cases))}"] if cases else []
    terminal.show({"officer": officer, "alias": alias, "cases": cases}, lines, as_json=as_json)


@_command(_officer, _alias)
def unalias(door: Door, /, *, officer: str, alias: str, as_json: bool) -> None:
    """Take such a name off the list; what was found by it stays kept until it is lifted."""
    with door.opened() as (inbox, who):
        other_names.remove(inbox, who, officer, alias)
    said = f"new reports that say {visible(alias)} are no longer kept from {officer}"
    terminal.show({"officer": officer, "alias": alias}, [said], as_json=as_json)


@_command()
def aliases(door: Door, /, *, as_json: bool) -> None:
    """List by which other names reports may mean officers."""
    with door.opened() as (inbox, who):
        rows = other_names.listed(inbox, who)
    view: dict[str, Any] = {"aliases": [{"officer": row.officer, "alias": row.name} for row in rows]}
    lines = [f"{row.officer}: {visible(row.name)}" for row in rows]
    terminal.show(view, lines or ["officers are known by their names alone"], as_json=as_json)


@click.command(name="handlers")
@case_argument
@click.argument("officers", metavar="[NAME]...", nargs=-1)
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
    found: list[str] = []
    with door.opened() as (inbox, who):
        if officers:
            found = handlers.entrust(inbox, who, case, officers)
        elif anyone:
            handlers.open_to_all(inbox, who, case)
        else:
            found = handlers.look(inbox, who, case).handlers
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
        found = handlers.break_glass(inbox, who, case, reason)
    said = f"case {case}: whoever confirmed this is among its handlers now; the journal tells who and why"
    terminal.show({"case": case, "handlers": found}, [said], as_json=as_json)


@click.command(name="quarantine")
@case_argument
@click.option("--lift", "is_lifted", is_flag=True, help="Let it be read again; takes two officers.")
@reason_needed
@officer_options
@json_option
@click.pass_obj
def quarantine_command(door: Door, /, *, case: int, is_lifted: bool, reason: str, as_json: bool) -> None:
    """Show nothing of a case to anybody; it can still be answered, closed and destroyed."""
    with door.opened() as (inbox, who):
        (quarantine.lift if is_lifted else quarantine.place)(inbox, who, case, reason)
    state = "can be read again" if is_lifted else "is in quarantine: nobody reads it"
    terminal.show({"case": case, "quarantined": not is_lifted}, [f"case {case} {state}"], as_json=as_json)


@click.command(name="open-archive")
@click.argument("case", nargs=-1, required=True, type=NUMBER)
@reason_needed
@officer_options
@json_option
@click.pass_obj
def open_archive(door: Door, /, *, case: tuple[int, ...], reason: str, as_json: bool) -> None:
    """Open cases that are in the archive, for today and for those present; it takes two officers."""
    with door.opened() as (inbox, who):
        opened = archive.open_cases(inbox, who, case, reason)
    said = f"out of the archive for today, for those present: {', '.join(map(str, opened))}"
    terminal.show({"cases": opened}, [said], as_json=as_json)


@click.group()
def identity() -> None:
    """Who the reporter of a case is, where the reporter said so: kept apart from all else."""


@identity.command(name="set")
@case_argument
@click.option("--text-file", type=click.Path(path_type=Path), help="Take it from this UTF-8 file.")
@officer_options
@json_option
@click.pass_obj
def set_command(door: Door, /, *, case: int, text_file: Path | None, as_json: bool) -> None:
    """Note who the reporter of a case is, below what was noted before.

    It stands in no list, search, dossier or other export. It takes two officers where one is kept already, or
    where the case says some of these words. What is wrong, two officers strike: inbox minimise.
    """
    if text_file is None and not terminal.is_interactive():
        raise click.UsageError("give it with --text-file, or type it at a terminal")
    given = None if text_file is None else text_of(text_file)
    with door.opened() as (inbox, who):
        text = asked_text(f"the reporter of case {case}") if given is None else given
        identities.keep(inbox, who, case, text)
    said = f"case {case}: noted, apart from all else; without consent it goes to the judicial authority alone"
    terminal.show({"case": case}, [said], as_json=as_json)


@identity.command()
@case_argument
@officer_options
@json_option
@click.pass_obj
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show who the reporter of a case is; takes two officers."""
    with door.opened() as (inbox, who):
        found = identities.read(inbox, who, case)
    consented = found.consent.isoformat() if found.consent else None
    view = {"case": case, "day": found.day.isoformat(), "identity": found.text, "consent": consented}
    allowed = f"may be passed on since {consented}" if consented else "the reporter has NOT consented"
    lines = [f"case {case}: the reporter, as noted on {found.day}; {allowed}", quoted(found.text)]
    terminal.show(view, lines, as_json=as_json)


@identity.command()
@case_argument
@click.option("--day", callback=day_of, help="When the reporter allowed it, YYYY-MM-DD.")
@click.option("--withdrawn", is_flag=True, help="The reporter no longer does.")
@reason_option
@officer_options
@json_option
@click.pass_obj
def consent(door: Door, /, *, case: int, day: date | None, as_json: bool, **how: Any) -> None:
    """Note that the reporter of a case allows that the identity be passed on.

    Given, it takes two officers, and the reason says in which message it was.
    """
    with door.opened() as (inbox, who):
        identities.consent(inbox, who, case, ConsentSaid(day, how["withdrawn"], how["reason"]))
    said = "the reporter no longer allows it" if how["withdrawn"] else f"the reporter allowed it on {day}"
    view = {"case": case, "consent": day.isoformat() if day else None}
    terminal.show(view, [f"case {case}: {said}"], as_json=as_json)


@click.group(name="disclosures")
def disclosures_group() -> None:
    """To whom something of a case was given, and why."""


@disclosures_group.command(name="list")
@case_argument
@officer_options
@json_option
@click.pass_obj
def list_disclosures(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show the ledger of a case."""
    with door.opened() as (inbox, who):
        rows = disclosures.listed(inbox, who, case)
    view = {"case": case, "disclosures": [*map(_row, rows)]}
    terminal.show(view, _ledger(case, rows), as_json=as_json)


@disclosures_group.command()
@case_argument
@click.option("--to", "recipient", required=True, help=f"The authority, in at most {LONGEST} characters.")
@click.option(
    "--what", required=True, type=click.Choice([each.value for each in What]), help="What is given."
)
@click.option(
    "--ground", required=True, type=click.Choice([each.value for each in Ground]), help="Why it may be given."
)
@reason_option
@officer_options
@json_option
@click.pass_obj
def add(door: Door, /, *, case: int, reason: str, as_json: bool, **given: str) -> None:
    """Note that something of a case is given; of its reporter's identity that takes two officers."""
    told = Given(given["recipient"], given["what"], Ground(given["ground"]))
    with door.opened() as (inbox, who):
        row = _row(disclosures.disclose(inbox, who, case, told, reason))
    terminal.show({"case": case} | row, [f"case {case}: noted in the ledger"], as_json=as_json)


def _row(row: Disclosure) -> View:
    return {
        "day": row.day.isoformat(),
        "by": row.by,
        "recipient": row.recipient,
        "what": row.what,
        "ground": row.ground,
    }


def _ledger(case: int, rows: Sequence[Disclosure]) -> list[str]:
    if not rows:
        return [f"nothing of case {case} was given to anybody"]
    said = ((row, *disclosures.said(row, "en")) for row in rows)
    return [
        f"{row.day}  {visible(what)}, {row.ground}, to {visible(recipient)} (by {visible(row.by)})"
        for row, recipient, what in said
    ]
