"""Show a form again with its input, after it was refused or had to wait for a declaration.

The fields of a form are checked before its view is called. If the view refuses the form, the form is shown
again in the same way. So views need no code for refusals, and all forms behave in the same way.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from crypto.errors import CryptoError
from inbox.desk import rendering, translate
from inbox.desk.done import Done
from inbox.desk.fields import checks, declaring, filling, markup
from inbox.desk.fields.declaring import POST, Page, Sent
from inbox.desk.fields.filling import Mistake, Refusal
from inbox.desk.sessions import guard, witnesses
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence


def init_app(app: Flask) -> None:
    """Check the fields of each form of ``app`` before its view is called."""
    app.before_request(_check)


# A function that takes a view's arguments. The function returns the fields that the officer's choices
# require, each with the reason why it is required.
Needed = Callable[..., Mapping[str, Sentence]]
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_NEEDED = "needed_by_choice"
# The field of the declaration page that carries the original request and its form.
LED_FROM = "led-from"


@dataclass(frozen=True, slots=True)
class Sending:
    """A sent form: its ``path``, its description in the page, and the ``given`` values."""

    path: str
    sent: Sent
    given: MultiDict[str, str]


def _sending() -> Sending | None:
    sent = declaring.sent() if request.method == POST else None
    return Sending(request.path, sent, request.form) if sent else None


def needing(needed: Needed) -> Callable[[View], View]:
    """Before the view is called, check the fields that an officer's choices require.

    ``needed`` takes the arguments of the view. The lower layers enforce the same rules, but this check names
    all missing fields at once.
    """

    def mark(view: View) -> View:
        setattr(view, _NEEDED, needed)
        return view

    return mark


def _by_choice() -> Iterator[tuple[str, Sentence]]:
    view = current_app.view_functions.get(request.endpoint or "")
    needed = getattr(view, _NEEDED, None)
    if needed is None or "seat" not in g:
        return
    values = {name: value for name, value in (request.view_args or {}).items() if name != "language"}
    for name, what in needed(**values).items():
        # A form without this field cannot show the mistake, so the lower layers refuse the input instead.
        if name in request.form and not any(map(str.strip, request.form.getlist(name))):
            yield name, sentence("required for: {what}", what=what)


def _check() -> ResponseReturnValue | None:
    if request.method != POST or "is_job" in g:
        return None
    sending = _sending()
    if sending is None or request.path in sending.sent.unchecked:
        return None
    said = dict(_by_choice()) | checks.wrong(sending.sent.needs, request.form, request.files)
    if not said:
        return None
    page = _page(sending, said)
    return None if page is None else (page, HTTPStatus.UNPROCESSABLE_ENTITY)


def shown(refused: Refused) -> str | None:
    """Return the page of the sent form with the refusal, or None if that page cannot be found."""
    sending = _sending()
    page = _page_of(sending.sent.page) if sending else None
    return None if sending is None or page is None else _with(page, sending, {}, refused)


def led_from() -> str:
    """Return a field value that leads back to the request once the officer has made the declaration.

    The value contains no passphrases.
    """
    of_page = request.form.get(declaring.FIELD, "") if request.method == POST else ""
    return json.dumps([request.path, of_page, witnesses.fields()], ensure_ascii=False)


def led_back() -> ResponseReturnValue | None:
    """Return the form that waited for a declaration, with its input, or a redirect to the requested page.

    Returns None if the requested page does not exist any longer. The address in the field is only looked up
    among the pages of the desk, never followed.
    """
    came = _came()
    if came is None:
        return None
    path, sending = came
    if sending is None:
        found = _matched(Page(path, "GET"))
        return redirect(url_for(found[0].endpoint, **found[1]), 303) if found else None
    page = _page_of(sending.sent.page)
    form = _form(markup.read(page), sending) if page else None
    if page is None or form is None:
        return None
    summary = rendering.piece("said.html", said=[Done.DECLARED_FIRST])
    return filling.filled(page, form, Refusal(_given(sending), {}, summary, ""))


def _came() -> tuple[str, Sending | None] | None:
    """Return the request behind the declaration page, or None if the field is not from the desk."""
    try:
        path, of_page, fields = json.loads(request.form.get(LED_FROM, ""))
        given = MultiDict((str(name), str(value)) for name, value in fields)
        sent = declaring.read(of_page) if of_page else None
    except (ValueError, TypeError, RecursionError):
        return None
    return str(path), Sending(str(path), sent, given) if sent else None


def _page(sending: Sending, said: Mapping[str, Sentence]) -> str | None:
    """Return the page of a form with each mistake next to its field.

    If that page cannot be found, returns a page that names the fields. If no officer has signed in, returns
    None.
    """
    page = _page_of(sending.sent.page)
    if page is not None:
        return _with(page, sending, said, None)
    if "seat" not in g:
        return None
    mistakes = [
        Mistake(translate.field(g.language, name) or name, _translated(each)) for name, each in said.items()
    ]
    return rendering.page("mistaken.html", mistakes=mistakes)


def _with(page: str, sending: Sending, said: Mapping[str, Sentence], refused: Refused | None) -> str:
    form = _form(markup.read(page), sending)
    texts = {name: _translated(each) for name, each in said.items()}
    if form and refused and (at := _at_fault(form, refused)):
        texts[at] = _translated(refused.what)
    mistakes = filling.found(form, texts) if form else []
    summary = rendering.piece("mistakes.html", mistakes=mistakes, refused=refused)
    title = rendering.piece("mistaken_title.html")
    empty = markup.Form(markup.Tag("form", {}, 0, 0))
    return filling.filled(page, form or empty, Refusal(_given(sending), texts, summary, title))


def _at_fault(form: markup.Form, refused: Refused) -> str:
    """Return the name of the field that was refused, or "" if the form does not show it."""
    shown = {each.name for each in form.controls if each.is_filled}
    found = [each for each in refused.fields if each in shown]
    typed = (each for each in found if any(map(str.strip, request.form.getlist(each))))
    return next(typed, found[0] if found else "")


def _given(sending: Sending) -> Mapping[str, Sequence[str]]:
    return {name: [each.replace("\r\n", "\n") for each in values] for name, values in sending.given.lists()}


def _translated(said: Sentence) -> str:
    return translate.told(g.language, said)


def _form(forms: Sequence[markup.Form], sending: Sending) -> markup.Form | None:
    """Return the form that was sent: on its page, it has the same address and the same hidden fields."""
    numbered = list(enumerate(forms))
    ours = [(n, each) for n, each in numbered if sending.path in each.ways and _says_the_same(each, sending)]
    # Prefer the form that has the same position on the page as the sent form. If the page has changed, use
    # another form with the same effect.
    ours.sort(key=lambda each: each[0] != sending.sent.number)
    return ours[0][1] if ours else None


# Hidden fields whose values differ each time the page is made.
_PASSING = {"csrf_token", "once", declaring.AS_OF, declaring.FIELD}


def _says_the_same(form: markup.Form, sending: Sending) -> bool:
    hidden = ((name, value) for name, value in form.hidden().items() if name not in _PASSING)
    return all(value in sending.given.getlist(name) for name, value in hidden)


def _page_of(page: Page) -> str | None:
    """Return the current page of a form, or None if it can no longer be shown."""
    found = _matched(page)
    return _made(page, *found) if found else None


def _matched(page: Page) -> tuple[Rule, Mapping[str, Any]] | None:
    """Return a page's view and its arguments, or None if the page does not exist or may not be shown now."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or page.method not in ("GET", POST):
        return None
    try:
        rule, found = adapter.match(page.path, method=page.method, return_rule=True)
    except HTTPException:
        return None
    values = dict(found)
    language = values.pop("language", None)
    if language != g.language or not guard.lets_in(rule.endpoint):
        return None
    if page.method == POST and rule.endpoint not in declaring.SHOWING:
        return None
    return rule, values


def _made(page: Page, rule: Rule, values: Mapping[str, Any]) -> str | None:
    """Call a page's view as for a new request.

    Return the answer of the view, or None if the answer is not a page.
    """
    kept = request.url_rule, request.view_args
    g.again = page
    request.url_rule, request.view_args = rule, dict(values)
    try:
        answer = current_app.view_functions[rule.endpoint](**values)
    except (HTTPException, Refused, CryptoError):
        return None
    finally:
        request.url_rule, request.view_args = kept
        del g.again
    return answer if isinstance(answer, str) else None
