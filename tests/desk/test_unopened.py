"""What became no case, at the desk: by the page, and discarded by two once its months are over."""

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
    """An inbox with one more envelope that no key opens than a page shows."""
    world = World(office.of("alice", "bruno"))
    portal = Portal(world, tmp_path / "medium")
    junk = portal.bundle(*(Sent(b"%05d" % n * 400) for n in range(MANY)))
    world.office.json("exchange", "collect", junk, "--confirm-instance", portal.fingerprint)
    return world.office


def test_it_is_shown_by_the_page_and_nothing_is_offered_before_its_day(flooded: Office) -> None:
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


def test_two_officers_discard_as_much_as_they_were_shown(flooded: Office, clock: Clock) -> None:
    """Neither one of them, nor another number than the page said."""
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
