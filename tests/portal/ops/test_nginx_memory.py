"""HTTP/2 multiplies what one connection holds: the shipped nginx and the portal stay below 512 MiB."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.body_flood import PIECE, SEALED, holding
from tests.support.installation import free_port
from tests.support.portal_nginx import Nginx, resident
from tests.support.portal_server import Server
from tests.support.small_disk import small_disk

pytestmark = [pytest.mark.soak, pytest.mark.long]

CONNECTIONS = 64
MOST = 512 << 20
SECONDS = 120
# What deploy/nginx@.service gives the folder of bodies, and docs/reliability.md the figure of.
FOLDER = "128m"
UNBOUNDED = {
    "http2_max_concurrent_streams 16;": "",
    "limit_conn asking 16;": "",
    "limit_conn pieces 4;": "",
    "limit_conn all_pieces 512;": "",
}


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    server = Server(tmp_path, free_port()).make()
    made = Nginx(server, server.folder / "nginx").make()
    with small_disk(made.folder / "body", FOLDER), server.serving():
        yield made


def all_resident(nginx: Nginx) -> int:
    """Return the bytes that nginx, the portal, and the bodies in nginx's folder take."""
    assert nginx.server.process
    portal = resident([nginx.server.process.pid, *nginx.server.workers()])
    folder = os.statvfs(nginx.folder / "body")
    return nginx.resident() + portal + (folder.f_blocks - folder.f_bfree) * folder.f_frsize


def test_the_bodies_of_sixty_four_connections_fit(
    nginx: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """Each begins 128 requests at once, pieces and sealed files in turn, and sends all but the last byte."""
    with nginx.serving(), holding(nginx.port, CONNECTIONS, [PIECE, SEALED], SECONDS) as held:
        took = all_resident(nginx)
        record_property(
            f"{CONNECTIONS} connections of HTTP/2", f"{held} bodies held, {took >> 20} MiB resident"
        )
        assert held > CONNECTIONS // 2
        assert took < MOST


def test_without_the_limits_they_would_not(nginx: Nginx) -> None:
    """The control of the test above, with pieces alone."""
    nginx.configure(UNBOUNDED)
    with nginx.serving(), holding(nginx.port, CONNECTIONS, [PIECE], 20):
        assert all_resident(nginx) > MOST
