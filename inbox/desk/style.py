"""What every page loads: the one style sheet of the desk, and its icon."""

from functools import cache
from importlib.resources import files

from flask import Blueprint, Response

sheets = Blueprint("style", __name__)


@sheets.get("/style.css")
def sheet() -> Response:
    """Return the style sheet; pages of errors have it, too."""
    return Response(_content("style.css"), content_type="text/css; charset=utf-8")


@sheets.get("/icon.svg")
def icon() -> Response:
    """Return the icon."""
    return Response(_content("icon.svg"), content_type="image/svg+xml")


@cache
def _content(name: str) -> bytes:
    return files("inbox.desk").joinpath(name).read_bytes()
