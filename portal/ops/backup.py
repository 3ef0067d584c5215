"""Commands to back up a portal, and to make a new portal from a backup."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from crypto import signing
from portal import days, terminal
from portal.config import Settings
from portal.exchange import backups
from portal.exchange.backups import Source
from portal.ops.configured import pass_settings
from portal.store import database
from portal.typed import typed
from templates.command_line import FILE, json_option


@click.command()
@click.option("--private", type=FILE, required=True, help="The new file for the private key.")
@click.option("--public", type=FILE, required=True, help="The new file for the public key.")
@json_option
def key(*, private: Path, public: Path, as_json: bool) -> None:
    """Make the key pair for backups, on a machine other than the portal's.

    Only the public key goes to the portal's machine.
    """
    backups.make_key(private, public)
    if as_json:
        terminal.data({"private": str(private), "public": str(public)})
        return
    terminal.say(f"{private}: the private key; keep it away from the portal's machine")
    terminal.say(f"{public}: the public key, for {typed('backup make')}")


@click.command()
@click.option("--public", type=FILE, required=True, help="The public key that `portal backup key` made.")
@click.option("--out", type=FILE, required=True, help="The new file for the backup.")
@json_option
@pass_settings
def make(settings: Settings, *, public: Path, out: Path, as_json: bool) -> None:
    """Write a sealed backup: keyring, outboxes, answers and waiting withdrawals, but no reports.

    Export reports first: only exported reports survive the loss of the machine.
    """
    recipient, today = backups.public_key(public), days.today()
    with closing(database.open_database(settings.database_url)) as store:
        backups.make(store, settings, recipient, out, today)
    until = (today + timedelta(backups.DAYS)).isoformat()
    if as_json:
        terminal.data({"file": str(out), "until": until})
        return
    terminal.say(f"{out}: can be restored until {until}; destroy it then")


@click.command()
@click.argument("file", type=FILE)
@click.option("--private", type=FILE, required=True, help="The private key that `portal backup key` made.")
@click.option(
    "--fingerprint",
    required=True,
    help="The fingerprint that was printed when the lost portal was made.",
)
@json_option
@pass_settings
def restore(settings: Settings, *, file: Path, private: Path, fingerprint: str, as_json: bool) -> None:
    """Make the database of a new portal from a backup.

    The new portal has a new fingerprint, and numbers its bundles from 1.
    """
    keys = backups.restore(settings, Source(file, backups.private_key(private), fingerprint), days.today())
    found = signing.fingerprint(keys.public)
    if as_json:
        terminal.data({"fingerprint": found})
        return
    terminal.say(f"portal restored; its new fingerprint is {found}")
    terminal.say("remove the private key from this machine; reports that were not exported are lost")
    terminal.say(
        f"next: {typed('export')}, then at the inbox: inbox exchange collect --new-instance FINGERPRINT,"
        " then import its next outbox"
    )
