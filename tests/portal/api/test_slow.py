"""Clients that send their requests byte by byte."""

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.installation import Installation, free_port

DROPS_SECONDS = 2
PATIENCE_SECONDS = 40


@contextmanager
def dripping(port: int, count: int) -> Iterator[None]:
    """Hold ``count`` connections, each with a request head that never ends."""
    ended = threading.Event()

    def drip() -> None:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\n")
            while not ended.wait(DROPS_SECONDS):
                try:
                    client.sendall(b"X-Slow: 1\r\n")
                except OSError:  # close them
                    return

    drips = [threading.Thread(target=drip) for _ in range(count)]
    for each in drips:
        each.start()
    try:
        yield
    finally:
        ended.set()
        for each in drips:
            each.join()


@pytest.mark.slow
def test_requests_with_slow_headers_do_not_block_the_portal(tmp_path: Path) -> None:
    """There are as many slow clients as processes. Other clients still get an answer soon."""
    port = free_port()
    installation = Installation(tmp_path, port=port)
    with (
        installation.portal.serving() as portal,
        dripping(port, 2),
        urllib.request.urlopen(f"{portal.address}/en/", timeout=PATIENCE_SECONDS) as answer,
    ):
        assert answer.status == 200
    assert "error" not in portal.log.read_text("utf-8")
