"""The keyring as the root key signed it; every page fetches it (SPEC 7.4)."""

from flask import Blueprint, Flask, Response

from portal.api.context import context
from portal.api.problems import Problem
from portal.store import keyrings
from portal.store.keyrings import Files

_views = Blueprint("published", __name__)


def init_app(app: Flask) -> None:
    """Serve the two files of the keyring."""
    app.register_blueprint(_views)


@_views.get("/keyring.json")
def keyring_json() -> Response:
    """Serve keyring.json, byte for byte."""
    return Response(_current().raw, content_type="application/json")


@_views.get("/keyring.sig")
def keyring_sig() -> Response:
    """Serve the 64 bytes of keyring.sig."""
    return Response(_current().signature, content_type="application/octet-stream")


def _current() -> Files:
    with context().database.read() as connection:
        files = keyrings.current(connection)
    if files is None:
        raise Problem(404, "no_keyring")
    return files
