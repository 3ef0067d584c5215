"""Honest clients, and clients that send requests byte by byte on as many connections as they can hold."""

import multiprocessing
import resource
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from multiprocessing.synchronize import Event

from tests.support.bad_requests import head
from tests.support.portal_nginx import HOST, Nginx

_PAUSE_SECONDS = 5
# The server ends such slow heads and bodies after a while. The clients then connect again.
_SLOW = (
    head("POST /api/slot HTTP/1.1", "Content-Length: 4000"),
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
)
_TIMEOUT_SECONDS = 2
_START_SECONDS = 120
_SLOT = 18_108
_HONEST, _HONEST_NETWORK, _HONEST_CIRCUIT = "127.0.0.99", "2001:db8:ffff::1", 70_000


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of a connection: an address of this machine, or an address that the first line names.

    tor names circuits with such a line. The onion service has no TLS.
    """

    port: int
    address: str = HOST
    named: str | None = None
    is_onion: bool = False

    def connect(self, *protocols: str) -> socket.socket:
        """Return a connection.

        On the clearnet, the connection has TLS, and uses one of the ``protocols`` if any are given.
        """
        raw = socket.create_connection((HOST, self.port), _TIMEOUT_SECONDS, (self.address, 0))
        try:
            if self.named:
                raw.sendall(line(self.named))
            if not self.is_onion:
                return trusting(*protocols).wrap_socket(raw, server_hostname="localhost")
        except OSError:
            raw.close()
            raise
        return raw


def line(address: str) -> bytes:
    """Return the line that names the origin of a connection (HAProxy's PROXY protocol, version 1)."""
    family, other = ("TCP6", "::1") if ":" in address else ("TCP4", HOST)
    return f"PROXY {family} {address} {other} 1 80\r\n".encode()


def circuit(nginx: Nginx, number: int) -> Source:
    """Return a circuit as tor names it (HiddenServiceExportCircuitID haproxy)."""
    address = f"fc00:dead:beef:4dad::{number >> 16:x}:{number & 0xFFFF:x}"
    return Source(nginx.tor_port, named=address, is_onion=True)


def of_addresses(nginx: Nginx, count: int) -> list[Source]:
    """Return ``count`` addresses at the clearnet site."""
    return [Source(nginx.port, f"127.0.1.{n}") for n in range(1, count + 1)]


def of_circuits(nginx: Nginx, count: int) -> list[Source]:
    """Return ``count`` circuits at the onion service."""
    return [circuit(nginx, n) for n in range(1, count + 1)]


@contextmanager
def flooding(sources: Sequence[Source], count: int) -> Iterator[None]:
    """Try to hold ``count`` connections in total, from a separate process.

    Yield after every connection has been tried.
    """
    context = multiprocessing.get_context("spawn")
    begun, ended = context.Event(), context.Event()
    process = context.Process(target=_flood, args=(sources, count, begun, ended))
    process.start()
    try:
        assert begun.wait(_START_SECONDS)
        yield
    finally:
        ended.set()
        process.join(_START_SECONDS)


def _flood(sources: Sequence[Source], count: int, begun: Event, ended: Event) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    held: list[socket.socket | None] = [None] * count
    while not ended.is_set():
        for n, connection in enumerate(held):
            turn, source = divmod(n, len(sources))
            held[n] = _drip(connection, sources[source], _SLOW[turn % len(_SLOW)])
        begun.set()
        ended.wait(_PAUSE_SECONDS)


def _drip(connection: socket.socket | None, source: Source, beginning: bytes) -> socket.socket | None:
    """Send one more byte, or connect again. Return the connection that is held, if there is one."""
    try:
        if connection is None:
            connection = source.connect()
            connection.sendall(beginning)
        connection.sendall(b"x")
    except OSError:
        if connection is not None:
            connection.close()
        return None
    return connection


def probe(source: Source, seconds: float) -> tuple[int, int]:
    """Request a page and a slot repeatedly, as honest people do, each over its own connection.

    Returns the number of requests, and how many were answered completely within two seconds.
    """
    asked = good = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for method, path, body in (("GET", "/fr/report", None), ("POST", "/api/slot", bytes(32))):
            begun = time.monotonic()
            came = _answered(source, method, path, body)
            asked += 1
            good += came and time.monotonic() - begun < _TIMEOUT_SECONDS
        time.sleep(0.2)
    return asked, good


def probed(site: Nginx, seconds: float) -> dict[str, tuple[int, int]]:
    """Send honest requests to the clearnet site and the onion service at the same time.

    Return the numbers of requests and of timely answers.
    """
    is_told = f"{site.port} proxy_protocol" in (site.folder / "clearnet.conf").read_text()
    ways = {
        "clearnet": Source(site.port, _HONEST, _HONEST_NETWORK if is_told else None),
        "onion service": circuit(site, _HONEST_CIRCUIT),
    }
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ways, pool.map(lambda source: probe(source, seconds), ways.values()), strict=True))


def _answered(source: Source, method: str, path: str, body: bytes | None) -> bool:
    with suppress(OSError, HTTPException), source.connect() as connected:
        connection = HTTPConnection("localhost")
        connection.sock = connected
        connection.request(method, path, body)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status == 200 and (method == "GET" or len(content) == _SLOT)
    return False


def trusting(*protocols: str) -> ssl.SSLContext:
    """Return a TLS context that accepts any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(protocols)
    return context
