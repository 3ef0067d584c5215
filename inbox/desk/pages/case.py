"""One case: what it says, how pressing it is, what happened to it."""

from enum import StrEnum

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.access import declarations
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.sessions import writing
from inbox.desk.state import actor, here, seat
from inbox.language import labels
from inbox.overview import case_view, neighbours, timeline
from inbox.questionnaire import scoring
from inbox.replies import choices
from inbox.vault import score

pages = Blueprint("case", __name__, url_prefix="/case/<int:case>")

# What a form says to assign a case to nobody: a field that is empty is left as it is.
NOBODY = "-"


class Part(StrEnum):
    """A part of the page of a case, of which a screen shows one at a time; labels stand in labels.toml."""

    REPORT = "report"
    DIALOGUE = "dialogue"
    FILES = "files"
    WORK = "work"


@pages.get("", defaults={"part": Part.REPORT})
@pages.get("/<any(dialogue, files, work):part>")
def show(case: int, part: str) -> ResponseReturnValue:
    """Show all of one case, one of its parts first; the others are a press away, without being asked for."""
    inbox, who, mine = here().inbox, actor(), seat()
    shown = case_view.read(inbox, who, case, rendering.language())
    offered = choices.offered(inbox, who)
    begun = writing.begun(case)
    mine.around = neighbours.of(inbox, who, case, (mine.wanted, mine.order), mine.around)
    return rendering.page(
        "case/case.html",
        view=shown.view,
        kept=case_view.never_repeat(shown.view),
        first=part,
        around=mine.around,
        today=who.today.isoformat(),
        officers=shown.officers,
        begun=begun,
        given=writing.given(begun),
        drafted_in={writing.part(form) for form in begun},
        authorities=offered.authorities,
        templates=offered.templates,
        score=score,
        scoring=scoring,
        labels=labels,
        before_closing=shown.before_closing,
        may_close=shown.may_close,
        duties=shown.duties,
        decided=[each["duty"] for each in shown.view["work"]["duties"] if each["decided"]],
        undecided=[each["duty"] for each in shown.view["work"]["duties"] if not each["decided"]],
        nobody=NOBODY,
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


def done(case: int, part: Part, *said: Done) -> ResponseReturnValue:
    """Show the part of a case again in which something was done, and say what it was.

    The address leads to the top of that part, where it is said: one with a fragment would scroll past it.
    """
    seat().say(*said)
    return redirect(url_for("case.show", case=case, part=part), 303)
