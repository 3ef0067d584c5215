"""The hidden field in each form: it names the form's page and the requirements of the form's fields.

The field is neither secret nor trusted. An officer who changes the field deceives nobody else, because the
lower layers check all input again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, request
from werkzeug.exceptions import HTTPException

from inbox.desk.fields import checks, markup
from inbox.desk.fields.checks import Need

# The name of this hidden field.
FIELD = "of-page"
# The name of the field with the number of the newest journal entry at the time when the page was shown.
AS_OF = "as_of"
POST = "POST"
# Pages that answer a form and change nothing, so that sending the form again leads to the same page.
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
    """The address of a page, and how it was requested."""

    path: str
    method: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The description that a form sends. ``number`` is the form's place on its page, counted from 0.

    The fields are not checked if the form is sent to an address in ``unchecked``.
    """

    page: Page
    number: int
    needs: Sequence[Need]
    unchecked: Sequence[str]


def here() -> Page | None:
    """Return the page that this answer shows, or None if the answer cannot be requested again."""
    if "again" in g:
        again: Page = g.again
        return again
    if request.method != POST or request.endpoint in SHOWING:
        return Page(request.path, request.method)
    # The answer to a form leads back to the page of that form.
    came = sent()
    return came.page if came else None


def declared(page: str) -> str:
    """Return a page whose forms have the hidden field for ``sent`` and are not checked by the browser.

    The browser would name one field at a time, in its own language.
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
    # On a page with several parts, give the address of the part with the form, because only that part is
    # certain to be shown.
    path, method = (form.at, "GET") if form.at else (at.path, at.method)
    says = [path, method, number, checks.written(checks.of(form)), sorted(form.unchecked)]
    own = _resent(form) or json.dumps(says, separators=(",", ":"))
    return f'<input type="hidden"{markup.attribute("name", FIELD)}{markup.attribute("value", own)}>'


def _resent(form: markup.Form) -> str:
    """Return the hidden field that was sent, if this form repeats the sent form, otherwise ""."""
    if "again" in g or request.method != POST or form.tag.attributes.get("action") != request.path:
        return ""
    if request.endpoint in SHOWING:
        return ""
    return request.form.get(FIELD, "")


def sent() -> Sent | None:
    """Return the description of the sent form, or None if it is missing or not from the desk."""
    try:
        return read(request.form.get(FIELD, ""))
    except HTTPException:
        # A form that is too large to read has no description.
        return None


def read(said: str) -> Sent | None:
    """Parse the description of a form from its field. Return None if the field is missing or invalid."""
    try:
        path, method, number, needs, unchecked = json.loads(said)
        return Sent(Page(str(path), str(method)), int(number), checks.read(needs), list(map(str, unchecked)))
    except (ValueError, TypeError, RecursionError):
        return None
