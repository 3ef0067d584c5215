"""Visitors with completely different browsers get the same bytes, on every route and in every encoding."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from portal.app import create_app
from portal.config import load
from tests.support.portal_server import Server
from tests.support.routes import addresses

WORK = "/api/work"
ENCODINGS = ["", "identity", "gzip", "gzip, deflate, br, zstd", "br;q=0, gzip;q=0.1"]
# The headers of Tor Browser, and of a browser that reveals as much as possible.
PLAIN = {
    "Host": "report.example",
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
}
ODD = {
    "Host": "a" * 56 + ".onion",
    "User-Agent": "curl/8.0",
    "Accept": "application/json",
    "Accept-Language": "fr-FR, de;q=0.5",
    "Accept-Charset": "iso-8859-1",
    "Authorization": "Basic YTpi",
    "Cookie": "session=1; language=fr",
    "DNT": "1",
    "Forwarded": "for=192.0.2.1;proto=https;host=elsewhere.example",
    "If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT",
    "If-None-Match": "*",
    "Origin": "https://elsewhere.example",
    "Range": "bytes=0-9",
    "Referer": "https://elsewhere.example/?from=mail",
    "Save-Data": "on",
    "Sec-CH-UA-Mobile": "?1",
    "Upgrade-Insecure-Requests": "1",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Host": "elsewhere.example",
    "X-Forwarded-Prefix": "/elsewhere",
    "X-Requested-With": "XMLHttpRequest",
}
QUERY = "?utm_source=mail&lang=de&session=1"
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def paths(served: Server) -> list[str]:
    app = create_app(load(served.folder / "portal.toml"))
    app.extensions["portal"].database.close()
    return addresses(app)


def asked(server: Server, method: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Return an answer without its date, the only header that may differ."""
    status, found, body = server.request(method, path, None, dict(headers))
    assert found.pop("Date")
    return status, found, body


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_two_visitors_get_the_same_answers(
    served: Server, paths: list[str], method: str, encoding: str
) -> None:
    """Status, headers and bytes do not depend on the browser or on the process that answers."""
    accepted = {"Accept-Encoding": encoding}
    for path in paths:
        plain = asked(served, method, path, PLAIN | accepted)
        odd = asked(served, method, path + QUERY, ODD | accepted)
        if path == WORK and plain != odd:  # a new hour has begun in between
            plain = asked(served, method, path, PLAIN | accepted)
        assert plain == odd, path
        assert {"Set-Cookie", "Vary", "ETag", "Location"}.isdisjoint(plain[1]), path


def test_the_comparison_finds_a_difference(served: Server) -> None:
    """The control: answers in different encodings differ."""
    forms = {asked(served, "GET", "/fr/", PLAIN | {"Accept-Encoding": each})[2] for each in ENCODINGS}
    assert len(forms) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "methods",
    [("GET",), pytest.param(("GET", "OPTIONS", "BREW"), marks=pytest.mark.soak)],
    ids=["reading", "every-method"],
)
def test_pages_do_not_change_from_day_to_day(
    tmp_path: Path,
    free_port: Callable[[], int],
    paths: list[str],
    false_clock: Callable[[timedelta], None],
    methods: tuple[str, ...],
) -> None:
    """Processes that start a month later give the same status, headers and bytes on all routes but one.

    The exception is the proof of work, which changes every hour.
    """
    server = Server(tmp_path, free_port()).make()
    found, dates = [], []
    for days in (0, 30):
        false_clock(timedelta(days=days))
        with server.serving():
            found.append(
                {
                    (each, path): asked(server, each, path, PLAIN)
                    for each in methods
                    for path in paths
                    if (each, path) != ("GET", WORK)
                }
            )
            dates.append(parsedate_to_datetime(server.request("GET", "/")[1]["Date"]))
    assert found[0] == found[1]
    # The control: the server's clock did show another day.
    assert timedelta(days=29) < dates[1] - dates[0] < timedelta(days=31)
