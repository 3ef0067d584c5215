"""Sign in and out, each officer in their own browser."""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.casework import unfinished
from inbox.desk import rendering
from inbox.desk.sessions import confirming, guard
from inbox.desk.state import here, seat
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.overview import saved_views
from inbox.session import journal_actions

pages = Blueprint("signing", __name__)


@pages.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for the officer's name, unless somebody is signed in."""
    return redirect(url_for("queue.today")) if "seat" in g else _asked()


@pages.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Start a session for an officer who proves their identity. Sign out anybody who was signed in here."""
    desk = here()
    try:
        name = _proven(request.form.get("officer", ""), request.form.get("passphrase", ""))
    except Refused as refused:
        return _asked(refused), 401
    if "seat" in g:
        desk.seats.sign_out(seat())
    mine = desk.seats.sign_in(name)
    journal_actions.sign_in(desk.inbox, mine.actor())
    unfinished.sweep(desk.inbox, mine.actor().today)
    saved_views.sweep(desk.inbox, mine.actor().today)
    guard.seat_in(mine)
    return redirect(url_for("queue.today"), 303)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session. The inbox stays open for the other officers.

    If pending confirmations end with the session, ask first.
    """
    if (lost := confirming.at_stake()) and "anyway" not in request.form:
        return rendering.page("signing/leave.html", lost=lost)
    here().seats.sign_out(seat())
    guard.seat_in(None)
    return redirect(url_for("signing.ask"), 303)


@pages.post("/another-browser")
def let_in() -> ResponseReturnValue:
    """Show an address for another browser on this machine."""
    return rendering.page("signing/another.html", address=here().address())


def _proven(name: str, given: str) -> str:
    """Return the name of the officer with this passphrase. Raises the same errors as ``Unlocked.bring``."""
    opened, file = here().opened, request.files.get("share")
    if file is not None:
        return opened.bring(file.read(), given)
    if name not in opened.sealed:
        raise Refused(sentence("no name was chosen"), sentence("choose your name, or bring your share"))
    opened.prove(name, given)
    return name


def _asked(wrong: Refused | None = None) -> str:
    names = sorted(here().opened.sealed)
    chosen = request.form.get("officer", names[0] if len(names) == 1 else "")
    return rendering.plain("signing/sign_in.html", names=names, chosen=chosen, wrong=wrong)
