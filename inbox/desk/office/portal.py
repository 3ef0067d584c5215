"""The portal that exchanges bundles with this inbox, and the channels of external bodies."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from crypto import card
from inbox.desk import forms, rendering
from inbox.desk.done import Done
from inbox.desk.state import actor, here, seat
from inbox.keys.channel_cards import Offered
from inbox.setup import channel_actions, portals
from inbox.system import given_files

pages = Blueprint("portal", __name__, url_prefix="/office/portal")


@pages.get("")
def show() -> ResponseReturnValue:
    """Show the confirmed portal, the state of the exchange, and the channels of external bodies."""
    return rendering.page("office/portal.html", standing=portals.look(here().inbox, actor()))


@pages.post("/channels")
def accept() -> ResponseReturnValue:
    """Add the channel of an external body, or a newer card of this channel, to the keyring."""
    folder = forms.path("card-folder")
    raw, signature = (given_files.content(folder / name) for name in (card.CARD, card.SIGNATURE))
    offered = Offered(raw, signature, forms.line("fingerprint") or None)
    channel_actions.accept_card(here().inbox, actor(), offered)
    return _done(Done.CHANNEL_ACCEPTED)


@pages.post("/channels/remove")
def remove() -> ResponseReturnValue:
    """Remove the channel of an external body from the keyring."""
    channel_actions.remove_channel(here().inbox, actor(), forms.line("channel"))
    return _done(Done.CHANNEL_REMOVED)


def _done(said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("portal.show"), 303)
