"""Read the journal, and compare it with what others keep."""

from pathlib import Path

import click

from inbox import anchors, disk, journalview, terminal
from inbox import journal as journalling
from inbox.acts import Act, Deed
from inbox.options import NUMBER, Door, json_option, officer_options, reason_needed, today


@click.group()
def journal() -> None:
    """Who did what: signed, chained, without a word of any report."""


@journal.command()
@click.option(
    "--anchors",
    "file",
    type=click.Path(path_type=Path),
    help="Compare with this file of `portal anchors`.",
)
@click.option("--head", "written", metavar='"N FINGERPRINT"', help="Compare with a head on paper.")
@officer_options
@json_option
@click.pass_obj
def verify(door: Door, /, *, file: Path | None, written: str | None, as_json: bool) -> None:
    """Verify every entry; name the first that was changed, removed or put in another's place."""
    paper = anchors.paper(written) if written is not None else None
    with door.opened() as inbox, inbox.acting(Deed(Act.READ_JOURNAL, about="verify"), today()) as session:
        if file is None:
            checked = anchors.check(session, None, paper)
        else:
            with file.open("rb") as opened:
                checked = anchors.check(session, disk.pieces(opened), paper)
    view = journalview.checked_view(checked)
    terminal.show(view, journalview.checked(checked), as_json=as_json)


@journal.command(name="print")
@click.option("--from", "first", type=NUMBER, default=1, help="Begin with this entry.")
@officer_options
@json_option
@click.pass_obj
def print_command(door: Door, /, *, first: int, as_json: bool) -> None:
    """Print the entries, then the head to write down: number and fingerprint of the last."""
    with door.opened() as inbox, inbox.acting(Deed(Act.READ_JOURNAL, about="print"), today()) as session:
        lines = list(journalling.lines(session, first))
        head = journalling.head(session)
    view = {"entries": [journalview.line_view(line) for line in lines], "head": journalview.head_view(head)}
    terminal.show(view, [*map(journalview.line, lines), "", journalview.head(head)], as_json=as_json)


@journal.command()
@reason_needed
@officer_options
@json_option
@click.pass_obj
def clock(door: Door, /, *, reason: str, as_json: bool) -> None:
    """Note that the clock was ahead and is right now: days count from today; takes two officers."""
    deed = Deed(Act.CORRECT_CLOCK, reason=reason)
    with door.opened() as inbox:
        day = today()
        with inbox.acting(deed, day) as session:
            head = journalling.head(session)
    lines = [
        f"noted: from here on days count from {day}",
        "look through what was dated ahead: inbox keys list, inbox journal print",
        journalview.head(head),
    ]
    terminal.show({"day": day.isoformat(), "head": journalview.head_view(head)}, lines, as_json=as_json)
