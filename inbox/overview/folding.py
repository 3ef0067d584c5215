"""Which messages of a page of a conversation are shown in full, so that the page stays short.

The other messages are folded: one line each, with the day and the first words.
"""

from collections.abc import Sequence

from inbox.vault.tables import FollowUp, Message

# The number of lines that all open messages of a page may fill. With this limit, the page stays below four
# screens of 1280 by 800 pixels, even if the page is full of messages and has the form for a reply.
ROOM = 30
# The number of characters in a line, and the number of lines that the heading and frame of a message take up.
_WIDTH, _FRAME = 90, 3


def folded(order: Sequence[FollowUp | Message]) -> list[FollowUp | Message]:
    """Return which messages of a page to fold; ``order`` is the order of the conversation.

    The newest message and the first unread message are always open, however long they are. While there is
    room, other unread messages are also open, oldest first. The remaining messages follow, newest first.
    """
    unread = [each for each in order if isinstance(each, FollowUp) and each.unread]
    always = {*order[-1:], *unread[:1]}
    opened: set[FollowUp | Message] = set()
    room = ROOM
    for each in dict.fromkeys([*always, *unread, *reversed(order)]):
        room -= _height(each.text)
        if room < 0 and each not in always:
            break
        opened.add(each)
    return [each for each in order if each not in opened]


def _height(text: str) -> int:
    """Return the number of lines that a message takes up on a page."""
    return _FRAME + sum(1 + len(line) // _WIDTH for line in text.split("\n"))
