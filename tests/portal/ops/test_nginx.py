"""The shipped nginx in front of a real portal gives the same answers, and writes no logs."""

import json
import os
import socket
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import brotli
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from portal.app import load_questionnaire
from portal.config import load
from portal.site.site_files import MISSING, files
from portal.store.schema import envelopes
from portal.web import headers
from tests.support.bad_requests import INCOMPLETE, REFUSED, SECOND, exchange, head
from tests.support.installation import free_port
from tests.support.page_visitor import SLOW, Visitor
from tests.support.portal_nginx import NGINX, WAYS, Nginx
from tests.support.portal_room import BODY
from tests.support.portal_server import Server
from tests.support.server_state import state
from tests.support.shipped_lines import NGINX as TOLD
from tests.support.shipped_lines import of_nginx, of_unit

ALL_CONNECTIONS = 12_288
ONION = "http://" + "a" * 56 + ".onion"
# nginx accepts three requests that the portal refuses: one in HTTP/0.9, one with a header without a colon,
# and one with an unknown expectation.
TAKEN_BY_NGINX = {"no version", "a header without a colon", "an expectation nobody knows"}
ENCODINGS = [
    "identity",
    "gzip, deflate, br, zstd",
    "gzip, deflate",
    "br;q=0, gzip",
    "gzip;q=0, br;q=0, *",
    "zstd",
]
# Addresses at which other servers report their health or their load.
HEALTH = ["health", "healthz", "livez", "metrics", "nginx_status", "ping", "readyz", "server-status"]
# These headers describe one connection, not the answer.
HOPS = {"date", "connection", "keep-alive", "transfer-encoding"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    server = Server(tmp_path_factory.mktemp("portal"), free_port()).make(onion=ONION)
    nginx = Nginx(server, server.folder / "nginx").make()
    with server.serving(), nginx.serving():
        yield nginx


Answer = tuple[int, dict[str, str], bytes]


def ask(connection: HTTPConnection, method: str, path: str, accepted: str) -> Answer:
    """Return the status, headers and body of one answer."""
    connection.request(method, path, headers={"Accept-Encoding": accepted})
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in HOPS}
    return answer.status, found, answer.read()


def connections(site: Nginx) -> tuple[HTTPConnection, HTTPConnection]:
    """Return a connection to the clearnet site and one to the port that tor uses."""
    trusted = ssl.create_default_context(cafile=site.certificate)
    clearnet = HTTPSConnection("localhost", site.port, timeout=30, context=trusted)
    return clearnet, HTTPConnection("127.0.0.1", site.onion_port, timeout=30)


def every_path(site: Nginx) -> list[str]:
    settings = load(site.server.folder / "portal.toml")
    pages = [path for path in files(settings, load_questionnaire(settings)) if path != MISSING]
    assert {"/", "/fr/report", "/static/js/report.js"} <= set(pages)
    own = ["/problem", "/refusal", "/en/unavailable.html", "/answers/en/unavailable.html"]
    return [
        *pages,
        *own,
        "/keyring.json",
        "/keyring.sig",
        "/nowhere",
        "/fr/report.html",
        "/api/nowhere",
        "/?x=1",
    ]


@pytest.mark.parametrize("accepted", ENCODINGS)
def test_nginx_answers_every_path_as_the_application_does(site: Nginx, accepted: str) -> None:
    """Status, headers and bytes are the same on clearnet and tor, although nginx serves frozen files."""
    both = connections(site)
    for path in every_path(site):
        direct = ask(HTTPConnection("127.0.0.1", site.server.port), "GET", path, accepted)
        for connection in both:
            assert ask(connection, "GET", path, accepted) == direct, path
    for connection in both:
        connection.close()


@pytest.mark.parametrize("before", ["/", "/api/"])
def test_no_public_address_reveals_the_health_of_the_portal(site: Nginx, before: str) -> None:
    """Otherwise, strangers could learn the portal's load.

    A request for such a path gets the same answer as a request for an unknown path.
    """
    for connection in connections(site):
        unknown = ask(connection, "GET", f"{before}nowhere", "identity")
        assert unknown[0] == HTTPStatus.NOT_FOUND
        for name in HEALTH:
            assert ask(connection, "GET", before + name, "identity") == unknown, name
        connection.close()


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_nginx_answers_every_method_as_the_application_does(site: Nginx, method: str) -> None:
    """Nginx itself answers only requests that read data.

    The portal answers all other requests, even for frozen pages.
    """
    (_, onion) = connections(site)
    for path in ("/", "/fr/report", "/static/style.css", "/keyring.json", "/nowhere", "/api/nowhere"):
        direct = ask(HTTPConnection("127.0.0.1", site.server.port), method, path, "br")
        assert ask(onion, method, path, "br") == direct, (method, path)
    onion.close()


def test_frozen_pages_come_from_files(site: Nginx) -> None:
    """The control of the tests above: without a portal, pages still work, and other paths get status 503."""
    alone = site.twin("alone", Server(site.server.folder, free_port()))
    with alone.serving():
        (_, onion) = connections(alone)
        assert ask(onion, "GET", "/fr/report", "br")[0] == 200
        status, found, body = ask(onion, "GET", "/keyring.json", "br")
        assert (status, json.loads(body)) == (
            503,
            {"title": "Service Unavailable", "status": 503, "code": "unavailable"},
        )
        assert (found["content-type"], found["retry-after"]) == ("application/problem+json", "30")
        assert headers_of(site) <= found.items()
        onion.close()
        examined = json.loads(alone.server.run("doctor", "--url", alone.onion_address, "--json", code=1))
        assert "the portal behind the site does not answer: status 503" in [each["what"] for each in examined]


def headers_of(site: Nginx) -> set[tuple[str, str]]:
    """Return the headers that every answer must have."""
    lines = (site.frozen / "headers").read_text().splitlines()
    found = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert len(found) == len(headers.ALWAYS)
    return set(found.items())


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - INCOMPLETE - TAKEN_BY_NGINX))
def test_a_malformed_request_is_refused_without_naming_either_server(site: Nginx, name: str) -> None:
    """Nginx or the portal answers with a problem document and all headers. Nothing is stored."""
    before = state(site.server)
    answer = exchange(site.onion_port, REFUSED[name], end=False)
    assert answer.status in {*range(400, 500), 501, 505}, answer
    assert answer.told == []
    assert b"Content-Security-Policy: default-src 'none'" in answer.head
    assert b"application/problem+json" in answer.head
    assert json.loads(answer.body)["code"]
    assert state(site.server) == before


def test_a_request_hidden_in_a_body_is_not_served_as_a_request(site: Nginx) -> None:
    """Both servers agree on where a body ends: if the body is a request, they read it as a locator."""
    hidden = SECOND[:32].ljust(32, b" ")
    framed = head("POST /api/slot HTTP/1.1", "Content-Length: 32") + hidden
    answer = exchange(site.onion_port, framed + SECOND, end=False)
    assert (answer.status, len(answer.body)) == (200, 18_108)
    pipelined = b"GET /keyring.sig HTTP/1.1\r\nHost: x\r\n\r\n" + SECOND
    both = exchange(site.onion_port, pipelined, end=False)
    assert (both.status, both.body.count(b"HTTP/1.1 404")) == (200, 1)


def test_a_body_larger_than_one_piece_is_refused(site: Nginx) -> None:
    """The page sends pieces of 1 MiB. A piece with one more byte is refused as `too_large`."""
    lines = [f"{name}: {value}" for name, value in (BODY | {"Upload-Offset": "0"}).items()]
    for size, code in ((1 << 20, b"not_found"), ((1 << 20) + 1, b"too_large")):
        content = head(f"PATCH /api/envelopes/{'A' * 22} HTTP/1.1", *lines, f"Content-Length: {size}")
        assert b'"code": "%s"' % code in exchange(site.onion_port, content + bytes(size), end=False).body


@pytest.mark.parametrize("path", ["/api/slot", "/api/withdraw", "/en/slot"])
def test_bodies_of_more_than_4_kib_are_refused_on_paths_for_small_requests(site: Nginx, path: str) -> None:
    """Nginx refuses such bodies because of their length, before any byte arrives.

    The portal itself refuses a body of 4 KiB.
    """
    statuses = []
    for size, body in ((4 << 10, bytes(4 << 10)), ((4 << 10) + 1, b"")):
        content = head(f"POST {path} HTTP/1.1", f"Content-Length: {size}", "Connection: close") + body
        statuses.append(exchange(site.onion_port, content, end=not body).status)
    assert statuses == [400, 413]


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Give pages enough time on a busy machine."""
    expect.set_options(timeout=SLOW)
    yield
    expect.set_options(timeout=5_000)


def test_a_page_sends_a_report_through_nginx(site: Nginx, chromium: Browser, tmp_path: Path) -> None:
    """The report has a file of several pieces.

    The upload uses TLS and HTTP/2, and the console shows no message.
    """
    attached = tmp_path / "picture.jpg"
    attached.write_bytes(os.urandom(2_500_000))
    context = chromium.new_context(ignore_https_errors=True)
    visitor = Visitor(context.new_page(), site.address)
    visitor.report("Through the web server", [attached])
    assert visitor.complaints == []
    context.close()
    with site.server.store() as store, store.read() as connection:
        largest = connection.scalar(
            select(func.max(envelopes.c.size)).where(envelopes.c.received == envelopes.c.size)
        )
    assert largest > 2_500_000


def test_portal_verify_accepts_the_site_behind_nginx_and_names_a_changed_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test runs the command as monitors do, with and without TLS.

    Only the Brotli version of a file was changed.
    """
    server = Server(tmp_path, free_port()).make(manifest="manifest")
    server.sign_manifest()
    nginx = Nginx(server, tmp_path / "nginx").make()
    monkeypatch.setenv("SSL_CERT_FILE", str(nginx.certificate))
    with server.serving(), nginx.serving():
        assert server.run("verify", nginx.address) == "the site serves what was signed\n"
        examined = json.loads(server.run("doctor", "--url", nginx.onion_address, "--json", code=1))
        said = {each["what"]: each["level"] for each in examined}
        assert said["the headers are those of the portal"] == "ok"
        assert said["the portal behind the site answers"] == "ok"
        altered = nginx.frozen / "site/static/icon.svg"
        changed = altered.read_bytes().replace(b"<svg", b"<SVG")
        altered.with_name("icon.svg.br").write_bytes(brotli.compress(changed))
        said = server.run("verify", nginx.onion_address, code=1)
        assert said == "/static/icon.svg: the bytes differ from those signed\n"


@pytest.mark.parametrize("way", WAYS)
def test_nginx_accepts_the_shipped_configuration(site: Nginx, way: str) -> None:
    """Nginx gives no warning, and tests/support gives a reason for each limit and time-out."""
    command = [NGINX, "-T", "-q", "-c", site.folder / f"{way}.conf"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert of_nginx(checked.stdout, way) == Counter(line for line, _ in TOLD[way])


def test_nginx_is_allowed_to_open_enough_files_for_all_connections() -> None:
    """Each connection needs four open files. With a lower limit, 12,288 slow clients would block nginx."""
    numbers = dict(line.split() for line, _ in TOLD["clearnet"] if line.count(" ") == 1)
    connections, descriptors = int(numbers["worker_connections"]), int(numbers["worker_rlimit_nofile"])
    assert 4 * ALL_CONNECTIONS < connections < descriptors
    assert f"LimitNOFILE={descriptors}" in of_unit("nginx@.service")
    assert f"limit_conn all {ALL_CONNECTIONS}" in {line for line, _ in TOLD["clearnet"]}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_nginx_gives_a_browser_nothing_that_could_identify_it_later(
    site: Nginx, version: ssl.TLSVersion
) -> None:
    """The browser gets no TLS ticket and no session id that it would send at its next visit."""
    assert given(site, version) == (False, b"")
    talking = site.twin(f"tickets-{version.name}")
    talking.configure({"ssl_session_cache off;": "", "ssl_conf_command NumTickets 0;": ""})
    with talking.serving():
        assert given(talking, version)[1] != b""


def given(site: Nginx, version: ssl.TLSVersion) -> tuple[bool, bytes]:
    """For a client with this TLS version, return whether it gets a ticket, and the id of its session."""
    context = ssl.create_default_context(cafile=site.certificate)
    context.maximum_version = version
    raw = socket.create_connection(("127.0.0.1", site.port))
    with context.wrap_socket(raw, server_hostname="localhost") as client:
        client.sendall(head("GET /keyring.sig HTTP/1.1"))
        assert client.recv(12) == b"HTTP/1.1 200"
        assert client.session
        return client.session.has_ticket, client.session.id
