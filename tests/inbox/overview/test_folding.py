"""Which messages of a page are shown in full: the newest, the unread, and no more than there is room for."""

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


def test_nothing_is_folded_of_a_page_that_has_room_for_all() -> None:
    assert folded([]) == []
    assert folded([letter(), reply(), letter(unread=True)]) == []


def test_the_newest_stay_open_without_a_gap_and_older_ones_are_folded() -> None:
    """A short message before one that does not fit is folded as well: what is open is the end."""
    old, long, *new = order = [reply(), letter(LONG), letter(), reply(), letter()]
    assert folded(order) == [old, long]
    assert new == order[2:]


def test_unread_messages_are_open_before_the_newest_ones() -> None:
    """The control is the same page once they are read."""
    first, second = letter(), letter()
    order = [first, second, *(letter() for _ in range(18)), reply()]
    assert folded(order)[:2] == order[:2]
    first.unread = second.unread = True
    left = folded(order)
    assert not {*order[:2], order[-1]} & {*left}
    assert order[2] in left


def test_the_newest_message_and_the_first_unread_one_are_open_however_long_they_are() -> None:
    """Else the page would show nothing, or never come to the unread ones."""
    first, second, middle = letter(LONG, unread=True), letter(unread=True), letter()
    order = [first, second, middle, reply(LONG)]
    assert folded(order) == [second, middle]


def test_unread_messages_beyond_the_room_are_folded_from_the_first_that_does_not_fit() -> None:
    """So each next page begins where the last one ended."""
    unread = [letter(unread=True) for _ in range(ROOM)]
    left = folded([*unread, reply()])
    assert 0 < len(left) < len(unread)
    assert left == unread[-len(left) :]


def test_the_lines_of_a_message_count_and_so_does_its_frame() -> None:
    """Empty ones, those that wrap, and a page of many short ones."""
    for text in (LONG, "x" * 90 * ROOM):
        assert folded([letter(text), reply()]) != []
    assert folded([*(letter("") for _ in range(ROOM // 2)), reply()]) != []
