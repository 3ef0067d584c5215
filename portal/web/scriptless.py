"""Two forms that work without JavaScript: one accepts a sealed file, the other returns a slot (SPEC 7.7)."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from portal.api import receiving, sealed_file, slots
from portal.api.context import context
from portal.api.problems import Problem
from portal.api.quotas import Limits
from portal.store.envelopes import Upload
from portal.web import translation

KEPT = "kept"
REFUSED = "refused"
TOO_LARGE = "too_large"
UNAVAILABLE = "unavailable"
_HTML = "text/html; charset=utf-8"
_PROBLEM = "application/problem+json"
_ID = 16
_LOCATOR = 32
# Room for the headers that a browser adds around a file, and for the other fields of the form.
_FRAMING = 64 << 10
_MOST_PARTS = 8
_FORM_MEMORY = 256 << 10  # more than the parser buffers of a file
_LINGER = 2 << 20
_OWN_SITE = {None, "same-origin", "none"}


def init_app(app: Flask, answers: Mapping[tuple[str, str], bytes]) -> None:
    """Serve both forms.

    ``answers`` contains the answer pages by language and code, the same for everybody.
    """
    app.extensions["sealed"] = answers
    views = Blueprint("sealed", __name__)
    views.before_request(check_site)
    views.after_request(show)
    for language in translation.LANGUAGES:
        for name, act in (("sealed", take), ("slot", give)):
            rule, own = f"/{language}/{name}", {"language": language}
            views.add_url_rule(rule, f"{language} {name}", act, defaults=own, methods=["POST"])
    app.register_blueprint(views)


def check_site() -> None:
    """Refuse a form if the browser says that a page of another site sent it.

    Our pages send no referrer, so their origin is `null`. The value `null` alone proves nothing.
    """
    origin = request.headers.get("Origin", "null")
    foreign = origin != "null" and not _is_own_host(origin)
    if foreign or request.headers.get("Sec-Fetch-Site") not in _OWN_SITE:
        raise Problem(403, "other_site")


def show(response: Response) -> Response:
    """Show a problem as a page.

    Read the rest of a refused body; otherwise the browser would miss the answer.
    """
    if response.content_type == _PROBLEM:
        receiving.read(request.stream, _LINGER)
        response.set_data(_page((response.json or {}).get("code", REFUSED)))
        response.content_type = _HTML
    return response


def take(language: str) -> Response:  # noqa: ARG001 - _page reads the language from the route
    """Store a sealed file, completely or not at all."""
    _, files = _sent(sealed_file.LARGEST)
    content = _content(files.get("sealed"))
    if not content:
        raise Problem(400, "file_missing")
    channel, report, envelope = sealed_file.parse(content)
    with context().database.read() as connection:
        receiving.check_channel(connection, channel)
    today = context().today()
    upload = Upload(
        id=secrets.token_bytes(_ID),
        channel=channel,
        size=len(envelope),
        received=0,
        begun=today,
        scriptless=True,
    )

    def admit(connection: Connection) -> None:
        limits = Limits.of(connection, context().settings, context().hour())
        limits.check_scriptless(connection, today, len(envelope))

    receiving.keep(context(), upload, report, envelope, admit)
    return Response(_page(KEPT), content_type=_HTML)


def give(language: str) -> Response:  # noqa: ARG001 - the file is the same in every language
    """Serve the answer of `/api/slot` as a file."""
    fields, files = _sent(0)
    text = _content(files.get("file")) or fields.get("locator", "").encode()
    response = Response(slots.answer(_locator(text)), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = 'attachment; filename="slot.bin"'
    return response


def _is_own_host(origin: str) -> bool:
    # Compare only host names, because the portal does not know the scheme and port that browsers use to reach
    # the web server.
    try:
        return urlsplit(origin).hostname == urlsplit(f"//{request.host}").hostname
    except ValueError:
        return False


def _page(code: str) -> bytes:
    answers: Mapping[tuple[str, str], bytes] = current_app.extensions["sealed"]
    language = (request.view_args or {})["language"]
    return answers.get((language, code), answers[language, REFUSED])


def _sent(size: int) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """Return the fields and files of a form with up to ``size`` bytes of files, all kept in memory.

    No form library is used, only Werkzeug's parser. In a form library, fields refer to their form, and such a
    cycle keeps all data of the form in memory until garbage collection.
    """
    most = size + _FRAMING
    if (request.content_length or 0) > most:
        raise Problem(413, TOO_LARGE)
    body, broken = receiving.read(request.stream, most + 1)
    if len(body) > most:
        raise Problem(413, TOO_LARGE)
    if broken:
        raise Problem(400, "broken_off")
    parser = FormDataParser(
        stream_factory=lambda *_, **__: BytesIO(),
        max_form_memory_size=_FORM_MEMORY,
        max_form_parts=_MOST_PARTS,
    )
    try:
        _, fields, files = parser.parse(BytesIO(body), request.mimetype, len(body), request.mimetype_params)
    except RequestEntityTooLarge:
        raise Problem(413, TOO_LARGE) from None
    return fields, files


def _content(file: FileStorage | None) -> bytes:
    """Return the bytes of a file. The file's name is not read."""
    return b"" if file is None else file.read()


def _locator(text: bytes) -> bytes:
    """Return the 32 bytes of a locator: 52 letters and digits of base 32, with any case and spacing."""
    letters = b"".join(text.upper().split())
    try:
        raw = base64.b32decode(letters + b"====")
    except binascii.Error:
        raise Problem(400, "locator_wrong") from None
    if len(raw) != _LOCATOR or base64.b32encode(raw).rstrip(b"=") != letters:
        raise Problem(400, "locator_wrong")
    return raw
