"""`portal serve` with real processes, sockets and signals."""

import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from portal import days
from portal.config import load
from portal.store import cases, database
from tests.support.builders import Sealed, make_report_envelope
from tests.support.connections import wait_until_read
from tests.support.portal_room import BODY, SITE, declared
from tests.support.portal_server import START_SECONDS, Server

pytestmark = pytest.mark.long


@pytest.fixture
def server(tmp_path: Path, free_port: Callable[[], int]) -> Server:
    return Server(tmp_path, free_port())


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_two_processes_accept_parallel_reports(
    server: Server, request: pytest.FixtureRequest, backend: str
) -> None:
    """Every report is stored completely."""
    if backend == "postgresql":
        server.make(database=request.getfixturevalue("postgres_database"))
    else:
        server.make()
    reports = [make_report_envelope(SITE) for _ in range(40)]
    sealed = reports[0]
    with server.serving(), ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(server.send, reports))
        assert len(set(addresses)) == 40
        assert len(server.workers()) == 2
        assert set(pool.map(server.offset, addresses)) == {len(sealed.envelope)}
        status, headers, body = server.request("POST", "/api/slot", sealed.keys.locator)
        assert (status, len(body), body[0]) == (200, 18_108, 1)
        assert "Server" not in headers


def test_an_upload_moves_between_processes_and_survives_a_restart(server: Server) -> None:
    """Processes keep no state, so any of them accepts pieces, before and after a restart."""
    server.make()
    sealed = make_report_envelope(SITE, file=bytes(2_000_000))
    with server.serving():
        address = server.begin(sealed)
        cut(server, address, sealed.envelope, at=int(len(sealed.envelope) * 0.6))
        offset = until(lambda: server.offset(address))
        assert 0 < offset <= len(sealed.envelope) * 0.6
    with server.serving():
        assert server.offset(address) == offset
        for start in range(offset, len(sealed.envelope), 1 << 20):
            piece = sealed.envelope[start : start + (1 << 20)]
            headers = {**BODY, "Upload-Offset": str(start)}
            assert server.request("PATCH", address, piece, headers)[0] == 204
        assert server.offset(address) == len(sealed.envelope)


def test_the_header_of_an_envelope_cannot_be_used_again_after_a_restart(server: Server) -> None:
    """A repeated request finds the upload. If the upload was deleted, the request is refused."""
    server.make()
    kept, withdrawn = make_report_envelope(SITE), make_report_envelope(SITE)
    with server.serving():
        address = server.send(kept)
        server.send(withdrawn)
        assert server.request("POST", "/api/withdraw", withdrawn.keys.withdraw_key)[0] == 204
    with server.serving():
        assert server.send(kept) == address
        headers = {**BODY, **declared(withdrawn)}
        status, _, body = server.request("POST", "/api/envelopes", withdrawn.envelope, headers)
        assert (status, json.loads(body)["code"]) == (403, "work_spent")


def cut(server: Server, address: str, content: bytes, *, at: int) -> None:
    """Begin an upload whose connection breaks at the byte ``at``."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head("PATCH", address, whole(content)) + content[:at])


def whole(content: bytes) -> dict[str, str]:
    """Return the headers of a request that sends this body as a whole."""
    return {**BODY, "Host": "x", "Upload-Offset": "0", "Content-Length": str(len(content))}


def head(method: str, address: str, headers: dict[str, str]) -> bytes:
    """Return the request line and headers as bytes."""
    lines = [f"{method} {address} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def until(found: Callable[[], int]) -> int:
    """Wait until the result is not zero and no longer changes; return it."""
    end = time.monotonic() + START_SECONDS
    before = 0
    while not before or found() != before:
        assert time.monotonic() < end
        before = found()
        time.sleep(0.3)
    return before


def test_sigterm_lets_requests_in_progress_finish(server: Server) -> None:
    """A slow upload that began before the signal gets its answer, and is complete after the next start."""
    server.make()
    sealed = make_report_envelope(SITE)
    with server.serving():
        address = server.begin(sealed)
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(head("PATCH", address, whole(sealed.envelope)) + sealed.envelope[:30_000])
            wait_until_read(connection)
            assert server.process
            server.process.send_signal(signal.SIGTERM)
            until(lambda: len(server.children()) == 1)  # the idle process ends
            assert server.process.poll() is None
            connection.sendall(sealed.envelope[30_000:])
            assert connection.recv(1_000).startswith(b"HTTP/1.1 204 ")
        assert server.process.wait(START_SECONDS) == 0
    with server.serving():
        assert server.offset(address) == len(sealed.envelope)


def test_a_process_that_is_stopped_while_it_starts_ends_immediately(server: Server) -> None:
    """Another process replaces the stopped process. Otherwise, the portal might take a long time to stop."""
    server.make()
    with server.serving():
        seen = set(server.workers())
        os.kill(min(seen), signal.SIGTERM)
        for _ in range(20):
            end = time.monotonic() + START_SECONDS
            while not (born := set(server.children()) - seen):
                assert time.monotonic() < end
            seen |= born
            os.kill(min(born), signal.SIGTERM)
        until(lambda: len(server.workers()))


def test_sighup_ends_the_server_cleanly_and_with_a_failure_status(server: Server) -> None:
    """SIGHUP comes when a terminal closes, or on a reload. Afterwards, systemd restarts the server."""
    server.make()
    with server.serving():
        workers = server.workers()
        assert server.process
        server.process.send_signal(signal.SIGHUP)
        assert server.process.wait(START_SECONDS) == 1
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        assert "Traceback" not in server.log()
        server.ended = True


def test_two_servers_on_one_sqlite_database_act_as_one_portal(
    server: Server, free_port: Callable[[], int]
) -> None:
    """Each server has its own processes and port, and knows what the other server received.

    One of the servers may stop.
    """
    server.make()
    other = server.beside(free_port())
    sealed = make_report_envelope(SITE, file=bytes(600_000))
    middle = 400_000
    with other.serving():
        with server.serving():
            assert not set(server.workers()) & set(other.workers())
            address = server.begin(sealed)
            piece = {**BODY, "Upload-Offset": "0"}
            assert server.request("PATCH", address, sealed.envelope[:middle], piece)[0] == 204
        piece["Upload-Offset"] = str(middle)
        assert other.request("PATCH", address, sealed.envelope[middle:], piece)[0] == 204
        assert other.request("POST", "/api/slot", sealed.keys.locator)[2][0] == 1
        assert other.content(address) == sealed.envelope


def test_an_invalid_address_is_refused(server: Server) -> None:
    server.make()
    said = server.run("serve", "--listen", "8090", code=2)
    assert "--listen has a wrong value: 8090" in said
    assert "127.0.0.1:8080" in said


def test_a_port_in_use_is_reported(server: Server) -> None:
    """The first portal continues to listen.

    The second portal says that the port is in use, and exits with status 1.
    """
    server.make()
    with server.serving():
        message, hint = server.run("serve", code=1).splitlines()
        assert (
            message == f"error: the portal cannot listen on 127.0.0.1:{server.port}: address already in use"
        )
        assert hint.startswith("hint: ")
        assert server.request("GET", "/keyring.json")[0] == 200


@pytest.mark.parametrize("host", ["a..b", "a" * 64])
def test_an_impossible_host_name_is_reported(server: Server, host: str) -> None:
    """The name has an empty part, or is too long."""
    server.make(listen=f"{host}:{server.port}")
    message, hint = server.run("serve", code=1).splitlines()
    assert message == f"error: the portal cannot listen on {host}:{server.port}: no host has this name"
    assert hint.startswith("hint: ")


def test_the_answer_to_an_invalid_request_does_not_repeat_the_request(served: Server) -> None:
    """The request is malformed, too long or cut short.

    Neither the answer nor the log repeats any part of the request.
    """
    canary = b"canary-7f3a"
    garbage = {
        b"400 bad_request": b"GET /" + canary + b" HTTP/9.9\r\n\r\n",
        b"414 uri_too_long": b"GET /" + canary * 1_000 + b" HTTP/1.1\r\n\r\n",
        b"431 headers_too_large": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + canary * 1_000 + b"\r\n\r\n",
    }
    for expected, content in garbage.items():
        status, code = expected.split()
        answer = exchange(served, content)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b'"code": "%s"' % code in answer
        assert b"application/problem+json" in answer
        assert canary not in answer
    exchange(served, b"POST /api/slot HTTP/1.1\r\nHost: x\r\nContent-Length: 32\r\n\r\n" + canary)
    assert served.request("GET", f"/{canary.decode()}")[0] == 404
    assert served.request("POST", "/api/slot", canary)[0] == 400
    log = served.log()
    assert canary.decode() not in log
    assert "127.0.0.1" not in log.replace(f"serving on http://127.0.0.1:{served.port}", "")


def test_a_portal_with_a_refused_folder_of_figures_starts_and_says_why_it_leaves_them_out(
    server: Server,
) -> None:
    server.make(figures="figures")
    (server.folder / "figures").mkdir()
    (server.folder / "figures" / "notes.txt").write_text("x")
    sealed = make_report_envelope(SITE)
    with server.serving():
        assert server.offset(server.send(sealed)) == len(sealed.envelope)
        assert server.request("GET", "/en/report")[0] == 200
    folder = server.folder / "figures"
    said = (
        f"served without figures: {folder} has a file that is not part of an edition: notes.txt\nhint: copy"
    )
    assert said in server.log()


def test_a_client_that_sends_garbage_and_disconnects_stops_no_process(served: Server) -> None:
    """The answer that cannot be sent is dropped, and the same processes continue to serve."""
    assert served.request("GET", "/fr/")[0] == 200
    workers = served.workers()
    for _ in range(40):
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(b"GARBAGE\r\n\r\n")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert served.request("GET", "/fr/")[0] == 200
    assert served.workers() == workers
    assert "exited" not in served.log()


def test_an_impossible_declared_length_is_refused_without_a_traceback(served: Server) -> None:
    """The answer is a problem document with status 413."""
    sealed = make_report_envelope(SITE)
    headers = {**BODY, **declared(sealed), "Host": "x", "Content-Length": "9999999999"}
    answer = exchange(served, head("POST", "/api/envelopes", headers))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too_large"' in answer
    assert b"Content-Security-Policy: " in answer
    assert "Traceback" not in served.log()


@pytest.mark.parametrize(
    ("rest", "status", "offset"),
    [(b"0\r\n\r\n", b"204", 67_195), (b"1\r\n!\r\n0\r\n\r\n", b"413", 0), (b"", b"400", 65_536)],
)
def test_a_body_without_a_declared_length_is_read_to_its_end(
    served: Server, rest: bytes, status: bytes, offset: int
) -> None:
    """A chunked body may be complete, too long, or cut short."""
    sealed = make_report_envelope(SITE)
    taken = sealed.envelope if rest else sealed.envelope[:65_600]
    address = served.begin(sealed)
    headers = {**BODY, "Host": "x", "Upload-Offset": "0", "Transfer-Encoding": "chunked"}
    chunk = b"%x\r\n%s\r\n" % (len(taken), taken)
    assert exchange(served, head("PATCH", address, headers) + chunk + rest).startswith(b"HTTP/1.1 " + status)
    assert served.offset(address) == offset
    malformed = exchange(served, head("POST", "/api/slot", headers) + b"zz\r\n")
    assert malformed.startswith(b"HTTP/1.1 400")


def exchange(server: Server, content: bytes) -> bytes:
    """Send bytes, close the sending side, and return the whole answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while more := connection.recv(65_536):
            answer += more
        return answer


def test_a_client_that_is_still_sending_receives_the_refusal(served: Server) -> None:
    """The client sends 1 MiB to a deleted upload, and can read the reason before it is disconnected."""
    headers = {**BODY, "Upload-Offset": "0"}
    status, _, body = served.request("PATCH", "/api/envelopes/" + "A" * 22, bytes(1 << 20), headers)
    assert (status, json.loads(body)["code"]) == (404, "not_found")


def test_the_next_start_overwrites_data_that_a_killed_process_had_deleted(server: Server) -> None:
    """A process can be killed between deleting and overwriting."""
    server.make()
    sealed = make_report_envelope(SITE)
    with server.serving():
        server.send(sealed)
    store = database.open_database(load(server.folder / "portal.toml").database_url)
    with closing(store):
        with store.write() as connection:
            cases.withdraw(connection, days.hour(), sealed.withdraw_id, sealed.keys.withdraw_key)
        assert remains(server, sealed)
        with server.serving():
            assert server.request("GET", "/keyring.json")[0] == 200
            # Another process may overwrite the bytes.
            until(lambda: not remains(server, sealed))


def test_data_that_was_withdrawn_just_before_a_stop_is_overwritten(server: Server) -> None:
    """Otherwise, the data would stay in the files until the portal starts again."""
    server.make()
    sealed = make_report_envelope(SITE)
    with server.serving():
        server.send(sealed)
        assert remains(server, sealed)
        assert server.request("POST", "/api/withdraw", sealed.keys.withdraw_key)[0] == 204
    assert not remains(server, sealed)


def test_four_thousand_connections_can_wait_for_a_free_process(server: Server) -> None:
    """Nginx may pass on about 4,000 texts at the same time.

    gunicorn's default queue has room for only 2,048 connections.

    If a queue is full, the connection tries again after one second, then three, seven, and so on.
    """
    server.make()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with server.serving(), ExitStack() as opened:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
        opened.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        for worker in server.workers():
            os.kill(worker, signal.SIGSTOP)
            opened.callback(os.kill, worker, signal.SIGCONT)
        for _ in range(4_000):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=0.9)
            opened.enter_context(connection)


def remains(server: Server, sealed: Sealed) -> bool:
    """Return whether the database's files contain a part of the envelope."""
    files = server.folder.glob("portal.sqlite*")
    # Another process reads the files, because closing them here would release the locks of the open database.
    read = subprocess.run(["cat", *files], capture_output=True, check=True)
    return sealed.envelope[30_000:30_040] in read.stdout


def test_clients_learn_only_a_code_about_a_database_error(server: Server) -> None:
    """The log contains the kind and place of the error, but no address, key or path."""
    server.make()
    sealed = make_report_envelope(SITE)
    with server.serving():
        # A process that finds no database at its start stops the whole server.
        until(lambda: all(map(server.has_database_open, server.workers())))
        (server.folder / "portal.sqlite").write_bytes(b"no longer a database" * 1_000)
        status, headers, body = server.request(
            "POST", "/api/envelopes", sealed.envelope, {**BODY, **declared(sealed)}
        )
        assert status in {500, 503}
        assert headers["Content-Type"] == "application/problem+json"
        assert json.loads(body)["code"] in {"internal_error", "unavailable"}
    assert "Traceback" not in server.log()
    # A damaged database is `unavailable`, and every other failure is an `error`.
    assert re.search(r"^(?:error|unavailable): \w+ at \w+\.py:\d+$", server.log(), re.MULTILINE)
