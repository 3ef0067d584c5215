"""Lists for the archives: where officers can write them, and how they are printed."""

from datetime import date
from pathlib import Path

import pytest

from inbox.language.errors import Refused
from inbox.retention import destroyed_list, list_files, visa_list
from inbox.retention.visas import AskedFor
from inbox.system import media
from inbox.system.home import Home
from tests.support.laws import FRENCH

DESTROYED = {
    "case": 7, "received": "2026-01-02", "closed": None, "destroyed": "2031-02-03", "by": "x",
    "rule": "proceedings", "category": "threat", "outcome": "founded", "visa": "1-00, X",
}  # fmt: skip


@pytest.mark.parametrize("is_carried", [True, False])
def test_no_list_for_the_archives_can_be_written_to_the_portal_medium_or_to_a_new_folder_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_carried: bool
) -> None:
    """For this check, a new folder counts as its parent folder.

    On the disk of this machine, a new folder is accepted.
    """
    (tmp_path / "channel-3.tar").touch()
    monkeypatch.setattr(media, "is_carried", lambda *_: is_carried)
    monkeypatch.setattr(media, "top", lambda _: tmp_path)
    for out, is_refused in ((tmp_path, True), (tmp_path / "new", is_carried)):
        if is_refused:
            with pytest.raises(Refused, match="medium for the portal"):
                list_files.check(Home(tmp_path), out)
        else:
            list_files.check(Home(tmp_path), out)
        assert not (tmp_path / "new").exists()


def test_a_list_for_the_archives_is_written_to_an_existing_folder_or_to_a_new_folder_inside_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "none" / "new"):
        with pytest.raises(Refused, match="is not a folder"):
            list_files.check(Home(tmp_path), out)
    (tmp_path / "out").mkdir()
    (tmp_path / "channel-3.tar").touch()
    list_files.check(Home(tmp_path), tmp_path / "out")


def test_destroyed_cases_are_printed_in_columns() -> None:
    head, line = destroyed_list.rows([DESTROYED])
    assert (
        "dossier/case  reçu/received  clos/closed détruit/destroyed  règle/rule           "
        "catégorie/category, suite donnée/outcome, visa des archives/visa of the archives"
    ) == head
    assert (
        "7             2026-01-02     -           2031-02-03         proceedings          "
        "threat, founded, 1-00, X"
    ) == line


def test_a_visa_list_has_columns_and_shows_the_code_of_a_rule_that_has_no_label(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    gone = {"case": 7, "received": 2026, "closed": None, "rule": "of_another_law"}
    asked = AskedFor("1-00", "x", date(2031, 2, 3), FRENCH.retention.visa, [gone], 4)
    paper, _ = visa_list.write(Home(tmp_path / "home"), asked, tmp_path / "out")
    lines = paper.read_text("utf-8").splitlines()
    (line,) = [each for each in lines if each.startswith("7 ")]
    assert "7            2026             -              of_another_law / of_another_law" == line
    assert "dossier/case reçu en/received clos en/closed durée de conservation échue/rule" in lines


def test_a_list_for_the_archives_is_written_as_printable_text_and_as_indented_json(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    paper, plain = list_files.write(home, tmp_path / "out", "1-00", "paper\n", {"case": 7})
    assert (b"paper\n", b'{\n  "case": 7\n}\n') == (paper.read_bytes(), plain.read_bytes())
    assert ("1-00.txt", "1-00.json") == (paper.name, plain.name)
