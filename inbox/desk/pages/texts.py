"""The texts that may be sent to authors, and the bodies to which they are directed: seen, and edited."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from inbox.desk import rendering
from inbox.desk.forms import text
from inbox.desk.state import here
from inbox.language.errors import Refused
from inbox.replies import referral_bodies, templates
from inbox.session.actions import Act, Deed
from inbox.system.clock import today

pages = Blueprint("texts", __name__, url_prefix="/office")


@pages.get("/templates")
def replies() -> ResponseReturnValue:
    """Show the templates of replies, and their file to edit."""
    return _replies()


@pages.post("/templates")
def adopt() -> ResponseReturnValue:
    """Use other templates from now on; a file with a mistake is shown again."""
    typed = text("file")

    def change(session: Session) -> None:
        templates.adopt(session, typed.encode())

    refused = _refused(Deed(Act.ADOPT_TEMPLATES), change)
    return _again("texts.replies") if refused is None else (_replies(typed, refused), _MENDED)


@pages.get("/bodies")
def bodies() -> ResponseReturnValue:
    """Show to which bodies the author of what is out of scope is directed, and their file to edit."""
    return _bodies()


@pages.post("/bodies")
def replace() -> ResponseReturnValue:
    """Keep another list; one with a mistake is shown again."""
    typed = text("file")

    def change(session: Session) -> None:
        referral_bodies.replace(session, typed)

    refused = _refused(Deed(Act.REPLACE_REDIRECTIONS), change)
    return _again("texts.bodies") if refused is None else (_bodies(typed, refused), _MENDED)


_MENDED = HTTPStatus.UNPROCESSABLE_ENTITY


def _replies(typed: str | None = None, refused: Refused | None = None) -> str:
    with here().inbox.acting(Deed(Act.LIST_TEMPLATES), today()) as session:
        known = [templates.view(each) for each in templates.known(session).values()]
        source = templates.source(session) if typed is None else typed
    return rendering.page("replies/templates.html", known=known, source=source, refused=refused)


def _bodies(typed: str | None = None, refused: Refused | None = None) -> str:
    with here().inbox.acting(Deed(Act.LIST_REDIRECTIONS), today()) as session:
        known = referral_bodies.bodies(session)
        source = referral_bodies.source(session) if typed is None else typed
    return rendering.page("replies/bodies.html", known=known, source=source, refused=refused)


def _refused(deed: Deed, change: Callable[[Session], None]) -> Refused | None:
    """Do it; return why it was not done, None if it was."""
    try:
        with here().inbox.acting(deed, today()) as session:
            change(session)
    except Refused as refused:
        return refused
    return None


def _again(page: str) -> ResponseReturnValue:
    here().say("texts-changed")
    return redirect(url_for(page), 303)
