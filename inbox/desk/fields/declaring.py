"""What a form carries of itself, in one hidden field: which page it is on, and what its fields need.

No secret, and no proof: whoever alters it deceives only themselves, as the rooms below refuse what they must.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, request
from werkzeug.exceptions import HTTPException

from inbox.desk.fields import checks, markup
from inbox.desk.fields.checks import Need

# The field of a form that says so.
FIELD = "of-page"
# The field of a form that says how far the journal went when its page was shown.
AS_OF = "as_of"
POST = "POST"
# Pages that answer a form and change nothing: asked with the same form, they are the same page again.
SHOWING = {
    "dossiers.preview",
    "letters.change",
    "letters.preview",
    "replies.preview_closing",
    "retention.preview_strike",
    "law.plan",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page is, and how it was asked for."""

    path: str
    method: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form says of itself; ``number`` counts the forms of its page, from 0 on.

    To the addresses in ``unchecked`` it may be sent whatever its fields have.
    """

    page: Page
    number: int
    needs: Sequence[Need]
    unchecked: Sequence[str]


def here() -> Page | None:
    """Return the page that is being made, None for an answer that cannot be asked for once more."""
    if "again" in g:
        again: Page = g.again
        return again
    if request.method != POST or request.endpoint in SHOWING:
        return Page(request.path, request.method)
    # What answers a form leads back to the page of that form.
    came = sent()
    return came.page if came else None


def declared(page: str) -> str:
    """Return a page of which each form carries what ``sent`` reads, and is sent by browsers as it is.

    They would name one field at a time, in their own language.
    """
    at = here()
    if at is None:
        return page
    pieces, last = [], 0
    for number, form in enumerate(markup.read(page)):
        pieces += [page[last : form.tag.end - 1], " novalidate>", _field(at, number, form)]
        last = form.tag.end
    return "".join((*pieces, page[last:]))


def _field(at: Page, number: int, form: markup.Form) -> str:
    # Of a page with parts, the one in which the form stands: only that is sure to be shown.
    path, method = (form.at, "GET") if form.at else (at.path, at.method)
    says = [path, method, number, checks.written(checks.of(form)), sorted(form.unchecked)]
    own = _resent(form) or json.dumps(says, separators=(",", ":"))
    return f'<input type="hidden"{markup.attribute("name", FIELD)}{markup.attribute("value", own)}>'


def _resent(form: markup.Form) -> str:
    """Return the declaration that was sent, for a form that sends the same again; else an empty text."""
    if "again" in g or request.method != POST or form.tag.attributes.get("action") != request.path:
        return ""
    if request.endpoint in SHOWING:
        return ""
    return request.form.get(FIELD, "")


def sent() -> Sent | None:
    """Return what the form that was sent says of itself; None if that is nothing, or nothing of ours."""
    try:
        return read(request.form.get(FIELD, ""))
    except HTTPException:
        # A form too large to be read says nothing.
        return None


def read(said: str) -> Sent | None:
    """Return what a form says of itself, as its field has it; None if that is nothing, or nothing of ours."""
    try:
        path, method, number, needs, unchecked = json.loads(said)
        return Sent(Page(str(path), str(method)), int(number), checks.read(needs), list(map(str, unchecked)))
    except (ValueError, TypeError, RecursionError):
        return None
