"""Clients that send one request after the other and take no answer, until every buffer on the way is full."""

import select
import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from socket import socket

from tests.support.bad_requests import head
from tests.support.slow_flood import Source

_PAGE = head("GET /fr/report HTTP/1.1").replace(b"Connection: close\r\n", b"") * 400
# Once so long nothing more was taken, all is full.
_QUIET_SECONDS = 0.5


@contextmanager
def stuffed(sources: Sequence[Source], count: int) -> Iterator[None]:
    """Hold so many connections from each source that are full."""
    with ExitStack() as stack:
        clients = [stack.enter_context(each.connect()) for each in sources for _ in range(count)]
        for each in clients:
            each.settimeout(0)
        while sum(_send(each) for each in select.select([], clients, [], _QUIET_SECONDS)[1]):
            pass
        yield


def _send(client: socket) -> int:
    """Send what is taken now; return how many bytes were."""
    sent = 0
    try:
        while True:
            sent += client.send(_PAGE)
    except (BlockingIOError, ssl.SSLWantWriteError):
        return sent
