"""A SOCKS 5 proxy that resolves names itself (RFC 1928), as tor does. All names lead to one site."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Proxy(ThreadingTCPServer):
    """A proxy for a site on a port of this machine. ``asked`` are the names that clients requested."""

    daemon_threads = True

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.asked: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        count = self.rfile.read(2)[1]
        self.rfile.read(count)
        self.wfile.write(b"\x05\x00")
        assert self.rfile.read(4) == b"\x05\x01\x00\x03"
        self.server.asked.append(self.rfile.read(self.rfile.read(1)[0]))
        self.rfile.read(2)
        with socket.create_connection(("127.0.0.1", self.server.behind)) as site:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=_relay, args=[site, self.connection])
            back.start()
            _relay(self.connection, site)
            back.join()


def _relay(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one side has closed the connection
        return


@contextmanager
def proxying(behind: int) -> Iterator[Proxy]:
    """Run a proxy for the port ``behind`` while the block runs."""
    with Proxy(behind) as proxy:
        threading.Thread(target=proxy.serve_forever).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
