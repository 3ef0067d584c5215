"""Answer the authors of cases."""

from functools import partial
from pathlib import Path

import click

from crypto.messages import Status
from inbox import expiry, journal, journalview, outbox, replies, terminal
from inbox.acts import Act, Deed
from inbox.options import (
    NUMBER,
    Door,
    case_argument,
    json_option,
    officer_options,
    out_folder,
    text_of,
    today,
)

_SIGNED_ANEW = (
    "its own key counts no longer, so the present one has signed it; the portal takes it once it has a"
    " keyring"
    " that lists this key: inbox keyring and portal keyring, or for a body outside the root's next outbox"
)


@click.command()
@case_argument
@click.option("--text", help="The message.")
@click.option("--text-file", type=click.Path(path_type=Path), help="Take the message from this UTF-8 file.")
@officer_options
@json_option
@click.pass_obj
def reply(door: Door, /, *, case: int, text: str | None, text_file: Path | None, as_json: bool) -> None:
    """Answer the author of a case; it leaves with the next outbox."""
    if (text is None) == (text_file is None):
        raise click.UsageError("give the message with either --text or --text-file")
    message = text_of(text_file) if text is None and text_file is not None else str(text)
    with door.opened() as inbox, inbox.acting(Deed(Act.REPLY, case=case), today()) as session:
        added = replies.reply(session, case, message, today())
    view = {"case": case, "day": added.day.isoformat(), "slot": added.serial}
    terminal.show(view, [f"case {case}: the reply waits for the next outbox"], as_json=as_json)


@click.command()
@case_argument
@click.argument("status", type=click.Choice([status.value for status in Status]))
@officer_options
@json_option
@click.pass_obj
def status(door: Door, /, *, case: int, status: str, as_json: bool) -> None:
    """Change the status that the reporter reads in the next slot."""
    with (
        door.opened() as inbox,
        inbox.acting(Deed(Act.SET_STATUS, case=case, about=status), today()) as session,
    ):
        replies.set_status(session, case, Status(status))
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
    with door.opened() as inbox:
        if again is None:
            progress = partial(terminal.progress, "sealing")
            made = outbox.make(inbox, out, today=today(), progress=progress)
        else:
            made = outbox.again(inbox, out, again, today=today())
        with inbox.transaction() as session:
            warnings = [*([_SIGNED_ANEW] if made.anew else []), *expiry.warnings(session, today())]
            head = journal.head(session)
    view = {"n": made.n, "file": str(made.path), "journal": journalview.head_view(head), "warnings": warnings}
    lines = [f"outbox {made.n}: {made.path}", journalview.head(head)]
    lines += ["next: carry it to the portal, then: portal import"]
    terminal.show(view, lines, as_json=as_json)
