"""Who the author of a case is, and to whom anything of a case was given."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from inbox.access import disclosures, identities
from inbox.access.disclosures import LONGEST, Given, Ground, What
from inbox.cli.options import (
    Door,
    case_argument,
    day_of,
    json_option,
    officer_options,
    reason_option,
    text_of,
)
from inbox.language.views import View
from inbox.system import terminal
from inbox.system.terminal import quoted
from inbox.text.printable import visible
from inbox.vault.casework_tables import Disclosure


@click.group()
def identity() -> None:
    """Who the author of a case is, where the author said so: kept apart from all else."""


@identity.command(name="set")
@case_argument
@click.option("--text-file", type=click.Path(path_type=Path), help="Take it from this UTF-8 file.")
@officer_options
@json_option
@click.pass_obj
def set_command(door: Door, /, *, case: int, text_file: Path | None, as_json: bool) -> None:
    """Note who the author of a case is, below what was noted before.

    It stands in no list, search, dossier or other export. What is wrong, two officers strike: inbox minimise.
    """
    if text_file is None and not terminal.is_interactive():
        raise click.UsageError("give it with --text-file, or type it at a terminal")
    given = None if text_file is None else text_of(text_file)
    with door.opened() as (inbox, who):
        text = terminal.ask_text(f"the author of case {case}") if given is None else given
        identities.keep(inbox, who, case, text)
    said = f"case {case}: noted, apart from all else; without consent it goes to the judicial authority alone"
    terminal.show({"case": case}, [said], as_json=as_json)


@identity.command()
@case_argument
@officer_options
@json_option
@click.pass_obj
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show who the author of a case is; takes two officers."""
    with door.opened() as (inbox, who):
        found = identities.read(inbox, who, case)
    consented = found.consent.isoformat() if found.consent else None
    view = {"case": case, "day": found.day.isoformat(), "identity": found.text, "consent": consented}
    allowed = f"may be passed on since {consented}" if consented else "the author has NOT consented"
    lines = [f"case {case}: the author, as noted on {found.day}; {allowed}", quoted(found.text)]
    terminal.show(view, lines, as_json=as_json)


@identity.command()
@case_argument
@click.option("--day", callback=day_of, help="When the author allowed it, YYYY-MM-DD.")
@click.option("--withdrawn", is_flag=True, help="The author no longer does.")
@officer_options
@json_option
@click.pass_obj
def consent(door: Door, /, *, case: int, day: date | None, withdrawn: bool, as_json: bool) -> None:
    """Note that the author of a case allows that the identity be passed on."""
    with door.opened() as (inbox, who):
        identities.consent(inbox, who, case, day, withdrawn=withdrawn)
    said = "the author no longer allows it" if withdrawn else f"the author allowed it on {day}"
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
def list_command(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show the ledger of a case."""
    with door.opened() as (inbox, who):
        rows = disclosures.listed(inbox, who, case)
    view = {"case": case, "disclosures": [*map(_row, rows)]}
    terminal.show(view, _lines(case, rows), as_json=as_json)


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
    """Note that something of a case is given; of its author's identity that takes two officers."""
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


def _lines(case: int, rows: Sequence[Disclosure]) -> list[str]:
    if not rows:
        return [f"nothing of case {case} was given to anybody"]
    said = ((row, *disclosures.said(row, "en")) for row in rows)
    return [
        f"{row.day}  {visible(what)}, {row.ground}, to {visible(recipient)} (by {visible(row.by)})"
        for row, recipient, what in said
    ]
