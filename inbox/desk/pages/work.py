"""The end of a case, and a new beginning."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.casework.measures import Disclosure
from inbox.desk.forms import choice, line, reason, text
from inbox.desk.pages.case import done
from inbox.desk.state import here
from inbox.replies import closing
from inbox.replies.closing import Closing, Outcome
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("work", __name__, url_prefix="/case/<int:case>")


@pages.post("/close")
def close(case: int) -> ResponseReturnValue:
    """Close a case; its author is told with a text, or with the answer that waits already."""
    now = today()
    wanted = Closing(
        outcome=choice("outcome", Outcome),
        disclosure=choice("disclosure", Disclosure),
        reason=line("reason"),
        body=line("body"),
        text=text("text"),
        despite=line("despite"),
    )
    with here().inbox.acting(here().actor(), wanted.deed(case)) as session:
        closing.close(session, case, wanted, now)
    return done(case, "closed")


@pages.post("/reopen")
def reopen(case: int) -> ResponseReturnValue:
    """Open a closed case again."""
    now = today()
    with here().inbox.acting(here().actor(), action(Code.REOPEN, case, reason())) as session:
        closing.reopen(session, case, now)
    return done(case, "reopened")
