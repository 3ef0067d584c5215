"""Bring the vault to a newer version of the program."""

from functools import partial

import click

from inbox.cli.options import Closed, Door, credentials_at, json_option, officer_options
from inbox.setup import upgrade as upgrading
from inbox.system import terminal
from inbox.system.clock import today


@click.command()
@officer_options
@json_option
@click.pass_obj
def upgrade(door: Door, /, *, as_json: bool) -> None:
    """Bring a vault of an earlier version to this one; it cannot be taken back."""
    if not isinstance(door, Closed):
        raise click.UsageError("end the session first: lock")
    before, after = upgrading.upgrade(door.root, partial(credentials_at, door.root), today())
    terminal.show({"from": before, "to": after}, [f"the vault is of version {after} now"], as_json=as_json)
