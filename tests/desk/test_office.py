"""The office's settings at the desk: regime, days off, backups, and lists for the archives."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.deadlines import office
from inbox.session import journal
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import PASSPHRASE, Office, today
from tests.support.inbox_clock import moved
from tests.support.laws import FRANCE

CHANGES = {"choose-regime", "change-days-off", "back-up"}


def noted(office: Office) -> list[tuple[str, dict[str, Any]]]:
    """Return the journal entries about backups and about changed settings."""
    return [
        (entry["action"], entry["values"])
        for entry in office.json("journal", "list")["entries"]
        if entry["action"] in CHANGES
    ]


def first_and_last(days: Sequence[date | str]) -> dict[str, str]:
    return {"first": str(days[0]), "last": str(days[-1])}


def test_changing_the_regime_or_days_off_at_the_desk_does_the_same_as_a_command(office: Office) -> None:
    """Only the working days of a period become days off. The journal entries are the same."""
    monday = today() + timedelta(days=7 - today().weekday())
    weeks = [monday + timedelta(days=n) for n in range(8)]
    working = [day for day in weeks if FRANCE.works(day)]
    two = {"passphrase-officer": PASSPHRASE}
    with sitting(office) as client:
        refusal = client.send("/en/office/regime", regime="external", **two)
        assert (409, True) == (refusal.status_code, "the settings do not say how" in refusal.text)
        heard = "0123456789, le matin"
        assert client.send("/en/office/regime", regime="external", heard=heard, **two).status_code == 303
        assert f'name="heard" value="{heard}" autocomplete="off"' in client.page("/en/office")
        span = {"first": weeks[0].isoformat(), "last": weeks[-1].isoformat()}
        assert client.send("/en/office/days-off", **span).status_code == 303
        assert len(working) == client.page("/en/office").count('name="day"')
        gone = [day.isoformat() for day in working[1:]]
        assert client.send("/en/office/days-off/remove", day=gone).status_code == 303
    assert "external" == office.json("office", "show")["regime"]
    assert [working[0].isoformat()] == office.json("office", "day-off", "list")["days_off"]
    assert [
        ("choose-regime", {"regime": "external"}),
        ("change-days-off", days_off("added", [day.isoformat() for day in working])),
        ("change-days-off", days_off("removed", gone)),
    ] == noted(office)


def days_off(what: str, days: list[str]) -> dict[str, Any]:
    return {"days_off": what, "days": len(days), "first": days[0], "last": days[-1]}


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("regime", {"regime": "other"}, 409),
        ("regime", {}, 409),
        ("days-off", {}, 400),
        ("days-off", {"first": "2027-01-01"}, 409),
        ("days-off", {"first": "2027-01-02", "last": "2027-01-03"}, 409),
        ("days-off", {"first": "2027-03-02", "last": "2027-03-01"}, 409),
        ("days-off", {"first": "2027-01-01", "last": "2199-01-01"}, 409),
        ("days-off/remove", {}, 409),
        ("days-off/remove", {"day": "soon"}, 400),
        ("days-off/remove", {"day": "2027-03-02"}, 409),
    ],
)
def test_invalid_settings_change_nothing(
    client: Client, path: str, form: dict[str, str], status: int
) -> None:
    assert status == client.send(f"/en/office/{path}", **form).status_code
    with client.desk.inbox.transaction() as session:
        assert ("internal", []) == (office.of(session).regime, list(office.days_off(session)))


def test_the_desk_makes_a_backup_with_a_separate_key_store(
    office: Office, stick: Path, tmp_path: Path
) -> None:
    """The page shows the same text as the command prints."""
    keys, copies = tmp_path / "keys", tmp_path / "copies"
    keys.mkdir()
    copies.mkdir()
    with sitting(office, stick) as client:
        assert "backup restore --from" in client.page("/en/office/backup")
        below = (stick, stick / "below", office.root)
        for refused in ("keys", "/nowhere", str(copies), *map(str, below)):
            asked = {"backup-folder": str(copies), "keystore": refused}
            assert client.send("/en/office/backup", **asked).status_code == 409
        asked = {"backup-folder": str(copies), "keystore": str(keys)}
        on_the_medium = client.send("/en/office/backup", **asked | {"backup-folder": str(stick)})
        assert (409, True) == (on_the_medium.status_code, "medium for the portal" in on_the_medium.text)
        assert [] == [*stick.iterdir(), *keys.iterdir(), *copies.iterdir()]
        made = client.send("/en/office/backup", **asked)
        assert (200, True) == (made.status_code, "keep them separately" in made.text)
        assert client.send("/en/office/backup", **asked).status_code == 409
    (store,) = keys.iterdir()
    assert [f"backup-{today()}"] == [path.name for path in copies.iterdir()]
    assert store.name not in {path.name for path in copies.rglob("*")}
    assert ("back-up", {"keystore": store.name}) in noted(office)


def test_the_page_of_a_new_outbox_shows_keys_that_expire_soon_and_the_head_of_the_journal(
    office: Office, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command prints the text that the page shows.

    For a second copy of the outbox, the page shows the keys and the head again.
    """
    moved(monkeypatch).wait(80)
    with sitting(office, stick) as client:
        for path in ("/en/medium/outbox", "/en/medium/outbox/1"):
            (stick / "outbox-inspection-1.tar").unlink(missing_ok=True)
            page = client.send(path).text
            with client.desk.inbox.transaction() as session:
                head = journal.head(session)
            assert "the last reply key expires in 10 days" in page
            assert f"<code>{head.n} {head.fingerprint}</code>" in page


def test_the_page_tells_officers_to_make_a_new_backup_before_they_destroy_the_old_backups(
    client: Client,
) -> None:
    """In the opposite order, there would be a time without any backup."""
    page = client.page("/en/office/officers")
    assert 0 < page.find("make a new backup") < page.find("destroy the old shares and the old backups")


def test_lists_for_the_archives_are_never_written_to_the_exchange_medium(
    client: Client, stick: Path, tmp_path: Path
) -> None:
    """The lists are written as text and as JSON, and no file is overwritten.

    The desk refuses to write an outbox to a folder that contains such a list.
    """
    drawer = tmp_path / "drawer"
    drawer.mkdir()
    asked = {"papers": str(drawer), "since": today().isoformat()}
    assert client.send("/en/retention/list", **asked | {"since": "soon"}).status_code == 400
    for path in ("list", "visa/list"):
        refused = client.send(f"/en/retention/{path}", **asked | {"papers": str(stick)})
        assert (409, True) == (refused.status_code, "medium for the portal" in refused.text)
    assert client.send("/en/retention/list", **asked).status_code == 303
    names = [f"destroyed-{today()}.{ending}" for ending in ("json", "txt")]
    assert names == sorted(path.name for path in drawer.iterdir())
    assert [] == json.loads((drawer / names[0]).read_text())["destroyed"]
    assert client.send("/en/retention/list", **asked).status_code == 409
    assert [] == [*stick.iterdir()]
    for name in (names[1], "visa-1.json", "register-alerts-x.csv", "sheet-impact-x.pdf", "backup.json"):
        (stick / name).touch()
        beside = client.send("/en/medium/outbox")
        assert (409, True) == (beside.status_code, f"{name} is on the medium" in beside.text), name
        (stick / name).unlink()
