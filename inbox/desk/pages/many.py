"""Tag and assign many cases of the queue in one act."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from inbox.casework import assignment, tags
from inbox.desk.forms import cases, line, text
from inbox.desk.pages.queue import done
from inbox.desk.state import here
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import bulk
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("many", __name__, url_prefix="/many")


@pages.post("/tag")
def tag() -> ResponseReturnValue:
    """Give the chosen cases words by which they are found again."""
    return _tag(is_removed=False)


@pages.post("/untag")
def untag() -> ResponseReturnValue:
    """Take some of their words away."""
    return _tag(is_removed=True)


@pages.post("/assign")
def assign() -> ResponseReturnValue:
    """Say which officer sees to the chosen cases."""
    officer, day = line("officer") or None, today()

    def give(session: Session, number: int) -> None:
        assignment.assign(session, number, officer, day)

    bulk.do(here().inbox, here().actor(), action(Code.ASSIGN, officer=officer), cases(), give)
    return done("assigned-many")


def _tag(*, is_removed: bool) -> ResponseReturnValue:
    names, day = text("names").split(), today()
    if not names:
        raise Refused(sentence("no tag was given"), sentence("type at least one"))

    def change(session: Session, number: int) -> None:
        (tags.remove if is_removed else tags.add)(session, number, names, day)

    bulk.do(here().inbox, here().actor(), action(Code.TAG, removed=is_removed), cases(), change)
    return done("tagged")
