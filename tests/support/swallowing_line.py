"""A connection to a server. A stopped connection accepts and drops bytes, and reports no error."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

_PATIENCE_SECONDS = 60


class SwallowingLine:
    """A connection to a server on this machine.

    The line can drop the bytes of either side without an error.
    """

    port = 0

    def __init__(self) -> None:
        self.left: int | None = None
        self._returns = True
        self._swallowed = threading.Event()

    def go_silent(self, after: int = 0) -> None:
        """From now on, pass on only this many of the visitor's bytes."""
        self._swallowed.clear()
        self.left = after

    def lose_answers(self) -> None:
        """From now on, pass on the visitor's bytes, but none of the server's."""
        self._swallowed.clear()
        self._returns = False

    def wait_until_silent(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait until a byte has been dropped.

        If a route of the test in the browser silences the line, ``meanwhile`` has to talk to the browser,
        because a browser calls the routes of a test only while the test talks to it.
        """
        end = time.monotonic() + _PATIENCE_SECONDS
        while not self._swallowed.wait(0.02):
            assert time.monotonic() < end
            meanwhile()

    def mend(self) -> None:
        """Pass everything on again, except on connections that have dropped bytes."""
        self.left = None
        self._returns = True

    def carries(self, piece: bytes) -> bool:
        """Return whether to pass on this piece from the visitor."""
        if self.left is None:
            return True
        self.left = max(0, self.left - len(piece))
        if self.left == 0:
            self._swallowed.set()
        return self.left > 0

    def returns(self) -> bool:
        """Return whether to pass on bytes from the server."""
        if not self._returns:
            self._swallowed.set()
        return self._returns


@contextmanager
def swallowing(server: int) -> Iterator[SwallowingLine]:
    """Yield a line to the server on this port."""
    line = SwallowingLine()

    class Way(BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", server)) as far:
                back = threading.Thread(target=_back, args=(far, self.request, line))
                back.start()
                _forth(self.request, far, line)
                back.join()

    class Ways(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Ways(("127.0.0.1", 0), Way) as listener:
        line.port = int(listener.server_address[1])
        serving = threading.Thread(target=listener.serve_forever)
        serving.start()
        try:
            yield line
        finally:
            listener.shutdown()
            serving.join()


def _forth(near: socket.socket, far: socket.socket, line: SwallowingLine) -> None:
    """Pass on the visitor's bytes. Once some bytes were dropped, pass on no more."""
    is_open = True
    with suppress(OSError):
        while piece := near.recv(1 << 16):
            is_open = is_open and line.carries(piece)
            if is_open:
                far.sendall(piece)
    with suppress(OSError):
        far.shutdown(socket.SHUT_WR)


def _back(far: socket.socket, near: socket.socket, line: SwallowingLine) -> None:
    """Pass on the server's bytes. Once some bytes were dropped, pass on nothing more, not even the end."""
    is_open = True
    with suppress(OSError):
        while piece := far.recv(1 << 16):
            is_open = is_open and line.returns()
            if is_open:
                near.sendall(piece)
    if is_open:
        with suppress(OSError):
            near.shutdown(socket.SHUT_WR)
