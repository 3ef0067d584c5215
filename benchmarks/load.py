"""Send a fixed number of requests from a number of clients to a local server, and measure the rate."""

import http.client
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Self

CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Request:
    """A POST request and the expected status.

    Each request uses the next body and headers in ``bodies``.
    """

    path: str
    status: int
    bodies: Iterator[tuple[bytes, Mapping[str, str]]]

    @classmethod
    def same(cls, path: str, status: int, body: bytes) -> Self:
        """Return a request that always has the same body and no headers."""
        return cls(path, status, repeat((body, {})))


def rate(port: int, request: Request, count: int, clients: int = CLIENTS) -> float:
    """Send ``request`` ``count`` times; return the requests per second.

    Raise RuntimeError for an unexpected status.
    """
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda _: _post(port, request), range(count)))
    return count / (time.perf_counter() - begun)


def _post(port: int, request: Request) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        body, headers = next(request.bodies)
        connection.request("POST", request.path, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != request.status:
        raise RuntimeError(f"{request.path} answered {answer.status}")
