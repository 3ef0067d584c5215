"""Clients that send a body byte by byte or at a steady rate, to see how long the server tolerates them."""

import select
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamReset

from tests.support.bad_requests import head
from tests.support.portal_room import BODY
from tests.support.slow_flood import Source

_PIECE = [f"{name}: {value}" for name, value in (BODY | {"Upload-Offset": "0"}).items()]
_FORM = "Content-Type: multipart/form-data; boundary=b"


@dataclass(frozen=True, slots=True)
class Body:
    """A request line with its body, and the declared size of the body (None: no size)."""

    line: str
    lines: Sequence[str]
    size: int | None

    @property
    def beginning(self) -> bytes:
        """Return the head and, if there is no size, the beginning of a chunk with an endless extension."""
        if self.size is None:
            return head(self.line, *self.lines, "Transfer-Encoding: chunked") + b"5;"
        return head(self.line, *self.lines, f"Content-Length: {self.size}")


def bodies(size: int) -> dict[str, Body]:
    """Return one body of each kind; the large ones have this size."""
    return {
        "a locator": Body("POST /api/slot HTTP/1.1", [], 32),
        "a chunk": Body("POST /api/slot HTTP/1.1", [], None),
        "a piece": Body(f"PATCH /api/envelopes/{'A' * 22} HTTP/1.1", _PIECE, size),
        "a sealed file": Body("POST /en/sealed HTTP/1.1", [_FORM], size),
    }


def lasted(source: Source, body: Body, pause: float, most: float) -> float | None:
    """Send a byte per ``pause``.

    Return the seconds until the server closed the connection, or None after ``most`` seconds.
    """
    with source.connect() as client:
        begun = time.monotonic()
        with suppress(OSError):
            client.sendall(body.beginning)
            while time.monotonic() < begun + most:
                if select.select([client], [], [], pause)[0]:
                    return time.monotonic() - begun if client.recv(1 << 16) == b"" else None
                client.sendall(b"x")
            return None
        return time.monotonic() - begun


def lasted_http2(source: Source, body: Body, pause: float, most: float) -> float | None:
    """Send a byte per ``pause`` in a stream of HTTP/2, until the server resets the stream."""
    method, path, _ = body.line.split()
    protocol = H2Connection(H2Configuration(client_side=True))
    with source.connect("h2") as client:
        begun = time.monotonic()
        protocol.initiate_connection()
        told = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "x")]
        size = [("content-length", str(body.size))] if body.size else []
        more = [tuple(each.lower().split(": ", 1)) for each in body.lines]
        protocol.send_headers(1, [*told, *size, *more])
        while time.monotonic() < begun + most:
            client.sendall(protocol.data_to_send())
            if select.select([client], [], [], pause)[0]:
                events = protocol.receive_data(client.recv(1 << 16))
                if any(isinstance(each, StreamReset) for each in events):
                    return time.monotonic() - begun
            protocol.send_data(1, b"x")
    return None


def steadily(source: Source, body: Body, rate: float) -> bytes:
    """Send a whole body at ``rate`` bytes a second. Return the beginning of the answer."""
    assert body.size
    pause = 0.25
    part = int(rate * pause)
    with source.connect() as client:
        client.sendall(body.beginning)
        for start in range(0, body.size, part):
            client.sendall(bytes(min(part, body.size - start)))
            time.sleep(pause)
        client.settimeout(10)
        return client.recv(12)
