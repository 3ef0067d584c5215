"""Requests from this machine alone, each answered after the one before it; nothing is written down.

waitress reads and writes in a thread of its own, so that nobody waits for a slow client. The pages are made
in the thread that calls ``answer``: the vault belongs to it, and so do the signals that end its work.
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

# What is asked must be here by then, and of an answer something must be taken in that time.
_SECONDS = 5.0
# So often is looked for who takes longer.
_TICK_SECONDS = 0.2
# Of connections on which nothing was asked yet, these are kept: any user of this machine can open some.
_MOST_WAITING = 32
# Of all, these; further ones wait to be accepted.
_MOST_OPEN = 48
_LARGEST_HEADER = 1 << 16
# Above what the desk reads of a form: it has a page for what is larger.
_LARGEST_BODY = 1 << 22

_SETTINGS = {
    "connection_limit": _MOST_OPEN,
    "cleanup_interval": 0,
    "max_request_header_size": _LARGEST_HEADER,
    "max_request_body_size": _LARGEST_BODY,
    # What waitress holds of a form or a page beyond these would go into a file.
    "inbuf_overflow": sys.maxsize,
    "outbuf_overflow": sys.maxsize,
    "outbuf_high_watermark": sys.maxsize,
    "ident": None,
    "expose_tracebacks": False,
    "clear_untrusted_proxy_headers": True,
    "log_socket_errors": False,
}


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


class Server:
    """The requests that came in whole, to be answered one after the other by whoever calls."""

    def __init__(self, asked: "SimpleQueue[HTTPChannel | None]") -> None:
        self._asked = asked

    def answer(self, within: float | None = None) -> None:
        """Wait for a request, so many seconds at most if they are given, and answer it."""
        with suppress(Empty):
            if channel := self._asked.get(timeout=within):
                channel.service()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let another thread answer for as long as the block runs: no page may use what the block uses."""
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
    """Give the server of an application; it takes in requests as long as the block runs.

    What the system has not taken of an answer by then is dropped: it takes a page of a few lines at once.
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
        # Not before: the thread may end of itself, and the number of a file that it closed be another's.
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
        """Do what the connections are ready for, and close them at the end, but for the one that listens."""
        while not is_over.is_set():
            wasyncore.loop(_TICK_SECONDS, use_poll=True, map=self._map, count=1)
        for channel in [*self.active_channels.values()]:
            channel.handle_close()

    def add_task(self, task: HTTPChannel) -> None:
        """Let a request that is here as a whole be answered in its turn."""
        self._asked.put(task)

    def handle_accept(self) -> None:
        """Take one more connection; if too many wait to ask, the one that has waited longest does no more."""
        super().handle_accept()
        waiting = [channel for channel in self.active_channels.values() if channel.is_asking]
        for channel in waiting[:-_MOST_WAITING]:
            channel.handle_close()

    def maintenance(self, now: float) -> None:
        """Close connections of who takes too long to ask, letter by letter or not, or to take an answer."""
        for channel in self.active_channels.values():
            since = channel.creation_time if channel.is_asking else channel.last_activity
            channel.will_close |= not channel.requests and since < now - _SECONDS


class _Answer(WSGITask):
    def start(self) -> None:
        """Let each connection be for one request."""
        super().start()
        self.set_close_on_finish()


class _Refusal(ErrorTask):
    def execute(self) -> None:
        """Answer what is no request without repeating any of it."""
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
        """Tell whether nothing was asked yet as a whole."""
        return not (self.requests or self.writable())
