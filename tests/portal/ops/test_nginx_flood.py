"""Clients that hold many connections to nginx, or flood it with requests, do not block other clients."""

import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress

import pytest

from tests.support.bad_requests import head
from tests.support.fast_flood import hammering
from tests.support.installation import free_port
from tests.support.portal_nginx import HOST, Nginx
from tests.support.portal_server import Server
from tests.support.slow_flood import Source, circuit, flooding, line, of_addresses, of_circuits, probe, probed
from tests.support.traces import found_in

pytestmark = pytest.mark.long

CONNECTIONS = 3_000
SECONDS = 60
HURRIED = 480
# The test lasts so long that one late answer is less than one percent of all answers.
HURRIED_SECONDS = 60
OF_A_CIRCUIT = 8
# The number of connections is below the usual limit of open files for a process.
BURST = 600
ASKED_BY_A_CIRCUIT = 4
# If nginx has only one process, it handles everything that it has read, and only then answers the next
# request.
ALONE = {"worker_processes auto;": "worker_processes 1;"}
# No client has a limit of its own. Instead, all clients together share as many connections as one host can
# open. Slow bodies never time out.
UNBOUNDED = {
    "limit_conn all 12288;": "limit_conn all 1024;",
    "limit_conn sources 64;": "",
    "limit_conn around 256;": "",
    "limit_conn asking 16;": "",
    "limit_conn asking_around 64;": "",
    "client_header_timeout 15s;": "client_header_timeout 1d;",
    "ngx.sleep(20 + bytes / 4096)": "ngx.sleep(86400)",
}
# Requests are not counted.
UNCOUNTED = {
    "limit_conn circuits 8;": "",
    "limit_conn asking 4;": "",
    "limit_conn pieces 2;": "",
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """A site whose onion service has separate portal processes, as docs/deploying.md says."""
    server = Server(tmp_path_factory.mktemp("deployed"), free_port()).make()
    beside = server.beside(free_port())
    nginx = Nginx(server, server.folder / "nginx", beside).make()
    with server.serving(), beside.serving(), nginx.serving():
        yield nginx


def of_networks(site: Nginx, name: str, more: Mapping[str, str]) -> Nginx:
    """Return another nginx that reads the client's address from a PROXY line.

    A test machine does not have addresses in many networks.
    """
    made = site.twin(name)
    listening = f"listen {HOST}:{made.port}"
    told = {
        f"{listening} ": f"{listening} proxy_protocol ",
        "proxy_protocol on;": f"proxy_protocol on; set_real_ip_from {HOST};",
    }
    made.configure(told | more)
    return made


def held(source: Source, count: int, stack: ExitStack) -> int:
    """Open connections from one source; return how many stay open."""
    kept = 0
    for _ in range(count):
        try:
            connection = stack.enter_context(source.connect())
            connection.settimeout(0.1)
            kept += connection.recv(1) != b""
        except TimeoutError:
            kept += 1
        except OSError:
            pass
    return kept


def test_each_circuit_may_have_eight_connections(behind_nginx: Nginx) -> None:
    one, other = of_circuits(behind_nginx, 2)
    with ExitStack() as stack:
        assert held(one, OF_A_CIRCUIT + 2, stack) == OF_A_CIRCUIT
        assert held(other, 2, stack) == 2
        assert probe(other, 0.1) == (2, 2)


def test_connections_that_arrive_at_the_same_time_are_all_answered(behind_nginx: Nginx) -> None:
    """The connections wait between the two parts of nginx.

    If the queue there is short, some connections are closed.
    """
    shorter = behind_nginx.twin("shorter")
    shorter.configure({" backlog=4096;": " backlog=1;"})
    assert answered_at_once(behind_nginx) == BURST
    with shorter.serving():
        # On an idle machine, nginx may keep up with a single burst.
        assert any(answered_at_once(shorter) < BURST for _ in range(10))


def answered_at_once(site: Nginx) -> int:
    """Open connections from many circuits before reading any answer; return how many are answered."""
    with ExitStack() as stack:
        clients = []
        for number in range(BURST):
            client = stack.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex((HOST, site.tor_port))
            clients.append((client, circuit(site, number)))
        for client, place in clients:
            client.settimeout(20)
            assert place.named
            with suppress(OSError):
                client.sendall(line(place.named) + head("GET /fr/report HTTP/1.1"))
        return sum(is_answered(client) for client, _ in clients)


def is_answered(client: socket.socket) -> bool:
    """Return whether an answer arrives before the connection ends."""
    with suppress(OSError):
        return client.recv(12) == b"HTTP/1.1 200"
    return False


def test_each_ipv6_network_has_a_limit_and_the_larger_network_around_it_has_another_limit(
    behind_nginx: Nginx,
) -> None:
    """Addresses in one network (a prefix of 64 or 48 bits) count together, however their zeros are written.

    Each IPv4 address counts separately.
    """
    networks = of_networks(
        behind_nginx,
        "networks",
        {"limit_conn sources 64;": "limit_conn sources 2;", "around 256;": "around 3;"},
    )
    expected = [
        (["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::"], 2),
        (["2001:db8:2:1::1", "2001:db8:2:2::1", "2001:db8:2:3:4:5:6:7", "2001:db8:2:4::1"], 3),
        (["2001:db8:3::1", "2001:db8:3::2:1", "2001:db8:3::3"], 2),
        (["2001:db8::1", "2001:db8::1:0:0:1", "2001:db8::2"], 2),
        (["2001:db8:4::1", "2001:db8:4:0:5:6:7:8", "2001:db8:4:0:9::1"], 2),
        (["2001:db8:0:5::1", "2001:db8:0:6:1:2:3:4", "2001:db8::7:1:2:3:4", "2001:db8:0:8::1"], 3),
        (["2001:0:0:1::1", "2001::1:1:2:3:4", "2001:0:0:1:2::"], 2),
        (["2001:0:5:1::1", "2001:0:6:1::1", "2001:0:7:1::1", "2001:0:8:1::1"], 4),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.4", "192.0.2.4"], 5),
    ]
    with networks.serving():
        for addresses, kept in expected:
            with ExitStack() as stack:
                places = [Source(networks.port, named=each) for each in addresses]
                assert sum(held(each, 1, stack) for each in places) == kept, addresses


def test_requests_of_one_ipv6_network_count_together_however_its_zeros_are_written(
    behind_nginx: Nginx,
) -> None:
    """Connections and requests are counted by different parts of nginx, which must agree."""
    networks = of_networks(behind_nginx, "asking", {"limit_conn asking 16;": "limit_conn asking 2;"})
    slow = head("POST /api/slot HTTP/1.1", "Content-Length: 32") + b"x"
    *others, last = [
        Source(networks.port, named=each)
        for each in ("2001:db8:4::1", "2001:db8:4:0:5:6:7:8", "2001:db8:4:0:9::1")
    ]
    asked = head("GET /nowhere HTTP/1.1")
    with networks.serving(), ExitStack() as stack:
        end = time.monotonic() + 5
        # A request may be refused while nginx still answers the previous request, so try again.
        while not any(answered(last, asked)[9:12] == b"503" for _ in range(2)):
            assert time.monotonic() < end
            for each in others:
                stack.enter_context(each.connect()).sendall(slow)
        assert answered(Source(networks.port, named="2001:db8:4:1::1"), asked)[9:12] == b"404"


def test_each_circuit_may_have_four_requests_in_progress(behind_nginx: Nginx) -> None:
    """Further requests are refused, and the client is told to wait. No byte of their bodies is read.

    Requests for pages do not count towards the limit.
    """
    one, other = of_circuits(behind_nginx, 2)
    slow = head("POST /api/slot HTTP/1.1", "Content-Length: 32") + b"x"
    with ExitStack() as stack:
        clients = [stack.enter_context(one.connect()) for _ in range(ASKED_BY_A_CIRCUIT + 2)]
        told = refused(clients, slow, 2)
        assert len(told) == 2
        for each in told:
            answer = each.recv(1 << 16)
            assert answer[9:12] == b"503"
            assert b"\r\nRetry-After: 30\r\n" in answer
        assert answered(one, head("GET /fr/report HTTP/1.1"))[9:12] == b"200"
        assert probe(other, 0.1) == (2, 2)
        for each in set(clients) - set(told):
            each.sendall(bytes(31))
            assert each.recv(12)[9:] == b"200"


@pytest.fixture(scope="module")
def counting(behind_nginx: Nginx) -> Iterator[Nginx]:
    """The shipped site, but with a limit of twenty pieces and eighteen texts in progress at the same time."""
    few = {
        "limit_conn all_pieces 512;": "limit_conn all_pieces 20;",
        "limit_conn all_texts 4096;": "limit_conn all_texts 18;",
    }
    with of_networks(behind_nginx, "counting", few | ALONE).serving() as site:
        yield site


_CREATE = "POST /api/envelopes HTTP/1.1"
_ASKED = {
    "slot": head("POST /api/slot HTTP/1.1", "Content-Length: 32") + b"x",
    "piece": head(_CREATE, "Content-Length: 100000") + b"x",
    "text": head(_CREATE, "Content-Length: 67195") + b"x",
    "sealed": head("POST /en/sealed HTTP/1.1", "Content-Length: 1000") + b"x",
}
# For each kind of request: the sources in order, how many requests each source makes, and how many are
# accepted. The limits are those of an IPv6 network, of the larger network around it, and of all clients.
_COUNTED = [
    (
        "slot",
        [("1:1", 17, 16), ("1:2", 16, 16), ("1:3", 16, 16), ("1:4", 16, 16), ("1:5", 1, 0), ("2:1", 1, 1)],
    ),
    (
        "piece",
        [
            ("1:1", 5, 4),
            ("1:2", 4, 4),
            ("1:3", 4, 4),
            ("1:4", 4, 4),
            ("1:5", 1, 0),
            ("2:1", 4, 4),
            ("2:2", 1, 0),
        ],
    ),
    ("text", [("1:1", 16, 16), ("1:2", 3, 2), ("2:1", 1, 0)]),
    ("sealed", [("1:1", 3, 2), ("1:2", 1, 1)]),
    # These are circuits.
    ("slot", [("1", 5, 4), ("2", 1, 1)]),
    ("piece", [("1", 3, 2), ("2", 1, 1)]),
    ("sealed", [("1", 2, 1), ("2", 1, 1)]),
]


@pytest.mark.parametrize(
    ("asked", "tried"), _COUNTED, ids=lambda each: each if isinstance(each, str) else each[0][0]
)
def test_requests_in_progress_are_limited_for_each_source_and_for_each_larger_network_and_in_total(
    counting: Nginx, asked: str, tried: Sequence[tuple[str, int, int]]
) -> None:
    """Clients beyond a limit are told to wait."""
    kept = []
    with ExitStack() as stack:
        for name, count, most in tried:
            place = circuit(counting, int(name)) if name.isdigit() else network(counting, name)
            clients = [stack.enter_context(place.connect()) for _ in range(count)]
            refused(clients, _ASKED[asked], count - most)
            seen(counting)
            answers = [each.recv(12) for each in select.select(clients, [], [], 0)[0]]
            assert set(answers) <= {b"HTTP/1.1 503"}
            kept.append((name, count, count - len(answers)))
    seen(counting)
    assert kept == tried


def network(site: Nginx, name: str) -> Source:
    """Return a source in the IPv6 network whose third and fourth groups are ``name``."""
    return Source(site.port, named=f"2001:db8:{name}::1")


def seen(site: Nginx) -> None:
    """Request a page and wait for the answer. By then, nginx has also handled all earlier requests."""
    assert answered(network(site, "ffff:1"), head("GET /fr/report HTTP/1.1"))[9:12] == b"200"


def test_a_text_is_accepted_even_when_further_pieces_are_refused(behind_nginx: Nginx) -> None:
    """Texts have their own limit. A request without a declared size counts as a piece."""
    full = behind_nginx.twin("full")
    full.configure({"limit_conn all_pieces 512;": "limit_conn all_pieces 1;"})
    create = "POST /api/envelopes HTTP/1.1"
    piece, chunked = head(create, "Content-Length: 100000"), head(create, "Transfer-Encoding: chunked")
    text = head(create, "Content-Length: 67195") + bytes(67_195)
    with full.serving(), ExitStack() as stack:
        one = circuit(full, 2)
        refused([stack.enter_context(circuit(full, 1).connect()) for _ in range(2)], piece, 1)
        assert [answered(one, each)[9:12] for each in (piece, chunked)] == [b"503", b"503"]
        assert answered(one, text)[9:12] == b"412"


def test_a_second_proxy_protocol_line_is_refused(behind_nginx: Nginx) -> None:
    """Otherwise, one circuit could pretend to be any other circuit."""
    one = circuit(behind_nginx, 4)
    assert answered(one, line("fc00::1") + head("GET /nowhere HTTP/1.1"))[9:12] == b"400"
    assert answered(one, head("GET /nowhere HTTP/1.1"))[9:12] == b"404"


def refused(clients: Sequence[socket.socket], asked: bytes, count: int) -> list[socket.socket]:
    """Begin a request on each connection; after ``count`` answers, return the connections that got one."""
    for each in clients:
        each.sendall(asked)
    end = time.monotonic() + 10
    while len(told := select.select(clients, [], [], 0)[0]) < count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return told


def answered(source: Source, asked: bytes) -> bytes:
    """Return the beginning of the answer to a request."""
    with source.connect() as client:
        client.sendall(asked)
        return client.recv(1 << 16)


def test_requests_that_bypass_tor_are_refused_on_the_port_for_tor(behind_nginx: Nginx) -> None:
    """Without the line that tor sends, nginx cannot distinguish circuits.

    With that line, the same request is answered.
    """
    asked = b"GET /keyring.sig HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    behind = str(behind_nginx.behind("onion"))
    for family, place in ((socket.AF_INET, (HOST, behind_nginx.tor_port)), (socket.AF_UNIX, behind)):
        with socket.socket(family) as client, suppress(ConnectionResetError):
            client.connect(place)
            client.sendall(asked)
            assert not client.recv(12).startswith(b"HTTP/1.1 200")
        with socket.socket(family) as client:
            client.connect(place)
            client.sendall(line("fc00::1") + asked)
            assert client.recv(12) == b"HTTP/1.1 200"


def test_the_portal_receives_neither_the_address_nor_the_circuit_of_a_visitor(behind_nginx: Nginx) -> None:
    """The test visits the clearnet site and the onion service."""
    for number in (None, 0xABCD1234):
        with socket.create_server((HOST, 0)) as listener:
            server = Server(behind_nginx.server.folder, listener.getsockname()[1])
            behind = behind_nginx.twin(f"behind-{number}", server)
            place = circuit(behind, number) if number else Source(behind.port, "127.0.0.78")
            with behind.serving(), place.connect() as client:
                client.sendall(b"GET /api/nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
                with listener.accept()[0] as portal:
                    passed = portal.recv(65_536)
        assert passed.startswith(b"GET /api/nowhere")
        assert found_in(passed, [place.named or place.address]) == []
    assert circuit(behind_nginx, 0xABCD1234).named == "fc00:dead:beef:4dad::abcd:1234"


@pytest.mark.soak
@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("one address", CONNECTIONS),
        ("64 addresses", CONNECTIONS),
        ("64 addresses", 64 * 64),
        ("256 networks of one host", CONNECTIONS),
        ("60 circuits", CONNECTIONS),
    ],
)
def test_slow_connections_do_not_block_other_clients(
    deployed: Nginx, kind: str, count: int, record_property: Callable[[str, object], None]
) -> None:
    """Each slow connection sends one byte every five seconds.

    Honest clients get answers within two seconds, on clearnet and Tor.
    """
    site = deployed
    with ExitStack() as stack:
        if kind == "256 networks of one host":
            site = stack.enter_context(of_networks(site, "host", {}).serving())
        stack.enter_context(flooding(sources_of(kind, site), count))
        begun = time.monotonic()
        shares = probed(site, SECONDS)
        lasted, took = time.monotonic() - begun, site.resident()
    record_property(f"nginx under {count} slow connections from {kind}", f"{took >> 20} MiB resident")
    for way, (asked, good) in shares.items():
        told = f"{good} of {asked} probes answered within 2 s, in {lasted:.0f} s"
        record_property(f"{count} slow connections from {kind}, {way}", told)
        assert asked > 50
        assert good >= 0.99 * asked


@pytest.mark.soak
def test_without_the_limits_slow_connections_block_other_clients(
    deployed: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """The control of the test above: a single address takes all connections."""
    unbounded = deployed.twin("unbounded")
    unbounded.configure(UNBOUNDED)
    with unbounded.serving(), flooding(of_addresses(unbounded, 1), CONNECTIONS):
        asked, good = probed(unbounded, 20)["clearnet"]
    record_property("without the limits, one address", f"{good} of {asked} probes answered within 2 s")
    assert good < 0.5 * asked


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["8 addresses", "60 circuits"])
def test_fast_requests_do_not_block_other_clients(
    deployed: Nginx, kind: str, record_property: Callable[[str, object], None]
) -> None:
    """At full speed, 480 connections send texts without proof of work, and request slots and pages."""
    with hammering(sources_of(kind, deployed), HURRIED) as answers:
        shares = probed(deployed, HURRIED_SECONDS)
    told = ", ".join(f"{count} by {status}" for status, count in sorted(answers.items()))
    record_property(f"requests in a hurry from {kind}", f"answered in {HURRIED_SECONDS} s: {told}")
    for way, (asked, good) in shares.items():
        record_property(f"under these, {way}", f"{good} of {asked} probes answered within 2 s")
        assert asked > 20
        assert good >= 0.99 * asked


@pytest.mark.soak
def test_without_the_limits_fast_requests_block_other_clients(
    deployed: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """The control of the test above."""
    uncounted = deployed.twin("uncounted")
    uncounted.configure(UNCOUNTED)
    with uncounted.serving(), hammering(of_circuits(uncounted, 60), 8 * HURRIED):
        shares = probed(uncounted, HURRIED_SECONDS)
    for way, (asked, good) in shares.items():
        record_property(f"without the limits, {way}", f"{good} of {asked} probes answered within 2 s")
    asked, good = shares["onion service"]
    assert good < 0.9 * asked


def sources_of(kind: str, site: Nginx) -> list[Source]:
    """Return the sources of a flood."""
    match kind.split(" ", 1):
        case [count, "circuits"]:
            return of_circuits(site, int(count))
        case [count, "addresses"]:
            return of_addresses(site, int(count))
        case [count, "networks of one host"]:
            return [Source(site.port, named=f"2001:db8:1:{n:x}::1") for n in range(1, int(count) + 1)]
    return of_addresses(site, 1)
