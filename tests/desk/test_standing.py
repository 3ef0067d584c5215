"""Officers, keys, portal and copies at the desk: how they stand, nothing secret, what can be done."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from crypto import card, signing
from crypto.bundle import KEYRING, KEYRING_SIGNATURE
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
    """Return what no page may say: the seeds of keys, and what opens the key store."""
    inbox = client.desk.inbox
    with inbox.transaction() as session:
        office = queries_office.office(session)
        intake = [each.seed for each in key_store.load(inbox.home, session).intake]
        reply = [each.seed for each in queries_office.reply_keys(session) if each.seed]
        return {*intake, *reply, office.card_seed, *filter(None, [office.root_seed])}


def test_no_page_of_the_office_says_a_secret(client: Client) -> None:
    """In whatever way bytes are written; the control is the root's public key, which one of them says."""
    said = "".join(map(client.page, PAGES))
    with client.desk.inbox.transaction() as session:
        root = queries_office.office(session).root_key
    assert signing.fingerprint(root) in said
    written = [way for seed in secrets(client) for way in (seed.hex(), signing.fingerprint(seed))]
    assert len(written) >= 6
    assert [] == [each for each in written if each in said]


def test_the_officers_page_says_who_holds_shares_and_how_many_may_be_lost(tmp_path: Path) -> None:
    """One who left is named apart; nobody changes officers there."""
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
        # The present keys serve for months.
        ("rotate", {"days": "90"} | TWO, 409),
        ("destroy", TWO, 409),
        # This is the root's inbox: no card, a keyring.
        ("sign-pages", {"manifest": "none"}, 400),
        ("sign-pages", {"manifest": "../keyring.json"}, 400),
    ],
)
def test_what_is_no_change_of_keys_changes_none(
    client: Client, path: str, form: dict[str, str], status: int
) -> None:
    before = secrets(client)
    assert status == client.send(f"/en/office/keys/{path}", **form).status_code
    assert before == secrets(client)


def test_keys_are_replaced_at_once_by_two(client: Client) -> None:
    before = secrets(client)
    form = {"days": "90", "at-once": "on", "reason": "a laptop was lost"}
    assert 401 == client.send("/en/office/keys/rotate", **form).status_code
    assert before == secrets(client)
    assert 303 == client.send("/en/office/keys/rotate", **form, **TWO).status_code
    assert len(secrets(client) - before) == 2
    page = client.page("/en/office/keys")
    assert (1, 1) == (page.count("Withdrawn on"), page.count("Can be destroyed<"))


def test_the_next_keys_are_made_and_old_ones_destroyed_once_they_may(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would still open them is named before; nothing is destroyed without two."""
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


def test_keyring_and_law_go_onto_the_medium(client: Client, stick: Path) -> None:
    """A law that lies there already is not overwritten; the card of another deployment is not made here."""
    assert 303 == client.send("/en/office/keys/keyring").status_code
    assert {KEYRING, KEYRING_SIGNATURE} == {each.name for each in (stick / "keyring").iterdir()}
    assert 303 == client.send("/en/office/law/copy").status_code
    assert FRENCH.sha256 == folder.sha256(folder.read(stick / f"law-{today()}"))
    assert 409 == client.send("/en/office/law/copy").status_code


def test_a_body_outside_gets_its_channel_by_the_card_that_was_compared(
    office: Office, stick: Path, tmp_path: Path
) -> None:
    """Its own desk puts the card on the medium; another fingerprint, or none, is refused."""
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


def test_the_portal_page_says_which_portal_was_confirmed_and_how_far_it_is(
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


def test_an_inbox_that_was_put_back_goes_on_with_its_portal_once_two_give_up_what_is_missing(
    office: Office, tmp_path: Path
) -> None:
    """Its page says what stays to be done; without the tick a gap is refused, as is a number too low."""
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
    for share in office.root.glob("*.share"):  # no backup has it
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
