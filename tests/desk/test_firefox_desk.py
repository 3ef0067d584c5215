"""An officer works at the desk in Firefox: sign-in, the queue by keyboard, a draft, an assessment."""

from collections.abc import Iterator

import pytest

from tests.support import firefox_peer
from tests.support.desk_room import Served, serving, signing_in, tell
from tests.support.firefox_peer import FirefoxPeer
from tests.support.inbox_builders import Office, Portal, World

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.soak]

WORDS = "Vu au quai 7, vers midi"


@pytest.fixture
def served(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk with two cases."""
    office = founded_three.copy(tmp_path_factory.mktemp("firefox"))
    world = World(office)
    tell(world, Portal(world, tmp_path_factory.mktemp("medium")), *[{"what": "x", "coi": "no"}] * 2)
    office.json("case", "declare", "1", "2")
    with serving(office) as served:
        yield served


@pytest.fixture
def peer() -> Iterator[FirefoxPeer]:
    """A Firefox that prefers French."""
    with firefox_peer.browsing({"intl.accept_languages": "fr"}) as peer:
        yield peer


def test_an_officer_works_at_the_desk_in_firefox(served: Served, peer: FirefoxPeer) -> None:
    """The test covers what needs the page script: keys, and a draft that is filled in again."""
    officer, passphrase = signing_in(served.office)
    sat = peer.does("sit", address=served.address, officer=officer, passphrase=passphrase)
    assert sat == {"present": officer}
    walked = peer.does("walk", queue=f"{served.root}/fr/", keys=["j", "j"])
    assert walked["focused"] == walked["rows"][1]
    assert walked["heading"].startswith(f"Dossier {walked['focused']}")
    work = f"{served.root}/fr/case/{walked['focused']}/work"
    kept = peer.does("draft", part=work, text=WORDS)
    assert kept == {"said": "Gardé en brouillon.", "kept": WORDS}
    assessed = peer.does("assess", part=work, risk="high", reason="peu le savent")
    assert assessed["risk"] == "high"
    assert "Le risque pour l\u2019auteur du signalement est évalué" in assessed["said"]
