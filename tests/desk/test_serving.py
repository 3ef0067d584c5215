"""The web server of the desk: a slow client blocks nobody else, and the server writes nothing to a disk."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, request

from inbox.desk import serving
from inbox.desk.app import create_app
from inbox.desk.state import HOST, Desk
from tests.support import connections
from tests.support.desk_room import sitting
from tests.support.inbox_builders import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LARGE = 3 << 20
FORM = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
QUICK_SECONDS = 1.0


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Answer with the body of the request."""
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def served(app: "WSGIApplication" = echo) -> Iterator[tuple[str, int]]:
    """Serve an application in this process; yield its host and port."""
    listener = serving.listen(0)
    with listener, serving.serving(listener, app) as server, server.answering():
        yield HOST, serving.port_of(listener)


def ask(here: tuple[str, int], sent: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> tuple[bytes, float]:
    """Return the response, and how many seconds it took."""
    begin = time.monotonic()
    with socket.create_connection(here, timeout=30) as client:
        client.sendall(sent)
        return everything(client), time.monotonic() - begin


def everything(client: socket.socket) -> bytes:
    """Return all bytes received until the other end closes the connection."""
    found = b""
    with suppress(ConnectionError):
        while piece := client.recv(1 << 16):
            found += piece
    return found


def spell(client: socket.socket, over: threading.Event) -> None:
    """Send letter after letter while the other end receives them."""
    with suppress(OSError):
        while not over.wait(0.1):
            client.sendall(b"y")


def test_a_slow_client_does_not_delay_other_requests() -> None:
    """The slow clients stop midway, send letter by letter, send half a form, or do not read their page."""
    with served() as here, several(here, 6) as slow:
        over = threading.Event()
        for client, sent in zip(
            slow, (b"", b"GET", b"GET / HTTP/1.1\r\nX: ", FORM % 99, FORM % 99), strict=False
        ):
            client.sendall(sent)
        slow[5].sendall(FORM % LARGE + bytes(LARGE))
        spelling = [threading.Thread(target=spell, args=(each, over)) for each in slow[1:4]]
        for each in spelling:
            each.start()
        for _ in range(20):
            answer, seconds = ask(here)
            assert (b"200 OK", True) == (answer[9:15], seconds < QUICK_SECONDS)
        over.set()
        for each in spelling:
            each.join()


@contextmanager
def several(here: tuple[str, int], count: int) -> Iterator[Sequence[socket.socket]]:
    found = [socket.create_connection(here, timeout=30) for _ in range(count)]
    yield found
    for each in found:
        each.close()


def test_many_idle_connections_do_not_delay_another_request() -> None:
    """There are more connections than the server allows, so it closes the oldest connection."""
    with served() as here, several(here, 2 * serving._MOST_OPEN) as silent:
        answer, seconds = ask(here)
        assert (b"200 OK", True) == (answer[9:15], seconds < QUICK_SECONDS)
        silent[-1].sendall(FORM % 1 + b"y")
        assert everything(silent[-1]).endswith(b"y")


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        pytest.param(b"GET /", marks=pytest.mark.soak),
        pytest.param(FORM % 9_999),
    ],
    ids=["silence", "line", "form"],
)
def test_a_request_that_takes_more_than_five_seconds_is_aborted(begin: bytes) -> None:
    """Sending a request letter by letter does not help. The control is the next test."""
    with (
        served() as here,
        several(here, 2) as slow,
    ):
        since, over = time.monotonic(), threading.Event()
        for each in slow:
            each.sendall(begin)
        spelling = threading.Thread(target=spell, args=(slow[0], over))
        if begin:
            spelling.start()
        found = []
        for each in slow:
            found.append(everything(each))
            assert 5.0 <= time.monotonic() - since < 6.0
        assert [b"", b""] == found
        over.set()
        if begin:
            spelling.join()


def test_a_form_that_takes_less_than_five_seconds_is_accepted() -> None:
    with served() as here, socket.create_connection(here, timeout=30) as client:
        client.sendall(FORM % 3)
        for _ in range(3):
            over = threading.Event()
            over.wait(1.2)
            client.sendall(b"y")
        assert everything(client).endswith(b"\r\n\r\nyyy")


def files_open() -> set[str]:
    """Return the files that this process has open, including files without a name."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            name = str(each.readlink())
            is_device = name.startswith("/dev/") and not name.startswith("/dev/shm/")  # noqa: S108 - looked at
            if name.startswith("/") and each.is_file() and not is_device and not name.startswith("/proc/"):
                found.add(name)
    return found


@pytest.mark.parametrize("limit", [serving._SETTINGS["inbuf_overflow"], 1 << 19], ids=["ours", "control"])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_no_form_is_written_to_a_disk(monkeypatch: pytest.MonkeyPatch, limit: int, framing: str) -> None:
    """The control raises the size above which waitress uses a file without a name."""
    monkeypatch.setitem(serving._SETTINGS, "inbuf_overflow", limit)
    sent = FORM % (LARGE + 1)
    if framing == "chunks":
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (LARGE + 1)
    with served() as here, socket.create_connection(here) as client:
        before = files_open()
        client.sendall(sent + bytes(LARGE))
        connections.wait_until_read(client)
        spilled = files_open() - before
        client.sendall(b"y" if framing == "length" else b"y\r\n0\r\n\r\n")
        assert everything(client).endswith(b"y")
    assert (limit == 1 << 19) == bool(spilled)


@pytest.mark.parametrize("limit", [serving._SETTINGS["outbuf_overflow"], 1 << 20], ids=["ours", "control"])
def test_the_server_writes_no_page_to_a_disk(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """The client does not read the page here, so the server has to keep it."""
    monkeypatch.setitem(serving._SETTINGS, "outbuf_overflow", limit)
    answered = threading.Event()

    def large(_: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [("Content-Length", str(40 << 20))])
        yield bytes(40 << 20)
        answered.set()

    with served(large) as here, socket.create_connection(here) as client:
        before = files_open()
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered.wait(30)
        spilled = files_open() - before
    assert (limit == 1 << 20) == bool(spilled)


def test_the_server_writes_no_uploaded_file_to_a_disk(world: World) -> None:
    """The control is an application with Flask's default settings."""
    with sitting(world.office) as client:
        ours = create_app(Desk(client.desk.opened, 8090, None))
    spilled = []
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n%s\r\n--x--' % bytes(
        1 << 20
    )
    kind = "multipart/form-data; boundary=x"
    for app in (ours, Flask("other")):
        with app.test_request_context("/", method="POST", data=body, content_type=kind):
            before = files_open()
            assert len(request.files) == 1
            spilled.append(bool(files_open() - before))
    assert [False, True] == spilled


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"y" * 9 + b"\r\n\r\n", b"400"),
        (b"yyy / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nyyyy\r\n\r\n", b"400"),
        (b"GET /" + b"y" * (1 << 16) + b" HTTP/1.1\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * (1 << 16), b"431"),
        (FORM % (1 << 30), b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: yyyy\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nContent-Length: yyyy\r\n\r\n", b"400"),
    ],
)
def test_the_response_to_an_invalid_request_does_not_repeat_the_request(
    caplog: pytest.LogCaptureFixture, sent: bytes, status: bytes
) -> None:
    """The response does not name the server program, and nothing is logged."""
    with served() as here:
        answer, _ = ask(here, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status, b"") == (head.split()[1], body)
    assert not re.search(rb"yyy|waitress|server", answer, re.IGNORECASE)
    assert [] == caplog.records
    assert b"Connection: close" in head


def test_an_error_outside_the_page_code_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fault(_: dict[str, Any], __: Callable[..., Any]) -> list[bytes]:
        raise KeyError("canary")

    with served(fault) as here:
        answer, _ = ask(here)
    assert b" 500 " in answer
    assert b"canary" not in answer
    assert [] == caplog.records


def test_the_server_answers_one_request_per_connection() -> None:
    with served() as here:
        answer, _ = ask(here, (FORM % 1 + b"y") * 2)
    assert 1 == answer.count(b"200 OK")


def test_the_server_stops_cleanly_even_if_its_thread_ends_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise a desk could crash while it locks, instead of saying that it is locked."""
    before = set(threading.enumerate())
    wake = serving._Waitress.pull_trigger

    def wake_late(server: serving._Waitress) -> None:
        for thread in set(threading.enumerate()) - before:
            thread.join()
        wake(server)

    with serving.listen(0) as listener, serving.serving(listener, echo):
        monkeypatch.setattr(serving._Waitress, "pull_trigger", wake_late)
