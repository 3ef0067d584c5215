"""A proxy that makes the visitors of a server appear to come from another address."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer


@contextmanager
def coming_from(address: str, port: int) -> Iterator[int]:
    """Yield a port that forwards to ``port`` on this machine, from the given loopback address."""

    class Way(BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port), source_address=(address, 0)) as server:
                back = threading.Thread(target=_copy, args=(server, self.request))
                back.start()
                _copy(self.request, server)
                back.join()

    with ThreadingTCPServer(("127.0.0.1", 0), Way) as listener:
        serving = threading.Thread(target=listener.serve_forever)
        serving.start()
        try:
            yield int(listener.server_address[1])
        finally:
            listener.shutdown()
            serving.join()


def _copy(one: socket.socket, other: socket.socket) -> None:
    """Forward all bytes until the end, then close the sending side of the other connection."""
    with suppress(OSError):
        while piece := one.recv(1 << 16):
            other.sendall(piece)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
