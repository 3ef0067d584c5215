"""Bursts of connections that all start at the same moment, each from a different circuit."""

import multiprocessing
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from tests.support.bad_requests import head
from tests.support.portal_nginx import HOST, Nginx
from tests.support.slow_flood import circuit, line

_ASKED = head("GET /fr/report HTTP/1.1", "Connection: close")
_PATIENCE_SECONDS = 30
_PAUSE_SECONDS = 1


@contextmanager
def bursting(site: Nginx, count: int) -> Iterator[list[tuple[int, int]]]:
    """Send a burst of ``count`` connections about every second while the block runs.

    After the block, the list has the numbers of connections begun and answered, over all bursts.
    """
    context = multiprocessing.get_context("spawn")
    told, telling = context.Pipe(duplex=False)
    begun, ended = context.Event(), context.Event()
    lines = [line(str(circuit(site, 100_000 + number).named)) + _ASKED for number in range(count)]
    process = context.Process(target=_bursts, args=(site.tor_port, lines, begun, ended, telling))
    process.start()
    found: list[tuple[int, int]] = []
    try:
        assert begun.wait(_PATIENCE_SECONDS)
        yield found
    finally:
        ended.set()
        if told.poll(2 * _PATIENCE_SECONDS):
            found.append(told.recv())
        process.join(_PATIENCE_SECONDS)


def _bursts(port: int, lines: list[bytes], begun: Event, ended: Event, telling: Connection) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asked = answered = 0
    while not ended.is_set():
        begun.set()
        answered += burst(port, lines)
        asked += len(lines)
        ended.wait(_PAUSE_SECONDS)
    telling.send((asked, answered))


def burst(port: int, requests: list[bytes]) -> int:
    """Open a connection for each request before reading any answer.

    Return how many requests were answered with a page.
    """
    waiting = selectors.DefaultSelector()
    for asked in requests:
        client = socket.socket()
        client.settimeout(0)
        client.connect_ex((HOST, port))
        waiting.register(client, selectors.EVENT_WRITE, asked)
    good, end = 0, time.monotonic() + _PATIENCE_SECONDS
    while waiting.get_map() and time.monotonic() < end:
        for key, _ in waiting.select(1):
            client = key.fileobj
            assert isinstance(client, socket.socket)
            start = b""
            with suppress(OSError):
                if key.data:
                    client.sendall(key.data)
                    waiting.modify(client, selectors.EVENT_READ)
                    continue
                start = client.recv(12)
            good += start == b"HTTP/1.1 200"
            waiting.unregister(client)
            client.close()
    for key in [*waiting.get_map().values()]:
        waiting.unregister(key.fileobj)
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    waiting.close()
    return good
