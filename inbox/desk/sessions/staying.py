"""How long a session goes on, for the script that warns before it ends; who types or says so stays."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from inbox.desk.state import here, seat

pages = Blueprint("staying", __name__)


@pages.get("/left")
def left() -> ResponseReturnValue:
    """Return in how many seconds the session ends, and the inbox locks; pages ask by themselves."""
    return jsonify(here().seats.left(seat()))


@pages.post("/stay")
def stay() -> ResponseReturnValue:
    """Take note that somebody is there, who types or says so; return the same."""
    return left()
