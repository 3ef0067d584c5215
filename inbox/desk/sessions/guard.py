"""Access to the desk: a browser needs a one-time address, and an officer needs their passphrase."""

from http import HTTPStatus

from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.sessions import witnesses
from inbox.desk.sessions.seats import Seat
from inbox.desk.state import here
from templates.catalogues import LANGUAGES

_OPEN_TO_ALL = {"guard.enter", "style.sheet", "style.script", "style.icon"}
# The pages for a browser that was let in, before an officer signs in.
_FOR_ANYBODY = {"signing.ask", "signing.sign_in"}
_READING = {"GET", "HEAD"}
# Requests that the script sends automatically once an officer stops typing.
_BY_ITSELF = {"writing.keep"}

doors = Blueprint("guard", __name__)


@doors.get("/open/<secret>")
def enter(secret: str) -> ResponseReturnValue:
    """Exchange the secret of the address, once, for the cookie that every other page requires."""
    # A request that only checks the address, such as a link preview, must not use up the secret.
    if request.method != "GET":
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    if not here().admit(secret):
        abort(HTTPStatus.FORBIDDEN)
    session["admitted"] = True
    return redirect(url_for("signing.ask", language="fr" if _prefers_french() else "en"))


def seat_in(seat: Seat | None) -> None:
    """Bind the browser to a session, or to no session. Forms of the previous officer have another token."""
    session.clear()
    session["admitted"], session["seat"] = True, seat.id if seat else ""


def init_app(app: Flask) -> None:
    """Refuse requests from another site, another name of this host, or another browser."""
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.host != here().host:
        abort(HTTPStatus.MISDIRECTED_REQUEST)
    # Pages send no Referer, and browsers then send no Origin. Sec-Fetch-Site shows where a request came from.
    site = request.headers.get("Sec-Fetch-Site", "none")
    allowed = {"same-origin", "none"} if request.method in _READING else {"same-origin"}
    if site not in allowed or not _is_own(request.headers.get("Origin")):
        abort(HTTPStatus.FORBIDDEN)
    if request.endpoint in _OPEN_TO_ALL:
        return None
    if not session.get("admitted"):
        abort(HTTPStatus.FORBIDDEN)
    seat = here().seats.find(session.get("seat", ""))
    if seat is not None:
        g.seat = seat
        return None
    return None if request.endpoint in _FOR_ANYBODY else _to_sign_in()


def lets_in(endpoint: str) -> bool:
    """Whether the browser may see a page that it did not request itself.

    Once the desk is locked, its process ends and must reveal nothing more about the inbox.
    """
    return not here().is_over and ("seat" in g or endpoint in _FOR_ANYBODY)


def count_activity(app: Flask) -> None:
    """Count an officer's actions on the pages of ``app`` as activity.

    The count must run after the CSRF check of forms, because a request that fails the check does not show
    that anybody is there.
    """
    app.before_request(_count)


def _count() -> None:
    if "seat" in g and _somebody_acts():
        here().seats.acts(g.seat)


def _somebody_acts() -> bool:
    """Whether somebody pressed a button or followed a link. Pages also send requests automatically.

    Typing is reported separately (``staying.stay``).
    """
    if request.endpoint is None or request.endpoint in _BY_ITSELF:
        return False
    return request.method not in _READING or request.headers.get("Sec-Fetch-User") == "?1"


def _to_sign_in() -> ResponseReturnValue:
    """Redirect to the sign-in page; after a form, return a page that shows the form's unprocessed input."""
    # The path of an unknown page has no language.
    g.setdefault("language", rendering.FIRST)
    if request.method in _READING:
        return redirect(url_for("signing.ask"), 303)
    return rendering.plain("signing/ended.html", written=witnesses.written()), HTTPStatus.UNAUTHORIZED


def _is_own(origin: str | None) -> bool:
    return origin in {None, "null", f"http://{here().host}"}


def _prefers_french() -> bool:
    return request.accept_languages.best_match(LANGUAGES, "fr") == "fr"
