"""Who may know: the readers of a case, its reporter's identity, and its disclosures."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from crypto.printable import visible
from inbox.access import aliases as other_names
from inbox.access import archive, conflicts, disclosures, handlers, identities, quarantine
from inbox.access.disclosures import LONGEST, Given, Ground, What
from inbox.access.identities import ConsentSaid
from inbox.cli.free_text import TextArgument
from inbox.cli.options import (
    Door,
    asked_text,
    case_argument,
    given_or_to_type,
    opens_inbox,
    reason_needed,
    reason_needed_if,
    reason_option,
)
from inbox.language.views import View
from inbox.system import terminal
from inbox.system.terminal import quoted
from inbox.vault.casework_tables import Disclosure
from templates.command_line import DAY, FILE, NUMBER

_alias = click.argument(
    "alias", metavar="[TEXT]", cls=TextArgument, question="the other name", needed=True, required=False
)
_officer = click.argument("officer", metavar="OFFICER")


@click.command()
@case_argument
@_officer
@reason_needed
@opens_inbox
def exclude(door: Door, /, *, case: int, officer: str, reason: str, as_json: bool) -> None:
    """Exclude an officer, possibly yourself, from a case and from all cases of the same matter."""
    with door.opened() as (inbox, who):
        also = conflicts.exclude(inbox, who, case, officer, reason)
    lines = [f"case {case} excludes {officer}: it is hidden while {officer} is signed in"]
    lines += [f"also hidden, as the same matter: case {', '.join(map(str, also))}"] if also else []
    terminal.show({"case": case, "officer": officer, "also": also}, lines, as_json=as_json)


@click.command()
@case_argument
@_officer
@reason_needed
@opens_inbox
def lift(door: Door, /, *, case: int, officer: str, reason: str, as_json: bool) -> None:
    """Let an excluded officer read a case again, together with all cases of the same matter.

    This command requires two other officers.
    """
    with door.opened() as (inbox, who):
        _, *also = conflicts.lift(inbox, who, case, officer, reason)
    lines = [f"case {case} no longer excludes {officer}"]
    lines += [f"nor do the cases of the same matter: case {', '.join(map(str, also))}"] if also else []
    terminal.show({"case": case, "officer": officer, "also": also}, lines, as_json=as_json)


@click.command()
@opens_inbox
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List exclusions. Cases from which a signed-in officer is excluded are omitted."""
    with door.opened() as (inbox, who):
        found = conflicts.listed(inbox, who)
    kept = [
        {"case": row.case, "officer": row.officer, "since": row.since.isoformat()} for row in found.exclusions
    ]
    lines = [f"{row.since}  case {row.case} excludes {row.officer}" for row in found.exclusions]
    view = {"exclusions": kept, "out_of_reach": found.out_of_reach, "warnings": found.warnings}
    terminal.show(view, lines or ["no other case excludes an officer"], as_json=as_json)


@click.command()
@_officer
@_alias
@opens_inbox
def alias(door: Door, /, *, officer: str, alias: str, as_json: bool) -> None:
    """Add another name for an officer.

    An officer is excluded from every case whose report uses an alias of the officer, including later cases.
    """
    with door.opened() as (inbox, who):
        cases = other_names.add(inbox, who, officer, alias)
    lines = [f"reports that say {visible(alias)} exclude {officer}"]
    lines += [f"newly excluded from: case {', '.join(map(str, cases))}"] if cases else []
    terminal.show({"officer": officer, "alias": alias, "cases": cases}, lines, as_json=as_json)


@click.command()
@_officer
@_alias
@opens_inbox
def unalias(door: Door, /, *, officer: str, alias: str, as_json: bool) -> None:
    """Remove an alias. Exclusions that the alias caused remain until officers lift them."""
    with door.opened() as (inbox, who):
        other_names.remove(inbox, who, officer, alias)
    said = f"new reports that say {visible(alias)} no longer exclude {officer}"
    terminal.show({"officer": officer, "alias": alias}, [said], as_json=as_json)


@click.command()
@opens_inbox
def aliases(door: Door, /, *, as_json: bool) -> None:
    """List the aliases of officers."""
    with door.opened() as (inbox, who):
        rows = other_names.listed(inbox, who)
    view: dict[str, Any] = {"aliases": [{"officer": row.officer, "alias": row.name} for row in rows]}
    lines = [f"{row.officer}: {visible(row.name)}" for row in rows]
    terminal.show(view, lines or ["no officer has an alias"], as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def handlers_command(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show which officers may read a case."""
    with door.opened() as (inbox, who):
        found = handlers.look(inbox, who, case).handlers
    _show_handlers(case, found, as_json=as_json)


@click.command()
@case_argument
@click.argument("officers", metavar="OFFICER…", nargs=-1, required=True)
@opens_inbox
def restrict(door: Door, /, *, case: int, officers: tuple[str, ...], as_json: bool) -> None:
    """Let only these officers read a case. These officers become the handlers of the case."""
    with door.opened() as (inbox, who):
        found = handlers.entrust(inbox, who, case, officers)
    _show_handlers(case, found, as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def unrestrict(door: Door, /, *, case: int, as_json: bool) -> None:
    """Let all officers except excluded ones read a case again, not only its handlers."""
    with door.opened() as (inbox, who):
        handlers.open_to_all(inbox, who, case)
    _show_handlers(case, [], as_json=as_json)


def _show_handlers(case: int, found: Sequence[str], *, as_json: bool) -> None:
    said = (
        f"is for its handlers only: {', '.join(found)}"
        if found
        else "is open to all officers who are not excluded"
    )
    terminal.show({"case": case, "handlers": found}, [f"case {case} {said}"], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@opens_inbox
def break_glass(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """In an emergency, open a case that only its handlers may read.

    This command requires two officers; the referent is told.
    """
    with door.opened() as (inbox, who):
        found = handlers.break_glass(inbox, who, case, reason)
    said = f"case {case}: those who confirmed are now among its handlers; the journal says who and why"
    terminal.show({"case": case, "handlers": found}, [said], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@opens_inbox
def quarantine_command(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Quarantine a case: nobody can read it, but it can still be answered, closed and destroyed."""
    with door.opened() as (inbox, who):
        quarantine.place(inbox, who, case, reason)
    said = f"case {case} is in quarantine: nobody can read it"
    terminal.show({"case": case, "quarantined": True}, [said], as_json=as_json)


@click.command()
@case_argument
@reason_needed
@opens_inbox
def unquarantine(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """End the quarantine of a case: officers can read it again. This command requires two officers."""
    with door.opened() as (inbox, who):
        quarantine.lift(inbox, who, case, reason)
    said = f"case {case} can be read again"
    terminal.show({"case": case, "quarantined": False}, [said], as_json=as_json)


@click.command()
@click.argument("case", metavar="CASE…", nargs=-1, required=True, type=NUMBER)
@reason_needed
@opens_inbox
def open_archive(door: Door, /, *, case: tuple[int, ...], reason: str, as_json: bool) -> None:
    """Open archived cases to the signed-in officers for today. This command requires two officers."""
    with door.opened() as (inbox, who):
        opened = archive.open_cases(inbox, who, case, reason)
    said = f"open today for the signed-in officers: {', '.join(map(str, opened))}"
    terminal.show({"cases": opened}, [said], as_json=as_json)


@click.command()
@case_argument
@click.option("--text-file", type=FILE, help="Read the identity from this UTF-8 file.")
@opens_inbox
def set_command(door: Door, /, *, case: int, text_file: Path | None, as_json: bool) -> None:
    """Record the identity of a case's reporter. New text is added below any text already recorded.

    The identity appears in no list, search, dossier or other export. Recording takes two officers if an
    identity is already recorded, or if the case contains words of the new text. To correct a mistake, two
    officers redact the identity: inbox case redact.
    """
    given = given_or_to_type(None, text_file)
    with door.opened() as (inbox, who):
        text = asked_text(f"the reporter of case {case}") if given is None else given
        identities.keep(inbox, who, case, text)
    said = f"case {case}: recorded separately; without consent it goes only to the judicial authority"
    terminal.show({"case": case}, [said], as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show the identity of a case's reporter. This command requires two officers."""
    with door.opened() as (inbox, who):
        found = identities.read(inbox, who, case)
    consented = found.consent.isoformat() if found.consent else None
    view = {"case": case, "day": found.day.isoformat(), "identity": found.text, "consent": consented}
    allowed = (
        f"disclosure allowed since {consented}"
        if consented
        else "the reporter has NOT consented to disclosure"
    )
    lines = [f"case {case}: the reporter's identity, recorded on {found.day}; {allowed}", quoted(found.text)]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@case_argument
@click.option("--day", required=True, type=DAY, help="The day of the reporter's consent.")
@reason_needed
@opens_inbox
def consent(door: Door, /, *, case: int, day: date, reason: str, as_json: bool) -> None:
    """Record that the reporter of a case consents to the disclosure of their identity.

    This command requires two officers. As the reason, name the message in which the reporter consents.
    """
    with door.opened() as (inbox, who):
        identities.consent(inbox, who, case, ConsentSaid(day, withdrawn=False, reason=reason))
    view = {"case": case, "consent": day.isoformat()}
    terminal.show(view, [f"case {case}: the reporter consented on {day}"], as_json=as_json)


@click.command()
@case_argument
@reason_option
@opens_inbox
def withdraw(door: Door, /, *, case: int, reason: str, as_json: bool) -> None:
    """Record that the reporter no longer consents to the disclosure of their identity."""
    with door.opened() as (inbox, who):
        identities.consent(inbox, who, case, ConsentSaid(None, withdrawn=True, reason=reason))
    said = f"case {case}: the reporter withdrew the consent"
    terminal.show({"case": case, "consent": None}, [said], as_json=as_json)


@click.command()
@case_argument
@opens_inbox
def list_disclosures(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show the disclosure ledger of a case."""
    with door.opened() as (inbox, who):
        rows = disclosures.listed(inbox, who, case)
    view = {"case": case, "disclosures": [*map(_row, rows)]}
    terminal.show(view, _ledger(case, rows), as_json=as_json)


@click.command()
@case_argument
@click.option("--to", "recipient", required=True, help=f"The authority, in at most {LONGEST} characters.")
@click.option(
    "--what", required=True, type=click.Choice([each.value for each in What]), help="What was disclosed."
)
@click.option(
    "--ground",
    required=True,
    type=click.Choice([each.value for each in Ground]),
    help="The ground for the disclosure.",
)
@reason_needed_if(lambda given: disclosures.needs_reason(_given(given)))
@opens_inbox
def add(door: Door, /, *, case: int, reason: str, as_json: bool, **given: str) -> None:
    """Record a disclosure from a case.

    This command requires two officers if the reporter's identity is disclosed.
    """
    with door.opened() as (inbox, who):
        row = _row(disclosures.disclose(inbox, who, case, _given(given), reason))
    terminal.show({"case": case} | row, [f"case {case}: recorded in the ledger"], as_json=as_json)


def _given(options: Mapping[str, Any]) -> Given:
    return Given(options["recipient"], options["what"], Ground(options["ground"]))


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
        return [f"no disclosure of case {case}"]
    said = ((row, *disclosures.said(row, "en")) for row in rows)
    return [
        f"{row.day}  {visible(what)}, {row.ground}, to {visible(recipient)} (by {visible(row.by)})"
        for row, recipient, what in said
    ]
