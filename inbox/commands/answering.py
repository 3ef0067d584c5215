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
    " keyring that lists this key: inbox keyring and portal keyring, or for a body outside the root's next"
    " outbox"
)


@click.command()
@case_argument
@click.option("--text", help="The message; a shell may keep it in clear, so better type it when asked.")
@click.option("--text-file", type=click.Path(path_type=Path), help="Take the message from this UTF-8 file.")
@officer_options
@json_option
@click.pass_obj
def reply(door: Door, /, *, case: int, text: str | None, text_file: Path | None, as_json: bool) -> None:
    """Answer the author of a case; it leaves with the next outbox."""
    given = _given(text, text_file)
    with door.opened() as inbox:
        message = terminal.ask_text(f"the reply to case {case}") if given is None else given
        day = today()
        with inbox.acting(Deed(Act.REPLY, case=case), day) as session:
            added = replies.reply(session, case, message, day)
    view = {"case": case, "day": added.day.isoformat(), "slot": added.serial}
    terminal.show(view, [f"case {case}: the reply waits for the next outbox"], as_json=as_json)


def _given(text: str | None, text_file: Path | None) -> str | None:
    """Return the message that came with the command, None if it is to be typed."""
    if text is not None and text_file is not None:
        raise click.UsageError("give the message with --text or --text-file, not with both")
    if text_file is not None:
        return text_of(text_file)
    if text is None and not terminal.is_interactive():
        raise click.UsageError("give the message with --text-file, or type it at a terminal")
    return text


@click.command()
@case_argument
@click.argument("status", type=click.Choice([status.value for status in Status]))
@officer_options
@json_option
@click.pass_obj
def status(door: Door, /, *, case: int, status: str, as_json: bool) -> None:
    """Change the status that the reporter reads in the next slot."""
    with door.opened() as inbox:
        day = today()
        with inbox.acting(Deed(Act.SET_STATUS, case=case, about=status), day) as session:
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
    with door.opened() as inbox:
        day = today()
        if again is None:
            progress = partial(terminal.progress, "sealing")
            made = outbox.make(inbox, out, today=day, progress=progress)
        else:
            made = outbox.again(inbox, out, again, today=day)
        with inbox.transaction() as session:
            warnings = [*([_SIGNED_ANEW] if made.anew else []), *expiry.warnings(session, day)]
            head = journal.head(session)
    view = {"n": made.n, "file": str(made.path), "journal": journalview.head_view(head), "warnings": warnings}
    lines = [f"outbox {made.n}: {made.path}", journalview.head(head)]
    lines += ["next: carry it to the portal, then: portal import"]
    terminal.show(view, lines, as_json=as_json)
