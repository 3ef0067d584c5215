"""An open inbox checks who must have declared the case, records each action, and removes files."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from crypto.journal import Presence
from inbox.language.errors import USED_UP, Locked, Undeclared
from inbox.session import chosen_action, declared, journal, journal_view
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox, OpenedAny, Unlocked
from inbox.system import atomic_files
from inbox.vault.casework_tables import Declaration
from inbox.vault.destroyed_tables import Leaving
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, passphrase_of, today
from tests.support.inbox_trio import Trio, undone


def test_no_question_is_asked_about_a_case_that_a_signed_in_officer_has_not_declared(trio: Trio) -> None:
    """Neither a confirmation nor a choice between actions is asked for.

    The declaration itself is possible.
    """

    def ask(*_: object) -> Any:
        raise AssertionError

    who = Actor(dict.fromkeys(("alice", "chloe"), Presence.OWN), today(), ask)
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(delete(Declaration).filter_by(officer="chloe"))
        for taken in (action(Code.RELEASE_HOLD, 1, "x"), action(Code.NOTE, 1)):
            with pytest.raises(Undeclared), inbox.acting(who, taken):
                raise AssertionError
        with pytest.raises(Undeclared), chosen_action.acting(inbox, who, 1, ask):
            raise AssertionError
        with inbox.acting(who, action(Code.DECLARE, 1)):
            pass


def test_the_only_officer_of_an_inbox_declares_no_interests(founded: Office, opened_trio: Inbox) -> None:
    """One of several officers must declare interests, alone or with another officer."""
    for present in (("alice",), ("alice", "chloe")):
        with undone(opened_trio, present) as session:
            assert present == declared.asked(session)
    with founded.opened() as inbox, undone(inbox, ("officer",)) as session:
        assert () == declared.asked(session)


def test_reading_a_case_again_in_the_same_session_is_recorded_only_once(trio: Trio) -> None:
    """In contrast, each reading of a list is recorded."""
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(update(Case).values(new=False))
            last = journal.head(session).n
        for number in ("1", "1", "2"):
            who = Actor({"alice": Presence.OWN}, today(), session=number)
            for read in (action(Code.SHOW, 1), action(Code.LIST)):
                with inbox.acting(who, read):
                    pass
        with inbox.transaction() as session:
            noted = [each.entry.action for each in journal.lines(session, last + 1) if each.entry]
    assert ["show", "list", "list", "show", "list"] == noted


def test_a_missing_file_does_not_prevent_the_removal_of_other_files(trio: Trio) -> None:
    with trio.others.opened() as inbox:
        left = inbox.home.root / "left"
        left.touch()
        with inbox.transaction() as session:
            session.add_all(Leaving(name=name) for name in ("gone", "left"))
        assert not left.exists()
        with inbox.transaction() as session:
            assert [] == session.scalars(select(Leaving)).all()


def test_the_folders_of_removed_files_are_flushed_to_the_disk(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a power cut could bring a removed file back."""
    flushed: list[Path] = []
    flush = atomic_files.sync_folder

    def noted(folder: Path) -> None:
        flushed.append(folder)
        flush(folder)

    with trio.others.opened() as inbox:
        home = inbox.home
        monkeypatch.setattr(atomic_files, "sync_folder", noted)
        with inbox.transaction() as session:
            session.add(Leaving(name="left"))
        assert {home.attachments, home.unopened} == {*flushed}
        flushed.clear()
        (home.arriving / "unknown").touch()
        with inbox.transaction():
            pass
        assert {home.attachments, home.unopened, home.arriving} == {*flushed}
        assert [] == [*home.arriving.iterdir()]


def test_an_officer_finds_the_changes_to_a_case_in_quarantine(trio: Trio) -> None:
    """An officer may close such a case, but must first see what others changed in it."""
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    with trio.others.opened() as inbox:
        assert "quarantine" in {each.action for each in journal_view.changes(inbox, ("alice",), 1, 0)}


def test_the_changes_since_an_entry_do_not_include_that_entry(trio: Trio) -> None:
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    with trio.others.opened() as inbox:
        last = journal_view.changes(inbox, ("alice",), 1, 0)[-1]
        assert [last] == journal_view.changes(inbox, ("alice",), 1, last.n - 1)
        assert [] == journal_view.changes(inbox, ("alice",), 1, last.n)


def test_an_officer_who_joins_later_is_known_by_their_own_share(trio: Trio) -> None:
    with trio.others.unlocked() as opened:
        passphrase = passphrase_of("bruno")
        assert "bruno" == opened.bring(trio.office.share_of("bruno").read_bytes(), passphrase)
        opened.prove("bruno", passphrase)


def test_an_action_keeps_the_explanation_why_it_takes_two_officers(opened_trio: Inbox) -> None:
    alone = Actor({"alice": Presence.OWN}, today())
    with (
        pytest.raises(Locked, match=re.escape(str(USED_UP))),
        opened_trio.acting(alone, action(Code.NOTE, 1).by(2, USED_UP)),
    ):
        raise AssertionError


def test_the_first_of_several_actions_explains_why_they_take_two_officers(opened_trio: Inbox) -> None:
    """The other actions are confirmed together with the first."""
    alone = Actor({"alice": Presence.OWN}, today())
    first, second = action(Code.NOTE, 1).by(2, USED_UP), action(Code.SHOW, 1)
    with pytest.raises(Locked, match=re.escape(str(USED_UP))):
        opened_trio.confirmed(alone, first, second)
    with pytest.raises(Locked, match="this takes two officers"):
        opened_trio.confirmed(alone, second.by(2), first)


def test_an_action_takes_as_many_officers_as_the_strictest_on_the_same_case(opened_trio: Inbox) -> None:
    alone = Actor({"alice": Presence.OWN}, today())
    strict = action(Code.NOTE, 1).by(2, USED_UP)
    with pytest.raises(Locked), opened_trio.acting(alone, action(Code.SHOW, 1), strict):
        raise AssertionError


@pytest.mark.parametrize("kind", [Inbox, Unlocked, OpenedAny])
def test_printing_an_object_with_an_open_vault_reveals_no_secret(kind: type) -> None:
    """A printed Python object could reach a log. As a control, the vault field is printed."""
    printed = {each.name for each in fields(kind) if each.repr}
    assert not printed & {"backup_key", "words", "sealed"}
    assert printed & {"vault", "inbox"}
