"""How this office works: its regime, and the days that it takes off."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.deadlines import settings
from inbox.deadlines.office import Regime
from inbox.desk import forms, rendering
from inbox.desk.state import here
from inbox.language import labels

pages = Blueprint("office", __name__, url_prefix="/office")


@pages.get("")
def show() -> ResponseReturnValue:
    """Show regime and days off."""
    now = settings.read(here().inbox, here().actor())
    return rendering.page("office/settings.html", regime=now.regime, days=now.days_off, labels=labels)


@pages.post("/regime")
def choose() -> ResponseReturnValue:
    """Put the office under a regime of the law; all deadlines follow."""
    settings.choose_regime(here().inbox, here().actor(), forms.choice("regime", Regime))
    return _done("regime-chosen")


@pages.post("/days-off")
def add() -> ResponseReturnValue:
    """Take off each working day from a first to a last one."""
    first = forms.day("first")
    last = forms.day("last") or first
    if first is None or last is None:
        abort(HTTPStatus.BAD_REQUEST)
    settings.add_span_off(here().inbox, here().actor(), first, last)
    return _done("days-off-changed")


@pages.post("/days-off/remove")
def remove() -> ResponseReturnValue:
    """Let the office work again on the chosen days."""
    try:
        days = [date.fromisoformat(each) for each in request.form.getlist("day")]
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    settings.remove_days_off(here().inbox, here().actor(), days)
    return _done("days-off-changed")


def _done(said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("office.show"), 303)
