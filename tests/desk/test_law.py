"""The law at the desk: officers can read it, and replace it after a preview of the changes."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from inbox.vault.casework_tables import Duty
from templates.law import folder
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import PASSPHRASE, Office, today
from tests.support.laws import FRENCH, edited


def test_the_page_about_the_law_lists_what_counsel_has_to_confirm(client: Client) -> None:
    page = client.page("/fr/office/law")
    assert FRENCH.sha256.hex() in page
    assert all(each.basis.source in page for each in FRENCH.to_confirm)


def test_a_law_is_replaced_only_after_a_preview_of_its_changes(office: Office, tmp_path: Path) -> None:
    """A folder that changed since the preview is refused.

    If the new law relaxes a rule, officers must confirm that this is intended.
    """
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
        asked = client.send("/en/office/law", **form)
        assert (401, True) == (asked.status_code, "Looser than now" in asked.text)
        assert 2 == len(re.findall(r"urgent\.priority</code></dt><dd[^>]*>2 → 1\b", asked.text))
        assert FRENCH.sha256.hex() in client.page("/en/office/law")
        assert 303 == client.send("/en/office/law", **form, **typed).status_code
        assert sha256 in client.page("/en/office/law")
    assert sha256 == office.json("law", "show")["law"]


@pytest.mark.copy_of("with_reporter")
def test_replacing_the_law_while_the_desk_is_open_updates_the_duties_of_cases(
    office: Office, tmp_path: Path
) -> None:
    """A new duty is added, and the deadlines of the other duties are recalculated."""
    law = edited(tmp_path / "law", "duties.toml", "severity = 2", "severity = 1")
    duties = (law / "duties.toml").read_text("utf-8")
    (law / "duties.toml").write_text(duties.replace('within = "1 month"', 'within = "9 days"', 1), "utf-8")
    office.json("case", "set-score", "1", "--severity", "1", "--reason", "x")
    with sitting(office) as client:
        before = _duties(client)
        form = {"folder": str(law), "sha256": folder.sha256(folder.read(law)).hex(), "loosening": "on"}
        sent = client.send("/en/office/law", **form, **{"passphrase-officer": PASSPHRASE})
        assert 303 == sent.status_code
        after = _duties(client)
    assert {"art40"} == after.keys() - before.keys()
    assert (today() + timedelta(9)).isoformat() == after["art14"].isoformat()
    assert before["art14"] > after["art14"]


def _duties(client: Client) -> dict[str, date]:
    """Return the stored deadline of each duty in case 1."""
    with client.desk.inbox.transaction() as session:
        return {each.kind: each.due for each in session.scalars(select(Duty).filter_by(case=1))}


def test_an_invalid_folder_does_not_change_the_law(client: Client, tmp_path: Path) -> None:
    for given in ("", "law", str(tmp_path), str(tmp_path / "none"), "fr"):
        assert 400 <= client.send("/en/office/law/plan", folder=given).status_code < 500
    assert FRENCH.sha256.hex() in client.page("/en/office/law")
