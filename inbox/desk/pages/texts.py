"""The texts that may be sent to authors, and the bodies to which they are directed: seen, and edited."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.forms import text
from inbox.desk.state import here
from inbox.language.errors import Refused
from inbox.replies import referral_bodies, templates
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox

pages = Blueprint("texts", __name__, url_prefix="/office")


@pages.get("/templates")
def replies() -> ResponseReturnValue:
    """Show the templates of replies, and their file to edit."""
    return _replies()


@pages.post("/templates")
def adopt() -> ResponseReturnValue:
    """Use other templates from now on; a file with a mistake is shown again."""
    return _replaced(templates.adopt, "texts.replies", _replies)


@pages.get("/bodies")
def bodies() -> ResponseReturnValue:
    """Show to which bodies the author of what is out of scope is directed, and their file to edit."""
    return _bodies()


@pages.post("/bodies")
def replace() -> ResponseReturnValue:
    """Keep another list; one with a mistake is shown again."""
    return _replaced(referral_bodies.replace, "texts.bodies", _bodies)


def _replies(typed: str | None = None, refused: Refused | None = None) -> str:
    used = templates.listed(here().inbox, here().actor())
    known = [templates.view(each) for each in used.known.values()]
    source = used.source if typed is None else typed
    return rendering.page("replies/templates.html", known=known, source=source, refused=refused)


def _bodies(typed: str | None = None, refused: Refused | None = None) -> str:
    used = referral_bodies.listed(here().inbox, here().actor())
    source = used.source if typed is None else typed
    return rendering.page("replies/bodies.html", known=used.bodies, source=source, refused=refused)


def _replaced(
    way: Callable[[Inbox, Actor, bytes], object], page: str, again: Callable[[str, Refused], str]
) -> ResponseReturnValue:
    """Use the file that was typed, then show its page; one that is refused is shown again, and why."""
    typed = text("file")
    try:
        way(here().inbox, here().actor(), typed.encode())
    except Refused as refused:
        return again(typed, refused), HTTPStatus.UNPROCESSABLE_ENTITY
    here().say("texts-changed")
    return redirect(url_for(page), 303)
