"""The dated keys of the inbox: their state, the next keys, destruction of old keys, keyring and card."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import forms, rendering
from inbox.desk.done import Done
from inbox.desk.state import actor, here, medium_folder, seat
from inbox.exchange import medium
from inbox.keys import listing, rotation
from inbox.setup import channel_actions, key_actions
from inbox.system import given_files

pages = Blueprint("keys", __name__, url_prefix="/office/keys")


@pages.get("")
def show() -> ResponseReturnValue:
    """Show every key, its state and the possible actions."""
    desk, who = here(), actor()
    return rendering.page(
        "office/keys.html",
        keys=key_actions.look(desk.inbox, who),
        state=listing.state,
        today=who.today,
        usual=rotation.EPOCH.days,
        shortest=rotation.SHORTEST,
        longest=rotation.LONGEST,
        folder=desk.medium,
        files=medium.loose(desk.medium),
    )


@pages.post("/rotate")
def rotate() -> ResponseReturnValue:
    """Make the next keys, or replace all keys at once."""
    days = forms.number("days", rotation.LONGEST)
    if days < rotation.SHORTEST:
        abort(HTTPStatus.BAD_REQUEST)
    at_once = "at-once" in request.form
    key_actions.rotate(here().inbox, actor(), timedelta(days), forms.line("reason"), at_once=at_once)
    return _done(Done.KEYS_MADE)


@pages.get("/destroy")
def look() -> ResponseReturnValue:
    """Show which keys can be destroyed, and which copies of the key store would still contain them."""
    found = key_actions.plan_destruction(here().inbox, actor())
    return rendering.page("office/keys_destroyed.html", found=found, name=rotation.name)


@pages.post("/destroy")
def destroy() -> ResponseReturnValue:
    """Destroy the keys that can be destroyed."""
    desk, who = here(), actor()
    found = key_actions.plan_destruction(desk.inbox, who)
    key_actions.destroy(desk.inbox, who, found.plan, forms.line("reason"))
    return _done(Done.KEYS_DESTROYED)


@pages.post("/keyring")
def write_keyring() -> ResponseReturnValue:
    """Write today's signed keyring to the medium."""
    key_actions.renew_keyring(here().inbox, actor(), medium_folder() / "keyring", same_disk=here().same_disk)
    return _done(Done.KEYRING_WRITTEN)


@pages.post("/card")
def write_card() -> ResponseReturnValue:
    """Write the signed card of this channel to the medium."""
    channel_actions.export_card(here().inbox, actor(), medium_folder() / "card", same_disk=here().same_disk)
    return _done(Done.CARD_WRITTEN)


@pages.post("/sign-pages")
def sign_pages() -> ResponseReturnValue:
    """Sign the portal's list of pages, and write it to the medium."""
    folder, name = medium_folder(), request.form.get("manifest", "")
    chosen = next((each for each in medium.loose(folder) if quote(each.name) == name), None)
    if chosen is None:
        abort(HTTPStatus.BAD_REQUEST)
    raw, out = given_files.content(chosen), folder / "signed-pages"
    key_actions.sign_pages(here().inbox, actor(), raw, out, same_disk=here().same_disk)
    return _done(Done.PAGES_SIGNED)


def _done(said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("keys.show"), 303)
