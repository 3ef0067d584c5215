"""Run the portal as a server: gunicorn's processes, configured to log no part of a request."""

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.sync import SyncWorker

from crypto.errors import CryptoError
from portal.app import create_app, load_questionnaire
from portal.config import Settings
from portal.errors import Refused, why
from portal.exchange import keyrings
from portal.ops import clock, confinement, file_times, memory_wiping
from portal.store import deletion
from portal.store.database import FAILURES, open_database
from portal.store.keyrings import current
from portal.typed import typed
from portal.web import headers

# A client that stays silent for this long is disconnected.
_SILENCE_SECONDS = 20
# Without a time limit, a client could block a process for as long as it likes by sending its request head
# slowly.
_HEAD_SECONDS = 15
# The server ends a request that takes longer than this. An upload can be resumed.
_REQUEST_SECONDS = 900
_FINISH_SECONDS = 60
_OVERWRITE_SECONDS = 20
# How many connections may wait for a free process. If the queue is full, a client retries only after several
# seconds.
QUEUE = 4_096
_HEADER_BYTES = 4_096
_HEADERS = 50
_FAILED = 1
_ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}
NO_KEYRING = "the portal has no keyring yet"
_LISTEN = "stop the other program, or set another `listen`"
_UNREADABLE = {LimitRequestLine: (414, "uri_too_long"), LimitRequestHeaders: (431, "headers_too_large")}


def serve(settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM, then finish open requests.

    Calls ``ready`` once the server listens. Raises Refused.
    """
    memory_wiping.ensure()
    app = prepared(settings)
    listener = _listen(settings)
    confinement.drop_privileges()
    # Exclude the shared memory from garbage collection, because each process that scanned it would copy it.
    gc.freeze()
    _Processes(_Server(app, settings, listener, ready)).run()  # type: ignore[no-untyped-call]


def prepared(settings: Settings) -> Flask:
    """Return the application with its database closed.

    Raises Refused or BadConfiguration if something that is required for serving is missing or does not match.
    """
    # Check the keyring first: a refusal must not wait for the rendering and compression of all pages, which
    # can take seconds.
    with closing(open_database(settings.database_url)) as database, database.read() as connection:
        files = current(connection)
    if files is None:
        raise Refused(NO_KEYRING, f"run {typed('keyring FOLDER')}")
    try:
        offered = keyrings.check(files.raw, files.signature, settings)
    except CryptoError as error:
        raise Refused(
            "the keyring in the database is not signed by `root_key` for `deployment`",
            f"correct the configuration, or load another keyring with {typed('keyring FOLDER')}",
        ) from error
    if offered.keyring.questionnaire != load_questionnaire(settings).reference:
        raise Refused(
            "the keyring and the configuration name different questionnaires",
            "set `questionnaire` to the file that the inbox uses, or load a newer keyring",
        )
    app = create_app(settings)
    app.extensions["portal"].database.close()
    return app


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.address
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # listen() also fails if another program has begun to listen on this address since bind().
        listener.listen(QUEUE)
    except UnicodeError as error:
        raise Refused(
            f"the portal cannot listen on {settings.listen}: no host has this name", _LISTEN
        ) from error
    except OSError as error:
        raise Refused(f"the portal cannot listen on {settings.listen}: {why(error)}", _LISTEN) from error
    return listener


class _Server(BaseApplication):
    """gunicorn with only our settings: it reads no file, environment or command line of its own."""

    def __init__(
        self, app: Flask, settings: Settings, listener: socket.socket, ready: Callable[[], None]
    ) -> None:
        self._app = app
        self._settings = settings
        self._listener = listener
        self._ready = ready
        super().__init__()  # type: ignore[no-untyped-call]

    def load_config(self) -> None:
        # gunicorn has no setting to omit its name from answers.
        wsgi.Response = _Response  # type: ignore[misc]
        options = {
            "bind": f"fd://{self._listener.detach()}",
            "workers": self._settings.workers,
            "worker_class": _Worker,
            "logger_class": _Log,
            "loglevel": "warning",
            "timeout": _REQUEST_SECONDS,
            "graceful_timeout": _FINISH_SECONDS,
            "limit_request_line": _HEADER_BYTES,
            "limit_request_field_size": _HEADER_BYTES,
            "limit_request_fields": _HEADERS,
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            # Each worker touches its own file at each request. Keep these files in memory, not on a disk.
            "worker_tmp_dir": "/dev/shm",  # noqa: S108 (each file is new, and is unlinked immediately)
            "proc_name": "portal",
            "when_ready": lambda _: self._ready(),
        }
        config: Any = self.cfg
        for name, value in options.items():
            config.set(name, value)

    def load(self) -> Flask:
        # Called in each worker. All workers share the pages, and each has its own connection to the database.
        database = open_database(self._settings.database_url)
        self._app.extensions["portal"] = replace(self._app.extensions["portal"], database=database)
        confinement.confine(self._settings.database_url, database.places())
        file_times.cover(self._settings.database_url)
        clock.start(self._app.extensions["portal"])
        return self._app


class _Processes(Arbiter):
    """gunicorn's main process, changed so that its children miss no signal.

    A child starts with its parent's handlers, which would lose a signal that tells the child to end. The
    parent would then wait for `_FINISH_SECONDS`. So these signals are blocked until the child has its own
    handlers.
    """

    def spawn_worker(self) -> int:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            return int(super().spawn_worker())  # type: ignore[no-untyped-call]
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def handle_hup(self) -> None:
        """Exit on SIGHUP, so that systemd restarts the portal.

        gunicorn's own reload would lose the socket.
        """
        raise HaltServer("SIGHUP", _FAILED)  # type: ignore[no-untyped-call]


class _Worker(SyncWorker):
    """A process that answers one request at a time."""

    def init_process(self) -> None:
        super().init_process()  # type: ignore[no-untyped-call]
        database = self.wsgi.extensions["portal"].database
        # Otherwise, the files would contain recently deleted data until the next start.
        with suppress(*FAILURES):
            deletion.overwrite(database, _OVERWRITE_SECONDS)
        # Exit without the interpreter's cleanup, which would copy all memory shared with other processes.
        database.close()
        os._exit(0)

    def init_signals(self) -> None:
        super().init_signals()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGALRM, _too_slow)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        client.settimeout(_SILENCE_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, _HEAD_SECONDS)
        with suppress(TimeoutError):  # The alarm may raise this error while the connection closes.
            super().handle(listener, client, addr)  # type: ignore[no-untyped-call]
        signal.setitimer(signal.ITIMER_REAL, 0)

    def handle_request(self, listener: Any, req: Any, client: socket.socket, addr: Any) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        super().handle_request(listener, req, client, addr)  # type: ignore[no-untyped-call]

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:  # noqa: ARG002
        """Answer invalid requests. gunicorn itself would repeat parts of the input and log the address."""
        status, code = 500, "internal_error"
        if isinstance(exc, ParseException):
            status, code = _UNREADABLE.get(type(exc), (400, "bad_request"))
        else:
            self.log.error("internal_error: %s", type(exc).__name__)
        # The client may have disconnected, and an error raised here would end the process.
        with suppress(OSError):
            client.sendall(_problem(HTTPStatus(status), code))


def _too_slow(_number: int, _frame: object) -> None:
    raise TimeoutError


class _Response(wsgi.Response):
    """An answer without the name of the server."""

    def default_headers(self) -> list[str]:
        lines: list[str] = super().default_headers()  # type: ignore[no-untyped-call]
        return [line for line in lines if not line.startswith("Server:")]


class _Log(Logger):
    """Log errors by kind and day, without the time of day.

    Omit the traceback, because it may contain a request.
    """

    datefmt = "%Y-%m-%d"
    error_fmt = "%(asctime)s %(levelname)s %(message)s"

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:  # noqa: ARG002
        """Log the kind of the current exception, unless it is the timeout of a silent client."""
        kind = sys.exc_info()[0]
        if kind and not issubclass(kind, TimeoutError):
            self.error("internal_error: %s", kind.__name__)  # type: ignore[no-untyped-call]


def _problem(status: HTTPStatus, code: str) -> bytes:
    body = json.dumps({"title": status.phrase, "status": status, "code": code})
    lines = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        *(f"{name}: {value}" for name, value in headers.ALWAYS.items()),
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("ascii")
