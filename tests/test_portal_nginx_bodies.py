"""The shipped nginx.conf with bodies that find no room: a clear refusal, nothing half kept, it goes on."""

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.bad_requests import Raw, exchange, head
from tests.builders import Sealed, make_report_envelope
from tests.installation import free_port
from tests.portal_nginx import Nginx
from tests.portal_room import SITE
from tests.portal_server import Server
from tests.sealed_files import form, sealed_file
from tests.server_state import state
from tests.small_disk import small_disk

MIB = 1 << 20
DISK = 4 * MIB
PATIENCE_SECONDS = 30
LARGE, LARGER = (make_report_envelope(SITE, file=bytes(size)) for size in (2 * MIB, DISK + MIB))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """A site whose nginx has a folder of 4 MiB for bodies."""
    server = Server(tmp_path_factory.mktemp("portal"), free_port()).make()
    nginx = Nginx(server, server.folder / "nginx").make()
    with small_disk(nginx.folder / "body", str(DISK)), server.serving(), nginx.serving():
        yield nginx


def sealed_form(sealed: Sealed) -> bytes:
    """Return the request by which a browser without script sends a report."""
    sent = form(sealed_file(sealed))
    lines = (f"Content-Type: {sent['content_type']}", f"Content-Length: {len(sent['data'])}")
    return head("POST /en/sealed HTTP/1.1", *lines) + bytes(sent["data"])


def bodies(site: Nginx) -> list[str]:
    """Return the files of bodies that are there, or are open although they were removed."""
    folder = site.folder / "body"
    return [
        *map(str, folder.iterdir()),
        *(each for each in site.open_files() if each.startswith(str(folder))),
    ]


@contextmanager
def filled(site: Nginx, content: bytes) -> Iterator[None]:
    """Fill the folder with a body whose end does not come; wait until it is gone afterwards."""
    with socket.create_connection(("127.0.0.1", site.onion_port)) as client:
        client.sendall(content)
        until(lambda: shutil.disk_usage(site.folder / "body").free < MIB)
        yield
    until(lambda: bodies(site) == [])


def until(so: Callable[[], bool]) -> None:
    """Wait until something is so: nginx lets go of a body soon after its answer, not before."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < end
        time.sleep(0.05)


def refused(answer: Raw) -> None:
    """Check that an answer is a problem that says when to come again, with every header."""
    assert answer.status == 503, answer
    assert b"application/problem+json" in answer.head
    assert b"Retry-After: 30" in answer.head
    assert b"Content-Security-Policy: default-src 'none'" in answer.head
    assert (json.loads(answer.body)["code"], answer.told) == ("unavailable", [])


def test_a_body_that_does_not_fit_is_refused_and_nothing_of_it_is_left(site: Nginx) -> None:
    """Neither a row nor a byte in the folder; a smaller one is taken by the same way at once."""
    before = state(site.server)
    refused(exchange(site.onion_port, sealed_form(LARGER), end=False))
    until(lambda: bodies(site) == [])
    assert state(site.server) == before
    assert exchange(site.onion_port, sealed_form(LARGE), end=False).status == 200


def test_who_fills_the_folder_shuts_the_way_without_script_alone_and_no_longer_than_it_is_held(
    site: Nginx,
) -> None:
    """Whoever comes meanwhile is told to wait, and is taken afterwards; pages, slots and pieces go on."""
    before, sent = state(site.server), sealed_form(LARGE)
    direct = Server(site.server.folder, site.onion_port)
    with filled(site, sealed_form(LARGER)[: DISK - MIB // 2]):
        refused(exchange(site.onion_port, sent, end=False))
        assert state(site.server) == before
        assert direct.request("GET", "/en/")[0] == 200
        assert len(direct.request("POST", "/api/slot", bytes(32))[2]) == 18_108
        direct.send(make_report_envelope(SITE))
        assert exchange(site.onion_port, sealed_form(make_report_envelope(SITE)), end=False).status == 200
    assert exchange(site.onion_port, sent, end=False).status == 200


def test_a_large_body_for_a_portal_that_is_away_is_refused_as_clearly(site: Nginx) -> None:
    """By the same problem as a small one."""
    alone = site.twin("alone", Server(site.server.folder, free_port()))
    with alone.serving():
        for sealed in (make_report_envelope(SITE), LARGE, LARGER):
            refused(exchange(alone.onion_port, sealed_form(sealed), end=False))
        until(lambda: bodies(alone) == [])
