"""Malformed requests, sent as raw bytes, are refused without details, and nothing is stored."""

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support import traces
from tests.support.bad_requests import LENIENT, REFUSED, SECOND, Raw, exchange, head, told
from tests.support.builders import make_report_envelope
from tests.support.connections import wait_until_read
from tests.support.portal_room import BODY, SITE, TUS
from tests.support.portal_server import Server
from tests.support.sealed_files import form, sealed_file
from tests.support.server_state import peak, state

LIES = ["1", "67194", "67196", "-1", "1e3", "0x0", " 0 0", "٣", "9" * 19, "9" * 400, ""]
# A word that each of the texts below contains. The word has only letters and digits of base 32, because a
# locator can have no others.
CANARY = "KUVASZ7342"
NAME = f"IMG_20261124_{CANARY}.jpg"
PLAINTEXT = f"{CANARY}, in clear by mistake".encode()
LOCATOR = CANARY.ljust(52, "A")
ELSEWHERE = f"https://{CANARY}.example"
BOUNDARY = f"geckoformboundary{CANARY}"
FIELD = f"field-{CANARY}"
TYPED = f"abaisser-{CANARY}-ablation"


ANSWERS: Counter[int] = Counter()


def ask(server: Server, content: bytes) -> Raw:
    """Send raw bytes, add the status of the answer to ``ANSWERS``, and return the answer."""
    answer = exchange(server.port, content)
    ANSWERS[answer.status] += 1
    return answer


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_request_is_refused_without_naming_the_server(served: Server, name: str) -> None:
    """The answer is a problem document with every header. No row is added."""
    before = state(served)
    answer = ask(served, REFUSED[name])
    assert answer.status in ({200} if name in LENIENT else range(400, 500)), name
    assert (answer.told, b"HTTP/1." in answer.body) == ([], False)
    assert b"Content-Security-Policy: default-src 'none'" in answer.head
    if name not in LENIENT:
        assert b"application/problem+json" in answer.head
        assert b'"code": "' in answer.body
    assert state(served) == before


def test_a_second_request_on_the_same_connection_is_not_answered(served: Server) -> None:
    """Each connection carries one request. Bytes after the end of the request are ignored."""
    answer = ask(served, head("GET /keyring.sig HTTP/1.1") + SECOND)
    assert (answer.status, len(answer.body)) == (200, 64)
    behind = ask(served, head("POST /api/slot HTTP/1.1", "Content-Length: 32") + bytes(32) + SECOND)
    assert (behind.status, len(behind.body)) == (200, 18_108)


def test_an_http_0_9_request_is_refused(served: Server) -> None:
    """An HTTP/0.9 request is a single line without a version."""
    assert ask(served, b"GET /\r\n\r\n").status == 400


@pytest.mark.parametrize("lie", LIES)
def test_a_wrong_offset_changes_nothing(served: Server, lie: str) -> None:
    """The envelope may be unfinished or complete."""
    sealed = make_report_envelope(SITE)
    begun, whole = served.begin(sealed), served.send(make_report_envelope(SITE))
    before = state(served)
    for address in (begun, whole):
        offset = lie.encode().decode("latin-1")
        headers = [*(f"{name}: {value}" for name, value in BODY.items()), f"Upload-Offset: {offset}"]
        content = head(f"PATCH {address} HTTP/1.1", *headers, "Content-Length: 3") + b"age"
        assert ask(served, content).status in {400, 409, 413}
    assert state(served) == before
    assert served.offset(begun) == 0


def test_a_slow_body_occupies_one_process_and_the_other_processes_still_answer(served: Server) -> None:
    """In production, nginx receives the whole body before passing it on."""
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.sendall(head("POST /api/slot HTTP/1.1", "Content-Length: 32") + b"L")
        wait_until_read(slow)
        assert served.request("GET", "/fr/")[0] == 200


def test_the_memory_of_the_processes_stays_bounded(served: Server) -> None:
    """After bodies, chunks and heads of many MiB, no process has grown by more than 16 MiB."""
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
        ask(served, sent[0][:1_000])
    before = peak(served)
    for content in sent:
        assert ask(served, content).status in {0, *range(400, 500)}
    assert peak(served) - before < 16 << 20
    assert served.request("GET", "/fr/")[0] == 200


def sent(content: bytes, field: str, name: str) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a form with one file."""
    made = form(content, name, field)
    body = made["data"].replace(b"--b", b"--" + BOUNDARY.encode())
    return body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@contextmanager
def half_sent(server: Server, path: str, body: bytes, headers: dict[str, str]) -> Iterator[None]:
    """Hold a request open after sending all of it except the last byte."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + body[:-1])
        yield


@pytest.mark.slow
def test_no_part_of_a_form_or_refusal_stays_in_memory(served: Server) -> None:
    """The test searches for the file name, the plaintext, the locator, the origin and the typed text."""
    plain, headers = sent(PLAINTEXT * 4_000, "sealed", NAME)
    elsewhere = {**headers, "Origin": ELSEWHERE}
    typed = f"locator={LOCATOR}".encode()
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    requests = [
        (200, "/en/sealed", *sent(sealed_file(make_report_envelope(SITE)), "sealed", NAME)),
        (400, "/en/sealed", plain, headers),
        (403, "/en/sealed", plain, elsewhere),
        (400, "/en/sealed", *sent(PLAINTEXT, FIELD, NAME)),
        (200, "/en/slot", typed, urlencoded),
        (403, "/en/slot", typed, urlencoded | {"Origin": ELSEWHERE}),
        (200, "/fr/slot", *sent(LOCATOR.encode(), "file", NAME)),
        (400, "/fr/slot", *sent(PLAINTEXT, "file", NAME)),
        (405, f"/fr/{TYPED}", b"", {}),
        (405, f"/fr/status?{TYPED}", b"", {}),
        (404, f"/api/{TYPED}", b"", {}),
        (400, "/api/slot", PLAINTEXT, {"X-Typed": TYPED}),
        (412, f"/api/envelopes/{TYPED}", PLAINTEXT, {}),
        (400, "/api/envelopes", PLAINTEXT, {**TUS, "Upload-Metadata": f"name {TYPED}"}),
    ]
    assert served.process
    for status, path, body, said in requests:
        assert served.request("POST", path, body, said)[0] == status, path
    processes = [served.process.pid, *served.workers()]
    assert traces.found_in_memory(processes, [CANARY, CANARY.lower()]) == []
    # The control: while a form is being sent, the same search finds it.
    with half_sent(served, "/en/sealed", plain, headers):
        assert any(traces.found_in_memory(processes, [CANARY]) for _ in range(20))


def test_the_log_contains_no_part_of_a_malformed_request(
    served: Server, record_property: Callable[[str, object], None]
) -> None:
    """After all tests of this module, the log contains only the line with the portal's own address."""
    lines = [line for line in served.log().splitlines() if line]
    assert lines[:1] == [f"serving on http://127.0.0.1:{served.port}"]
    assert lines[1:] == []
    record_property("malformed requests", told(ANSWERS))
