"""The Flask application of the desk."""

import secrets
from collections.abc import Iterable
from io import BytesIO
from typing import IO

from flask import Blueprint, Flask, Request
from flask_wtf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from crypto.strictjson import LARGEST
from inbox.desk import headers, jobs, locked, problems, rendering, state, style
from inbox.desk.fields import again
from inbox.desk.office import figures, keys, law, office, officers, portal, registers, texts
from inbox.desk.pages import (
    access,
    case,
    casework,
    dossiers,
    exchange,
    files,
    journal,
    letters,
    queue,
    replies,
    retention,
    subject_access,
)
from inbox.desk.sessions import confirming, guard, meanwhile, signing, staying, writing
from inbox.desk.state import Desk

# The answers to a questionnaire have at most 160,000 characters. In a form, a character takes up to twelve
# bytes.
_LARGEST_FORM = 1 << 21

_PAGES = (
    signing.pages,
    confirming.pages,
    staying.pages,
    writing.pages,
    queue.pages,
    case.pages,
    replies.pages,
    casework.pages,
    access.pages,
    files.pages,
    dossiers.pages,
    letters.pages,
    subject_access.pages,
    retention.pages,
    exchange.pages,
    journal.pages,
    law.pages,
    texts.pages,
    officers.pages,
    keys.pages,
    portal.pages,
    registers.pages,
    figures.pages,
    office.pages,
    jobs.pages,
    locked.pages,
)


def create_app(desk: Desk) -> Flask:
    """Return the application of one desk. The desk's cookie and signing key expire with the process."""
    app = Flask(__name__, static_folder=None)
    app.request_class = _Request
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_NAME="desk",
        SESSION_COOKIE_PATH=desk.place,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=_LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
    )
    app.url_map.converters["int"] = _Number
    state.keep(app, desk)
    guard.init_app(app)
    CSRFProtect(app)  # type: ignore[no-untyped-call]
    guard.count_activity(app)
    jobs.init_app(app)
    headers.init_app(app)
    rendering.init_app(app)
    writing.init_app(app)
    meanwhile.init_app(app)
    again.init_app(app)
    problems.init_app(app)
    _register(app, desk.place, (guard.doors, style.sheets))
    _register(app, f"{desk.place}/<language>", _PAGES)
    return app


class _Request(Request):
    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        """Keep the file of a form in memory, because this file is a share, which must not reach a disk."""
        return BytesIO()


class _Number(IntegerConverter):
    """A number in an address, up to the highest number that the vault can hold."""

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, max=LARGEST)


def _register(app: Flask, below: str, blueprints: Iterable[Blueprint]) -> None:
    for blueprint in blueprints:
        app.register_blueprint(blueprint, url_prefix=below + (blueprint.url_prefix or ""))
