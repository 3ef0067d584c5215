"""Unfiled envelopes at the desk: pages list them, and two officers discard them after their period."""

from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta

from inbox.desk.sessions.witnesses import FIELD
from inbox.exchange import unopened_list
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Office, Portal, Sent, World, passphrase_of, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import dated_by_portal

pytestmark = pytest.mark.copy_of("founded_three")
MANY = unopened_list.PAGE + 1


@pytest.fixture
def flooded(office: Office, tmp_path: Path) -> Office:
    """An inbox with one more unfiled envelope than fits on a page."""
    world = World(office.of("alice", "bruno"))
    portal = Portal(world, tmp_path / "medium")
    junk = portal.bundle(*(Sent(b"%05d" % n * 400) for n in range(MANY)))
    world.office.json("exchange", "collect", junk, "--confirm-instance", portal.fingerprint)
    return world.office


def test_unopened_envelopes_are_listed_and_cannot_be_discarded_before_the_end_of_their_period(
    flooded: Office,
) -> None:
    with sitting(flooded) as client:
        first, second = (client.page(f"/en/unopened/{n}") for n in (1, 2))
        assert f'<th scope="row">{MANY}</th>' in first
        assert (False, True) == tuple('<th scope="row">1</th>' in page for page in (first, second))
        assert (True, False) == tuple(
            '/en/unopened/2"' in page.split("</header>")[1] for page in (first, second)
        )
        assert "/retention/discard" not in first
        assert client.send("/en/retention/discard", entries=MANY, **both()).status_code == 409
        assert client.send("/en/retention/discard", entries="all").status_code == 400


def test_two_officers_discard_exactly_as_many_envelopes_as_the_page_showed_them(
    flooded: Office, clock: Clock
) -> None:
    """One officer alone is refused, and so is a number other than the one on the page."""
    clock.day = today() + relativedelta(months=2)
    dated_by_portal(flooded)
    with sitting(flooded) as client:
        assert f'name="entries" value="{MANY}"' in client.page("/en/unopened/1")
        assert "unopened/1" in client.page("/en/retention").split("</header>")[1]
        assert client.send("/en/retention/discard", entries=MANY).status_code == 401
        assert client.send("/en/retention/discard", entries=MANY - 1, **both()).status_code == 409
        assert client.send("/en/retention/discard", entries=MANY, **both()).status_code == 303
        page = client.page("/en/unopened/1")
        assert "It is discarded" in page
    assert [] == list((flooded.root / "unopened").iterdir())


def both() -> dict[str, str]:
    return {FIELD + name: passphrase_of(name) for name in ("alice", "bruno")}
