"""Keys of this inbox, the keyring that lists them, signed pages of the portal, cards of channels."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click

from crypto import base64url, card
from crypto.printable import visible
from inbox.cli import render
from inbox.cli.options import Closed, Door, opens_inbox, out_folder, reason_option, same_disk_option
from inbox.keys import channel_cards, destruction, listing, rotation
from inbox.keys.channel_cards import Offered
from inbox.keys.destruction import Plan
from inbox.keys.rotation import EPOCH
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.setup import channel_actions, key_actions
from inbox.system import given_files, terminal
from inbox.vault.tables import IntakeKey, ReplyKey
from templates.command_line import FILE, FOLDER, Whole

_AT_THE_ROOT = "next: inbox exchange outbox, and carry it to the portal: it includes the new keyring"
_OUTSIDE = (
    "next: inbox exchange card --out FOLDER, and carry it to the root's officers; from the first day of"
    " the new keys, the portal accepts no outbox until its keyring lists them"
)
_UNTIL_THEN = "until the portal has the new keyring, the withdrawn keys are still in use"


@click.command()
@opens_inbox
def list_keys(door: Door, /, *, as_json: bool) -> None:
    """List every key with its dates and its state."""
    with door.opened() as (inbox, who):
        view = {"keys": key_actions.list_keys(inbox, who)}
    terminal.show(view, listing.rendered(view["keys"]), as_json=as_json)


@click.command()
@click.option(
    "--days",
    type=Whole(rotation.SHORTEST, rotation.LONGEST),
    default=EPOCH.days,
    show_default=True,
    help="The number of days for which the new keys are valid.",
)
@click.option(
    "--now", "at_once", is_flag=True, help="Replace all keys today, because somebody else may know them."
)
@reason_option
@opens_inbox
def rotate(door: Door, /, *, days: int, at_once: bool, reason: str, as_json: bool) -> None:
    """Make the keys that follow the current keys. This command requires two officers."""
    with door.opened() as (inbox, who):
        made, is_root = key_actions.rotate(inbox, who, timedelta(days), reason, at_once=at_once)
    lines = [f"new intake key: {_days(made.intake)}", f"new reply key: {_days(made.reply)}"]
    lines += [_UNTIL_THEN] if at_once else []
    lines.append(_AT_THE_ROOT if is_root else _OUTSIDE)
    view = {"intake": listing.plain(made.intake), "reply": listing.plain(made.reply)}
    terminal.show(view, lines, as_json=as_json)


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be destroyed, and destroy nothing.")
@reason_option
@opens_inbox
def destroy(door: Door, /, *, dry_run: bool, reason: str, as_json: bool) -> None:
    """Destroy expired keys whose reports have all arrived. This command requires two officers."""
    with door.opened() as (inbox, who):
        found = key_actions.plan_destruction(inbox, who)
        planned, set_aside = found.plan, found.set_aside
        if not dry_run:
            if terminal.is_interactive() and not as_json:
                terminal.warn_all(_told(planned, set_aside, "to be destroyed"))
                _ask_once(door)
            key_actions.destroy(inbox, who, planned, reason)
    view = {**_view(planned), "set_aside": set_aside, "destroyed": not dry_run}
    told = _told(planned, set_aside, "to be destroyed" if dry_run else "destroyed")
    terminal.show(view, told, as_json=as_json)


def _ask_once(door: Door) -> None:
    """Ask before an action that cannot be undone. In a session, the passphrases confirm the action."""
    if isinstance(door, Closed) and not terminal.ask("Destroy them?"):
        raise Refused(
            sentence("nothing was destroyed"),
            sentence("answer yes, or look first: inbox key destroy --dry-run"),
        )


def _view(planned: Plan) -> View:
    return {
        "intake": [rotation.name(key.id) for key in planned.intake],
        "reply": [rotation.name(key.id) for key in planned.reply],
        "awaited": [rotation.name(key.id) for key in planned.awaited],
        "backups": list(planned.backups.names) if planned.backups else [],
    }


def _told(planned: Plan, set_aside: int, fate: str) -> Iterator[str]:
    yield from (f"{fate}: intake key {rotation.name(key.id)}, {_days(key)}" for key in planned.intake)
    yield from (f"{fate}: reply key {rotation.name(key.id)}, {_days(key)}" for key in planned.reply)
    for key in planned.awaited:
        day = destruction.destroyable_from(key)
        yield f"waits: intake key {rotation.name(key.id)}, for a bundle exported on {day} or later"
    if planned.intake and set_aside:
        yield f"unfiled envelopes here: {set_aside}; those sealed to these keys can never be opened"
    if planned.backups is None:
        return
    yield ""
    yield "an older copy and the shares of its time still open envelopes that were sealed to these keys;"
    yield "destroy every copy of:"
    yield from (f"  {name}" for name in planned.backups.names)
    yield "  the vault, from before now"


def _days(key: IntakeKey | ReplyKey) -> str:
    return f"{key.not_before} to {key.not_after}"


@click.command()
@out_folder
@same_disk_option
@opens_inbox
def keyring(door: Door, /, *, out: Path, same_disk: bool, as_json: bool) -> None:
    """Write the signed keyring for the portal.

    The command makes a new keyring if the newest one was made before today, or if a key has changed since.
    `fanal-portal setup` also reads the deployment id and the root key from this folder.
    """
    with door.opened() as (inbox, who):
        renewed = key_actions.renew_keyring(inbox, who, out, same_disk=same_disk)
    view = {
        "serial": renewed.keyring.serial,
        "valid_until": renewed.keyring.valid_until.isoformat(),
        "renewed": renewed.is_new,
        "deployment": base64url.encode(renewed.office.deployment),
        "root_key": base64url.encode(renewed.office.root_key),
        "warnings": renewed.warnings,
    }
    terminal.show(view, render.keyring(view), as_json=as_json)


@click.command()
@click.argument("manifest", type=FILE)
@out_folder
@same_disk_option
@opens_inbox
def sign_pages(door: Door, /, *, manifest: Path, out: Path, same_disk: bool, as_json: bool) -> None:
    """Use the root key to sign the list that `fanal-portal run manifest` made.

    First make the same list from your own checkout, and compare the two lists. Afterwards, the administrator
    compares the SHA-256 hash that this command prints with the hash that `manifest` printed.
    """
    raw = given_files.content(manifest)
    with door.opened() as (inbox, who):
        listed = key_actions.sign_pages(inbox, who, raw, out, same_disk=same_disk)
    view = {
        "serial": listed.serial,
        "files": len(listed.files),
        "valid_until": listed.valid_until.isoformat(),
        "sha256": hashlib.sha256(raw).hexdigest(),
    }
    lines = [
        f"signed: serial {listed.serial}, {len(listed.files)} files, valid until {listed.valid_until}",
        f"SHA-256 {view['sha256']}: `manifest` at the portal must have printed the same",
        "next: carry the folder to the portal, then run: fanal-portal publish FOLDER",
    ]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@out_folder
@same_disk_option
@opens_inbox
def card_command(door: Door, /, *, out: Path, same_disk: bool, as_json: bool) -> None:
    """Write the signed card with this channel's public keys, for the root's officers."""
    with door.opened() as (inbox, who):
        exported = channel_actions.export_card(inbox, who, out, same_disk=same_disk)
    view = channel_cards.view(exported)
    lines = [
        *channel_cards.rendered(view),
        "next: carry the folder to the root's officers; they compare the card key with the one printed here",
    ]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@opens_inbox
def list_channels(door: Door, /, *, as_json: bool) -> None:
    """List the channels of external bodies on the keyring."""
    with door.opened() as (inbox, who):
        view = {"channels": channel_actions.list_channels(inbox, who)}
    lines = [line for each in view["channels"] for line in channel_cards.rendered(each)]
    terminal.show(view, lines or ["no external body has a channel yet"], as_json=as_json)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--fingerprint",
    metavar="FINGERPRINT",
    help="The card key, as `inbox exchange card` printed it at the external body.",
)
@opens_inbox
def accept(door: Door, /, *, folder: Path, fingerprint: str | None, as_json: bool) -> None:
    """Add the channel of an external body to the keyring, or replace its card.

    This command requires two officers.
    """
    raw, signature = (given_files.content(folder / name) for name in (card.CARD, card.SIGNATURE))
    offered = Offered(raw, signature, fingerprint)
    channel_cards.compare(offered)  # Compare before officers type their passphrases.
    with door.opened() as (inbox, who):
        accepted = channel_actions.accept_card(inbox, who, offered)
    view = channel_cards.view(accepted)
    lines = [
        "accepted:",
        *channel_cards.rendered(view),
        "the channel is on the next keyring: inbox exchange outbox, or inbox exchange keyring",
    ]
    terminal.show(view, lines, as_json=as_json)


@click.command()
@click.argument("channel")
@opens_inbox
def remove(door: Door, /, *, channel: str, as_json: bool) -> None:
    """Remove the channel of an external body from the keyring. This command requires two officers."""
    with door.opened() as (inbox, who):
        channel_actions.remove_channel(inbox, who, channel)
    lines = [
        f"the next keyring no longer has channel {visible(channel)}: inbox exchange outbox, or inbox"
        " exchange keyring",
        "from then on, nobody can write to this channel, the portal refuses what it sends, and its"
        " reporters can no longer read answers",
        "only the same body can use this channel id again, with its next card",
    ]
    terminal.show({"channel": channel}, lines, as_json=as_json)
