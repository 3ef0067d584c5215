"""Keep the inbox open at a page of this machine's browser while its officers work at it."""

from pathlib import Path

import click

from inbox.cli.options import Closed, Door, officer_options, same_disk_option
from inbox.files import sandbox
from inbox.session import journal_actions
from inbox.session.journal_actions import Surface
from inbox.system import idle_timeout, memory, terminal
from inbox.system.clock import today


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="Serve here.")
@click.option(
    "--minutes",
    type=click.IntRange(1, 120),
    default=10,
    show_default=True,
    help="Lock after so long without a page asked for.",
)
@click.option(
    "--medium",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the removable medium.",
)
@same_disk_option
@officer_options
@click.pass_obj
def desk(door: Door, /, *, port: int, minutes: int, medium: Path | None, same_disk: bool) -> None:
    """Serve the work desk to a browser on this machine, until it is locked."""
    if not isinstance(door, Closed):
        raise click.UsageError("end the session first: lock")
    # Here alone: no other command so much as loads what opens sockets.
    from inbox.desk import locked, opening, serving  # noqa: PLC0415

    listener = serving.listen(port)
    why = "locked"
    try:
        with idle_timeout.limited(minutes * 60), door.unlocked(today()) as opened:
            journal_actions.open_at(opened.inbox, opened.by_opening(today()), Surface.DESK)
            opening.hold(
                opened,
                listener,
                medium,
                lambda address: terminal.warn_all(_greeting(address, minutes)),
                same_disk=same_disk,
            )
    except idle_timeout.Inactive:
        why = f"nobody asked for a page for {minutes} minutes: locked"
    terminal.warn(f"{why}; no key is left in memory. To open it again: Ctrl-C, then the same command.")
    locked.become(listener)


def _greeting(address: str, minutes: int) -> list[str]:
    return [
        memory.said(),
        *sandbox.said(),
        f"It locks with `Lock`, and after {minutes} minutes without a page asked for; Ctrl-C ends it.",
        "Open this address in a browser on this machine; it works once:",
        address,
    ]
