"""HTTP/2 clients that begin as many requests as a connection allows, and delay the end of each body.

The clients send the end of a body in small pieces, because the server closes idle connections.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from tests.support.portal_nginx import HOST
from tests.support.portal_room import BODY

# nginx closes a connection after it has refused a hundred requests on that connection.
_STREAMS = 100
_FRAME = 16_384
_WAIT_SECONDS = 0.01
# The last bytes of each body, which are sent in small pieces.
_END = 400
_PAUSE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Held:
    """A request with a body of ``size`` bytes.

    The last bytes are sent in small pieces, but the very last byte is never sent.
    """

    method: str
    path: str
    size: int
    headers: Sequence[tuple[str, str]]


PIECE = Held(
    "PATCH",
    f"/api/envelopes/{'A' * 22}",
    1 << 20,
    [*((name.lower(), value) for name, value in BODY.items()), ("upload-offset", "0")],
)
SEALED = Held("POST", "/en/sealed", 16 << 20, [("content-type", "multipart/form-data; boundary=b")])


@dataclass
class _Client:
    """One connection and its bodies; ``left`` says how much of each body to send before its last bytes."""

    connection: ssl.SSLSocket
    bodies: Sequence[Held]
    left: dict[int, int] = field(default_factory=dict)
    dripped: float = field(default_factory=time.monotonic)
    protocol: H2Connection = field(default_factory=lambda: H2Connection(H2Configuration(client_side=True)))

    def begin(self) -> None:
        """Begin as many requests as nginx tolerates before nginx announces its limit."""
        self.protocol.initiate_connection()
        for n in range(_STREAMS):
            body, stream = self.bodies[n % len(self.bodies)], 2 * n + 1
            told = [(":method", body.method), (":path", body.path), (":scheme", "https"), (":authority", "x")]
            self.protocol.send_headers(stream, [*told, ("content-length", str(body.size)), *body.headers])
            self.left[stream] = body.size - _END
        self.connection.sendall(self.protocol.data_to_send())
        self.connection.settimeout(_WAIT_SECONDS)

    def go_on(self) -> None:
        """Read from the server.

        If the server has not closed the connection, send as much of each body as the server accepts. Of the
        last bytes, send only a small piece.
        """
        try:
            self._receive()
            self._send()
        except (OSError, ProtocolError):
            self.left.clear()

    def _receive(self) -> None:
        with suppress(TimeoutError):
            while received := self.connection.recv(1 << 16):
                for event in self.protocol.receive_data(received):
                    if isinstance(event, StreamEnded | StreamReset) and event.stream_id:
                        self.left.pop(event.stream_id, None)

    def _send(self) -> None:
        drop = int(time.monotonic() - self.dripped > _PAUSE_SECONDS)
        if drop:
            self.dripped = time.monotonic()
        for stream, left in self.left.items():
            room = min(left or drop, self.protocol.local_flow_control_window(stream), _FRAME)
            if room > 0:
                self.protocol.send_data(stream, bytes(room))
                self.left[stream] = max(left - room, 0)
        self.connection.settimeout(None)
        self.connection.sendall(self.protocol.data_to_send())
        self.connection.settimeout(_WAIT_SECONDS)


@contextmanager
def holding(port: int, connections: Sequence[Sequence[Held]], seconds: float) -> Iterator[int]:
    """Hold connections, each from its own address.

    Yield the number of held bodies as soon as each of them lacks only its last bytes. Each connection begins
    one body after another, up to the limit of nginx. Each connection may send for ``seconds``.
    """
    with ExitStack() as stack:
        clients = [
            _Client(stack.enter_context(_connected(port, n)), bodies) for n, bodies in enumerate(connections)
        ]
        for each in clients:
            each.begin()
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(any(each.left.values()) for each in clients):
            for each in clients:
                each.go_on()
        yield sum(len(each.left) for each in clients)


def _connected(port: int, number: int) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    raw = socket.create_connection((HOST, port), None, (f"127.0.2.{number + 1}", 0))
    return cast("ssl.SSLSocket", context.wrap_socket(raw, server_hostname="localhost"))
