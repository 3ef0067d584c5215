"""Channels of bodies outside: their cards, made there and accepted by the root's officers."""

from pathlib import Path

import click

from crypto import card
from inbox.cli.options import Door, content_of, json_option, officer_options, out_folder
from inbox.keys import channel_cards
from inbox.keys.channel_cards import Offered
from inbox.setup import channel_actions
from inbox.system import terminal
from inbox.text.printable import visible


@click.command(name="card")
@out_folder
@officer_options
@json_option
@click.pass_obj
def card_command(door: Door, /, *, out: Path, as_json: bool) -> None:
    """Write the signed card with this channel's public keys, for the root's officers."""
    with door.opened() as (inbox, who):
        exported = channel_actions.export_card(inbox, who, out)
    view = channel_cards.view(exported)
    lines = [
        *channel_cards.rendered(view),
        "next: carry the folder to the root's officers; they compare the card key with what stands here",
    ]
    terminal.show(view, lines, as_json=as_json)


@click.group()
def channels() -> None:
    """See, accept and remove the channels of bodies outside; only the root's inbox can."""


@channels.command(name="list")
@officer_options
@json_option
@click.pass_obj
def list_channels(door: Door, /, *, as_json: bool) -> None:
    """List the channels of bodies outside that the keyring vouches for."""
    with door.opened() as (inbox, who):
        view = {"channels": channel_actions.list_channels(inbox, who)}
    lines = [line for each in view["channels"] for line in channel_cards.rendered(each)]
    terminal.show(view, lines or ["no body outside has a channel yet"], as_json=as_json)


@channels.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--fingerprint", metavar="FINGERPRINT", help="The card key, as `inbox card` said there.")
@officer_options
@json_option
@click.pass_obj
def accept(door: Door, /, *, folder: Path, fingerprint: str | None, as_json: bool) -> None:
    """Put the channel of a body outside onto the keyring, or its newer card; takes two officers."""
    raw, signature = (content_of(folder / name) for name in (card.CARD, card.SIGNATURE))
    with door.opened() as (inbox, who):
        accepted = channel_actions.accept_card(inbox, who, Offered(raw, signature, fingerprint))
    view = channel_cards.view(accepted)
    lines = [
        "accepted:",
        *channel_cards.rendered(view),
        "it stands on the next keyring: inbox outbox, or inbox keyring",
    ]
    terminal.show(view, lines, as_json=as_json)


@channels.command()
@click.argument("channel")
@officer_options
@json_option
@click.pass_obj
def remove(door: Door, /, *, channel: str, as_json: bool) -> None:
    """Take the channel of a body outside off the keyring; takes two officers."""
    with door.opened() as (inbox, who):
        channel_actions.remove_channel(inbox, who, channel)
    lines = [
        f"the next keyring is without channel {visible(channel)}: inbox outbox, or inbox keyring",
        "from then on nobody can write to it, and what it sends to the portal is refused;"
        " who wrote to it can no longer read its answers",
        "the id can come back with the same body's next card, never with another body's",
    ]
    terminal.show({"channel": channel}, lines, as_json=as_json)
