"""What officers ask each other to confirm, each in a session of their own."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.sessions.confirmations import Confirmation
from inbox.desk.state import here, seat, waiting
from inbox.language.errors import Refused
from inbox.session import journal_view

pages = Blueprint("confirmations", __name__, url_prefix="/confirm")


@pages.get("")
def show() -> ResponseReturnValue:
    """Show what others ask to have confirmed, and what came of what the officer asked."""
    return rendering.page("signing/confirmations.html", mine=[*seat().asked.values()], others=waiting())


@pages.get("/<string:id_>")
def look(id_: str) -> ResponseReturnValue:
    """Show one with all that it will do."""
    return _page(_found(id_))


@pages.post("/<string:id_>")
def confirm(id_: str) -> ResponseReturnValue:
    """Confirm one by the officer's own passphrase."""
    found = _found(id_)
    try:
        here().opened.prove(seat().officer, request.form.get("passphrase", ""))
    except Refused as refused:
        return _page(found, refused), HTTPStatus.UNAUTHORIZED
    found.confirmed_by, found.as_of = seat().officer, journal_view.reached(here().inbox)
    seat().say(Done.CONFIRMED)
    return redirect(url_for("confirmations.show"), 303)


@pages.post("/<string:id_>/withdraw")
def withdraw(id_: str) -> ResponseReturnValue:
    """Take back what the officer asked to have confirmed, or has confirmed."""
    if seat().asked.pop(id_, None) is None:
        _found(id_).falls_with(seat().officer)
    return redirect(url_for("confirmations.show"), 303)


def _page(found: Confirmation, wrong: Refused | None = None) -> str:
    return rendering.page("signing/confirmation.html", found=found, wrong=wrong)


def _found(id_: str) -> Confirmation:
    """Return one that another asks for, about cases that this officer may read."""
    found = next((each for each in waiting() if each.id == id_), None)
    return found or abort(HTTPStatus.NOT_FOUND)
