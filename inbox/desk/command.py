"""Keep the inbox open in this machine's browser while its officers work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from inbox.cli.options import Closed, Door, officer_options, same_disk_option
from inbox.files import sandbox
from inbox.language import marking
from inbox.session import journal_actions
from inbox.session.journal_actions import Surface
from inbox.system import atomic_files, holder, idle_timeout, swapping, terminal
from inbox.system.clock import today
from templates.command_line import FILE, Whole


@click.command()
@click.option(
    "--port",
    type=Whole(0, 65535),
    default=8090,
    show_default=True,
    help="Serve on this port; 0 means any free port.",
)
@click.option(
    "--minutes",
    type=Whole(1, 120),
    default=10,
    show_default=True,
    help="Sign an officer out after this many minutes without a key press or a click.",
)
@click.option(
    "--short-minutes",
    type=Whole(1, 120),
    default=10,
    show_default=True,
    help="Lock the desk after this many minutes with fewer signed-in officers than the inbox needs.",
)
@click.option(
    "--medium",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder of the removable medium.",
)
@click.option(
    "--address-file",
    metavar="FILE",
    type=FILE,
    help="Also write the address to this file, for a browser on another console. The file is deleted"
    " at the end.",
)
@same_disk_option
@officer_options
@click.pass_obj
def desk(
    door: Door,
    /,
    *,
    port: int,
    medium: Path | None,
    address_file: Path | None,
    same_disk: bool,
    **minutes: int,
) -> None:
    """Serve the desk to a browser on this machine, until an officer locks it."""
    if not isinstance(door, Closed):
        raise click.UsageError("end the session first: lock")
    # The desk's modules are imported only now, because no other command loads code that opens sockets.
    from inbox.desk import locked, opening, serving, state  # noqa: PLC0415

    listener = serving.listen(port)
    limits = opening.limits(**minutes)
    why = "locked"
    try:
        with idle_timeout.limited(int(limits.short)), door.unlocked(today()) as opened:
            journal_actions.open_at(opened.inbox, opened.by_opening(today()), Surface.DESK)
            here = state.Desk(opened, serving.port_of(listener), medium, limits, same_disk=same_disk)
            with (
                holder.telling(opened.inbox.home.root, Surface.DESK, opened.officers),
                _writing(address_file) as write,
            ):

                def greet(address: str) -> None:
                    write(address)
                    terminal.warn_all(_greeting(address, **minutes))

                opening.hold(here, listener, greet)
    except idle_timeout.Inactive as inactive:
        why = f"{inactive}: locked"
    terminal.warn(f"{why}; no key is left in memory. To open it again, press Ctrl-C, then start it again.")
    locked.become(listener, marking.words())


@contextmanager
def _writing(file: Path | None) -> Iterator[Callable[[str], None]]:
    """Yield a function that writes an address to ``file``, if given.

    Only its owner can read the file, which is deleted at the end. An address that was already used reveals
    nothing to anybody who reads it. A file that already existed is deleted only if the address replaced its
    contents.
    """
    written = []

    def write(address: str) -> None:
        if file is not None:
            atomic_files.write(file, [f"{address}\n".encode()])
            written.append(file)

    try:
        yield write
    finally:
        for each in written:
            each.unlink(missing_ok=True)


def _greeting(address: str, *, minutes: int, short_minutes: int) -> list[str]:
    return [
        swapping.said(),
        *sandbox.said(),
        f"An officer's session ends after {minutes} minutes in which they do nothing. The inbox locks with",
        f"`Lock`, after {short_minutes} minutes with fewer officers signed in than it takes to open it, and",
        "after 8 hours; Ctrl-C ends it. Open this address in a browser on this machine, and sign in there;",
        "it works once:",
        address,
    ]
