"""What no client should send, byte by byte over a socket: refused, nothing told, nothing kept."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.support.bad_requests import LENIENT, REFUSED, SECOND, Raw, exchange, head, told
from tests.support.builders import make_report_envelope
from tests.support.installation import free_port
from tests.support.portal_room import BODY, SITE
from tests.support.portal_server import Server
from tests.support.server_state import peak, state

LIES = ["1", "67194", "67196", "-1", "1e3", "0x0", " 0 0", "٣", "9" * 19, "9" * 400, ""]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("portal"), free_port()).make()
    with made.serving():
        yield made


ANSWERS: Counter[int] = Counter()


def ask(server: Server, content: bytes) -> Raw:
    """Send bytes as they are, count the answer, and return it."""
    answer = exchange(server.port, content)
    ANSWERS[answer.status] += 1
    return answer


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_request_is_refused_without_a_word_of_the_server(server: Server, name: str) -> None:
    """By a problem with every header, and no row more than before."""
    before = state(server)
    answer = ask(server, REFUSED[name])
    assert answer.status in ({200} if name in LENIENT else range(400, 500)), name
    assert (answer.told, b"HTTP/1." in answer.body) == ([], False)
    assert b"Content-Security-Policy: default-src 'none'" in answer.head
    if name not in LENIENT:
        assert b"application/problem+json" in answer.head
        assert b'"code": "' in answer.body
    assert state(server) == before


def test_a_second_request_behind_the_first_is_not_answered(server: Server) -> None:
    """A connection carries one request: what hides behind its end reaches nothing."""
    answer = ask(server, head("GET /keyring.sig HTTP/1.1") + SECOND)
    assert (answer.status, len(answer.body)) == (200, 64)
    behind = ask(server, head("POST /api/slot HTTP/1.1", "Content-Length: 32") + bytes(32) + SECOND)
    assert (behind.status, len(behind.body)) == (200, 18_108)


def test_an_answer_without_head_is_no_answer_for_old_clients(server: Server) -> None:
    """HTTP/0.9 has no version in its only line; it is refused like any other malformed one."""
    assert ask(server, b"GET /\r\n\r\n").status == 400


@pytest.mark.parametrize("lie", LIES)
def test_an_offset_that_lies_changes_nothing(server: Server, lie: str) -> None:
    """Neither on an envelope that was begun nor on one that is whole."""
    sealed = make_report_envelope(SITE)
    begun, whole = server.begin(sealed), server.send(make_report_envelope(SITE))
    before = state(server)
    for address in (begun, whole):
        offset = lie.encode().decode("latin-1")
        headers = [*(f"{name}: {value}" for name, value in BODY.items()), f"Upload-Offset: {offset}"]
        content = head(f"PATCH {address} HTTP/1.1", *headers, "Content-Length: 3") + b"age"
        assert ask(server, content).status in {400, 409, 413}
    assert state(server) == before
    assert server.offset(begun) == 0


def test_a_slow_body_holds_one_process_and_not_the_site(server: Server) -> None:
    """Others are answered by the next process meanwhile; the web server in front holds such bodies."""
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(head("POST /api/slot HTTP/1.1", "Content-Length: 32") + b"L")
        time.sleep(0.2)
        assert server.request("GET", "/fr/")[0] == 200


def test_memory_stays_bounded(server: Server) -> None:
    """Bodies, chunks and heads of many MiB leave each process as large as it was, to 16 MiB."""
    huge = 24 << 20
    sent = [
        head("POST /api/slot HTTP/1.1", f"Content-Length: {huge}") + bytes(huge),
        head("POST /api/slot HTTP/1.1", "Transfer-Encoding: chunked") + b"%x\r\n" % huge + bytes(huge),
        head("POST /api/slot HTTP/1.1", "Transfer-Encoding: chunked") + b"1;" + b"a" * huge,
        head("POST /api/slot HTTP/1.1", "Transfer-Encoding: chunked") + b"0\r\n" + b"A: b\r\n" * (huge // 6),
        b"GET /" + b"a" * huge,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (huge // 6),
        head("POST /api/envelopes HTTP/1.1", *map(": ".join, BODY.items()), f"Content-Length: {huge}")
        + bytes(huge),
    ]
    for _ in range(3):
        ask(server, sent[0][:1_000])
    before = peak(server)
    for content in sent:
        assert ask(server, content).status in {0, *range(400, 500)}
    assert peak(server) - before < 16 << 20
    assert server.request("GET", "/fr/")[0] == 200


def test_the_log_tells_nothing_of_all_this(
    server: Server, record_property: Callable[[str, object], None]
) -> None:
    """After every test of this file: the address to serve on, and at most codes."""
    lines = [line for line in server.log().splitlines() if line]
    assert lines[:1] == [f"serving on http://127.0.0.1:{server.port}"]
    assert lines[1:] == []
    record_property("malformed requests", told(ANSWERS))
