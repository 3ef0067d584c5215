"""A page shows the newest and the unread messages in full, as far as there is room."""

from datetime import date
from typing import Any

from inbox.overview.folding import ROOM, folded
from inbox.vault.tables import FollowUp, Message

DAY = date(2026, 11, 24)
SHORT, LONG = "Il est revenu.", "\n" * ROOM


def letter(text: str = SHORT, *, unread: bool = False) -> FollowUp:
    rest: dict[str, Any] = {"id": b"", "received": DAY, "written": DAY, "message": b"", "signature": b""}
    return FollowUp(case=1, position=1, text=text, unread=unread, **rest)


def reply(text: str = SHORT) -> Message:
    return Message(case=1, position=1, serial=1, day=DAY, text=text)


def test_a_page_with_room_for_all_messages_folds_no_message() -> None:
    assert folded([]) == []
    assert folded([letter(), reply(), letter(unread=True)]) == []


def test_an_unbroken_run_of_the_newest_messages_stays_open_and_older_messages_are_folded() -> None:
    """A short message before a message that does not fit is folded as well."""
    old, long, *new = order = [reply(), letter(LONG), letter(), reply(), letter()]
    assert folded(order) == [old, long]
    assert new == order[2:]


def test_if_there_is_little_room_unread_messages_stay_open_and_the_newest_messages_are_folded() -> None:
    """As a control, the same page is folded once the messages are read."""
    first, second = letter(), letter()
    order = [first, second, *(letter() for _ in range(18)), reply()]
    assert folded(order)[:2] == order[:2]
    first.unread = second.unread = True
    left = folded(order)
    assert not {*order[:2], order[-1]} & {*left}
    assert order[2] in left


def test_the_newest_message_and_the_first_unread_message_stay_open_whatever_their_length() -> None:
    """Otherwise the page might show nothing, or never reach the unread messages."""
    first, second, middle = letter(LONG, unread=True), letter(unread=True), letter()
    order = [first, second, middle, reply(LONG)]
    assert folded(order) == [second, middle]


def test_unread_messages_are_folded_from_the_first_message_that_does_not_fit() -> None:
    """Therefore the next page begins where the last page ended."""
    unread = [letter(unread=True) for _ in range(ROOM)]
    left = folded([*unread, reply()])
    assert 0 < len(left) < len(unread)
    assert left == unread[-len(left) :]


def test_every_line_of_a_message_and_its_frame_take_up_room() -> None:
    """Empty lines, wrapped lines, and the frames of short messages all take up room."""
    for text in (LONG, "x" * 90 * ROOM):
        assert folded([letter(text), reply()]) != []
    assert folded([*(letter("") for _ in range(ROOM // 2)), reply()]) != []
