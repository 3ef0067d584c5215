"""Render templates. Text from outside is escaped, and its control characters are made visible."""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, Response, abort, g, request, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from crypto import exercise
from crypto.journal import Presence, Value
from crypto.keyring import Texts
from crypto.printable import lines, visible
from inbox.deadlines import urgency
from inbox.desk import style, translate
from inbox.desk.fields import declaring
from inbox.desk.state import here, seat, to_declare, waiting
from inbox.desk.translate import LANGUAGES
from inbox.language import days, labels
from inbox.language.errors import Refused
from inbox.language.views import View
from inbox.overview import case_view
from inbox.overview.neighbours import Neighbours
from inbox.session import action_words, journal_view
from templates import catalogues, typography
from templates.catalogues import Domain

FIRST = "fr"
_SAID = Texts(*exercise.WORDS.split(" \N{EN DASH} "))
# How many times larger the next unit of bytes is, and the number from which fractions are omitted.
_STEP, _TELLING = 1000, 10
_TYPED = re.compile("`([^`]+)`")


class Unit(StrEnum):
    """A unit of bytes. The labels are in labels.toml."""

    BYTE = "byte"
    KILOBYTE = "kilobyte"
    MEGABYTE = "megabyte"
    GIGABYTE = "gigabyte"


@cache
def environment(language: str) -> Environment:
    """Return the templates of the desk and the shared templates, in ``language``."""
    templates = Environment(
        loader=PrefixLoader({name: PackageLoader("templates", name) for name in ("desk", "shared")}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", style.Notices],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = catalogues.load(Domain.OFFICERS, language)
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    templates.globals["labelled"] = partial(_labelled, language)
    templates.filters |= {
        "shown": visible,
        "told": partial(_told, language),
        "coded": _coded,
        "label": partial(_label, language),
        "about": partial(_about, language),
        "those": partial(_those, language),
        "lines": lines,
        "degree": partial(_degree, language),
        "beneath": partial(_beneath, language),
        "field": partial(translate.field, language),
        "given": partial(translate.value, language),
        "day": partial(_day, language),
        "tongue": partial(translate.tongue, language),
        "typed": _typed,
        "until": partial(_until, language),
        "own": partial(_own, language),
        "size": partial(_size, language),
        "decimal": partial(format_decimal, locale=language),
    }
    return templates


def _own(language: str, texts: Texts) -> str:
    """Return a text that the office wrote itself, such as a question, spaced as its language requires."""
    return typography.spaced(language, texts.in_(language))


def _day(language: str, value: str | date) -> str:
    """Format a day, which views give in ISO 8601 format."""
    return days.short(language, date.fromisoformat(value) if isinstance(value, str) else value)


def _typed(value: str) -> str:
    """Return the value of a day field as officers type it. Other texts stay as they are."""
    try:
        return days.typed(days.read(value))
    except ValueError:
        return value


def _told(language: str, text: str) -> Markup:
    """Return a message of the inbox, with commands and other typed texts marked as code."""
    return _coded(translate.told(language, text))


def _coded(text: str) -> Markup:
    """Return a text with the parts between backticks marked as code, as on a terminal."""
    pieces = enumerate(_TYPED.split(text))
    return Markup("").join(Markup("<code>{}</code>").format(each) if n % 2 else each for n, each in pieces)


def _until(language: str, value: str | date, today: str | date) -> str:
    """Return how far away a due day is, in words that fit within a sentence."""
    day, now = (date.fromisoformat(each) if isinstance(each, str) else each for each in (value, today))
    said = translate.told(language, urgency.said(day, now))
    return said[:1].lower() + said[1:]


def _label(language: str, code: str, codes: str) -> str:
    """Return the label of a code, or the code itself."""
    label = labels.of(codes).get(code)
    return visible(label.in_(language) if label else code)


def _degree(language: str, degree: str) -> Markup:
    """Return the HTML that shows the degree of a notice at its beginning."""
    return style.degree_mark(degree, labels.of("degree")[degree].in_(language))


def _beneath(language: str, text: str) -> str:
    """Return the text of a notice without its degree, which the page shows separately."""
    return style.beneath_degree(text, [each.in_(language) for each in labels.of("degree").values()])


def _labelled(language: str, codes: str) -> Mapping[str, str]:
    """Return the labels of a list of codes in order, for the choices of a form."""
    return {code: label.in_(language) for code, label in labels.of(codes).items()}


def _those(language: str, officers: Mapping[str, Presence]) -> str:
    """Return the names of officers, each with the way in which they took part."""
    return visible(action_words.officers(officers, language))


def _about(language: str, values: Mapping[str, Value], code: str) -> str:
    """Return the values of an action in words."""
    return visible(action_words.values(code, values, language))


def page(template: str, /, **values: Any) -> str:
    """Return a page in the language of its address."""
    made = (
        environment(g.language)
        .get_template(f"desk/{template}")
        .render(
            values,
            language=g.language,
            languages=LANGUAGES,
            me=seat().officer,
            as_of=_as_of(),
            about_case=_about_case(template),
            around=_around(),
            kinds=here().kinds,
            today_is=_today(),
            waiting=0 if here().pending else sum(not each.confirmed_by for each in waiting()),
            to_declare=[] if here().pending else to_declare(),
            refusals=sum(bool(each.refused_by) for each in seat().asked.values()),
            ready=sum(bool(each.confirmed_by) for each in seat().asked.values()),
            notices=here().notices,
            said=seat().said(),
            here=request.endpoint,
            section=_section(),
            left=here().seats.left(seat()),
            mark=seat().mark,
            integrity=style.integrity(),
            new_id=secrets.token_urlsafe,
            url_for=url_for,
            csrf=generate_csrf,
            other=_in_other_language,
        )
    )
    return declaring.declared(made)


def piece(template: str, /, **values: Any) -> str:
    """Return a fragment of a page in the language of its address."""
    return environment(g.language).get_template(f"desk/{template}").render(values)


def _as_of() -> int:
    """Return the number of the last journal entry for a page of a case or of the queue, otherwise 0.

    A page that answers a form of a case or of the queue also gets the number of that entry.
    """
    is_kept_in_step = request.endpoint in {"queue.first", "queue.show"} or _came_from_such()
    if not (is_kept_in_step or "case" in (request.view_args or {})) or (here().pending and "is_job" not in g):
        return 0
    return journal_view.reached(here().inbox)


def _today() -> date | None:
    try:
        return seat().actor().today
    except Refused:
        # If the clock is wrong, no day is shown, and the page reports the wrong clock.
        return None


def _came_from_such() -> bool:
    try:
        return declaring.AS_OF in request.form
    except HTTPException:
        # A form that is too large to read does not have this field.
        return False


def _about_case(template: str) -> View | None:
    """Return the state of the case that a page is about; None for the case's own page and for other pages."""
    case = (request.view_args or {}).get("case")
    if case is None or here().pending or template == "case/case.html":
        return None
    try:
        return case_view.standing(here().inbox, seat().actor(), case)
    except Refused:
        # If the case may not be shown, the page itself is refused too, and shows the reason.
        return None


def _around() -> Neighbours | None:
    """Return the neighbours of this page's case in the queue, or None if another case was opened last."""
    found = seat().around
    return found if found and found.case == (request.view_args or {}).get("case") else None


# The navigation entry for blueprints whose pages have no entry of their own.
_SECTIONS = {
    "queue": "queue.first",
    "casework": "queue.first",
    "exchange": "exchange.show",
    "subject_access": "subject_access.show_all",
    "retention": "retention.show",
    "journal": "journal.show",
    **dict.fromkeys(("office", "law", "texts", "registers", "officers", "keys", "portal"), "office.show"),
}
# Pages of one room that belong to the navigation entry of another page.
_BESIDE = {"exchange.enter": "exchange.ask", "office.measure": "office.oversee"}
_APART = {"queue.today", "exchange.ask", "office.oversee"}


def _section() -> str:
    """Return the endpoint of the navigation entry that this page belongs to, or ""."""
    if "case" in (request.view_args or {}):
        return "queue.first"
    if request.endpoint in _BESIDE:
        return _BESIDE[request.endpoint]
    return "" if request.endpoint in _APART else _SECTIONS.get(request.blueprint or "", "")


def plain(template: str, /, **values: Any) -> str:
    """Return a page for somebody who has not signed in, or who may not see what other officers are doing."""
    made = (
        environment(g.language)
        .get_template(f"desk/{template}")
        .render(values, language=g.language, languages=LANGUAGES, url_for=url_for, csrf=generate_csrf)
    )
    return declaring.declared(made)


def outside() -> str:
    """Return the message for a browser that was not let in, in the language of the address."""
    return environment(g.language).get_template("desk/outside.html").render(language=g.language)


def language() -> str:
    """Return the language of the page."""
    chosen: str = g.language
    return chosen


def init_app(app: Flask) -> None:
    """Read the language from the address of a page, and keep it in the addresses on the page."""

    @app.url_value_preprocessor
    def take(_: str | None, values: dict[str, Any] | None) -> None:
        chosen = (values or {}).pop("language", FIRST)
        if chosen not in LANGUAGES:
            abort(HTTPStatus.NOT_FOUND)
        g.language = chosen

    app.after_request(_mark)

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "language"):
            values.setdefault("language", g.language)


def _mark(answer: Response) -> Response:
    """Mark a page of an exercise, whichever part of the desk made the page."""
    if here().inbox.is_exercise and answer.mimetype == "text/html":
        answer.set_data(marked(answer.get_data(as_text=True), g.get("language", FIRST)))
    return answer


def marked(page: str, language: str) -> str:
    """Return a page with the mark of an exercise in its title and above its content, once."""
    banner = environment(language).get_template("desk/exercise.html").render(words=_SAID)
    if banner in page:
        return page  # The page is the result of a job, which was marked when the job made it.
    titled = page.replace("<title>", f"<title>{exercise.WORDS} · ", 1)
    return titled.replace("<body>", f"<body>\n{banner}", 1)


def _in_other_language(language: str) -> str:
    """Return this page's address in another language, or the queue's address if the page answers a form."""
    if (
        (request.method != "GET" and "again" not in g)
        or request.endpoint is None
        or request.endpoint == "guard.enter"
    ):
        return url_for("queue.first", language=language)
    return url_for(request.endpoint, language=language, **(request.view_args or {}))


def _size(language: str, count: int) -> str:
    """Return a number of bytes in a readable form."""
    size, units = float(count), iter(Unit)
    unit = next(units)
    while size >= _STEP and unit is not Unit.GIGABYTE:
        size, unit = size / _STEP, next(units)
    is_whole = unit is Unit.BYTE or size >= _TELLING
    number = format_decimal(size, "0" if is_whole else "0.0", locale=language)
    return f"{number} {_label(language, unit, 'unit')}"
