"""Pages on which officers ask each other for confirmations, each officer in their own session."""

from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.journal import Entry
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.fields.declaring import AS_OF
from inbox.desk.forms import line
from inbox.desk.sessions.confirmations import Confirmation
from inbox.desk.state import actor, here, seat, waiting
from inbox.language.errors import Refused
from inbox.overview import case_view
from inbox.session import journal_view

pages = Blueprint("confirmations", __name__, url_prefix="/confirm")


@pages.get("")
def show() -> ResponseReturnValue:
    """Show the confirmations that others ask for, and the state of the officer's own requests."""
    return rendering.page("signing/confirmations.html", mine=[*seat().asked.values()], others=waiting())


@pages.get("/<string:id_>")
def look(id_: str) -> ResponseReturnValue:
    """Show one request, with everything that confirming the request will do."""
    return _page(_found(id_))


@pages.post("/<string:id_>")
def confirm(id_: str) -> ResponseReturnValue:
    """Confirm a request with the officer's passphrase, unless its cases changed since the page was shown.

    A page without the number of a journal entry counts as shown when the request was made.
    """
    found = _found(id_)
    seen = request.form.get(AS_OF, found.asked_at, type=int)
    try:
        here().opened.prove(seat().officer, request.form.get("passphrase", ""))
    except Refused as refused:
        return _page(found, refused), HTTPStatus.UNAUTHORIZED
    if _changes(found, seen):
        return _page(found, is_late=True), HTTPStatus.CONFLICT
    found.confirmed_by, found.as_of = seat().officer, seen
    seat().say(Done.CONFIRMED)
    return redirect(url_for("confirmations.show"), 303)


@pages.post("/<string:id_>/refuse")
def refuse(id_: str) -> ResponseReturnValue:
    """Refuse a request, with a reason for the officer who asked.

    The journal records neither the refusal nor the reason.
    """
    found, because = _found(id_), line("refusal")
    found.falls_with(seat().officer)
    found.refused_by, found.because = seat().officer, because
    seat().say(Done.REFUSED)
    return redirect(url_for("confirmations.show"), 303)


@pages.post("/<string:id_>/withdraw")
def withdraw(id_: str) -> ResponseReturnValue:
    """Withdraw the officer's own request, or their confirmation."""
    if seat().asked.pop(id_, None) is None:
        _found(id_).falls_with(seat().officer)
    return redirect(url_for("confirmations.show"), 303)


def at_stake() -> list[Confirmation]:
    """Return the requests and confirmations that end with the officer's session."""
    mine = (each for each in seat().asked.values() if not each.refused_by)
    return [*mine, *(each for each in waiting() if each.confirmed_by == seat().officer)]


def _page(found: Confirmation, wrong: Refused | None = None, *, is_late: bool = False) -> str:
    """Return the page of a request, with the changes to its cases since it was made.

    The number of the last journal entry is read first, so that a change made at the same time is shown twice
    rather than never.
    """
    reached = journal_view.reached(here().inbox)
    entries = _changes(found, found.asked_at)
    shown = {"found": found, "wrong": wrong, "is_late": is_late, "reached": reached, "entries": entries}
    shown |= found.change
    standings = {case: case_view.standing(here().inbox, actor(), case) for case in found.cases}
    return rendering.page("signing/confirmation.html", **shown, standings=standings, field_of_page=AS_OF)


def _changes(found: Confirmation, seen: int) -> list[Entry]:
    """Return the changes to the cases of a request since entry ``seen`` of the journal."""
    inbox, officers = here().inbox, actor().officers
    return [each for case in found.cases for each in journal_view.changes(inbox, officers, case, seen)]


def _found(id_: str) -> Confirmation:
    """Return another officer's request about cases that this officer may read."""
    found = next((each for each in waiting() if each.id == id_), None)
    return found or abort(HTTPStatus.NOT_FOUND)
