"""Who is let in: a browser by a one-time address, the officer before it by a passphrase of their own."""

from http import HTTPStatus

from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.sessions import witnesses
from inbox.desk.sessions.seats import Seat
from inbox.desk.state import here
from templates.catalogues import LANGUAGES

_OPEN_TO_ALL = {"guard.enter", "style.sheet", "style.script", "style.icon"}
# What a browser is for that was let in and before which nobody has signed in yet.
_FOR_ANYBODY = {"signing.ask", "signing.sign_in"}
_READING = {"GET", "HEAD"}
# What the script sends once nobody types any more.
_BY_ITSELF = {"writing.keep"}

doors = Blueprint("guard", __name__)


@doors.get("/open/<secret>")
def enter(secret: str) -> ResponseReturnValue:
    """Exchange the secret of the address, once, for the cookie that every other page asks for."""
    # What only looks whether the address answers, as a preview of links does, must not use it up.
    if request.method != "GET":
        abort(HTTPStatus.METHOD_NOT_ALLOWED)
    if not here().admit(secret):
        abort(HTTPStatus.FORBIDDEN)
    session["admitted"] = True
    return redirect(url_for("signing.ask", language="fr" if _prefers_french() else "en"))


def seat_in(seat: Seat | None) -> None:
    """Let the browser be that of a session, or of none; forms of who was there before have another token."""
    session.clear()
    session["admitted"], session["seat"] = True, seat.id if seat else ""


def init_app(app: Flask) -> None:
    """Refuse whatever another site, another name of this host or another browser asks."""
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.host != here().host:
        abort(HTTPStatus.MISDIRECTED_REQUEST)
    # Pages send no Referer, and browsers no Origin without one: what tells is Sec-Fetch-Site.
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
    """Tell whether the browser that asks may see a page, which it did not ask for itself.

    The process of a desk that was locked is at its end: nothing more of the inbox leaves it.
    """
    return not here().is_over and ("seat" in g or endpoint in _FOR_ANYBODY)


def count_activity(app: Flask) -> None:
    """Count what the officer of a session does at the pages of ``app``: somebody sits there.

    Called once forms are checked (CSRF): what is refused there tells of nobody who is present.
    """
    app.before_request(_count)


def _count() -> None:
    if "seat" in g and _somebody_acts():
        here().seats.acts(g.seat)


def _somebody_acts() -> bool:
    """Tell whether somebody pressed a button or followed a link: pages also ask, and send, by themselves.

    Who types says so apart (``staying.stay``).
    """
    if request.endpoint is None or request.endpoint in _BY_ITSELF:
        return False
    return request.method not in _READING or request.headers.get("Sec-Fetch-User") == "?1"


def _to_sign_in() -> ResponseReturnValue:
    """Lead to where officers sign in; what came with a form is shown again, and nothing of it was done."""
    # A path that is no page's has no language.
    g.setdefault("language", rendering.FIRST)
    if request.method in _READING:
        return redirect(url_for("signing.ask"), 303)
    return rendering.plain("signing/ended.html", written=witnesses.written()), HTTPStatus.UNAUTHORIZED


def _is_own(origin: str | None) -> bool:
    return origin in {None, "null", f"http://{here().host}"}


def _prefers_french() -> bool:
    return request.accept_languages.best_match(LANGUAGES, "fr") == "fr"
