"""A portal that is killed many times loses nothing that it has acknowledged."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.kills import Campaign
from tests.support.paths import ROOT
from tests.support.portal_room import BACKENDS
from tests.support.portal_server import Server

pytestmark = pytest.mark.long

# Each round has three kills. The second round restarts the portal that the first round killed.
ROUNDS = 2
LONG_ROUNDS = 67
SETTINGS = ROOT / "deploy" / "postgresql.conf"


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost_when_the_portal_is_killed_six_times(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """The portal is killed during uploads, exports and imports.

    The portal starts each time without a repair.
    """
    campaign = Campaign(Server(tmp_path, free_port()).make())
    for _ in range(ROUNDS):
        campaign.round()
    assert (3 * ROUNDS, True) == (campaign.kills, campaign.delivered > 0)


@pytest.fixture(params=BACKENDS)
def server(request: pytest.FixtureRequest, tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Server]:
    """A portal on SQLite or PostgreSQL. PostgreSQL has the shipped settings."""
    made = Server(tmp_path, free_port())
    if request.param == "sqlite":
        yield made.make()
        return
    with postgres.serving((), SETTINGS.read_text()) as cluster:
        yield made.make(database=cluster.url)


@pytest.mark.soak
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(
    server: Server, record_property: Callable[[str, object], None]
) -> None:
    campaign = Campaign(server)
    for _ in range(LONG_ROUNDS):
        campaign.round()
    assert (3 * LONG_ROUNDS, True) == (campaign.kills, campaign.delivered > 0)
    told = f"{campaign.delivered} reports acknowledged, 0 lost; {campaign.compared} compared byte by byte"
    kind = server.settings.database_url.get_backend_name()
    record_property(f"{campaign.kills} kills with {kind}", told)
