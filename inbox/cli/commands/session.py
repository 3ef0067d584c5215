"""Keep the inbox open while its officers work at it."""

import click

from inbox.cli import shell as sessions
from inbox.cli.main import run
from inbox.cli.options import Closed, Door, officer_options
from inbox.session import journal_actions
from inbox.session.journal_actions import Surface
from inbox.system import idle_timeout, memory, terminal
from inbox.system.clock import today


@click.command()
@click.option(
    "--minutes",
    type=click.IntRange(1, 120),
    default=10,
    show_default=True,
    help="End after so long without typing.",
)
@officer_options
@click.pass_context
def session(context: click.Context, minutes: int) -> None:
    """Open the inbox and take commands at a prompt, until `lock`."""
    door: Door = context.obj
    if not isinstance(door, Closed):
        raise click.UsageError("this is a session already")
    why = "locked"
    try:
        with idle_timeout.limited(minutes * 60), terminal.unstoppable(), door.unlocked() as opened:
            who = opened.by_opening(today())
            journal_actions.open_at(opened.inbox, who, Surface.SESSION)
            for line in _greeting(minutes):
                terminal.warn(line)
            try:
                sessions.hold(opened, run)
            except Exception:
                terminal.warn("this session is over: a fault of the program ended it")
                raise
    except idle_timeout.Inactive:
        why = f"nobody typed for {minutes} minutes: locked"
    terminal.warn(f"{why}; this process ends with every key that it held")


def _greeting(minutes: int) -> list[str]:
    return [
        memory.said(),
        "Type commands without --home and --share: list, show 1, --help.",
        f"It ends with `lock`, with Ctrl-D, and after {minutes} minutes without typing.",
    ]
