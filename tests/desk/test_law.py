"""The law at the desk: shown, and replaced once what it changes was seen."""

import re
from pathlib import Path

from templates.law import folder
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import PASSPHRASE, Office
from tests.support.laws import FRENCH, edited


def test_the_law_is_shown_with_what_counsel_has_to_confirm(client: Client) -> None:
    page = client.page("/fr/office/law")
    assert FRENCH.sha256.hex() in page
    assert all(each.basis.source in page for each in FRENCH.to_confirm)


def test_another_law_is_taken_once_what_it_changes_was_seen(office: Office, tmp_path: Path) -> None:
    """As by the command; one that changed after it was shown is not taken, nor one that is looser unsaid."""
    law = edited(tmp_path / "law", "obstacles.toml", "priority = 2", "priority = 1")
    sha256 = folder.sha256(folder.read(law)).hex()
    with sitting(office) as client:
        shown = client.send("/en/office/law/plan", folder=str(law))
        assert 200 == shown.status_code
        assert "obstacles.toml · urgent.priority" in shown.text
        assert re.search(r"2 → 1\b", shown.text)
        form = {"folder": str(law), "sha256": sha256}
        assert 409 == client.send("/en/office/law", **form | {"sha256": "0" * 64}).status_code
        assert FRENCH.sha256.hex() in client.page("/en/office/law")
        typed = {"passphrase-officer": PASSPHRASE}
        assert "Looser than now" in shown.text
        assert 409 == client.send("/en/office/law", **form, **typed).status_code
        form["loosening"] = "on"
        assert 401 == client.send("/en/office/law", **form).status_code
        assert FRENCH.sha256.hex() in client.page("/en/office/law")
        assert 303 == client.send("/en/office/law", **form, **typed).status_code
        assert sha256 in client.page("/en/office/law")
    assert sha256 == office.json("law")["law"]


def test_no_folder_changes_nothing(client: Client, tmp_path: Path) -> None:
    for given in ("", "law", str(tmp_path), str(tmp_path / "none"), "fr"):
        assert 400 <= client.send("/en/office/law/plan", folder=given).status_code < 500
    assert FRENCH.sha256.hex() in client.page("/en/office/law")
