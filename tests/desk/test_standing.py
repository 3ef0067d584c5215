"""Officers, keys, the portal and backups at the desk: pages show their state and actions, but no secret."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import card, signing
from crypto.bundle import KEYRING, KEYRING_SIGNATURE
from crypto.keyring import ROOT_FILE
from inbox.keys import key_store
from inbox.vault import queries_office
from templates.law import folder
from tests.support import bodies
from tests.support.backup_media import Copies
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import PASSPHRASE, Office, Portal, World, today
from tests.support.inbox_clock import moved
from tests.support.laws import FRENCH

TWO = {"passphrase-officer": PASSPHRASE}
NOT = "\u2013"
PAGES = ("/en/office/officers", "/en/office/keys", "/en/office/portal", "/en/office/backup")


def secrets(client: Client) -> set[bytes]:
    """Return what no page may show: the private keys and their seeds."""
    inbox = client.desk.inbox
    with inbox.transaction() as session:
        office = queries_office.office(session)
        intake = [each.seed for each in key_store.load(inbox.home, session).intake]
        reply = [each.seed for each in queries_office.reply_keys(session) if each.seed]
        return {*intake, *reply, office.card_seed, *filter(None, [office.root_seed])}


def test_no_page_of_the_office_shows_a_secret(client: Client) -> None:
    """The search covers several encodings of the bytes.

    The control is the public root key, which one page shows.
    """
    said = "".join(map(client.page, PAGES))
    with client.desk.inbox.transaction() as session:
        root = queries_office.office(session).root_key
    assert signing.fingerprint(root) in said
    written = [way for seed in secrets(client) for way in (seed.hex(), signing.fingerprint(seed))]
    assert len(written) >= 6
    assert [] == [each for each in written if each in said]


def test_the_page_about_the_officers_shows_the_quorum_and_how_many_shares_may_be_lost(tmp_path: Path) -> None:
    """The page has no form that changes the officers."""
    office = Office.found_by(tmp_path, ("alice", "bruno", "chloe"), 2)
    with sitting(office) as client:
        page = client.page("/en/office/officers")
    assert re.search(r"shares of 2\s+of the 3 officers", page)
    assert "still open the inbox: 1." in page
    assert [("alice", "signed in"), ("bruno", NOT), ("chloe", NOT)] == re.findall(
        r'<th scope="row">(\w+)</th><td class="when">[^<]+</td><td>([^<]+)</td>', page
    )
    assert "inbox officer renew --shares FOLDER" in page
    assert not re.search(r'action="[^"]*officers', page)


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("rotate", {"days": "30", "at-once": "on", "reason": "x"}, 400),
        ("rotate", {"days": "367", "at-once": "on", "reason": "x"}, 400),
        # The current keys are still valid for months.
        ("rotate", {"days": "90"} | TWO, 409),
        ("destroy", TWO, 409),
        # This inbox has the root key, so its medium has a keyring and no card.
        ("sign-pages", {"manifest": "none"}, 400),
        ("sign-pages", {"manifest": "../keyring.json"}, 400),
    ],
)
def test_an_invalid_action_on_keys_changes_nothing(
    client: Client, path: str, form: dict[str, str], status: int
) -> None:
    before = secrets(client)
    assert status == client.send(f"/en/office/keys/{path}", **form).status_code
    assert before == secrets(client)


def test_two_officers_rotate_the_keys_immediately(client: Client) -> None:
    before = secrets(client)
    form = {"days": "90", "at-once": "on", "reason": "a laptop was lost"}
    assert 401 == client.send("/en/office/keys/rotate", **form).status_code
    assert before == secrets(client)
    assert 303 == client.send("/en/office/keys/rotate", **form, **TWO).status_code
    assert len(secrets(client) - before) == 2
    page = client.page("/en/office/keys")
    assert (1, 1) == (page.count("Withdrawn on"), page.count("Can be destroyed<"))


def test_two_officers_rotate_keys_and_destroy_the_expired_keys(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the officers confirm, the page names the key stores that can still open the expired keys."""
    clock = moved(monkeypatch)
    portal = Portal(World(office), tmp_path / "medium")
    clock.wait(80)
    with sitting(office) as client:
        assert "No key can be destroyed today" in client.page("/en/office/keys")
        assert 303 == client.send("/en/office/keys/rotate", days="90", **TWO).status_code
    clock.wait(50)
    day = today() + timedelta(130)
    path = portal.bundle(edit=lambda intake: bodies.replace(intake, exported=day))
    office.json("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    with sitting(office) as client:
        before = secrets(client)
        assert "See which can be destroyed" in client.page("/en/office/keys")
        page = client.page("/en/office/keys/destroy")
        assert re.search(r"<code>keystore-\d+[^<]*</code>", page)
        assert 401 == client.send("/en/office/keys/destroy").status_code
        assert before == secrets(client)
        assert 303 == client.send("/en/office/keys/destroy", **TWO).status_code
        assert len(before - secrets(client)) == 2


def test_the_keyring_and_the_law_are_copied_to_the_medium(client: Client, stick: Path) -> None:
    """An existing copy of the law is not overwritten. The inbox with the root key cannot make a card."""
    assert 303 == client.send("/en/office/keys/keyring").status_code
    assert {KEYRING, KEYRING_SIGNATURE, ROOT_FILE} == {each.name for each in (stick / "keyring").iterdir()}
    assert 303 == client.send("/en/office/law/copy").status_code
    assert FRENCH.sha256 == folder.sha256(folder.read(stick / f"law-{today()}"))
    assert 409 == client.send("/en/office/law/copy").status_code


def test_a_channel_is_added_only_if_an_officer_compared_the_fingerprint_of_its_card(
    office: Office, stick: Path, tmp_path: Path
) -> None:
    """The desk of the other body writes the card. A wrong or missing fingerprint is refused."""
    body = bodies.joined(tmp_path / "body", office)
    with sitting(body, stick) as client:
        assert 409 == client.send("/en/office/keys/keyring").status_code
        assert 303 == client.send("/en/office/keys/card").status_code
        shown = re.search(r"Card key of this channel</dt><dd><code>([^<]+)", client.page("/en/office/keys"))
        assert "Channels of external bodies" not in client.page("/en/office/portal")
    assert shown
    with sitting(office, stick) as client:
        form = {"card-folder": str(stick / "card")}
        wrong = {"fingerprint": signing.fingerprint(bytes(32))}
        for given in (form, form | wrong, {"card-folder": "card"}, {"card-folder": str(stick)}):
            assert 409 == client.send("/en/office/portal/channels", **given, **TWO).status_code
        good = form | {"fingerprint": shown[1]}
        assert 401 == client.send("/en/office/portal/channels", **good).status_code
        assert bodies.BODY not in client.page("/en/office/portal")
        assert 303 == client.send("/en/office/portal/channels", **good, **TWO).status_code
        assert bodies.BODY in client.page("/en/office/portal")
        assert 409 == client.send("/en/office/portal/channels/remove", channel="nobody", **TWO).status_code
        assert 401 == client.send("/en/office/portal/channels/remove", channel=bodies.BODY).status_code
        gone = client.send("/en/office/portal/channels/remove", channel=bodies.BODY, **TWO)
        assert (303, False) == (gone.status_code, bodies.BODY in client.page("/en/office/portal"))
    assert card.CARD in {each.name for each in (stick / "card").iterdir()}


def test_the_portal_page_shows_the_confirmed_portal_and_missed_exchanges(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal(World(office), tmp_path / "medium")
    with sitting(office) as client:
        page = client.page("/en/office/portal")
        assert ("No portal has been confirmed yet" in page, portal.fingerprint in page) == (True, False)
    office.json("exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint)
    clock = moved(monkeypatch)
    with sitting(office) as client:
        page = client.page("/en/office/portal")
        assert (portal.fingerprint in page, "was missed" in page) == (True, False)
        clock.wait(20)
        assert "was missed" in client.page("/en/office/portal")


def test_a_restored_inbox_continues_once_two_officers_accept_the_gap(office: Office, tmp_path: Path) -> None:
    """The page lists what remains to be done.

    The gap is refused unless the box is ticked. A case number that is too low is refused, too.
    """
    medium, copies = tmp_path / "medium", Copies(tmp_path / "copies")
    portal = Portal(World(office), medium)
    office.json("exchange", "collect", portal.bundle(), "--confirm-instance", portal.fingerprint)
    with sitting(office) as client:
        assert "No backup has been made yet" in client.page("/en/office/backup")
    made = copies.of(office)
    with sitting(office) as client:
        page = client.page("/en/office/backup")
        assert ("Last backup" in page, "This inbox was restored" in page) == (True, False)
    lost = portal.bundle()
    office.json("exchange", "collect", lost)
    back, _ = copies.restore(office, made, tmp_path / "back")
    for share in office.root.glob("*.share"):  # a backup contains no shares
        shutil.copy(share, back.root)
    for each in medium.glob("*.tar"):
        each.unlink()
    portal.bundle()
    (late,) = medium.glob("*.tar")
    with sitting(back, medium) as client:
        page = client.page("/en/office/backup")
        assert "This inbox was restored from a backup" in page
        refused = client.send("/en/medium/collect", bundle=late.name, **TWO)
        assert "is missing before bundle" in refused.text
        form = {"bundle": late.name, "after-restore": "on"}
        assert 401 == client.send("/en/medium/collect", **form).status_code
        assert "is missing before bundle" not in client.send("/en/medium/collect", **form, **TWO).text
        assert "It went on with its portal" in client.page("/en/office/backup")
        assert 409 == client.send("/en/office/numbering", **{"last-case": "1"}).status_code
        assert 303 == client.send("/en/office/numbering", **{"last-case": "5000"}).status_code
