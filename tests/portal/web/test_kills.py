"""A portal that is killed again and again loses nothing that it has acknowledged."""

from collections.abc import Callable
from pathlib import Path

from tests.support.kills import Campaign
from tests.support.portal_server import Server

ROUNDS = 7


def test_nothing_acknowledged_is_lost_in_twenty_kills(tmp_path: Path, free_port: Callable[[], int]) -> None:
    """Killed during uploads, exports, imports: all is whole, nothing is half, every start needs no repair."""
    campaign = Campaign(Server(tmp_path, free_port()).make())
    for _ in range(ROUNDS):
        campaign.round()
    assert campaign.kills >= 20
    assert campaign.delivered
