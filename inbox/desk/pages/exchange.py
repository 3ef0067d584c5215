"""The exchange with the portal on the removable medium, and reports that arrive in another way."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from crypto import casetoken
from crypto.container import MOST_FILES
from crypto.questionnaire import Field, Kind, Questionnaire
from inbox.casework.unfinished import Draft, Form
from inbox.desk import forms, jobs, rendering
from inbox.desk.job import Work
from inbox.desk.jobs import work_goes_on
from inbox.desk.sessions import writing
from inbox.desk.sessions.witnesses import ONCE
from inbox.desk.state import actor, here, medium_folder, seat
from inbox.exchange import manual_entry, medium, outbox, token_sheet, unopened_list
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.collect import collect as collect_bundles
from inbox.exchange.manual_entry import Route, Told
from inbox.language import days
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.overview import queue
from inbox.questionnaire.answers import Answer, Oddity

pages = Blueprint("exchange", __name__)

# At most this many new cases of a bundle are listed. If there are more, only their number is shown.
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Mended:
    """Mistakes in the form for a new report: wrong answers, keyed by question, and a wrong day or size."""

    questions: Mapping[str, Oddity] = field(default_factory=dict)
    day: bool = False
    amount: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether there is a mistake."""
        return bool(self.questions) or self.day or self.amount


@pages.get("/medium")
def show() -> ResponseReturnValue:
    """Show the bundles on the medium, and how long the keys are valid."""
    desk = here()
    found = medium.look(desk.inbox, actor(), desk.medium)
    return rendering.page("exchange/medium.html", folder=desk.medium, found=found)


@pages.post("/medium/collect")
@jobs.long(Work.COLLECT)
def collect() -> ResponseReturnValue:
    """Collect the chosen bundles."""
    desk = here()
    chosen = [path for path in medium.files(medium_folder()) if path.name in request.form.getlist("bundle")]
    given = request.form.get("fingerprint", "").strip() or None
    acceptance = Acceptance(None, given, lambda _: False, after_restore="after-restore" in request.form)
    outcomes = list(collect_bundles(desk.inbox, actor(), chosen, acceptance, progress=work_goes_on))
    came = {case for each in outcomes if each.filed for case in (*each.filed.cases, *each.filed.follow_ups)}
    pressing = queue.pressing(desk.inbox, actor(), came)
    return rendering.page("exchange/collected.html", outcomes=outcomes, shown=_LISTED, pressing=pressing)


@pages.post("/medium/outbox")
@jobs.long(Work.OUTBOX)
def prepare() -> ResponseReturnValue:
    """Write the next bundle for the portal onto the medium."""
    desk = here()
    made = outbox.make(desk.inbox, actor(), medium_folder(), progress=work_goes_on, same_disk=desk.same_disk)
    return rendering.page("exchange/prepared.html", made=made, is_exercise=desk.inbox.is_exercise)


@pages.post("/medium/outbox/<int:n>")
def again(n: int) -> ResponseReturnValue:
    """Write an earlier bundle for the portal onto the medium once more."""
    desk = here()
    made = outbox.again(desk.inbox, actor(), medium_folder(), n, same_disk=desk.same_disk)
    return rendering.page("exchange/prepared.html", made=made, is_exercise=desk.inbox.is_exercise)


@pages.get("/unopened/<int:page>")
def unopened(page: int) -> ResponseReturnValue:
    """Show a page of the unfiled envelopes, newest first."""
    found = unopened_list.look(here().inbox, actor(), page)
    return rendering.page("exchange/unopened.html", found=found, page=page, size=unopened_list.PAGE)


@pages.get("/enter")
def ask() -> ResponseReturnValue:
    """Show all questions of the portal's page."""
    drafts = writing.begun(None)
    return _form(manual_entry.asked_now(here().inbox), Mended(), drafts)


@pages.post("/enter")
def enter() -> ResponseReturnValue:
    """File a report and show its twelve words once, or show the mistakes in the form."""
    desk, form = here(), request.form.get(ONCE, "")
    asked, who = manual_entry.asked_now(desk.inbox), actor()
    if not form:
        abort(HTTPStatus.BAD_REQUEST)
    report = Told(
        route=forms.choice("route", Route),
        language=_language(),
        received=forms.required_day("received"),
        answers={each.id: answer for each in asked.fields if (answer := _answer(each))},
        files=_files(),
        unchanged="unchanged" in request.form,
    )
    mended = _mended(asked, report, who.today)
    if mended.is_needed:
        return _form(asked, mended), HTTPStatus.UNPROCESSABLE_ENTITY
    if not seat().take(form):
        raise Refused(sentence("this form was already processed"), sentence("look for the case in the queue"))
    made = manual_entry.enter(desk.inbox, who, report)
    writing.done()
    title, advice = (token_sheet.WORDING.say(name, report.language) for name in ("title", "advice"))
    say = rendering.environment(report.language).get_template("desk/replies/say.html").module
    shown = {"spoken": report.language, "title": title, "advice": advice, "say": say}
    return rendering.page("exchange/entered.html", made=made, **shown)


def _form(asked: Questionnaire, mended: Mended, drafts: Mapping[Form, Draft] | None = None) -> str:
    return rendering.page(
        "exchange/enter.html",
        asked=asked,
        fields={each.id: each for each in asked.fields},
        mended=mended,
        begun=drafts or {},
        given=writing.given(drafts)[Form.REPORT] if drafts else request.form,
        spoken=list(casetoken.LANGUAGES),
        most_files=MOST_FILES,
        folder=here().medium,
        files=medium.loose(here().medium),
        today=actor().today.isoformat(),
        once=request.form.get(ONCE) or secrets.token_urlsafe(),
    )


def _mended(asked: Questionnaire, report: Told, day: date) -> Mended:
    return Mended(
        questions=manual_entry.wrong(asked, report.answers),
        day=_is_refused(partial(manual_entry.check_day, report.received, day)),
        amount=_is_refused(partial(manual_entry.check_amount, asked, report)),
    )


def _is_refused(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refused:
        return True
    return False


def _answer(asked: Field) -> Answer:
    """Return the answer to a question, in the format that the portal's page sends."""
    name = writing.QUESTION + asked.id
    if asked.kind is Kind.CHOICES:
        return tuple(request.form.getlist(name))
    if asked.kind is Kind.PERIOD:
        ends = (request.form.get(f"{name}-{end}", "") for end in writing.ENDS)
        return "/".join(map(_day, filter(None, ends)))
    return forms.text(name).strip()


def _day(given: str) -> str:
    """Return a day in the format that the portal's page sends. Other texts are returned unchanged."""
    try:
        return days.read(given).isoformat()
    except ValueError:
        return given


def _language() -> str:
    given = request.form.get("language", "")
    if given not in casetoken.LANGUAGES:
        abort(HTTPStatus.BAD_REQUEST)
    return given


def _files() -> tuple[Path, ...]:
    """Return the chosen files on the medium. Raises Refused if a file is no longer there."""
    chosen = set(request.form.getlist("file"))
    found = tuple(path for path in medium.loose(here().medium) if path.name in chosen)
    if len(found) < len(chosen):
        raise Refused(
            sentence("a file is no longer on the medium"),
            sentence("copy the file to the medium again, or continue without the file"),
        )
    return found
