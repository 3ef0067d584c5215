"""A web server that answers like the site of a portal, and adds bytes that no honest server sends."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask


class _Answering(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        words = self.rfile.readline().split()
        while self.rfile.readline().strip():
            pass
        self.wfile.write(self.server.answer(words[1].decode() if len(words) > 1 else "/"))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, app: Flask | None, said: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self._app, self._said = app, said

    def answer(self, path: str) -> bytes:
        if self._app is None:
            return self._said
        answer = self._app.test_client().get(path)
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        return (
            f"HTTP/1.1 {answer.status}\r\n{head}Connection: close\r\n".encode()
            + self._said
            + b"\r\n"
            + answer.data
        )


@contextmanager
def hosting(said: bytes, app: Flask | None = None) -> Iterator[str]:
    """Yield the address of a host that answers every request with ``said``.

    With ``app``, the host adds ``said`` to the app's headers.
    """
    with _Server(app, said) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
