"""Texts that the office writes itself: replies, letters and authorities, each kind with its own form."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from inbox.desk import forms, problems, rendering
from inbox.desk.done import Done
from inbox.desk.office import differences
from inbox.desk.state import actor, here, seat
from inbox.language.errors import Locked, Refused
from inbox.language.messages import Sentence
from inbox.language.toml_edits import Value
from inbox.language.toml_files import FileRefused
from inbox.law.entries import FORMS, Edit, Kind, Part, Shape
from inbox.setup import texts
from inbox.setup.texts import Planned
from inbox.text.lines import one_line


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form was refused, and the field with the mistake, or ""."""

    refused: Refused
    field: str

    @property
    def here(self) -> Sentence:
        """The message for an officer, who sees the form rather than the file."""
        return self.refused.here if isinstance(self.refused, FileRefused) else self.refused.what


pages = Blueprint("texts", __name__, url_prefix="/office/texts/<string:kind>")


@pages.get("")
def show(kind: str) -> ResponseReturnValue:
    """List the entries of a kind with their texts."""
    found = _kind(kind)
    listed = texts.read(here().inbox, actor(), found)
    return rendering.page("office/texts.html", kind=found, form=FORMS[found], listed=listed)


@pages.get("/new")
def begin(kind: str) -> ResponseReturnValue:
    """Show the form for a new entry."""
    return _form(_added_kind(kind), "")


@pages.post("/new/look")
def look_new(kind: str) -> ResponseReturnValue:
    """Preview a new entry."""
    return _look(_added(kind))


@pages.post("/new")
def add(kind: str) -> ResponseReturnValue:
    """Adopt the new entry that was previewed."""
    return _adopt(_added(kind))


@pages.get("/entry/<string:code>")
def edit(kind: str, code: str) -> ResponseReturnValue:
    """Show an entry in a form."""
    found = _kind(kind)
    listed = texts.read(here().inbox, actor(), found)
    if code not in listed.entries:
        abort(HTTPStatus.NOT_FOUND)
    return _form(found, code)


@pages.post("/entry/<string:code>/look")
def look(kind: str, code: str) -> ResponseReturnValue:
    """Preview a changed entry and its changes."""
    return _look(_edited(kind, code))


@pages.post("/entry/<string:code>")
def adopt(kind: str, code: str) -> ResponseReturnValue:
    """Adopt the changed entry that was previewed."""
    return _adopt(_edited(kind, code))


@pages.post("/entry/<string:code>/remove/look")
def look_removed(kind: str, code: str) -> ResponseReturnValue:
    """Show what the removal of an entry would delete."""
    wanted = Edit(kind=_kind(kind), code=code, values=None)
    try:
        planned = texts.plan(here().inbox, actor(), wanted)
    except Refused as refused:
        return _again(wanted, refused)
    return rendering.page("office/text_removed.html", **_shown(planned), kind=planned.edit.kind, code=code)


@pages.post("/entry/<string:code>/remove")
def remove(kind: str, code: str) -> ResponseReturnValue:
    """Remove the entry that was shown."""
    return _adopt(Edit(kind=_kind(kind), code=code, values=None))


def _look(wanted: Edit) -> ResponseReturnValue:
    try:
        planned = texts.plan(here().inbox, actor(), wanted)
    except Refused as refused:
        return _again(wanted, refused)
    return _form(wanted.kind, "" if wanted.is_new else wanted.code, request.form, planned)


def _adopt(wanted: Edit) -> ResponseReturnValue:
    try:
        _put_into_use(wanted)
    except Locked:
        raise  # The error Locked means that a second officer must confirm, not that there is a mistake.
    except Refused as refused:
        return _again(wanted, refused)
    return redirect(url_for("texts.show", kind=wanted.kind.value), 303)


def _put_into_use(wanted: Edit) -> None:
    desk, who = here(), actor()
    planned = texts.plan(desk.inbox, who, wanted)
    problems.confirm_change("office/text_change.html", **_shown(planned), title=_title(wanted))
    texts.adopt(desk.inbox, who, planned, forms.line("seen"), loosening="loosening" in request.form)
    seat().say(Done.TEXTS_CHANGED)


def _shown(planned: Planned) -> dict[str, Any]:
    """Return the values for the page of a change."""
    return {
        "planned": planned,
        "form": FORMS[planned.edit.kind],
        "shape": Shape,
        "differences": differences.words,
    }


def _title(wanted: Edit) -> str:
    """Return the title of an entry, or "" for a removed entry: its changes already show the title."""
    values = wanted.values or {}
    named = values.get("title", values.get("name", {}))
    return str(named.get(rendering.language(), "")) if isinstance(named, Mapping) else ""


def _again(wanted: Edit, refused: Refused) -> ResponseReturnValue:
    """Show a form as it was sent. If the field with the mistake is known, show the message at this field."""
    code, wrong = "" if wanted.is_new else wanted.code, Wrong(refused, _field(wanted, refused))
    given = None if wanted.values is None else request.form
    return _form(wanted.kind, code, given, wrong=wrong), HTTPStatus.UNPROCESSABLE_ENTITY


def _field(wanted: Edit, refused: Refused) -> str:
    """Return the field with the mistake, or "" if the form has no such field."""
    if not isinstance(refused, FileRefused):
        return ""
    entry = f"{wanted.kind}.{wanted.code}"
    if refused.key == entry:
        return "entry-code" if wanted.is_new else ""
    key = refused.key.removeprefix(f"{entry}.")
    for part in FORMS[wanted.kind].parts:
        if key.partition(".")[0] == part.key and key != refused.key:
            named = f"entry-{key.replace('.', '-')}"
            return named if named in part.fields else next(iter(part.fields))
    return ""


def _form(
    kind: Kind,
    code: str,
    given: MultiDict[str, str] | None = None,
    planned: Planned | None = None,
    wrong: Wrong | None = None,
) -> str:
    """Return the form of an entry, filled with the ``given`` values or with the entry in use."""
    listed = texts.read(here().inbox, actor(), kind)
    if wrong and code and code not in listed.entries:
        raise wrong.refused
    entry = listed.entries.get(code, {})
    shown = {"kind": kind, "form": FORMS[kind], "shape": Shape, "code": code, "entry": entry}
    return rendering.page(
        "office/text.html",
        **shown,
        given=_given(kind, entry) if given is None else given,
        listed=listed,
        places=texts.places(kind, entry),
        planned=planned,
        differences=differences.words,
        wrong=wrong,
    )


def _kind(name: str) -> Kind:
    return Kind(name) if name in list(Kind) else abort(HTTPStatus.NOT_FOUND)


def _added_kind(name: str) -> Kind:
    """Return a kind that allows new entries."""
    found = _kind(name)
    return abort(HTTPStatus.NOT_FOUND) if FORMS[found].fixed else found


def _added(kind: str) -> Edit:
    found = _added_kind(kind)
    return Edit(kind=found, code=_line("entry-code"), values=_values(found), is_new=True)


def _edited(kind: str, code: str) -> Edit:
    found = _kind(kind)
    return Edit(kind=found, code=code, values=_values(found))


def _values(kind: Kind) -> Mapping[str, Value]:
    return {part.key: _value(part) for part in FORMS[kind].parts}


def _value(part: Part) -> Value:
    """Return the value of a part of an entry, as the form gives it."""
    match part.shape:
        case Shape.LINE:
            return {language: _line(name) for name, language in part.fields.items()}
        case Shape.TEXT:
            return {language: forms.text(name).strip() for name, language in part.fields.items()}
        case Shape.CODES:
            return request.form.getlist(part.name)
        case Shape.FLAG:
            return part.name in request.form
        case Shape.WORDS | Shape.CODE:
            return _line(part.name)


def _line(name: str) -> str:
    """Return a line. The schema of the file limits its length."""
    return one_line(request.form.get(name, ""))


def _given(kind: Kind, entry: Mapping[str, Any]) -> MultiDict[str, str]:
    """Return an entry as form values."""
    given: MultiDict[str, str] = MultiDict()
    for part in FORMS[kind].parts:
        value = entry.get(part.key)
        for name, language in part.fields.items():
            for each in value if isinstance(value, list) else [value]:
                _add(given, name, each[language] if language and each else each)
    return given


def _add(given: "MultiDict[str, str]", name: str, value: object) -> None:
    if value:
        given.add(name, "on" if value is True else str(value).strip())
