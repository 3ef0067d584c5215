"""`portal doctor` names what a web server changed in the answers of the portal, and a large database."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from portal.exchange import expire
from portal.ops.checks import doctor
from portal.web import headers
from templates.findings import Finding, Level
from tests.support.certificates import make_certificate
from tests.support.portal_site import PortalSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PortalSite]:
    made = PortalSite(tmp_path, "sqlite:///portal.sqlite")
    yield made
    made.close()


def examined(site: PortalSite, url: str = "") -> list[Finding]:
    return [*doctor.examine(site.settings, site.folder / "portal.toml", site.day, url)]


@contextmanager
def web_server(sent: Mapping[str, str], certificate: Path | None = None) -> Iterator[str]:
    """Yield the address of a web server that answers every request with these headers.

    If a file with a certificate is given, with its key beside it, the server uses TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(HTTPStatus.OK)
            for name, value in {"Date": self.date_time_string(), "Content-Length": "0", **sent}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        yield (
            f"https://localhost:{server.server_port}"
            if certificate
            else f"http://127.0.0.1:{server.server_port}"
        )
        server.shutdown()


def added(site: PortalSite, sent: Mapping[str, str]) -> list[str]:
    """Return the errors that doctor finds only because of a web server."""
    without = {each.what for each in examined(site)}
    with web_server(sent) as url:
        found = [each for each in examined(site, url) if each.what not in without]
    assert all(each.hint for each in found if each.level is Level.WRONG)
    return [each.what for each in found if each.level is Level.WRONG]


def test_headers_that_the_web_server_removes_or_changes_or_adds_are_errors(site: PortalSite) -> None:
    """The control: with the headers of the portal, there is no error."""
    assert added(site, headers.ALWAYS) == []
    removed, changed, *_ = headers.ALWAYS
    sent = {name: value for name, value in headers.ALWAYS.items() if name != removed}
    assert added(site, {**sent, changed: "another", "Via": "proxy"}) == [
        f"header {removed} is missing or changed",
        f"header {changed} is missing or changed",
        "the site adds the header via",
    ]


def test_a_large_database_causes_a_warning(site: PortalSite, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the database is small enough to be rewritten every day" in {each.what for each in examined(site)}
    monkeypatch.setattr(expire, "SMALL", 0)
    (found,) = [each for each in examined(site) if "the order in which reports arrived" in each.what]
    assert (found.level, "expire --rewrite" in found.hint) == (Level.WARNING, True)


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (-1, "wrong: {url}/ was not fetched: this machine does not trust its certificate"),
        (0, "warning: the certificate of the site expires on {day}, in 0 days"),
        (27, "warning: the certificate of the site expires on {day}, in 27 days"),
        (28, "ok: the certificate of the site is valid until {day}"),
    ],
)
def test_the_last_day_of_the_certificate_that_a_site_sends_is_reported(
    site: PortalSite, monkeypatch: pytest.MonkeyPatch, left: int, found: str
) -> None:
    """Nginx may still send the earlier certificate after a renewal, so doctor asks the site."""
    certificate = site.folder / "certificate.pem"
    day = site.day + timedelta(days=left)
    ends = datetime.combine(day, time(23, 59, 59), UTC)
    make_certificate(certificate, certificate.with_suffix(".key"), ends=ends)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with web_server({}, certificate) as url:
        (told,) = [each for each in examined(site, url) if "certificate" in each.what]
    assert f"{told.level.value}: {told.what}" == found.format(url=url, day=day)
    assert bool(told.hint) == (left < 28)


def test_a_site_without_tls_has_no_finding_about_a_certificate(site: PortalSite) -> None:
    """An onion service needs no certificate."""
    with web_server({}) as url:
        assert [each for each in examined(site, url) if "certificate" in each.what] == []
