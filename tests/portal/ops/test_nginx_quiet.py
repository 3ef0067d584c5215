"""The shipped nginx stores nothing about a visit, and keeps slow clients away from the portal."""

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.bad_requests import exchange, head
from tests.support.builders import make_report_envelope
from tests.support.connections import wait_until_read
from tests.support.portal_nginx import Nginx
from tests.support.portal_room import BODY, SITE
from tests.support.portal_server import Server
from tests.support.sealed_files import form, sealed_file
from tests.support.slow_flood import line
from tests.support.traces import found_in, found_in_files

# The mark is random for each run, so that no text from an earlier run is taken for a trace of this run.
MARK = f"{0x1000 + secrets.randbelow(0xF000):x}"
CANARY = f"canary-{MARK}"
# An address of this machine that the configuration does not name.
CLIENT = f"127.77.{1 + secrets.randbelow(254)}.{1 + secrets.randbelow(254)}"
# The circuit's name in tor's PROXY line.
CIRCUIT = f"fc00:dead:beef:4dad::{MARK}:1"
TRACES = [CANARY, CLIENT, CIRCUIT]
SLOW_CLIENTS = 200
SEALED = b"POST /en/sealed HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
# A blocked portal process would wait until nginx or the portal gives up after 15 seconds.
SOON_SECONDS = 12


@pytest.mark.slow
def test_no_body_is_written_to_a_file(behind_nginx: Nginx) -> None:
    """A piece waits in memory until it is complete.

    With a smaller buffer, nginx would write the piece to a file.
    """
    # If nginx has only one process, it handles everything that it has read, and only then answers the next
    # request.
    alone = {"worker_processes auto;": "worker_processes 1;"}
    shipped, smaller = behind_nginx.twin("shipped"), behind_nginx.twin("smaller")
    shipped.configure(alone)
    smaller.configure(alone | {"client_body_buffer_size 1m;": "client_body_buffer_size 32k;"})
    with shipped.serving():
        assert files_of_bodies(shipped) == []
    with smaller.serving():
        assert files_of_bodies(smaller) != []


def files_of_bodies(site: Nginx) -> list[str]:
    """Send most of a piece; return the body files that nginx has open, including deleted ones."""
    lines = [f"{name}: {value}" for name, value in (BODY | {"Upload-Offset": "0"}).items()]
    piece = head(f"PATCH /api/envelopes/{'A' * 22} HTTP/1.1", *lines, f"Content-Length: {1 << 20}")
    with socket.create_connection(("127.0.0.1", site.onion_port)) as client:
        client.sendall(piece + bytes((1 << 20) - 1))
        wait_until_read(client)
        assert exchange(site.onion_port, head("GET /keyring.sig HTTP/1.1"), end=False).status == 200
        return [path for path in site.open_files() if path.startswith(str(site.folder / "body"))]


def visit_with_canaries(site: Nginx) -> None:
    """Send valid and invalid requests of many kinds, all with words to search for later."""
    told = [
        "User-Agent: " + CANARY,
        f"Cookie: a={CANARY}",
        f"Referer: {CANARY}",
        f"X-Forwarded-For: {CANARY}",
    ]
    for asked in (f"GET /{CANARY}", f"GET /fr/?{CANARY}", f"GET /api/envelopes/{CANARY}", "GET /fr/report"):
        exchange(site.onion_port, head(f"{asked} HTTP/1.1", *told), end=False, source=CLIENT)
    for raw in (f"{CANARY} HTTP/1.1\r\n\r\n", f"GET /{CANARY * 500} HTTP/1.1\r\n\r\n"):
        exchange(site.onion_port, raw.encode(), source=CLIENT)
    exchange(site.onion_port, head("POST /api/slot HTTP/1.1", "Content-Length: 9999999"), source=CLIENT)
    with ExitStack() as stack:
        # More connections than a circuit may have.
        for _ in range(10):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", site.tor_port)))
            client.settimeout(0.1)
            with suppress(OSError):
                client.sendall(line(CIRCUIT) + f"GET /{CANARY}".encode())
                client.recv(65_536)


def test_no_file_records_a_visit(behind_nginx: Nginx) -> None:
    """Neither nginx nor the portal writes an address, circuit, path or header, not even in /var/log."""
    visit_with_canaries(behind_nginx)
    assert found_in_files(behind_nginx.server.folder, TRACES) == []
    assert found_in_files(Path("/var/log/nginx"), TRACES) == []


def test_the_search_for_traces_finds_a_log(behind_nginx: Nginx) -> None:
    """The control of the test above."""
    talking = behind_nginx.twin("talking")
    log = talking.folder / "logged"
    talking.configure(
        {"access_log off;": f"access_log {log};", "error_log /dev/null emerg;": f"error_log {log};"}
    )
    with talking.serving():
        visit_with_canaries(talking)
    assert {text for _, text in found_in_files(talking.folder, TRACES)} == set(TRACES)
    log.unlink()


TOLD = ["User-Agent", "Accept", "Accept-Language", "Cookie", "Referer", "Via", "Forwarded", "X-Forwarded-For"]


def test_the_portal_learns_nothing_about_a_visitor(behind_nginx: Nginx) -> None:
    """Nginx passes on all headers that uploads need, but not the visitor's address or browser."""
    asked = head("POST /api/envelopes HTTP/1.1", *(f"{name}: {CANARY}" for name in TOLD), "Upload-Length: 5")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = behind_nginx.twin("passing", Server(behind_nginx.server.folder, listener.getsockname()[1]))
        with (
            before.serving(),
            socket.create_connection(("127.0.0.1", before.onion_port), source_address=(CLIENT, 0)) as client,
        ):
            client.sendall(asked)
            with listener.accept()[0] as portal:
                passed = portal.recv(65_536)
    assert found_in(passed, [CANARY, CLIENT]) == []
    assert b"Upload-Length: 5\r\n" in passed
    assert found_in(asked, [CANARY]) == [CANARY]


@contextmanager
def stalled(port: int, content: bytes, count: int) -> Iterator[None]:
    """Hold many connections that each send only the beginning of a request."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(content)
        yield


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow",
        head("POST /api/slot HTTP/1.1", "Content-Length: 32") + b"L",
        head("POST /api/envelopes HTTP/1.1", "Transfer-Encoding: chunked") + b"ff\r\n",
        head("PATCH /api/envelopes/x HTTP/1.1", "Content-Length: 1048576") + bytes(10_000),
        SEALED + b"Content-Length: 17000000\r\n\r\n-",
    ],
    ids=["head", "body", "chunk", "piece", "sealed"],
)
def test_slow_clients_do_not_occupy_the_processes_of_the_portal(
    behind_nginx: Nginx, beginning: bytes
) -> None:
    """With 200 such clients, pages, slots and reports are still answered soon."""
    with stalled(behind_nginx.onion_port, beginning, SLOW_CLIENTS):
        behind = Server(behind_nginx.server.folder, behind_nginx.onion_port)
        report, sent = make_report_envelope(SITE), form(sealed_file(make_report_envelope(SITE)))
        begun = time.monotonic()
        assert behind.request("GET", "/fr/report")[0] == 200
        assert behind.request("GET", "/keyring.json")[0] == 200
        assert len(behind.request("POST", "/api/slot", bytes(32))[2]) == 18_108
        behind.send(report)
        kind = {"Content-Type": sent["content_type"]}
        assert behind.request("POST", "/en/sealed", sent["data"], kind)[0] == 200
        assert time.monotonic() - begun < SOON_SECONDS
