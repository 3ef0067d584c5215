"""See what came in."""

from pathlib import Path

import click

from inbox import attachments, cases, conflicts, expiry, rendering, terminal
from inbox.acts import Act, Deed
from inbox.options import NUMBER, Door, case_argument, json_option, officer_options, out_file, today


@click.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_command(door: Door, /, *, as_json: bool) -> None:
    """List the cases, what nobody has read yet, and what became no case."""
    with door.opened() as inbox:
        day = today()
        with inbox.acting(Deed(Act.LIST), day) as session:
            view = cases.overview(session)
        with inbox.transaction() as session:
            view["warnings"] = [
                *expiry.warnings(session, day),
                *conflicts.warnings(session, inbox.quorum),
            ]
    terminal.show(view, rendering.overview(view), as_json=as_json)


@click.command()
@case_argument
@officer_options
@json_option
@click.pass_obj
def show(door: Door, /, *, case: int, as_json: bool) -> None:
    """Show all of one case."""
    with door.opened() as inbox, inbox.acting(Deed(Act.SHOW, case=case), today()) as session:
        view = cases.details(session, case)
        cases.mark_read(session, case)
    terminal.show(view, rendering.details(view), as_json=as_json)


@click.command()
@case_argument
@click.argument("number", type=NUMBER)
@out_file
@officer_options
@json_option
@click.pass_obj
def attachment(door: Door, /, *, case: int, number: int, out: Path, as_json: bool) -> None:
    """Write one file of a case; the file is as hostile as its sender."""
    about = f"file {number}"
    with door.opened() as inbox:
        # Noted before anything is in clear: an entry for a file that was not written does no harm.
        with inbox.acting(Deed(Act.EXTRACT, case=case, about=about), today()) as session:
            found = attachments.find(inbox.home, session, case, number)
        attachments.write(inbox.home, found, out)
    written = found.attachment
    said = f"wrote {written.size} bytes, digest verified; the file is not to be trusted"
    view = {"case": case, "file": str(out)} | cases.attachment(written)
    terminal.show(view, [said], as_json=as_json)
