"""The page of a case: its contents, urgency and history."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.access import declarations
from inbox.casework import exits
from inbox.casework.exits import Exit
from inbox.deadlines.obstacles import Obstacle
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.fields import again
from inbox.desk.sessions import writing
from inbox.desk.state import actor, here, seat
from inbox.desk.translate import NOBODY
from inbox.language import labels
from inbox.language.views import View
from inbox.overview import case_view, neighbours, timeline, work_view
from inbox.overview.case_view import Look, Seen
from inbox.overview.conversation import Show
from inbox.questionnaire import scoring
from inbox.replies import drafts
from inbox.session.actions import Code
from inbox.text.lines import one_line
from inbox.text.shortening import shortened
from inbox.vault import score

pages = Blueprint("case", __name__, url_prefix="/case/<int:case>")


class Part(StrEnum):
    """One part of a case's page, which shows one part at a time. The labels are in labels.toml."""

    REPORT = "report"
    DIALOGUE = "dialogue"
    FILES = "files"
    WORK = "work"


# How many characters of a folded message are shown.
_LINE = 45

# The items that count as read when a part is shown at its own address. The page hides its other parts.
_SEEN = {Part.REPORT: {Seen.REPORT}, Part.DIALOGUE: {Seen.FOLLOW_UPS}}


@pages.get("", defaults={"part": Part.REPORT, "page": 0})
@pages.get("/<any(dialogue, files, work):part>", defaults={"page": 0})
@pages.get("/<any(dialogue, files):part>/<int:page>")
@pages.get("/<any(dialogue):part>/<int:page>/<any(full):length>")
def show(case: int, part: str, page: int, length: str = "") -> ResponseReturnValue:
    """Show one part of a case. The page also contains the other parts, so they need no further request.

    The dialogue and its files are shown page by page, with older messages folded unless the address asks for
    the full length. The link to a part with unread messages makes a new request. Messages count as read only
    if they are shown at the address of their part.
    """
    inbox, who, mine = here().inbox, actor(), seat()
    page = page or _page(case, part)
    fold = Show.FULL if length else Show.SHORT
    look = Look(rendering.language(), page, fold, _SEEN.get(Part(part), ()))
    shown = case_view.read(inbox, who, case, look)
    mine.reading = case, shown.view["part"]["number"]
    offered = drafts.offered(inbox, who, case)
    begun = writing.begun(case)
    mine.around = neighbours.of(inbox, who, case, mine.looked_at, mine.around)
    return rendering.page(
        "case/case.html",
        view=shown.view,
        next_due=work_view.next_due(shown.view["work"]["deadlines"]),
        urgent=work_view.urgent(shown.view["work"]["deadlines"]),
        dialogue=[*case_view.in_order(shown.view)],
        first_words=_first_words,
        kept=case_view.never_repeat(shown.view),
        first=part,
        unread=_unread(shown.view),
        today=who.today.isoformat(),
        officers=shown.officers,
        begun=begun,
        given=writing.given(begun),
        drafted_in={writing.part(form) for form in begun},
        authorities=offered.authorities,
        templates=offered.templates,
        filled=offered.filled,
        score=score,
        scoring=scoring,
        labels=labels,
        before_closing=[(what, todo, _remedy(what)) for what, todo in shown.before_closing],
        may_close=shown.may_close,
        duties=shown.duties,
        decided=[each["duty"] for each in shown.view["work"]["duties"] if each["decided"]],
        undecided=[each["duty"] for each in shown.view["work"]["duties"] if not each["decided"]],
        nobody=NOBODY,
        measures={code: labels.of("measure")[code] for code in shown.by_hand},
        addressed=shown.addressed,
        sanitised=shown.sanitised,
    )


@pages.post("/declare")
def declare(case: int) -> ResponseReturnValue:
    """Record that the officer has no conflict of interest.

    If a form waited for the declaration, show this form. Otherwise, show the case.
    """
    declarations.declare(here().inbox, actor(), [case])
    return again.led_back() or redirect(url_for("case.show", case=case), 303)


@pages.get("/timeline")
def happened(case: int) -> ResponseReturnValue:
    """Show the history of a case by day."""
    events = timeline.look(here().inbox, actor(), case)
    return rendering.page("case/timeline.html", number=case, events=events)


@dataclass(frozen=True, slots=True)
class _Remedy:
    """The ``part`` of this page where an obstacle can be removed.

    ``says_all`` is true if the part explains the obstacle.
    """

    part: str = ""
    says_all: bool = False


def _first_words(text: str) -> str:
    return shortened(one_line(text), _LINE)


def _remedy(what: Obstacle) -> _Remedy:
    lifted_by = exits.MATRIX[what][Exit.CLOSE].lifted_by
    if Code.DECIDE_BY_TWO in lifted_by:
        # Pending decisions are made in the part for assessments. Decisions already made are shown with the
        # deadlines.
        is_decided = what in (Obstacle.PREPARED, Obstacle.UNPREPARED)
        return _Remedy("deadlines" if is_decided else "assessing", says_all=True)
    if Code.RECORD_MEASURE in lifted_by:
        return _Remedy("measures", says_all=what is Obstacle.DANGER)
    return _Remedy()


def _page(case: int, part: str) -> int:
    """Return the page of the dialogue that is shown if the address has no page number.

    A newly opened case shows the first page with an unread message, or else the last page.
    After an action, the same page is shown again.
    """
    last, shown = seat().reading
    return shown if last == case and part != Part.REPORT else 0


def _unread(view: View) -> dict[Part, int]:
    """Return a case's parts that have unread messages, each with the number of the page to open."""
    shown = view["part"]
    found = {Part.REPORT: 0} if view["new"] else {}
    if any(each["unread"] for each in view["follow_ups"]):
        return found | {Part.DIALOGUE: shown["number"]}
    return found | ({Part.DIALOGUE: shown["unread"][0]} if shown["unread"] else {})


def sent(case: int, said: Done) -> ResponseReturnValue:
    """Show the end of the dialogue, which contains the new message to the reporter."""
    seat().reading = case, LARGEST
    return done(case, Part.DIALOGUE, said)


def done(case: int, part: Part, *said: Done) -> ResponseReturnValue:
    """Show the part of a case where an action was taken, with a confirmation.

    The address has no fragment, because a fragment would scroll past the confirmation at the top of the part.
    """
    seat().say(*said)
    return redirect(url_for("case.show", case=case, part=part), 303)
