"""What is done to many cases of the queue in one act: declarations, junk and back, tags, who sees to them."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from inbox import assigning, declarations, junk, many, tagging
from inbox.acts import Act, Deed
from inbox.desk.forms import cases, line, text
from inbox.desk.state import here
from inbox.errors import Refused
from inbox.journal import By
from inbox.options import today
from inbox.sentences import sentence

pages = Blueprint("many", __name__, url_prefix="/many")


@pages.post("/junk")
def reject() -> ResponseReturnValue:
    """Take the chosen cases out of the queue; their authors see no difference."""
    by = By(here().inbox.present, today())
    with here().inbox.acting(Deed(Act.REJECT, reason=line("reason")), by.today) as session:
        junk.reject(session, cases(), by)
    return _done("rejected")


@pages.post("/recover")
def recover() -> ResponseReturnValue:
    """Bring the chosen cases back into the queue."""
    by = By(here().inbox.present, today())
    with here().inbox.acting(Deed(Act.RECOVER, reason=line("reason")), by.today) as session:
        junk.recover(session, cases(), by)
    return _done("recovered")


@pages.post("/declare")
def declare() -> ResponseReturnValue:
    """Declare that nobody present has an interest in the chosen cases, before they are read."""
    day = today()

    def give(session: Session, number: int) -> None:
        declarations.declare(session, number, day)

    many.do(here().inbox, Deed(Act.DECLARE), cases(), give, day)
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
        assigning.assign(session, number, officer, day)

    many.do(here().inbox, Deed(Act.ASSIGN, about=officer or "nobody"), cases(), give, day)
    return _done("assigned-many")


def _tag(*, is_removed: bool) -> ResponseReturnValue:
    names, day = text("names").split(), today()
    if not names:
        raise Refused(sentence("no tag was given"), sentence("type at least one"))

    def change(session: Session, number: int) -> None:
        (tagging.remove if is_removed else tagging.add)(session, number, names, day)

    many.do(here().inbox, Deed(Act.TAG, about="removed" if is_removed else ""), cases(), change, day)
    return _done("tagged")


def _done(said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("queue.first"), 303)
