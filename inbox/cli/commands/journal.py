"""Read the journal, and compare it with outside copies."""

from pathlib import Path
from typing import Any

import click

from inbox.cli.options import Door, opens_inbox, reason_needed
from inbox.session import anchors, journal_actions, journal_view
from inbox.session.actions import Code
from inbox.session.journal_actions import Wanted
from inbox.system import terminal
from templates.command_line import FILE, NUMBER


@click.command()
@click.option(
    "--anchors",
    "file",
    type=FILE,
    help="Compare the journal with this file, which `fanal-portal run anchors` wrote.",
)
@click.option(
    "--head",
    "written",
    metavar='"N FINGERPRINT"',
    help="Compare the journal with a head that you wrote down.",
)
@opens_inbox
def verify(door: Door, /, *, file: Path | None, written: str | None, as_json: bool) -> None:
    """Verify every entry, and name the first entry that was changed, removed or moved."""
    paper = anchors.paper(written) if written is not None else None
    with door.opened() as (inbox, who):
        checked = journal_actions.verify(inbox, who, file, paper)
    view = journal_view.checked_view(checked)
    terminal.show(view, journal_view.checked(checked), as_json=as_json)


@click.command()
@click.option("--from", "first", type=NUMBER, default=1, help="The first entry to print.")
@click.option("--case", type=NUMBER, help="Print only entries about this case.")
@click.option(
    "--officer",
    metavar="OFFICER",
    default="",
    help="Print only entries about actions by this officer, alone or with others.",
)
@click.option(
    "--action",
    type=click.Choice([*map(str, Code)]),
    help="Print only entries with this action code. Each entry shows its code.",
)
@opens_inbox
def print_command(door: Door, /, *, action: str | None, as_json: bool, **asked: Any) -> None:
    """Print entries, then the journal head: the number and fingerprint of the last entry.

    Write the head down on paper, so that `inbox journal verify` can compare it with the journal later.
    """
    with door.opened() as (inbox, who):
        read = journal_actions.read(inbox, who, Wanted(**asked, action=action or ""))
    lines, head = read.lines, read.head
    view = {"entries": [journal_view.line_view(line) for line in lines], "head": journal_view.head_view(head)}
    terminal.show(view, [*map(journal_view.line, lines), "", journal_view.head(head)], as_json=as_json)


@click.command()
@reason_needed
@opens_inbox
def clock(door: Door, /, *, reason: str, as_json: bool) -> None:
    """Record that the clock was ahead, so that the journal accepts today's date.

    This command requires two officers.
    """
    with door.opened() as (inbox, who):
        head, day = journal_actions.correct_clock(inbox, who, reason), who.today
    lines = [
        f"recorded: days count from {day}",
        "check what has a future date: inbox key list, inbox journal list",
        journal_view.head(head),
    ]
    terminal.show({"day": day.isoformat(), "head": journal_view.head_view(head)}, lines, as_json=as_json)
