"""If nginx has no room for a body, it refuses the request clearly, leaves nothing behind, and continues."""

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from portal.app import load_questionnaire
from portal.config import load
from portal.web import pages
from templates.catalogues import LANGUAGES
from tests.support.bad_requests import Raw, exchange, head
from tests.support.builders import Sealed, make_report_envelope
from tests.support.installation import free_port
from tests.support.portal_nginx import Nginx
from tests.support.portal_room import SITE
from tests.support.portal_server import Server
from tests.support.sealed_files import form, sealed_file
from tests.support.server_state import state
from tests.support.small_disk import small_disk

pytestmark = pytest.mark.long

MIB = 1 << 20
DISK = 4 * MIB
PATIENCE_SECONDS = 30
LARGE, LARGER = (make_report_envelope(SITE, file=bytes(size)) for size in (2 * MIB, DISK + MIB))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """A site whose nginx has only 4 MiB for request bodies."""
    server = Server(tmp_path_factory.mktemp("portal"), free_port()).make()
    nginx = Nginx(server, server.folder / "nginx").make()
    with small_disk(nginx.folder / "body", str(DISK)), server.serving(), nginx.serving():
        yield nginx


def sealed_form(sealed: Sealed) -> bytes:
    """Return the request by which a browser without JavaScript sends a report."""
    sent = form(sealed_file(sealed))
    lines = (f"Content-Type: {sent['content_type']}", f"Content-Length: {len(sent['data'])}")
    return head("POST /en/sealed HTTP/1.1", *lines) + bytes(sent["data"])


def bodies(site: Nginx) -> list[str]:
    """Return the body files in the folder, including deleted ones that are still open."""
    folder = site.folder / "body"
    return [
        *map(str, folder.iterdir()),
        *(each for each in site.open_files() if each.startswith(str(folder))),
    ]


@contextmanager
def filled(site: Nginx, content: bytes) -> Iterator[None]:
    """Fill the folder with a body that never ends. Afterwards, wait until the body is removed."""
    with socket.create_connection(("127.0.0.1", site.onion_port)) as client:
        client.sendall(content)
        until(lambda: shutil.disk_usage(site.folder / "body").free < MIB)
        yield
    until(lambda: bodies(site) == [])


def until(so: Callable[[], bool]) -> None:
    """Wait until a condition is true, because nginx removes a body shortly after its answer."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < end
        time.sleep(0.05)


def told(site: Nginx, language: str, code: str) -> bytes:
    """Return the portal's own page for a refusal."""
    settings = load(site.server.folder / "portal.toml")
    return pages.answers(settings, load_questionnaire(settings))[language, code]


def refused(site: Nginx, answer: Raw, language: str = "en", code: str = "unavailable") -> None:
    """Check that an answer is the page for this refusal, with all headers and a time to try again."""
    assert answer.status == {"unavailable": 503, "too_large": 413, "refused": 400}[code], answer
    assert b"Content-Type: text/html; charset=utf-8" in answer.head
    assert (b"Retry-After: 30" in answer.head) == (code == "unavailable")
    assert b"Content-Security-Policy: default-src 'none'" in answer.head
    assert (answer.body, answer.told) == (told(site, language, code), [])


def test_an_oversized_body_is_refused_and_leaves_nothing_behind(site: Nginx) -> None:
    """No database row remains, and no byte remains in the folder.

    A smaller body is accepted immediately afterwards.
    """
    before = state(site.server)
    refused(site, exchange(site.onion_port, sealed_form(LARGER), end=False))
    until(lambda: bodies(site) == [])
    assert state(site.server) == before
    assert exchange(site.onion_port, sealed_form(LARGE), end=False).status == 200


def test_a_full_folder_blocks_only_the_form_without_javascript_and_only_while_the_folder_is_full(
    site: Nginx,
) -> None:
    """Senders of large forms are told to wait, and their forms are accepted later.

    Pages, slots, pieces and small forms still work.
    """
    before, sent = state(site.server), sealed_form(LARGE)
    direct = Server(site.server.folder, site.onion_port)
    with filled(site, sealed_form(LARGER)[: DISK - MIB // 2]):
        refused(site, exchange(site.onion_port, sent, end=False))
        assert state(site.server) == before
        assert direct.request("GET", "/en/")[0] == 200
        assert len(direct.request("POST", "/api/slot", bytes(32))[2]) == 18_108
        direct.send(make_report_envelope(SITE))
        assert exchange(site.onion_port, sealed_form(make_report_envelope(SITE)), end=False).status == 200
    assert exchange(site.onion_port, sent, end=False).status == 200


def test_a_large_form_gets_the_same_refusal_as_a_small_one_while_the_portal_is_down(site: Nginx) -> None:
    alone = site.twin("alone", Server(site.server.folder, free_port()))
    with alone.serving():
        for sealed in (make_report_envelope(SITE), LARGE, LARGER):
            refused(site, exchange(alone.onion_port, sealed_form(sealed), end=False))
        until(lambda: bodies(alone) == [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_for_a_file_that_is_too_large_nginx_shows_the_message_of_the_portal(
    site: Nginx, language: str
) -> None:
    """The headers are also the same, and nginx reads no byte of the file."""
    lines = (
        "Content-Type: multipart/form-data; boundary=b",
        f"Content-Length: {18 * MIB}",
        "Connection: close",
    )
    content = head(f"POST /{language}/sealed HTTP/1.1", *lines)
    answer = exchange(site.onion_port, content)
    refused(site, answer, language, "too_large")
    assert _headers(answer) == _headers(exchange(site.server.port, content))
    assert b"16" in answer.body


def _headers(answer: Raw) -> set[bytes]:
    """Return the header lines, except those that describe one connection."""
    of_hops = (b"date:", b"connection:", b"keep-alive:")
    return {line for line in answer.head.split(b"\r\n") if line and not line.lower().startswith(of_hops)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_with_a_locator_is_answered_with_a_page_while_the_portal_is_down(
    site: Nginx, language: str
) -> None:
    """A request that is not a valid form also gets a page."""
    alone = site.twin(f"alone-{language}", Server(site.server.folder, free_port()))
    with alone.serving():
        for size, code in ((10, "unavailable"), (2 * MIB, "too_large")):
            lines = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {size}")
            content = head(f"POST /{language}/slot HTTP/1.1", *lines) + b"locator=aa"
            # nginx looks for the portal first. A client that closed its sending side would seem to have
            # left.
            answer = exchange(alone.onion_port, content, end=code == "too_large")
            refused(alone, answer, language, code)
        unreadable = head(f"POST /{language}/slot HTTP/1.1", "Content-Length: 1", "Content-Length: 2")
        refused(alone, exchange(alone.onion_port, unreadable), language, "refused")


def test_paths_other_than_the_form_get_a_problem_document_for_an_oversized_body(site: Nginx) -> None:
    """The other paths have an unknown language, resemble the form's path, or belong to the API."""
    for path in ("/xx/sealed", "/fr/sealed/", "/api/slot", "/fr/en/slot"):
        content = head(f"POST {path} HTTP/1.1", f"Content-Length: {18 * MIB}")
        answer = exchange(site.onion_port, content)
        assert (answer.status, json.loads(answer.body)["code"]) == (413, "too_large"), path
