"""Who holds connections to the shipped nginx.conf shuts out nobody else, on either way in."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from tests.support.installation import free_port
from tests.support.portal_nginx import HOST, Nginx
from tests.support.portal_server import Server
from tests.support.slow_flood import Source, flooding, named, of_addresses, of_circuits, probe
from tests.support.traces import found_in

pytestmark = pytest.mark.long

CONNECTIONS = 3_000
SECONDS = 60
HONEST, HONEST_CIRCUIT = "127.0.0.99", 70_000
# As it was before: so many connections for all, and none counted.
UNBOUNDED = {
    "worker_connections 32768;": "worker_connections 2048;",
    "limit_conn networks 64;": "",
    "limit_conn circuits 16;": "",
    "        limit_conn ways 4096;\n": "",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    server = Server(tmp_path_factory.mktemp("portal"), free_port()).make()
    nginx = Nginx(server, server.folder / "nginx").make()
    with server.serving(), nginx.serving():
        yield nginx


def held(source: Source, count: int, stack: ExitStack) -> int:
    """Open connections from one place; return how many were not closed at once."""
    kept = 0
    for _ in range(count):
        try:
            connection = stack.enter_context(source.connect())
            connection.settimeout(0.2)
            kept += connection.recv(1) != b""
        except TimeoutError:
            kept += 1
        except OSError:
            pass
    return kept


def test_one_circuit_has_sixteen_connections_and_another_its_own(site: Nginx) -> None:
    one, other = of_circuits(site, 2)
    with ExitStack() as stack:
        assert held(one, 18, stack) == 16
        assert held(other, 2, stack) == 2
        assert probe(other, 0.1) == (2, 2)


def test_what_does_not_come_from_tor_is_not_answered_where_tor_connects(site: Nginx) -> None:
    """Without its line nobody is told apart; with it the same request is answered."""
    asked = b"GET /keyring.sig HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection((HOST, site.tor_port)) as client, suppress(ConnectionResetError):
        client.sendall(asked)
        assert client.recv(12) == b""
    with socket.create_connection((HOST, site.tor_port)) as client:
        client.sendall(named(1) + asked)
        assert client.recv(12) == b"HTTP/1.1 200"


def test_neither_address_nor_circuit_is_told_to_the_portal(site: Nginx) -> None:
    """Of what passes through both ways."""
    for source, told in (
        (Source(site.port, "127.0.0.78"), "127.0.0.78"),
        (Source(site.tor_port, circuit=0xABCD1234), "fc00:dead:beef:4dad::abcd:1234"),
    ):
        with socket.create_server((HOST, 0)) as listener:
            server = Server(site.server.folder, listener.getsockname()[1])
            behind = site.twin(f"behind-{source.circuit}", server)
            place = Source(
                behind.port if source.circuit is None else behind.tor_port, source.address, source.circuit
            )
            with behind.serving(), place.connect() as client:
                client.sendall(b"GET /api/nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
                with listener.accept()[0] as portal:
                    passed = portal.recv(65_536)
        assert passed.startswith(b"GET /api/nowhere")
        assert found_in(passed, [told]) == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["one address", "64 addresses", "60 circuits"])
def test_slow_connections_shut_out_nobody(
    site: Nginx, kind: str, record_property: Callable[[str, object], None]
) -> None:
    """Three thousand, each a drop every five seconds: honest people on both ways are answered in two."""
    sources = sources_of(kind, site)
    with flooding(sources, CONNECTIONS):
        begun = time.monotonic()
        shares = probed(site, SECONDS)
        lasted = time.monotonic() - begun
    for way, (asked, good) in shares.items():
        told = f"{good} of {asked} probes answered within 2 s, in {lasted:.0f} s"
        record_property(f"{CONNECTIONS} slow connections from {kind}, {way}", told)
        assert asked > 50
        assert good >= 0.99 * asked


@pytest.mark.soak
def test_without_the_limits_they_would(site: Nginx) -> None:
    """The control of the test above: one address is enough."""
    unbounded = site.twin("unbounded")
    unbounded.configure(UNBOUNDED)
    with unbounded.serving(), flooding(sources_of("one address", unbounded), CONNECTIONS):
        assert all(good < 0.5 * asked for asked, good in probed(unbounded, 20).values())


def sources_of(kind: str, site: Nginx) -> list[Source]:
    """Return where a flood comes from."""
    if kind == "60 circuits":
        return of_circuits(site, 60)
    return of_addresses(site, 64 if kind == "64 addresses" else 1)


def probed(site: Nginx, seconds: float) -> dict[str, tuple[int, int]]:
    """Probe both ways at once; return how many were asked for, and how many were answered in time."""
    ways = {
        "clearnet": Source(site.port, HONEST),
        "onion service": Source(site.tor_port, circuit=HONEST_CIRCUIT),
    }
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ways, pool.map(lambda source: probe(source, seconds), ways.values()), strict=True))
