"""How long a session goes on, for the script that warns before it ends; who types or says so stays."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from inbox.desk.state import here, seat

pages = Blueprint("staying", __name__)


@pages.get("/left/<string:mark>")
def left(mark: str) -> ResponseReturnValue:
    """Return in how many seconds the session ends, and the inbox locks; pages ask by themselves.

    To a page of another session, by its ``mark``, that is refused: it must be seen no longer.
    """
    return _left() if mark == seat().mark else ("", HTTPStatus.CONFLICT)


@pages.post("/stay")
def stay() -> ResponseReturnValue:
    """Take note that somebody is there, who types or says so; return the same."""
    return _left()


def _left() -> Response:
    return jsonify(here().seats.left(seat()))
