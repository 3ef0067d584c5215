"""Access requests: the register, and the answers, which two officers write."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, url_for
from flask import request as asked_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.access import access_requests
from inbox.access.access_requests import Because, Came, Way
from inbox.casework import withholding
from inbox.casework.withholding import Unopposed
from inbox.desk import jobs, rendering
from inbox.desk.done import Done
from inbox.desk.forms import choice, language, line, lines, number, required_day, text
from inbox.desk.job import Work
from inbox.desk.pages import papers
from inbox.desk.state import actor, here, seat
from inbox.dossiers import namesakes, subject_access
from inbox.dossiers.namesakes import Judged
from inbox.dossiers.subject_access import Answer
from inbox.language import labels
from inbox.system import apart

pages = Blueprint("subject_access", __name__, url_prefix="/access")


@pages.get("")
def show_all() -> ResponseReturnValue:
    """Show the register of access requests: open requests come first, by due day."""
    rows = access_requests.listed(here().inbox, actor())
    today = actor().today
    may_extend = any(access_requests.may_extend(row, today) for row in rows)
    shown = {"rows": rows, "requests": access_requests, "today": today, "labels": labels}
    shown |= {"may_extend": may_extend}
    return rendering.page("dossiers/requests.html", **shown)


@pages.post("")
def record() -> ResponseReturnValue:
    """Add a request to the register."""
    asked = Came(required_day("received"), choice("way", Way), lines("persons"))
    row = access_requests.record(here().inbox, actor(), asked)
    return _done(row.n, Done.ACCESS_RECORDED)


@pages.get("/<int:request>")
def show(request: int) -> ResponseReturnValue:
    """Show the cases that name the person, and the reasons against disclosing their contents."""
    seen = subject_access.look(here().inbox, actor(), request)
    today = actor().today
    shown: dict[str, Any] = {"seen": seen, "requests": access_requests, "today": today}
    shown |= {"offered": papers.offered()}
    return rendering.page("dossiers/request.html", **shown)


@pages.get("/<int:request>/passages/<int:case>")
def passages(request: int, case: int) -> ResponseReturnValue:
    """Show the passages about the person in a case, for use in the answer only."""
    found = subject_access.passages(here().inbox, actor(), request, case)
    return rendering.page("dossiers/request_passages.html", request=request, case=case, passages=found)


@pages.post("/extend")
def extend() -> ResponseReturnValue:
    """Extend all open requests. Each request can be extended only once."""
    access_requests.extend(here().inbox, actor(), choice("because", Because))
    seat().say(Done.ACCESS_EXTENDED)
    return redirect(url_for("subject_access.show_all"), HTTPStatus.SEE_OTHER)


@pages.post("/<int:request>/unopposed")
def note_unopposed(request: int) -> ResponseReturnValue:
    """Record that the prosecutor does not object to disclosing the contents of a case to the person."""
    word = Unopposed(number("case", LARGEST), required_day("day"), line("reference"))
    withholding.note_unopposed(here().inbox, actor(), request, word)
    return _done(request, Done.UNOPPOSED_NOTED)


@pages.post("/<int:request>/namesake")
def judge_name(request: int) -> ResponseReturnValue:
    """Record whether a family name that a case contains without a first name refers to the person."""
    said = Judged(number("case", LARGEST), "same" in asked_for.form, line("reason"))
    namesakes.judge(here().inbox, actor(), request, said)
    return _done(request, Done.NAME_JUDGED)


@pages.post("/<int:request>/answer")
@jobs.long(Work.ACCESS)
def answer(request: int) -> ResponseReturnValue:
    """Write the answer to the given folder, as a plain file. Requires two officers."""
    out = papers.folder() / f"{apart.ANSWER}-{request}.pdf"
    given = Answer(text=text("text").strip() or None, reason=line("reason"), language=language("language"))
    row = subject_access.answer(here().inbox, actor(), request, given, out)
    return rendering.page("dossiers/request_answered.html", path=out, row=row)


def _done(request: int, said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("subject_access.show", request=request), HTTPStatus.SEE_OTHER)
