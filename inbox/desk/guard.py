"""Who is let in: the browser that had the one-time address, with requests of the desk's own pages."""

from http import HTTPStatus

from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import jobs
from inbox.desk.state import here
from inbox.system import idle_timeout
from templates.catalogues import LANGUAGES

_OPEN_TO_ALL = {"guard.enter", "style.sheet", "style.icon"}
_READING = {"GET", "HEAD"}

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
    return redirect(url_for("queue.first", language="fr" if _prefers_french() else "en"))


def init_app(app: Flask) -> None:
    """Refuse whatever another site, another name of this host or another browser asks."""
    app.before_request(_check)


def _check() -> None:
    if request.host != here().host:
        abort(HTTPStatus.MISDIRECTED_REQUEST)
    # Pages send no Referer, and browsers no Origin without one: what tells is Sec-Fetch-Site.
    site = request.headers.get("Sec-Fetch-Site", "none")
    allowed = {"same-origin", "none"} if request.method in _READING else {"same-origin"}
    if site not in allowed or not _is_own(request.headers.get("Origin")):
        abort(HTTPStatus.FORBIDDEN)
    if request.endpoint not in _OPEN_TO_ALL and not session.get("admitted"):
        abort(HTTPStatus.FORBIDDEN)
    if session.get("admitted"):
        g.is_let_in = True
        if not jobs.is_watched():
            idle_timeout.renew()


def _is_own(origin: str | None) -> bool:
    return origin in {None, "null", f"http://{here().host}"}


def _prefers_french() -> bool:
    return request.accept_languages.best_match(LANGUAGES, "fr") == "fr"
