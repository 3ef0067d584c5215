"""How this office works: its regime, and the days that it takes off."""

from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from inbox.deadlines import adjusting, office
from inbox.deadlines.office import Regime
from inbox.desk import forms, rendering
from inbox.desk.state import here
from inbox.language import labels
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Act, Deed
from inbox.system.clock import today

pages = Blueprint("settings", __name__, url_prefix="/office")
_MOST_DAYS = 366


@pages.get("")
def show() -> ResponseReturnValue:
    """Show regime and days off."""
    with here().inbox.acting(Deed(Act.LIST_SETTINGS), today()) as session:
        regime, days = office.of(session).regime, office.days_off(session)
    return rendering.page("office/settings.html", regime=regime, days=days, labels=labels)


@pages.post("/regime")
def choose() -> ResponseReturnValue:
    """Put the office under a regime of the law; all deadlines follow."""
    regime = forms.choice("regime", Regime)
    deed = Deed(Act.CHANGE_SETTINGS, about=f"regime {regime.value}")
    with here().inbox.acting(deed, today()) as session:
        adjusting.choose_regime(session, regime)
    return _done("regime-chosen")


@pages.post("/days-off")
def add() -> ResponseReturnValue:
    """Take off each working day from a first to a last one."""
    first = forms.day("first")
    last = forms.day("last") or first
    if first is None or last is None:
        abort(HTTPStatus.BAD_REQUEST)
    with here().inbox.transaction() as session:
        days = _working(session, first, last)
    with here().inbox.acting(adjusting.deed("added", days), today()) as session:
        adjusting.add_days_off(session, days)
    return _done("days-off-changed")


@pages.post("/days-off/remove")
def remove() -> ResponseReturnValue:
    """Let the office work again on the chosen days."""
    try:
        days = [date.fromisoformat(each) for each in request.form.getlist("day")]
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    if not days:
        raise Refused(sentence("no day was chosen"), sentence("tick some, then press again"))
    with here().inbox.acting(adjusting.deed("removed", days), today()) as session:
        adjusting.remove_days_off(session, days)
    return _done("days-off-changed")


def _working(session: Session, first: date, last: date) -> list[date]:
    """Return the days from a first to a last one on which the office works; Refused if there is none."""
    calendar = office.of(session).calendar
    span = range(min((last - first).days + 1, _MOST_DAYS + 1))
    days = [day for day in (first + timedelta(n) for n in span) if calendar.works(day)]
    if not days or len(span) > _MOST_DAYS:
        raise Refused(
            sentence("from {first} to {last} no day can be taken off", first=first, last=last),
            sentence("give a first and a last day within a year, with working days between"),
        )
    return days


def _done(said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("settings.show"), 303)
