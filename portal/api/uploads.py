"""Receive envelopes through the resumable uploads of tus 1.0.0 (SPEC 7.1)."""

from http import HTTPStatus

from flask import Blueprint, Flask, Response, request
from sqlalchemy import Connection

from crypto import base64url
from crypto.errors import Malformed
from crypto.work import Payment
from portal.api import receiving, tus, work
from portal.api.context import context
from portal.api.problems import Problem
from portal.api.quotas import Limits
from portal.store import envelopes
from portal.store import work as spent
from portal.store.cases import Report
from portal.store.envelopes import Upload
from portal.store.quotas import Kind

_LINGER = 2 << 20

_views = Blueprint("intake", __name__, url_prefix="/api/envelopes")


def init_app(app: Flask) -> None:
    """Serve the uploads."""
    app.register_blueprint(_views)


@_views.before_request
def check_version() -> None:
    """Refuse a request for a different version of the protocol."""
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != tus.VERSION:
        raise Problem(412, "tus_version", {"Tus-Version": tus.VERSION})


@_views.after_request
def name_version(response: Response) -> Response:
    """Name the protocol version. Read the rest of a refused body, or the client would miss the answer."""
    response.headers["Tus-Resumable"] = tus.VERSION
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        receiving.read(request.stream, _LINGER)
    return response


@_views.route("", methods=["OPTIONS"], provide_automatic_options=False)
@_views.route("/<name>", methods=["OPTIONS"], provide_automatic_options=False)
def describe(name: str = "") -> Response:  # noqa: ARG001 - the answer is the same for every upload
    """Report what this server supports."""
    offers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(tus.LARGEST),
    }
    return Response(status=204, headers=offers)


@_views.post("")
def create() -> Response:
    """Begin an upload. The request may contain the first bytes of the envelope, or all its bytes."""
    size = tus.length(request.headers.get("Upload-Length"))
    channel, report = tus.metadata(request.headers.get("Upload-Metadata"))
    if request.content_type or request.content_length:
        _check_type()
    _check_room(size)
    kind = Kind.of(size, begins_case=report is not None, scriptless=False)
    with work.noting_refusals(context()):
        upload, paid = _admitted(channel, size)
        upload = _begun(upload, report, kind, paid)
    response = _answer(201, upload)
    response.headers["Location"] = f"/api/envelopes/{base64url.encode(upload.id)}"
    return response


@_views.route("/<name>", methods=["HEAD"])
def measure(name: str) -> Response:
    """Report how much of an envelope has arrived. The metadata of an envelope is never shown."""
    upload = _find(name)
    response = _answer(200, upload)
    response.headers["Upload-Length"] = str(upload.size)
    return response


@_views.patch("/<name>")
def resume(name: str) -> Response:
    """Receive more of an envelope. If the connection breaks, the bytes that have arrived are kept."""
    _check_type()
    offset = tus.offset(request.headers.get("Upload-Offset"))
    upload = _find(name)
    if offset != upload.received:
        raise Problem(409, "offset_moved")
    _check_room(upload.size - offset)
    body = receiving.pieces(request.stream, upload.size - offset)
    return _answer(204, receiving.extend(context(), upload, body))


@_views.delete("/<name>")
def discard(name: str) -> Response:
    """Delete an unfinished envelope. A client cannot delete a complete envelope."""
    upload = _find(name)
    if not receiving.drop(context(), upload):
        raise Problem(403, "already_whole")
    return Response(status=204)


@_views.post("/<name>")
def override(name: str) -> Response:
    """Handle clients that can only send POST: a header names the real method."""
    match request.headers.get("X-HTTP-Method-Override"):
        case "PATCH":
            return resume(name)
        case "DELETE":
            return discard(name)
        case "HEAD":
            return measure(name)
        case _:
            raise Problem(405, "method_not_allowed", {"Allow": "DELETE, HEAD, OPTIONS, PATCH"})


def _admitted(channel: str, size: int) -> tuple[Upload, Payment]:
    """Check the proof of work; return a new, empty upload. Raises a Problem before the body is read."""
    now, text = context(), request.headers.get(work.HEADER)
    with now.database.read() as connection:
        receiving.check_channel(connection, channel)
        paid = work.check(connection, now, text, channel, size)
        upload_id = work.upload_id(connection, now, paid.header_hash)
    return Upload(id=upload_id, channel=channel, size=size, received=0, begun=now.today()), paid


def _begun(upload: Upload, report: Report | None, kind: Kind, paid: Payment) -> Upload:
    """Store the upload with the request's body and return it.

    If the store already has an upload with the same header, that upload is returned, because the client lost
    the first answer. A report that arrives in one piece is stored in one transaction. After a broken
    connection, the client can continue with the same header; otherwise the upload expires. Room is checked
    last, and is taken in the same step. Otherwise, a client that asks for room without taking it could learn
    when others take room.
    """
    body = receiving.pieces(request.stream, upload.size)
    start = receiving.first(body, paid.header_hash)
    with context().database.write() as connection:
        found = _found(connection, upload, paid)
        if not found:
            limits = Limits.of(connection, context().settings, context().hour())
            # This check comes before the insert, because PostgreSQL writes rows to its log even if they are
            # rolled back.
            limits.check(connection, kind, upload.size)
            upload = envelopes.begin(connection, upload, report, start)
            limits.check(connection, kind, upload.size, counted=True)
    if found:
        receiving.read(request.stream, _LINGER)
        return found
    return receiving.extend(context(), upload, body)


def _found(connection: Connection, upload: Upload, paid: Payment) -> Upload | None:
    """Mark a header as used; return the upload that already used it, or None.

    Raises a Problem if the header was used for a different upload.
    """
    fresh = spent.spend(connection, paid.header_hash, upload.begun)
    # A header is remembered for two days; the bytes sent under it may still wait for deletion.
    if fresh and not envelopes.is_known(connection, upload.id):
        return None
    found = envelopes.find(connection, upload.id)
    if found is None or not _is_same(found, upload):
        raise Problem(403, "work_spent")
    return found


def _is_same(found: Upload, upload: Upload) -> bool:
    # For an envelope that the inbox has confirmed, the channel is no longer stored.
    return found.size == upload.size and found.channel in {upload.channel, ""} and not _expired(found)


def _answer(status: int, upload: Upload) -> Response:
    response = Response(status=status, headers={"Upload-Offset": str(upload.received)})
    if not upload.whole:
        response.headers["Upload-Expires"] = tus.expires(upload.begun, context().settings.upload_days)
    return response


def _find(name: str) -> Upload:
    try:
        envelope_id = base64url.decode(name)
    except Malformed:
        raise Problem(404, "not_found") from None
    with context().database.read() as connection:
        upload = envelopes.find(connection, envelope_id)
    if upload is None or _expired(upload):
        raise Problem(404, "not_found")
    return upload


def _expired(upload: Upload) -> bool:
    return not upload.whole and (context().today() - upload.begun).days > context().settings.upload_days


def _check_room(room: int) -> None:
    if (request.content_length or 0) > room:
        raise Problem(413, "too_large")


def _check_type() -> None:
    if request.headers.get("Content-Type") != tus.TYPE:
        raise Problem(415, "content_type")
