"""One request after the other, from this machine alone, of which nothing is written down."""

import socket
from collections.abc import Callable
from http import HTTPStatus
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler

from inbox.desk.state import HOST
from inbox.errors import Refused
from inbox.sentences import sentence

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# A program that begins to ask and falls silent keeps nobody waiting for longer.
_SILENCE_SECONDS = 5


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
            for key, _ in waiting.select():
                if key.fileobj is server.socket:
                    waiting.register(server.socket.accept()[0], EVENT_READ)
                else:
                    client = waiting.unregister(key.fileobj).fileobj
                    server.answer(client)  # type: ignore[arg-type]


class _Server(BaseWSGIServer):
    def answer(self, client: socket.socket) -> None:
        """Answer the one request of a connection, and close it."""
        self.process_request(client, client.getpeername() if client.fileno() >= 0 else HOST)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who asked has gone; faults of the program are answered where they happen."""


class _Handler(WSGIRequestHandler):
    timeout = _SILENCE_SECONDS

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
