"""What crosses the air gap on the removable medium, and reports that came by another way than the portal."""

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

# So many new cases of a bundle are named one by one; of more, how many they are.
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Mended:
    """What of a form has to be mended: answers by question, its day, how much it reports."""

    questions: Mapping[str, Oddity] = field(default_factory=dict)
    day: bool = False
    amount: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether there is anything."""
        return bool(self.questions) or self.day or self.amount


@pages.get("/medium")
def show() -> ResponseReturnValue:
    """Show what lies on the medium, and how long the keys still serve."""
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
    """Put the next bundle for the portal on the medium."""
    desk = here()
    made = outbox.make(desk.inbox, actor(), medium_folder(), progress=work_goes_on, same_disk=desk.same_disk)
    return rendering.page("exchange/prepared.html", made=made)


@pages.post("/medium/outbox/<int:n>")
def again(n: int) -> ResponseReturnValue:
    """Put a bundle for the portal on the medium once more."""
    desk = here()
    made = outbox.again(desk.inbox, actor(), medium_folder(), n, same_disk=desk.same_disk)
    return rendering.page("exchange/prepared.html", made=made)


@pages.get("/unopened/<int:page>")
def unopened(page: int) -> ResponseReturnValue:
    """Show a page of what came in and became no case, newest first."""
    found = unopened_list.look(here().inbox, actor(), page)
    return rendering.page("exchange/unopened.html", found=found, page=page, size=unopened_list.PAGE)


@pages.get("/enter")
def ask() -> ResponseReturnValue:
    """Show all questions of the portal's page."""
    drafts = writing.begun(None)
    return _form(manual_entry.asked_now(here().inbox), Mended(), drafts)


@pages.post("/enter")
def enter() -> ResponseReturnValue:
    """File what was told, and show once the words to follow it with; or what is to be mended."""
    desk, form = here(), request.form.get(ONCE, "")
    asked, who = manual_entry.asked_now(desk.inbox), actor()
    if not form:
        abort(HTTPStatus.BAD_REQUEST)
    told = Told(
        route=forms.choice("route", Route),
        language=_language(),
        received=forms.required_day("received"),
        answers={each.id: answer for each in asked.fields if (answer := _answer(each))},
        files=_files(),
    )
    mended = _mended(asked, told, who.today)
    if mended.is_needed:
        return _form(asked, mended), HTTPStatus.UNPROCESSABLE_ENTITY
    if not seat().take(form):
        raise Refused(sentence("this form was entered already"), sentence("look for the case in the queue"))
    made = manual_entry.enter(desk.inbox, who, told)
    writing.done()
    title, advice = (token_sheet.WORDING.say(name, told.language) for name in ("title", "advice"))
    say = rendering.environment(told.language).get_template("desk/replies/say.html").module
    shown = {"spoken": told.language, "title": title, "advice": advice, "say": say}
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


def _mended(asked: Questionnaire, told: Told, day: date) -> Mended:
    return Mended(
        questions=manual_entry.wrong(asked, told.answers),
        day=_is_refused(partial(manual_entry.check_day, told.received, day)),
        amount=_is_refused(partial(manual_entry.check_amount, asked, told)),
    )


def _is_refused(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refused:
        return True
    return False


def _answer(asked: Field) -> Answer:
    """Return what was answered to a question, as the portal's page would send it."""
    name = writing.QUESTION + asked.id
    if asked.kind is Kind.CHOICES:
        return tuple(request.form.getlist(name))
    if asked.kind is Kind.PERIOD:
        ends = (request.form.get(f"{name}-{end}", "") for end in writing.ENDS)
        return "/".join(map(_day, filter(None, ends)))
    return forms.text(name).strip()


def _day(given: str) -> str:
    """Return a day as the portal's page sends it; what is none as it is, for the question to say so."""
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
    """Return the chosen files on the medium; Refused if one is not there any longer."""
    chosen = set(request.form.getlist("file"))
    found = tuple(path for path in medium.loose(here().medium) if path.name in chosen)
    if len(found) < len(chosen):
        raise Refused(
            sentence("a file is no longer on the medium"), sentence("put it back, or go on without it")
        )
    return found
