"""Copy an inbox to keep elsewhere, and put one back."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from inbox.cli.options import NUMBER, Closed, Door, credentials_at, json_option, officer_options
from inbox.setup import backup as backups
from inbox.setup.backup import Restored, Source
from inbox.system import terminal
from inbox.system.clock import today

_GAP = (
    "if the portal has exchanged bundles with the lost inbox since: inbox collect BUNDLE --after-restore;"
    " never go on with both"
)


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Make the backup in this folder.")
@click.option(
    "--keystore-out",
    required=True,
    type=click.Path(path_type=Path),
    help="Put the key store into this folder, on a medium of its own.",
)
@officer_options
@json_option
@click.pass_obj
def backup(door: Door, /, *, out: Path, keystore_out: Path, as_json: bool) -> None:
    """Copy the whole inbox but the shares; the key store goes elsewhere."""
    with door.opened() as (inbox, who):
        progress = partial(terminal.progress, "copying")
        made = backups.make(inbox, who, out, keystore_out, progress=progress)
    lines = [
        f"backup: {made.folder}",
        f"its key store: {made.keystore}",
        "whoever has both, and the shares of a quorum, reads everything: keep them apart;",
        f"destroy every copy of {made.keystore.name}, and backups from before, when `inbox destroy` or"
        " `inbox keys destroy` says so",
    ]
    lines += [
        f"{name} is not in it: keep a copy apart from both, nobody opens it without" for name in made.shares
    ]
    view = {"folder": str(made.folder), "keystore": str(made.keystore), "shares": made.shares}
    terminal.show(view, lines, as_json=as_json)


@click.command()
@click.option(
    "--from", "folder", required=True, type=click.Path(path_type=Path), help="The folder of the backup."
)
@click.option(
    "--keystore", required=True, type=click.Path(path_type=Path), help="The key store that belongs to it."
)
@click.option("--last-case", type=NUMBER, help="The highest number that the lost inbox gave to a case.")
@officer_options
@json_option
@click.pass_obj
def restore(door: Door, /, *, folder: Path, keystore: Path, last_case: int | None, as_json: bool) -> None:
    """Make the inbox of --home, which must not be there, from a backup."""
    if not isinstance(door, Closed):
        raise click.UsageError("end the session first: lock")
    progress = partial(terminal.progress, "copying")
    source = Source(folder, keystore, last_case)
    restored = backups.restore(source, door.root, credentials_at, today=today(), progress=progress)
    lines = [f"restored as it was on {restored.day}: {door.root}", *_numbers(restored)]
    view = {"day": restored.day.isoformat(), "version": restored.version, "old": restored.is_old}
    view["next_case"] = restored.next_case
    terminal.show(view, [*lines, _GAP], as_json=as_json)


def _numbers(restored: Restored) -> Iterator[str]:
    """Yield which number the next case has: none that the lost inbox may have given."""
    if restored.is_old:
        yield f"its vault is of version {restored.version}: inbox upgrade"
        yield "then name the highest number that the lost inbox gave to a case: inbox settings --last-case N"
    else:
        yield f"the next case gets the number {restored.next_case}: the lost inbox may have given lower ones"
