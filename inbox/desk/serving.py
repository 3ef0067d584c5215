"""Serve requests from this machine only, one after the other, without a log.

waitress reads and writes in its own thread, so that nobody waits for a slow client. Pages are made in the
thread that calls ``answer``, because that thread owns the vault and receives the signals that end its work.
"""

import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask

from inbox.desk.state import HOST
from inbox.language.errors import Refused
from inbox.language.messages import sentence

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# The time within which a request must be complete, and an answer must make progress.
_SECONDS = 5.0
# How often to look for slow connections.
_TICK_SECONDS = 0.2
# The maximum number of connections without a complete request. Any user of this machine can open connections.
_MOST_WAITING = 32
# The maximum number of connections in total. Further connections wait to be accepted.
_MOST_OPEN = 48
_LARGEST_HEADER = 1 << 16
# This limit is larger than the desk's own limit for forms, so that a form above the desk's limit gets the
# desk's own error page.
_LARGEST_BODY = 1 << 22

_SETTINGS = {
    "connection_limit": _MOST_OPEN,
    "cleanup_interval": 0,
    "max_request_header_size": _LARGEST_HEADER,
    "max_request_body_size": _LARGEST_BODY,
    # Above these limits, waitress would write forms and pages to a file.
    "inbuf_overflow": sys.maxsize,
    "outbuf_overflow": sys.maxsize,
    "outbuf_high_watermark": sys.maxsize,
    "ident": None,
    "expose_tracebacks": False,
    "clear_untrusted_proxy_headers": True,
    "log_socket_errors": False,
}


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback. Port 0 means any free port.

    Raises Refused if the port cannot be used.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise Refused(
            sentence(
                "the desk cannot listen on {host}:{port}: {why}",
                host=HOST,
                port=port,
                why=(error.strerror or "unknown reason").lower(),
            ),
            sentence("end the other program, or choose another --port"),
        ) from error
    return listener


def port_of(listener: socket.socket) -> int:
    """Return the port of a listening socket."""
    return int(listener.getsockname()[1])


class Server:
    """A queue of complete requests. The caller answers the requests one after the other."""

    def __init__(self, asked: "SimpleQueue[HTTPChannel | None]") -> None:
        self._asked = asked

    def answer(self, within: float | None = None) -> None:
        """Wait at most the given number of seconds for a request, and answer the request if it arrives."""
        with suppress(Empty):
            if channel := self._asked.get(timeout=within):
                channel.service()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let another thread answer requests during the block.

        The pages that the other thread makes must not use the data that the block uses.
        """
        thread = Thread(target=self._answer_all, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._asked.put(None)
            thread.join()

    def _answer_all(self) -> None:
        while channel := self._asked.get():
            channel.service()


@contextmanager
def serving(listener: socket.socket, app: "WSGIApplication") -> Iterator[Server]:
    """Yield a server that accepts requests for an application during the block.

    At the end, unsent parts of answers are dropped. The last page still arrives, because it has only a few
    lines, which the operating system accepts all at once.
    """
    for name in ("waitress", "waitress.queue"):
        logging.getLogger(name).disabled = True
    asked: SimpleQueue[HTTPChannel | None] = SimpleQueue()
    inner = _Waitress(app, listener, asked)
    is_over = Event()
    thread = Thread(target=inner.read_and_write, args=(is_over,), daemon=True)
    thread.start()
    try:
        yield Server(asked)
    finally:
        is_over.set()
        inner.pull_trigger()
        thread.join()
        # Close the trigger only now. The thread may end on its own, and another file may then get the
        # descriptor of the closed trigger.
        inner.trigger.close()


class _Waitress(TcpWSGIServer):
    def __init__(
        self, app: "WSGIApplication", listener: socket.socket, asked: "SimpleQueue[HTTPChannel | None]"
    ) -> None:
        where = (listener.family, listener.type, listener.proto, listener.getsockname())
        self._asked = asked
        self.channel_class = _Channel
        super().__init__(
            app,
            map={},
            _sock=listener,
            dispatcher=self,
            adj=Adjustments(sockets=[listener], **_SETTINGS),
            sockinfo=where,
            bind_socket=False,
        )

    def read_and_write(self, is_over: Event) -> None:
        """Serve the connections that are ready.

        At the end, close all connections, but not the listening socket.
        """
        while not is_over.is_set():
            wasyncore.loop(_TICK_SECONDS, use_poll=True, map=self._map, count=1)
        for channel in [*self.active_channels.values()]:
            channel.handle_close()

    def add_task(self, task: HTTPChannel) -> None:
        """Queue a complete request."""
        self._asked.put(task)

    def handle_accept(self) -> None:
        """Accept one more connection.

        If too many connections are waiting, close the connection that has waited longest.
        """
        super().handle_accept()
        waiting = [channel for channel in self.active_channels.values() if channel.is_asking]
        for channel in waiting[:-_MOST_WAITING]:
            channel.handle_close()

    def maintenance(self, now: float) -> None:
        """Close connections that take too long to send a request or to receive an answer."""
        for channel in self.active_channels.values():
            since = channel.creation_time if channel.is_asking else channel.last_activity
            channel.will_close |= not channel.requests and since < now - _SECONDS


class _Answer(WSGITask):
    def start(self) -> None:
        """Use each connection for one request only."""
        super().start()
        self.set_close_on_finish()


class _Refusal(ErrorTask):
    def execute(self) -> None:
        """Answer an invalid request without repeating any of it."""
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Length", "0"))
        self.set_close_on_finish()
        self.write(b"")


class _Channel(HTTPChannel):
    task_class = _Answer
    error_task_class = _Refusal

    @property
    def is_asking(self) -> bool:
        """Whether the connection still waits for its first complete request."""
        return not (self.requests or self.writable())
