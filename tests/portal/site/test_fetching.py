"""A site that cannot be reached is reported with the reason and a hint."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import urllib3

from portal.errors import Refused
from portal.site import fetching
from portal.site.fetching import Visitor
from tests.support.certificates import make_certificate
from tests.support.installation import free_port


def refused(site: str, proxy: str = "") -> tuple[str, str]:
    """Try to fetch the first page of a site; return the message and the hint of the error."""
    with pytest.raises(Refused) as caught:
        Visitor(site, proxy).get("/")
    return str(caught.value), caught.value.hint


@pytest.fixture
def dropping() -> Iterator[int]:
    """A port that answers no connection because its queue is full, like a port behind a firewall."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            client = stack.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


def test_a_firewall_that_drops_connections_is_suspected(
    dropping: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_TIMEOUT", urllib3.Timeout(connect=0.3, read=60))
    site = f"http://127.0.0.1:{dropping}"
    what, hint = refused(site)
    assert what == f"{site}/ was not fetched: nothing answered in time"
    assert "firewall may drop connections: let it pass the port of the site (443 for HTTPS)" in hint


def test_a_port_that_refuses_connections_is_reported_as_such() -> None:
    what, hint = refused(site := f"http://127.0.0.1:{free_port()}")
    assert what == f"{site}/ was not fetched: no connection was possible"
    assert "check that the web server runs, and that no firewall refuses the port" in hint


def test_a_name_without_an_address_is_reported_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test does not ask the DNS."""

    def no_address(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    what, hint = refused("https://report.example")
    assert what == "https://report.example/ was not fetched: its name has no address"
    assert "DNS" in hint


def test_a_self_signed_certificate_is_reported_as_one_that_is_not_trusted(tmp_path: Path) -> None:
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    make_certificate(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        what, hint = refused(site := f"https://localhost:{server.server_port}")
        answering.join()
    assert what == f"{site}/ was not fetched: this machine does not trust its certificate"
    assert "self-signed" in hint


def test_behind_a_proxy_no_firewall_is_suspected() -> None:
    """Here the proxy refuses the connection."""
    _, hint = refused("http://report.example", f"socks5h://127.0.0.1:{free_port()}")
    assert hint == "check that the site is up, and the proxy if there is one, then try again"
