"""Clients that send requests without reading answers, until every buffer on the way is full."""

import select
import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from socket import socket

from tests.support.bad_requests import head
from tests.support.slow_flood import Source

_PAGE = head("GET /fr/report HTTP/1.1").replace(b"Connection: close\r\n", b"") * 400
# If no more bytes were accepted for this long, all buffers are full.
_QUIET_SECONDS = 0.5


@contextmanager
def stuffed(sources: Sequence[Source], count: int) -> Iterator[None]:
    """Hold ``count`` connections from each source, with full buffers."""
    with ExitStack() as stack:
        clients = [stack.enter_context(each.connect()) for each in sources for _ in range(count)]
        for each in clients:
            each.settimeout(0)
        while sum(_send(each) for each in select.select([], clients, [], _QUIET_SECONDS)[1]):
            pass
        yield


def _send(client: socket) -> int:
    """Send as much as is accepted now. Return the number of bytes."""
    sent = 0
    try:
        while True:
            sent += client.send(_PAGE)
    except (BlockingIOError, ssl.SSLWantWriteError):
        return sent
