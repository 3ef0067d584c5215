"""A report by telephone, letter or meeting: the questions of the portal, then the words for its author."""

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
from inbox.desk import forms, rendering
from inbox.desk.state import here
from inbox.exchange import manual_entry, medium, token_sheet
from inbox.exchange.manual_entry import Route, Told
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.questionnaire import catalogue
from inbox.questionnaire.answers import Answer, Oddity
from inbox.system.clock import today

pages = Blueprint("entering", __name__, url_prefix="/enter")
# Before the id of a question: no other field of the form begins so.
_QUESTION = "q-"


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


@pages.get("")
def ask() -> ResponseReturnValue:
    """Show all questions of the portal's page."""
    return _form(_asked(), Mended())


@pages.post("")
def enter() -> ResponseReturnValue:
    """File what was told, and show once the words by which its author follows it; or what is to be mended."""
    asked, day, form = _asked(), today(), request.form.get("form", "")
    received = forms.day("received")
    if not form or received is None:
        abort(HTTPStatus.BAD_REQUEST)
    told = Told(
        route=forms.choice("route", Route),
        language=_language(),
        received=received,
        answers={each.id: answer for each in asked.fields if (answer := _answer(each))},
        files=_files(),
    )
    mended = _mended(asked, told, day)
    if mended.is_needed:
        return _form(asked, mended), HTTPStatus.UNPROCESSABLE_ENTITY
    if not here().take(form):
        raise Refused(sentence("this form was entered already"), sentence("look for the case in the queue"))
    made = manual_entry.enter(here().inbox, here().actor(), told)
    title, *advice = token_sheet.texts(told.language)
    say = rendering.environment(told.language).get_template("desk/replies/say.html").module
    shown = {"spoken": told.language, "title": title, "advice": advice, "say": say}
    return rendering.page("exchange/entered.html", made=made, **shown)


def _form(asked: Questionnaire, mended: Mended) -> str:
    return rendering.page(
        "exchange/enter.html",
        asked=asked,
        fields={each.id: each for each in asked.fields},
        mended=mended,
        given=request.form,
        spoken=list(casetoken.LANGUAGES),
        most_files=MOST_FILES,
        files=medium.loose(here().medium),
        today=today().isoformat(),
        form=request.form.get("form") or secrets.token_urlsafe(),
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


def _asked() -> Questionnaire:
    with here().inbox.transaction() as session:
        return catalogue.in_use(session)


def _answer(asked: Field) -> Answer:
    """Return what was answered to a question, as the portal's page would send it."""
    name = _QUESTION + asked.id
    if asked.kind is Kind.CHOICES:
        return tuple(request.form.getlist(name))
    if asked.kind is Kind.PERIOD:
        return "/".join(filter(None, (request.form.get(f"{name}-{end}") for end in ("first", "last"))))
    return forms.text(name).strip()


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
