"""What is done to many cases of the queue in one act: declarations, junk and back, tags, who sees to them."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import assignment, junk, tags
from inbox.desk.forms import cases, line, text
from inbox.desk.state import here
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import bulk
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("many", __name__, url_prefix="/many")


@pages.post("/junk")
def reject() -> ResponseReturnValue:
    """Take the chosen cases out of the queue; their authors see no difference."""
    by = here().actor()
    with here().inbox.acting(here().actor(), action(Code.REJECT, None, line("reason"))) as session:
        junk.reject(session, cases(), by)
    return _done("rejected")


@pages.post("/recover")
def recover() -> ResponseReturnValue:
    """Bring the chosen cases back into the queue."""
    by = here().actor()
    with here().inbox.acting(here().actor(), action(Code.RECOVER, None, line("reason"))) as session:
        junk.recover(session, cases(), by)
    return _done("recovered")


@pages.post("/declare")
def declare() -> ResponseReturnValue:
    """Declare that nobody present has an interest in the chosen cases, before they are read."""
    day = today()

    def give(session: Session, number: int) -> None:
        declarations.declare(session, number, day)

    bulk.do(here().inbox, here().actor(), action(Code.DECLARE), cases(), give)
    return _done("declared-many")


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
    return _done("assigned-many")


def _tag(*, is_removed: bool) -> ResponseReturnValue:
    names, day = text("names").split(), today()
    if not names:
        raise Refused(sentence("no tag was given"), sentence("type at least one"))

    def change(session: Session, number: int) -> None:
        (tags.remove if is_removed else tags.add)(session, number, names, day)

    bulk.do(here().inbox, here().actor(), action(Code.TAG, removed=is_removed), cases(), change)
    return _done("tagged")


def _done(said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("queue.first"), 303)
