"""One case: what it says, how pressing it is, what happened to it."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.access import declarations
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.sessions import writing
from inbox.desk.state import actor, here, seat
from inbox.language import labels
from inbox.overview import case_view, timeline
from inbox.questionnaire import scoring
from inbox.replies import choices
from inbox.vault import score

pages = Blueprint("case", __name__, url_prefix="/case/<int:case>")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show all of one case."""
    inbox, who = here().inbox, actor()
    shown = case_view.read(inbox, who, case, rendering.language())
    offered = choices.offered(inbox, who)
    begun = writing.begun(case)
    return rendering.page(
        "case/case.html",
        view=shown.view,
        officers=shown.officers,
        begun=begun,
        given=writing.given(begun),
        authorities=offered.authorities,
        templates=offered.templates,
        score=score,
        scoring=scoring,
        labels=labels,
        before_closing=shown.before_closing,
        duties=shown.duties,
        measures={code: labels.of("measure")[code] for code in shown.by_hand},
        addressed=shown.addressed,
        sanitised=shown.sanitised,
        by_reply=any(each.by_reply for duty in shown.duties.values() for each in duty.decisions.values()),
    )


@pages.post("/declare")
def declare(case: int) -> ResponseReturnValue:
    """Declare that nobody present has an interest in the case, before it is read."""
    declarations.declare(here().inbox, actor(), [case])
    return redirect(url_for("case.show", case=case), 303)


@pages.get("/timeline")
def happened(case: int) -> ResponseReturnValue:
    """Show what happened to a case, day by day."""
    events = timeline.look(here().inbox, actor(), case)
    return rendering.page("case/timeline.html", number=case, events=events)


def done(case: int, said: Done, part: str | None = None) -> ResponseReturnValue:
    """Show the case again, at one of its parts, and say what was done."""
    seat().say(said)
    return redirect(url_for("case.show", case=case, _anchor=part), 303)
