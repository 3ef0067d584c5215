"""An open inbox checks who must have declared interests in the case.

The inbox also records each action and removes files.
"""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.language.errors import USED_UP, CaseRefused, Locked, Undeclared, WrongPassphrase
from inbox.session import chosen_action, declared, journal, journal_view
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox, OpenedAny, Unlocked
from inbox.system import atomic_files
from inbox.vault.casework_tables import Declaration
from inbox.vault.destroyed_tables import VAULT, Leaving
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, passphrase_of, today
from tests.support.inbox_trio import KEPT, Trio, undone


def test_no_question_is_asked_about_a_case_that_a_signed_in_officer_has_not_declared(trio: Trio) -> None:
    """The program asks for no confirmation and offers no choice between actions.

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
    """If an inbox has several officers, each signed-in officer must declare interests."""
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
    """An officer may close a case in quarantine, but must first see what others changed in it."""
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    with trio.others.opened() as inbox:
        assert "quarantine" in {each.action for each in journal_view.changes(inbox, ("alice",), 1, 0)}


def test_the_changes_since_an_entry_do_not_include_that_entry(trio: Trio) -> None:
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    with trio.others.opened() as inbox:
        last = journal_view.changes(inbox, ("alice",), 1, 0)[-1]
        assert [last] == journal_view.changes(inbox, ("alice",), 1, last.n - 1)
        assert [] == journal_view.changes(inbox, ("alice",), 1, last.n)


def test_an_officer_who_joins_an_open_session_is_recognised_by_their_own_share(trio: Trio) -> None:
    with trio.others.unlocked() as opened:
        passphrase = passphrase_of("bruno")
        assert "bruno" == opened.bring(trio.office.share_of("bruno").read_bytes(), passphrase)
        opened.prove("bruno", passphrase)


def test_an_action_keeps_the_explanation_of_why_it_takes_two_officers(opened_trio: Inbox) -> None:
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
    with pytest.raises(Locked, match="two officers must each enter"):
        opened_trio.confirmed(alone, second.by(2), first)


def test_several_actions_together_take_as_many_officers_as_the_strictest_of_them(opened_trio: Inbox) -> None:
    alone = Actor({"alice": Presence.OWN}, today())
    strict = action(Code.NOTE, 1).by(2, USED_UP)
    with pytest.raises(Locked), opened_trio.acting(alone, action(Code.SHOW, 1), strict):
        raise AssertionError


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (Inbox, {"home", "vault", "header"}),
        (Unlocked, {"inbox", "officers"}),
        (OpenedAny, {"vault", "version", "present", "generation"}),
        (Actor, {"present", "today", "is_fresh"}),
    ],
)
def test_printing_an_object_with_an_open_vault_reveals_no_secret(kind: type, shown: set[str]) -> None:
    """A printed Python object could reach a log.

    Such an object reveals neither what was read nor who mistyped a passphrase.
    """
    assert shown == {each.name for each in fields(kind) if each.repr}


def test_an_action_on_a_case_that_does_not_exist_is_refused(opened_trio: Inbox) -> None:
    who = Actor({"alice": Presence.OWN}, today())
    with pytest.raises(CaseRefused), opened_trio.acting(who, action(Code.NOTE, 99)):
        raise AssertionError


def test_a_repeated_change_to_a_case_is_recorded_each_time(trio: Trio) -> None:
    who = Actor({"alice": Presence.OWN}, today())
    with trio.others.opened() as inbox:
        with inbox.transaction() as session:
            session.execute(update(Case).values(new=False))
            last = journal.head(session).n
        for _ in range(2):
            with inbox.acting(who, action(Code.NOTE, 1)):
                pass
        with inbox.transaction() as session:
            noted = [each.entry.action for each in journal.lines(session, last + 1) if each.entry]
    assert ["note", "note"] == noted


def test_the_program_does_not_show_officers_their_own_changes_as_changes_by_others(trio: Trio) -> None:
    """Alice and Chloe quarantined the case together."""
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    with trio.others.opened() as inbox:

        def found(*names: str) -> set[str]:
            who = Actor(dict.fromkeys(names, Presence.OWN), today())
            return {each.action for each in journal_view.changes_by_others(inbox, who, 1, 0)}

        assert "quarantine" not in found("alice")
        assert "quarantine" not in found("bruno", "chloe")
        assert "quarantine" in found("bruno")


def test_every_wrong_passphrase_of_an_officer_is_counted(trio: Trio) -> None:
    with trio.others.unlocked() as opened:
        opened.prove("alice", passphrase_of("alice"))
        assert {} == opened.failed
        for count in (1, 2):
            with pytest.raises(WrongPassphrase):
                opened.prove("alice", "wrong")
            assert {"alice": count} == opened.failed


def test_after_data_was_destroyed_the_vault_is_rewritten_once(trio: Trio) -> None:
    done: list[str] = []
    with trio.others.opened() as opened:
        inbox = replace(opened, progress=lambda step, *_: done.append(step))
        with inbox.transaction() as session:
            session.add(Leaving(name=VAULT))
        assert {"rewriting the vault"} == {*done}
        done.clear()
        with inbox.transaction() as session:
            assert [] == session.scalars(select(Leaving)).all()
    assert [] == done


def test_a_missing_folder_of_the_home_is_created_when_the_inbox_is_opened(trio: Trio) -> None:
    with trio.others.opened() as inbox:
        folder = inbox.home.arriving
    folder.rmdir()
    with trio.others.opened():
        assert folder.is_dir()


@pytest.mark.parametrize("way", ["acting", "together", "choosing"])
def test_a_case_in_quarantine_is_hidden_while_an_action_is_chosen(trio: Trio, way: str) -> None:
    """The control: the case is visible if all possible actions are allowed in quarantine."""
    trio.others.json("access", "quarantine", "1", "--reason", "x")
    who, found = Actor({"alice": Presence.OWN}, today()), []
    listed = action(Code.LIST)

    def choose(session: Session) -> Any:
        found.append(session.get(Case, 1) is not None)
        return [listed] if way == "together" else listed

    with trio.others.opened() as inbox:
        for more in ({}, {"quarantine": True}):
            if way == "choosing":
                with inbox.choosing(who, **more) as (session, _):
                    choose(session)
            else:
                with getattr(chosen_action, way)(inbox, who, None, choose, **more):
                    found.pop()
    assert [False, True] == found


def test_for_up_to_a_thousand_cases_declarations_on_other_cases_are_left_out(
    opened_trio: Inbox,
) -> None:
    """With more numbers, the query would be too long, so all declarations are returned.

    The caller ignores declarations on other cases.
    """
    with undone(opened_trio, ("alice", "chloe")) as session:
        numbers = [1, *range(10_001, 11_000)]
        assert (1_000, {1}) == (len(numbers), declared.given(session, numbers))
        assert {1, 2} <= declared.given(session, [*numbers, 11_000])


def test_an_officer_who_may_not_read_a_case_cannot_choose_an_action_on_it(trio: Trio) -> None:
    who, found = Actor(dict.fromkeys(("alice", "bruno"), Presence.OWN), today()), []

    def choose(session: Session) -> Action:
        found.append(session.get(Case, KEPT))
        return action(Code.NOTE, KEPT)

    with (
        trio.excluded.opened() as inbox,
        pytest.raises(CaseRefused),
        chosen_action.acting(inbox, who, KEPT, choose),
    ):
        raise AssertionError
    assert [None] == found
