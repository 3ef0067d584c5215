"""The time left in a session, for the script that warns before the session ends. Typing extends it."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from inbox.desk.state import here, seat

pages = Blueprint("staying", __name__)


@pages.get("/left/<string:mark>")
def left(mark: str) -> ResponseReturnValue:
    """Return the seconds until the session ends and the inbox locks. Pages ask automatically.

    If ``mark`` shows that the page belongs to another session, the page is refused and must be hidden.
    """
    return _left() if mark == seat().mark else ("", HTTPStatus.CONFLICT)


@pages.post("/stay")
def stay() -> ResponseReturnValue:
    """Record that the officer is still there, because they typed or pressed the button.

    Return the same as ``left``.
    """
    return _left()


def _left() -> Response:
    return jsonify(here().seats.left(seat()))
