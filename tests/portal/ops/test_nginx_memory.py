"""With HTTP/2, one connection can hold several unfinished bodies and several unread answers."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from tests.support.body_flood import PIECE, SEALED, holding
from tests.support.connections import queued
from tests.support.installation import free_port
from tests.support.portal_nginx import HOST, WAYS, Nginx, resident
from tests.support.portal_room import BODY
from tests.support.portal_server import Server
from tests.support.slow_flood import Source, circuit, of_addresses, trusting
from tests.support.slow_line import ADDRESSES, FAR, NEAR, inside, slow_line
from tests.support.small_disk import small_disk
from tests.support.stuffing import stuffed
from tests.support.unread_answers import unread

pytestmark = pytest.mark.long

CONNECTIONS, FIRST = 64, 16
MOST = 512 << 20
SECONDS = 120
STREAMS = 3
# The memory of each connection if 12,288 of them take 1.9 GiB, as docs/portal-machine.md says.
MOST_OF_A_CONNECTION = 162 << 10
# The limits in `listen` are 208 and 64 KiB. The kernel allows twice as much, and one packet more.
MOST_IN_THE_KERNEL = (544 + 64) << 10
# The size of the folder for bodies in deploy/nginx@.service, as docs/reliability.md says.
FOLDER = "96m"
# Five connections with two sealed files each fill the folder. Further bodies are refused.
FILLING = 5
UNBOUNDED = {
    "http2_max_concurrent_streams 3;": "",
    "limit_conn asking 16;": "",
    "limit_conn pieces 4;": "",
    "limit_conn all_pieces 512;": "",
}
UNBOUNDED_BUFFERS = {" rcvbuf=208k sndbuf=64k;": ";"}


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    server = Server(tmp_path, free_port(), forked=False).make()
    made = Nginx(server, server.folder / "nginx").make()
    with small_disk(made.folder / "body", FOLDER), server.serving():
        yield made


def all_resident(nginx: Nginx) -> int:
    """Return the bytes of memory that nginx, the portal, and the stored bodies take."""
    assert nginx.server.process
    portal = resident([nginx.server.process.pid, *nginx.server.workers()])
    folder = os.statvfs(nginx.folder / "body")
    return nginx.resident() + portal + (folder.f_blocks - folder.f_bfree) * folder.f_frsize


@pytest.mark.soak
def test_the_bodies_of_sixty_four_connections_fit_into_memory(
    nginx: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """Each connection begins 100 requests, and sends all but the end of the bodies that nginx accepts.

    A few connections fill the folder of bodies. The others send only pieces, which nginx keeps in memory. Any
    other mix takes less memory.
    """
    filling, others = [[SEALED, SEALED, PIECE]] * FILLING, [[PIECE]] * (CONNECTIONS - FILLING)
    with nginx.serving(), holding(nginx.port, filling + others, SECONDS) as held:
        took = all_resident(nginx)
        record_property(
            f"{CONNECTIONS} connections of HTTP/2", f"{held} bodies held, {took >> 20} MiB resident"
        )
        assert held > 2 * CONNECTIONS
        assert took < MOST


@pytest.mark.soak
def test_without_the_limits_the_bodies_of_sixty_four_connections_do_not_fit(nginx: Nginx) -> None:
    """The control of the test above sends only pieces."""
    nginx.configure(UNBOUNDED)
    with nginx.serving(), holding(nginx.port, [[PIECE]] * CONNECTIONS, 20):
        assert all_resident(nginx) > MOST


@pytest.mark.parametrize("way", WAYS)
def test_the_kernel_buffers_little_for_a_client_that_reads_no_answers(behind_nginx: Nginx, way: str) -> None:
    """With its default limits, the kernel buffers megabytes."""
    alone = behind_nginx.twin(f"full-{way}")
    with alone.serving():
        assert 0 < kept(alone, way) < MOST_IN_THE_KERNEL
    alone.configure(UNBOUNDED_BUFFERS)
    with alone.serving():
        assert kept(alone, way) > 4 * MOST_IN_THE_KERNEL


def kept(site: Nginx, way: str) -> int:
    """Return the bytes in the kernel's buffers for one connection that reads no answers."""
    place = Source(site.port) if way == "clearnet" else circuit(site, 1)
    with stuffed([place], 1):
        return queued(place.port)


@pytest.mark.soak
def test_the_kernel_buffers_little_for_all_connections_of_one_address(
    nginx: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """There are 64 connections. The buffers between the two parts of nginx need as much memory again."""
    found = {}
    for name, more in (("as shipped", {}), ("with the kernel's own bounds", UNBOUNDED_BUFFERS)):
        nginx.configure(more)
        with nginx.serving(), stuffed(of_addresses(nginx, 1), CONNECTIONS):
            found[name] = queued(nginx.port)
        record_property(
            f"{CONNECTIONS} connections that are full, {name}", f"{found[name] >> 20} MiB in queues"
        )
    assert found["as shipped"] < CONNECTIONS * MOST_IN_THE_KERNEL < found["with the kernel's own bounds"]


@pytest.mark.soak
@pytest.mark.parametrize("megabits", [10, 100])
def test_uploads_use_the_full_speed_of_a_line_of_ten_megabits(
    nginx: Nginx, megabits: int, record_property: Callable[[str, object], None]
) -> None:
    """The line has a delay of 100 ms.

    On a line of 100 megabits, an upload takes at most three times as long.
    """
    found, listening = {}, f"listen {HOST}:{nginx.port} rcvbuf=208k sndbuf=64k;"
    with slow_line(0.05, megabits * 125_000):
        for name, bounds in (("as shipped", "rcvbuf=208k sndbuf=64k"), ("with the kernel's own bounds", "")):
            nginx.configure({listening: f"{listening} listen {ADDRESSES[FAR]}:{nginx.port} {bounds};"})
            with ExitStack() as stack:
                with inside(FAR):
                    stack.enter_context(nginx.serving())
                with inside(NEAR):
                    found[name] = seconds_of_upload(nginx)
            record_property(f"16 MiB over {megabits} Mbit/s and 100 ms, {name}", f"{found[name]:.1f} s")
    own = found["with the kernel's own bounds"]
    assert found["as shipped"] < (1.1 * own if megabits == 10 else 3 * own)


def seconds_of_upload(nginx: Nginx) -> float:
    """Send sixteen pieces one after the other, as a page does. No portal runs behind nginx."""
    connection = HTTPSConnection(ADDRESSES[FAR], nginx.port, timeout=60, context=trusting())
    begun = time.monotonic()
    for _ in range(16):
        connection.request(
            "PATCH", f"/api/envelopes/{'A' * 22}", bytes(1 << 20), {**BODY, "Upload-Offset": "0"}
        )
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 503
    connection.close()
    return time.monotonic() - begun


def held_each(nginx: Nginx, sources: Sequence[Source], path: str) -> tuple[int, float]:
    """Return how many answers all connections together leave unread, and the bytes of memory per connection.

    The first 16 connections do not count, because the first requests also enlarge nginx itself.
    """
    connections = CONNECTIONS * len(sources)
    with ExitStack() as stack:
        answers = stack.enter_context(unread(sources[0], FIRST, path))
        before = nginx.resident()
        answers += stack.enter_context(unread(sources[0], CONNECTIONS - FIRST, path))
        answers += sum(stack.enter_context(unread(each, CONNECTIONS, path)) for each in sources[1:])
        return answers, (nginx.resident() - before) / (connections - FIRST)


@pytest.mark.parametrize("path", ["/fr/report", "/api/nowhere"])
def test_a_connection_holds_at_most_three_unread_answers(behind_nginx: Nginx, path: str) -> None:
    """One of the two paths is a page that nginx reads from a file.

    The other path needs the portal. Here nginx refuses most requests that need the portal.
    """
    alone = behind_nginx.twin(f"unread{path.replace('/', '-')}")
    with alone.serving():
        answers, took = held_each(alone, of_addresses(alone, 1), path)
    assert answers == STREAMS * CONNECTIONS
    # The control below is far above this limit.
    assert took < 1.5 * MOST_OF_A_CONNECTION


@pytest.mark.soak
def test_without_the_limit_a_connection_holds_a_hundred_unread_answers(behind_nginx: Nginx) -> None:
    """The control of the test above."""
    alone = behind_nginx.twin("unread-unbounded")
    alone.configure({"http2_max_concurrent_streams 3;": "", "output_buffers 1 4k;": ""})
    with alone.serving():
        answers, took = held_each(alone, of_addresses(alone, 1), "/fr/report")
    assert answers == 100 * CONNECTIONS
    assert took > 10 * MOST_OF_A_CONNECTION


@pytest.mark.soak
@pytest.mark.parametrize("path", ["/fr/report", "/api/nowhere"])
def test_the_unread_answers_of_a_thousand_connections_fit_into_memory(
    nginx: Nginx, path: str, record_property: Callable[[str, object], None]
) -> None:
    """The connections come from sixteen addresses, and each address has as many as it may have."""
    with nginx.serving():
        answers, took = held_each(nginx, of_addresses(nginx, 16), path)
    told = f"{answers} answers held, {took / 1024:.0f} KiB for each connection"
    record_property(f"{16 * CONNECTIONS} connections of HTTP/2 that take no byte of {path}", told)
    assert took < MOST_OF_A_CONNECTION
