"""What is done to many cases of the queue in one act: declarations, junk and back."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import junk
from inbox.desk.forms import cases, line
from inbox.desk.state import here
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


def _done(said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("queue.first"), 303)
