"""The dialogue of a case is shown in parts.

Each message is in one part, and only shown messages count as read.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from inbox.overview import case_view, conversation
from inbox.setup import upgrade
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Workflow
from inbox.vault.database import Vault
from inbox.vault.tables import Case, Exclusion, FollowUp, Message, Officer

DAY = date(2026, 11, 24)
LETTERS, REPLIES = 7, 4


@pytest.fixture
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """Two cases with a follow-up every day and a reply every second day. Alice is excluded from case 2."""
    with closing(upgrade.create(tmp_path_factory.mktemp("talk") / "vault.sqlite", bytes(32))) as made:
        made.today = DAY
        with made.transaction() as session:
            session.add_all(
                Officer(name=name, since=DAY, member=n) for n, name in enumerate(("alice", "bruno"))
            )
            for number in (1, 2):
                filed(session, number)
            session.flush()
            session.add(Exclusion(case=2, officer="alice", since=DAY))
        yield made


def filed(session: Session, number: int) -> None:
    session.add(
        Case(
            number=number,
            status="",
            received=DAY,
            collected=DAY,
            summary="",
            message=b"",
            envelope=b"",
            unsigned=True,
        )
    )
    session.flush()
    session.add(Workflow(case=number))
    for n in range(1, LETTERS + 1):
        day = DAY + timedelta(n)
        letter = {"case": number, "id": bytes([n]), "position": n, "received": day, "written": day}
        letter |= {"after": (n - 1) // 2, "unread": n in {3, 6}}
        session.add(FollowUp(**letter, text=f"letter {n}", message=b"", signature=b""))
    for n in range(1, REPLIES + 1):
        session.add(Message(case=number, position=n, serial=n, day=DAY + timedelta(2 * n), text=f"reply {n}"))


def texts(part: conversation.Part) -> list[str]:
    return [each.text for each in (*part.follow_ups, *part.messages)]


def test_a_part_of_the_dialogue_has_at_most_forty_messages() -> None:
    assert conversation.PAGE == 40


def test_each_message_is_in_exactly_one_part_and_the_parts_are_ordered_by_day(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "PAGE", 4)
    with vault.transaction(["bruno"]) as session:
        parts = [conversation.part(session, 1, number) for number in (1, 2, 3)]
        whole = conversation.whole(session, 1)
        beyond = conversation.part(session, 1, 99)
    assert [
        ["letter 1", "letter 2", "reply 1", "letter 3"],
        ["letter 4", "reply 2", "letter 5", "letter 6"],
        ["reply 3", "letter 7", "reply 4"],
    ] == [[each.text for each in part.order] for part in parts]
    assert sorted(text for part in parts for text in texts(part)) == sorted(texts(whole))
    assert ([3, 3, 3], 3) == ([part.count for part in parts], beyond.number)
    assert [[2], [1], [1, 2]] == [part.unread for part in parts]


def test_a_follow_up_that_was_not_shown_stays_unread(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise nobody would ever read the follow-up.

    If no part is chosen, the first part with an unread message is shown. If no message is unread, the last
    part is shown.
    """
    monkeypatch.setattr(conversation, "PAGE", 4)
    seen = []
    for _ in range(3):
        with vault.transaction(["bruno"]) as session:
            part = conversation.part(session, 1, 0)
            seen.append(
                (part.number, [each.position for each in queries_cases.unread_follow_ups(session, 1)])
            )
            case_view._mark_read(session, 1, {each.position for each in part.follow_ups})
    assert [(1, [3, 6]), (2, [6]), (3, [])] == seen


def test_the_dialogue_is_empty_for_an_excluded_officer(vault: Vault) -> None:
    """The control is an officer who is not excluded."""
    for officer, count in (("alice", 0), ("bruno", LETTERS + REPLIES)):
        with vault.transaction([officer]) as session:
            assert count == len(texts(conversation.part(session, 2, 1)))


def test_only_the_messages_of_the_shown_part_are_loaded(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the parts that are not shown, the vault returns only numbers and days."""
    monkeypatch.setattr(conversation, "PAGE", 2)
    with vault.transaction(["bruno"]) as session:
        assert ["letter 1", "letter 2"] == texts(conversation.part(session, 1, 1))
        assert {"letter 1", "letter 2"} == {each.text for each in session if isinstance(each, FollowUp)}


def test_a_reply_is_never_shown_above_the_follow_up_that_it_answers(vault: Vault) -> None:
    """The day that the portal states for a follow-up does not affect its place.

    Here the portal says that follow-up 8 came before everything else.
    """
    with vault.transaction(["bruno"]) as session:
        letter = {"case": 1, "id": bytes([8]), "position": 8, "received": DAY, "written": DAY, "after": 4}
        session.add(FollowUp(**letter, text="letter 8", message=b"", signature=b""))
        session.flush()
        assert 4 == queries_cases.last_reply(session, 1)
        session.delete(session.get_one(Message, (1, 4)))
        session.flush()
        # The number of a retracted reply is not used again. Therefore the next reply comes after the
        # follow-up.
        assert 4 == queries_cases.last_reply(session, 1)
        session.add(Message(case=1, position=5, serial=9, day=DAY, text="reply 5"))
        session.flush()
        told = [each.text for each in conversation.whole(session, 1).order]
    assert ["letter 6", "reply 3", "letter 7", "letter 8", "reply 5"] == told[-5:]
    assert 8 + 4 == len(set(told))
