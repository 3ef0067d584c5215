"""Errors of the interface as application/problem+json, each with a stable code (RFC 9457, SPEC 7.4)."""

import json
import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.store.database import Damaged, StoreBusy

_log = logging.getLogger("portal")
_ROOM = Path(__file__).parent.parent


class _Line(logging.Formatter):
    """A log line without time of day or traceback, because a traceback may contain a request."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage()


class Problem(Exception):
    """An error, answered with an HTTP status and a code that the pages translate."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers or {}


def init_app(app: Flask) -> None:
    """Answer every error of ``app``, including Flask's own, with a problem; log only the kind of an error."""
    if not _log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_Line())
        _log.addHandler(handler)
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _from_http)
    for each in (OperationalError, StoreBusy, Damaged):
        app.register_error_handler(each, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def answer(problem: Problem) -> Response:
    """Return the response for a problem."""
    title = HTTPStatus(problem.status).phrase
    body = json.dumps({"title": title, "status": problem.status, "code": problem.code})
    return Response(
        body,
        problem.status,
        {"Cache-Control": "no-store", **problem.headers},
        content_type="application/problem+json",
    )


def _from_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return answer(Problem(status, status.name.lower(), headers))


def _unavailable(error: Exception) -> Response:
    _note("unavailable", error)
    return answer(Problem(503, "unavailable", {"Retry-After": "30"}))


def _unexpected(error: Exception) -> Response:
    _note("internal_error", error)
    return answer(Problem(500, "internal_error"))


def _note(code: str, error: Exception) -> None:
    """Log the kind of an error and its place in our code, but no part of the request."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if _ROOM in Path(frame.filename).parents
    ]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "outside"
    _log.error("%s: %s at %s", code, type(error).__name__, place)
