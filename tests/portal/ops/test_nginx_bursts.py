"""All allowed connections can arrive at the same time.

The connections wait in queues between the two parts of nginx.
"""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.support.bursts import bursting
from tests.support.installation import free_port
from tests.support.portal_nginx import CONFIGURATION, WAYS, Nginx
from tests.support.portal_server import Server
from tests.support.slow_flood import probed

SECONDS = 30
# The default of net.core.somaxconn since Linux 5.4: no queue is longer, even if `backlog` is higher.
PLACES = 4_096
# The limit on connections for the clearnet or the onion service, minus a few for the honest clients of the
# test.
MOST = 12_000
BEFORE = 6_000


@pytest.mark.parametrize("way", WAYS)
def test_the_queues_hold_all_allowed_connections(way: str) -> None:
    """If one queue is full, a connection goes to the next."""
    text = (CONFIGURATION / f"{way}.conf").read_text("utf-8")
    queues = re.findall(r"listen (unix:\S+) .*backlog=(\d+);", text)
    (most,) = re.findall(r"limit_conn all (\d+);", text)
    assert sum(min(int(backlog), PLACES) for _, backlog in queues) >= int(most) > MOST
    assert [name for name, _ in queues] == re.findall(r"server (unix:\S+) max_fails=0;", text)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """A site whose onion service has separate portal processes, as docs/deploying.md says."""
    server = Server(tmp_path_factory.mktemp("bursts"), free_port()).make()
    beside = server.beside(free_port())
    nginx = Nginx(server, server.folder / "nginx", beside).make()
    with server.serving(), beside.serving(), nginx.serving():
        yield nginx


@pytest.mark.soak
@pytest.mark.parametrize("count", [BEFORE, MOST])
def test_a_burst_from_many_circuits_loses_no_connection_and_blocks_nobody(
    deployed: Nginx, count: int, record_property: Callable[[str, object], None]
) -> None:
    """All circuits request a page at the same moment, and again one second after the last answer."""
    with bursting(deployed, count) as found:
        shares = probed(deployed, SECONDS)
    ((begun, answered),) = found
    record_property(f"bursts of {count} connections", f"{answered} of {begun} answered")
    for way, (asked, good) in shares.items():
        record_property(f"under these, {way}", f"{good} of {asked} probes answered within 2 s")
    assert answered == begun >= 3 * count
    for asked, good in shares.values():
        assert asked > 50
        assert good >= 0.99 * asked


@pytest.mark.soak
def test_a_burst_loses_connections_if_there_is_only_one_queue(
    deployed: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """The control of the test above."""
    single = deployed.twin("single")
    more = {f"        server unix:{single.folder}/onion/http-{n} max_fails=0;\n": "" for n in (2, 3)}
    single.configure(more)
    with single.serving(), bursting(single, BEFORE) as found:
        probed(single, SECONDS)
    ((begun, answered),) = found
    record_property(f"with one queue, bursts of {BEFORE}", f"{answered} of {begun} answered")
    assert answered < 0.95 * begun
