"""Change what the authors of cases read, and send it to the portal."""

from functools import partial
from pathlib import Path

import click

from crypto.messages import Status
from inbox.cli.options import NUMBER, Door, case_argument, json_option, officer_options, out_folder
from inbox.exchange import outbox
from inbox.keys import expiry_warnings
from inbox.replies import replies
from inbox.session import journal, journal_view
from inbox.session.actions import Code, action
from inbox.system import terminal
from inbox.system.clock import today

_SIGNED_ANEW = (
    "its own key counts no longer, so the present one has signed it; the portal takes it once it has a"
    " keyring that lists this key: inbox keyring and portal keyring, or for a body outside the root's next"
    " outbox"
)


@click.command()
@case_argument
@click.argument(
    "status", type=click.Choice([status.value for status in Status if status is not Status.CLOSED])
)
@officer_options
@json_option
@click.pass_obj
def status(door: Door, /, *, case: int, status: str, as_json: bool) -> None:
    """Change the status that the reporter reads in the next slot."""
    with door.opened() as (inbox, who):
        day = today()
        with inbox.acting(who, action(Code.SET_STATUS, case, status=status)) as session:
            replies.set_status(session, case, Status(status), day)
    said = f"case {case}: {status}, as the reporter will read with the next outbox"
    terminal.show({"case": case, "status": status}, [said], as_json=as_json)


@click.command(name="outbox")
@out_folder
@click.option("--again", type=NUMBER, help="Copy this outbox once more instead.")
@officer_options
@json_option
@click.pass_obj
def outbox_command(door: Door, /, *, out: Path, again: int | None, as_json: bool) -> None:
    """Make the next bundle for the portal."""
    with door.opened() as (inbox, who):
        day = today()
        if again is None:
            progress = partial(terminal.progress, "sealing")
            made = outbox.make(inbox, who, out, progress=progress)
        else:
            made = outbox.again(inbox, who, out, again)
        with inbox.transaction() as session:
            warnings = [*([_SIGNED_ANEW] if made.anew else []), *expiry_warnings.warnings(session, day)]
            head = journal.head(session)
    view = {
        "n": made.n,
        "file": str(made.path),
        "journal": journal_view.head_view(head),
        "warnings": warnings,
    }
    lines = [f"outbox {made.n}: {made.path}", journal_view.head(head)]
    lines += ["next: carry it to the portal, then: portal import"]
    terminal.show(view, lines, as_json=as_json)
