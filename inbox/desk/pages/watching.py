"""What happened to a case, and how the work on all of them goes."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.casework import oversight, timeline
from inbox.desk import rendering
from inbox.desk.state import here
from inbox.language import labels
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("watching", __name__)


@pages.get("/case/<int:case>/timeline")
def happened(case: int) -> ResponseReturnValue:
    """Show what happened to a case, day by day."""
    with here().inbox.acting(here().actor(), action(Code.READ_TIMELINE, case)) as session:
        return rendering.page("case/timeline.html", number=case, events=timeline.of(session, case))


@pages.get("/oversight")
def oversee() -> ResponseReturnValue:
    """Show how the work goes, for who watches over it: nothing of what any report says."""
    day = today()
    with here().inbox.acting(here().actor(), action(Code.OVERSEE)) as session:
        return rendering.page("office/oversight.html", view=oversight.view(session, day), labels=labels)
