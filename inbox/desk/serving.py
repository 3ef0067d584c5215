"""One request after the other, from this machine alone, of which nothing is written down."""

import io
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler

from inbox.desk.state import HOST
from inbox.language.errors import Refused
from inbox.language.messages import sentence

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from _typeshed.wsgi import WSGIApplication

# A program that begins to ask and falls silent, or says a letter now and then, keeps nobody waiting longer.
_SECONDS = 5.0
# Of connections on which nothing was asked yet, these are kept: any user of this machine can open some.
_MOST_WAITING = 32


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback, on any free port for 0; Refused if another program has it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise Refused(
            sentence(
                "{host}:{port} cannot be served on: {why}",
                host=HOST,
                port=port,
                why=(error.strerror or "unknown reason").lower(),
            ),
            sentence("end the other program, or choose another --port"),
        ) from error
    return listener


def port_of(listener: socket.socket) -> int:
    """Return the port on which a socket listens."""
    return int(listener.getsockname()[1])


def serve(listener: socket.socket, app: "WSGIApplication", is_over: Callable[[], bool]) -> None:
    """Answer requests until ``is_over`` after one of them.

    Browsers open connections long before they ask anything: those wait here, not in the way of others.
    """
    server = _Server(HOST, port_of(listener), app, _Handler, fd=listener.fileno())
    with server, DefaultSelector() as waiting:
        waiting.register(server.socket, EVENT_READ)
        while not is_over():
            for key, _ in waiting.select()[:1]:
                if key.fileobj is server.socket:
                    _welcome(server.socket, waiting)
                else:
                    client = waiting.unregister(key.fileobj).fileobj
                    server.answer(client)  # type: ignore[arg-type]


def _welcome(listener: socket.socket, waiting: BaseSelector) -> None:
    """Let one more connection wait; if they are too many, the one that has waited longest does no more."""
    with suppress(ConnectionError):  # it has gone already
        waiting.register(listener.accept()[0], EVENT_READ)
    _, *clients = waiting.get_map().values()
    for key in clients[:-_MOST_WAITING]:
        waiting.unregister(key.fileobj)
        key.fileobj.close()  # type: ignore[union-attr]


class _Server(BaseWSGIServer):
    def answer(self, client: socket.socket) -> None:
        """Answer the one request of a connection, and close it; who asked may have gone meanwhile."""
        self.process_request(client, (HOST, 0))


class _Patient(io.RawIOBase):
    """What comes in on a connection for _SECONDS; TimeoutError afterwards."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._end = time.monotonic() + _SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._client.settimeout(left)
        try:
            return self._client.recv_into(buffer)
        finally:
            self._client.settimeout(_SECONDS)


class _Handler(WSGIRequestHandler):
    timeout = _SECONDS

    def setup(self) -> None:
        """Read what is asked without waiting for ever."""
        super().setup()
        self.rfile = io.BufferedReader(_Patient(self.request))

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name there
        """Write nothing down."""

    def send_header(self, keyword: str, value: str) -> None:
        """Leave out which program answers."""
        if keyword.lower() != "server":
            super().send_header(keyword, value)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer what is no request without repeating any of it."""
        self.send_response_only(code, HTTPStatus(code).phrase)
        self.send_header("Connection", "close")
        self.end_headers()
