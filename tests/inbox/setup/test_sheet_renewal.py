"""A renewal of shares with a sheet requires all officers and two passphrases. Every officer learns of it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox.keys import share_file
from inbox.vault.casework_tables import SavedView, Unfinished
from tests.support import inbox_builders as build
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import QUICK, Office, Said, passphrase_of, today
from tests.support.inbox_circles import opened_by
from tests.support.inbox_clock import moved

NAMES = ("alice", "bruno", "chloe")

pytestmark = [pytest.mark.copy_of("founded_three"), pytest.mark.usefixtures("quick")]
LOST = ("--passphrases-lost", "a fire")
AFTERWARDS = pytest.mark.copy_of("founded_renewed")


def change(office: Office, *words: str, names: Sequence[str] = NAMES) -> Said:
    files = [word for name in names for word in ("--new-passphrase-file", office.secret_of(name))]
    return office.run("officer", *words, "--shares", office.shares, *files)


def newest(office: Office, code: str) -> Any:
    entries = json.loads(office.run("journal", "list", "--json").out)["entries"]
    return [each for each in entries if each.get("action") == code][-1]


@pytest.fixture(scope="module")
def founded_renewed(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The inbox after a renewal with Bruno's sheet and the passphrases of the two other officers."""
    office = founded_three.copy(tmp_path_factory.mktemp("renewed") / "copy")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(share_file, "LIMITS", QUICK)
        assert 0 == change(opened_by(office, "alice", "chloe", sheets=["bruno"]), "renew").code
    return office


@pytest.mark.parametrize("own", NAMES[::2])
def test_one_officer_with_the_sheet_of_a_colleague_cannot_renew_the_shares(office: Office, own: str) -> None:
    """Otherwise one officer could act as two, and set the passphrases of all officers."""
    before = office.state()
    refused = change(opened_by(office, own, sheets=["bruno"]), "renew")
    (away,) = set(NAMES) - {own, "bruno"}
    assert (1, True) == (
        refused.code,
        f"while all officers are here; these officers are missing: {away}" in refused.err,
    )
    assert before == office.state()


def test_a_sheet_helps_to_change_the_officers_or_the_quorum_only_if_all_remaining_officers_are_present(
    tmp_path: Path,
) -> None:
    """Dora is not present, so the only change that is accepted is her own removal."""
    office = Office.found_by(tmp_path, (*NAMES, "dora"), 3)
    before = office.state()
    present = opened_by(office, "alice", "chloe", sheets=["bruno"])
    office.secret_of("emil").write_text(passphrase_of("emil"))
    for words, names in (
        (["renew", "--quorum", "2"], (*NAMES, "dora")),
        (["add", "emil"], (*NAMES, "dora", "emil")),
    ):
        assert "missing: dora" in change(present, *words, names=names).err
    assert before == office.state()
    assert 0 == change(present, "remove", "dora").code
    entry = newest(office.of(*NAMES), "change-officers")
    assert {"alice": "passphrase", "chloe": "passphrase", "bruno": "sheet"} == entry["officers"]


@AFTERWARDS
def test_the_journal_and_the_oversight_report_show_a_renewal_with_a_sheet(office: Office) -> None:
    """Both the desk and the command line show the renewal.

    A renewal with passphrases alone is not counted as a renewal with a sheet.
    """
    entry = newest(office, "renew-shares")
    assert [("alice", "passphrase"), ("bruno", "sheet"), ("chloe", "passphrase")] == [
        *entry["officers"].items()
    ]
    assert (
        "bruno (sheet, no passphrase), chloe (passphrase): renew-shares" in office.run("journal", "list").out
    )
    assert "1  shares-by-sheet\n" in office.run("office", "oversight").out
    with sitting(office) as client:
        assert "bruno (feuille, sans phrase de passe)" in client.page("/fr/journal")
    assert 0 == change(office, "renew").code
    said = office.run("office", "oversight").out
    assert ("2  renew-shares\n" in said, "1  shares-by-sheet\n" in said) == (True, True)


@pytest.mark.parametrize(
    ("own", "sheets"), [(["alice"], ["bruno", "chloe"]), ([], [*NAMES])], ids=["one", "none"]
)
def test_shares_cannot_be_renewed_with_sheets_unless_two_passphrases_are_given(
    office: Office, own: list[str], sheets: list[str]
) -> None:
    """If passphrases are reported as lost, officers and quorum cannot change."""
    before = office.state()
    present = opened_by(office, *own, sheets=sheets)
    for words in (["renew"], ["renew", "--reason", "x"], ["renew", "--passphrases-lost", " "]):
        refused = change(present, *words)
        assert (1, True) == (refused.code, "two officers must give their own passphrases" in refused.err)
    refused = change(present, "renew", *LOST, "--quorum", "3")
    assert (1, True) == (refused.code, "neither the officers nor the quorum can change" in refused.err)
    assert 2 == change(present, "add", "dora", *LOST).code
    assert before == office.state()


@pytest.mark.parametrize(
    ("own", "sheets"), [(["alice"], ["bruno", "chloe"]), ([], [*NAMES])], ids=["one", "none"]
)
def test_a_renewal_with_lost_passphrases_is_accepted_and_reported_everywhere(
    office: Office, own: list[str], sheets: list[str]
) -> None:
    """The journal, the oversight report and the notices of both surfaces show the renewal.

    All officers must still be present, at least with a sheet.
    """
    before = office.state()
    away = change(opened_by(office, "alice", sheets=["bruno"]), "renew", *LOST)
    assert (1, True, before) == (away.code, "missing: chloe" in away.err, office.state())
    assert 0 == change(opened_by(office, *own, sheets=sheets), "renew", *LOST, "--reason", "yearly").code
    entry = newest(office, "renew-shares")
    assert dict.fromkeys(own, "passphrase") | dict.fromkeys(sheets, "sheet") == entry["officers"]
    assert (True, "yearly; a fire") == (entry["values"]["passphrases_lost"], entry["reason"])
    assert "passphrases reported lost" in office.run("journal", "list").out
    told = office.run("office", "oversight")
    assert ("1  passphrases-lost\n" in told.out, "1  shares-by-sheet\n" in told.out) == (True, True)
    assert "Too few officers gave a passphrase. Reason given: yearly; a fire\n" in told.err
    with sitting(office) as client:
        assert "Motif indiqué\u00a0: yearly; a fire" in client.page("/fr/")
        assert "phrases de passe déclarées perdues" in client.page("/fr/oversight")


@pytest.mark.parametrize("sheets", [[], ["bruno"]], ids=["no sheet", "a sheet"])
def test_passphrases_cannot_be_reported_as_lost_if_two_officers_give_theirs(
    office: Office, sheets: list[str]
) -> None:
    before = office.state()
    refused = change(opened_by(office, "alice", "chloe", sheets=sheets), "renew", *LOST)
    assert (1, True) == (refused.code, "omit --passphrases-lost" in refused.err)
    assert before == office.state()
    assert 0 == change(opened_by(office, "alice", "chloe", sheets=sheets), "renew").code
    assert "Too few gave" not in office.run("case", "list").err


def test_in_a_circle_of_two_officers_a_renewal_needs_only_one_passphrase(tmp_path: Path) -> None:
    """If neither officer gives a passphrase, both passphrases must be reported as lost."""
    office = Office.found_by(tmp_path, NAMES[:2], 2)
    both = opened_by(office, sheets=NAMES[:2])
    refused = change(both, "renew", names=NAMES[:2])
    assert (1, True) == (refused.code, "one of them must give a passphrase" in refused.err)
    assert 0 == change(opened_by(office, "alice", sheets=["bruno"]), "renew", names=NAMES[:2]).code
    assert "passphrases_lost" not in newest(office, "renew-shares")["values"]
    assert 0 == change(opened_by(office, sheets=NAMES[:2]), "renew", *LOST, names=NAMES[:2]).code
    assert newest(office, "renew-shares")["values"]["passphrases_lost"]


def test_a_renewal_without_a_sheet_causes_no_notice(office: Office) -> None:
    """The control for the next test."""
    assert 0 == change(office, "renew").code
    assert "" == office.run("case", "list").err


@AFTERWARDS
def test_every_command_shows_the_notice_until_each_officer_has_confirmed_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If one officer does not confirm the notice, the notice remains after the 60 days."""
    told = office.run("case", "list").err
    assert f"NOTICE: on {build.today()} the shares were renewed with a sheet, by alice" in told
    assert "Not read yet by alice, bruno, chloe: inbox officer acknowledge" in told
    assert ["alice", "bruno"] == office.run("officer", "acknowledge", "--json").json["confirmed"]
    assert "Not read yet by chloe: " in office.run("case", "list").err
    assert "no renewal of shares to confirm" in office.run("officer", "acknowledge").err
    moved(monkeypatch).wait(61)
    last = office.of("bruno", "chloe")
    assert "Not read yet by chloe: " in last.run("case", "list").err
    assert "confirmed by chloe\n" == last.run("officer", "acknowledge").out
    assert "NOTICE" not in last.run("case", "list").err
    noted = [
        each
        for each in last.json("journal", "list")["entries"]
        if each.get("action") == "acknowledge-renewal"
    ]
    assert [["alice", "bruno"], ["bruno", "chloe"]] == [[*each["officers"]] for each in noted]


@AFTERWARDS
def test_a_confirmed_notice_stays_for_sixty_days_and_marks_a_confirmation_that_proves_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person who brought Bruno's sheet chose Bruno's passphrase, and can confirm in Bruno's name."""
    for present in (office, office.of("bruno", "chloe")):
        assert 0 == present.run("officer", "acknowledge").code
    until = build.today() + timedelta(60)
    clock = moved(monkeypatch)
    for days in (0, 60):
        clock.wait(days)
        told = office.run("case", "list").err
        assert "  Read by alice, chloe.\n  Confirmed in the name of bruno, which proves nothing: " in told
        assert (f"at least until {until}.\n" in told, "Not read yet" in told) == (True, False)
        with sitting(office) as client:
            page = client.page("/fr/")
        assert ("Lu par alice, chloe." in page, "office/notice" in page) == (True, False)
        assert "Confirmé au nom de bruno, ce qui ne prouve rien" in page
    clock.wait(1)
    assert "NOTICE" not in office.run("case", "list").err
    with sitting(office) as client:
        assert "feuille" not in client.page("/fr/")


@AFTERWARDS
def test_a_later_renewal_does_not_hide_the_notice_of_an_earlier_one(office: Office) -> None:
    """Each notice says whose passphrase was set with a sheet."""
    first = newest(office, "renew-shares")["officers"]
    assert 0 == change(opened_by(office, "alice", "bruno", sheets=["chloe"]), "renew").code
    told = office.run("case", "list").err
    assert ("sheet", 2) == (first["bruno"], told.count("NOTICE: "))
    assert "bruno (sheet, no passphrase), chloe (passphrase)" in told
    assert "bruno (passphrase), chloe (sheet, no passphrase)" in told
    assert 0 == office.run("officer", "acknowledge").code
    told = office.run("case", "list").err
    assert (2, 2) == (told.count("NOTICE: "), told.count("Not read yet by chloe: "))
    assert (1, 1) == (told.count("Confirmed in the name of bruno, "), told.count("Read by alice, bruno.\n"))


@AFTERWARDS
def test_a_notice_is_shown_to_new_officers_and_does_not_wait_for_officers_who_left(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice does not end early if the officers who have to confirm it are removed.

    The drafts and saved views of a removed officer are deleted.
    """
    assert 0 == office.run("officer", "acknowledge").code
    with office.opened() as inbox, inbox.transaction() as session:
        for name in ("alice", "chloe"):
            session.add(SavedView(officer=name, name="x", used=today(), asked="{}"))
            session.add(Unfinished(officer=name, case=None, form="report", day=today(), fields="[]"))
    office.secret_of("dora").write_text(passphrase_of("dora"))
    two = [*NAMES[:2]]
    assert 0 == change(office, "remove", "chloe", names=two).code
    with office.opened() as inbox, inbox.transaction() as session:
        kept = [session.scalars(select(kind.officer)).all() for kind in (SavedView, Unfinished)]
        assert [["alice"], ["alice"]] == kept
    assert 0 == change(office, "add", "dora", names=[*two, "dora"]).code
    told = office.of("alice", "dora").run("case", "list").err
    assert ("NOTICE: " in told, "Not read yet" in told) == (True, False)
    moved(monkeypatch).wait(61)
    assert "NOTICE" not in office.run("case", "list").err


@AFTERWARDS
def test_a_notice_is_not_confirmed_for_an_officer_who_is_present_only_with_a_sheet(office: Office) -> None:
    assert 0 == opened_by(office, "alice", sheets=["bruno"]).run("officer", "acknowledge").code
    assert "Not read yet by bruno, chloe" in office.run("case", "list").err


@AFTERWARDS
def test_each_desk_page_shows_the_notice_until_all_officers_have_read_it(office: Office) -> None:
    with sitting(office) as client:
        for path in ("/fr/", "/fr/office"):
            assert "les parts ont été renouvelées avec une feuille" in client.page(path)
        assert 303 == client.send("/fr/office/notice").status_code
        bruno = Client(client.desk, client.app, "bruno")
        assert 303 == bruno.send("/fr/office/notice").status_code
        page = client.page("/fr/")
        assert ("Pas encore lu par chloe" in page, "office/notice" in page) == (True, False)
        assert client.send("/fr/office/notice").status_code == 409
    with sitting(office.of("bruno", "chloe"), officer="chloe") as client:
        client.send("/en/office/notice")
        page = client.page("/en/")
        assert ("renewed with a sheet" in page, "Not read yet" in page) == (True, False)
