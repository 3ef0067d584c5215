"""What every page loads: the one style sheet of the desk, its one script, and its icon."""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response

sheets = Blueprint("style", __name__)


@sheets.get("/style.css")
def sheet() -> Response:
    """Return the style sheet; pages of errors have it, too."""
    return Response(_content("style.css"), content_type="text/css; charset=utf-8")


@sheets.get("/desk.js")
def script() -> Response:
    """Return the script; without it every page works, and nothing is kept while one types."""
    return Response(_content("desk.js"), content_type="text/javascript; charset=utf-8")


@cache
def integrity() -> str:
    """Return what the script must be, by its hash, for a browser to run it (W3C Subresource Integrity)."""
    return "sha384-" + b64encode(hashlib.sha384(_content("desk.js")).digest()).decode()


@sheets.get("/icon.svg")
def icon() -> Response:
    """Return the icon."""
    return Response(_content("icon.svg"), content_type="image/svg+xml")


@cache
def _content(name: str) -> bytes:
    return files("inbox.desk").joinpath(name).read_bytes()
