"""Keep an officer's input as a draft before a form is processed, and delete the draft afterwards.

Nothing is lost if a form is refused, asks for passphrases, or shows changes by others. The script of the desk
also sends drafts here during typing. Without the script, a draft is kept when the form is first sent.
"""

from collections.abc import Collection, Mapping
from http import HTTPStatus

from flask import Blueprint, Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from inbox.casework import unfinished
from inbox.casework.unfinished import Draft, Fields, Form
from inbox.desk.done import Done
from inbox.desk.sessions import witnesses
from inbox.desk.sessions.witnesses import ONCE
from inbox.desk.state import actor, here, seat
from inbox.exchange import manual_entry
from inbox.vault import score

pages = Blueprint("writing", __name__, url_prefix="/draft/<string:form>/<int:number>")

# The kind of draft of each form, by the page that the form is sent to.
_FORMS = {
    "replies.reply": Form.REPLY,
    "replies.preview_reply": Form.REPLY,
    "replies.extend": Form.EXTENSION,
    "replies.preview_extension": Form.EXTENSION,
    "replies.close": Form.CLOSING,
    "replies.preview_closing": Form.CLOSING,
    "casework.note": Form.NOTE,
    "casework.assess": Form.ASSESSMENT,
    "exchange.enter": Form.REPORT,
}
# For each form, the part of a case's page that contains the form, and the form's place in that part.
_PARTS = {
    Form.REPLY: ("dialogue", "answering"),
    Form.EXTENSION: ("dialogue", "standing"),
    Form.CLOSING: ("work", "closing"),
    Form.NOTE: ("work", "notes"),
    Form.ASSESSMENT: ("work", "assessing"),
}
# The fields of each form of a case. A manual entry has other fields, including its questions.
_NAMES = {
    Form.REPLY: {"text", "template", "feedback", "despite"},
    Form.EXTENSION: {"text", "reason", "despite"},
    Form.CLOSING: {"outcome", "disclosure", "body", "text", "template", "reason", "despite"},
    Form.NOTE: {"text"},
    Form.ASSESSMENT: {
        *("risk", "officer", "choice", "confirmed", "reason", *score.NAMES),
        *("decision-ground", "until", "addressee", "reference", "restrictions", "despite"),
    },
}
_OF_ENTRY = {"route", "received", "language", "file"}
# The prefix of a question's id, and the suffixes for the two ends of a period.
QUESTION, ENDS = "q-", ("first", "last")


def init_app(app: Flask) -> None:
    """Keep the input of each form of ``app`` as soon as the form is sent."""
    app.before_request(_keep)


def _keep() -> None:
    form = _FORMS.get(request.endpoint or "")
    if form is None or "seat" not in g or request.method != "POST" or "is_job" in g:
        return
    case = (request.view_args or {}).get("case")
    g.written_in = form, case
    g.is_kept = not _is_over() and unfinished.keep(here().inbox, actor(), form, case, _fields(form))


def _fields(form: Form) -> Fields:
    """Return the values of a form's known fields. Redaction covers values, but not the names of fields."""
    names = _names(form)
    return tuple((name, value) for name, value in witnesses.fields() if name in names)


def _names(form: Form) -> Collection[str]:
    if form is not Form.REPORT:
        return _NAMES[form]
    asked = [QUESTION + each.id for each in manual_entry.asked_now(here().inbox).fields]
    return {*_OF_ENTRY, *asked, *(f"{name}-{end}" for name in asked for end in ENDS)}


def _is_over() -> bool:
    """Whether this form was already processed; if so, a draft from its page comes too late."""
    return seat().has_taken(request.form.get(ONCE, ""))


def done() -> None:
    """Delete the draft of the form that was just processed."""
    _end(*g.written_in)


def sent() -> Form:
    """Return the kind of draft in the form that was sent."""
    form: Form
    form, _ = g.written_in
    return form


def way_back() -> str:
    """Return the address of the sent form if it is kept as a draft, otherwise ""."""
    return place(*g.written_in) if g.get("is_kept") else ""


def begun(case: int | None) -> dict[Form, Draft]:
    """Return the officer's drafts about a case, or of manual entries if ``case`` is None."""
    return unfinished.of(here().inbox, actor(), case)


def given(drafts: Mapping[Form, Draft]) -> dict[Form, MultiDict[str, str]]:
    """Return each form's fields that were kept as a draft, or no fields if there is no draft."""
    return {form: MultiDict(drafts[form].fields if form in drafts else ()) for form in Form}


def part(form: Form) -> str:
    """Return the part of a case's page that holds a form."""
    return _PARTS[form][0]


@pages.post("")
def keep(form: str, number: int) -> ResponseReturnValue:
    """Keep the input of a form as a draft."""
    chosen, case = _place_of(form, number)
    if not _is_over() and not unfinished.keep(here().inbox, actor(), chosen, case, _fields(chosen)):
        abort(HTTPStatus.NOT_FOUND)
    return "", HTTPStatus.NO_CONTENT


@pages.post("/throw-away")
def throw_away(form: str, number: int) -> ResponseReturnValue:
    """Delete a draft."""
    chosen, case = _place_of(form, number)
    _end(chosen, case)
    seat().say(Done.THROWN_AWAY)
    # Go to the top of the part, where the confirmation is shown.
    return redirect(place(chosen, case).partition("#")[0], 303)


def _place_of(given: str, number: int) -> tuple[Form, int | None]:
    """Return the form and the case that an address names. A manual entry has no case, and its number is 0."""
    if given not in list(Form) or (given == Form.REPORT) != (number == 0):
        abort(HTTPStatus.NOT_FOUND)
    return Form(given), number or None


def _end(form: Form, case: int | None) -> None:
    if sent := request.form.get(ONCE):
        seat().take(sent)
    unfinished.drop(here().inbox, actor(), form, case)


def place(form: Form, case: int | None) -> str:
    """Return the address of a form on the page of its case, or of the manual entry if ``case`` is None."""
    if case is None:
        return url_for("exchange.ask")
    part, where = _PARTS[form]
    return url_for("case.show", case=case, part=part, _anchor=where)
