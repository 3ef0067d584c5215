"""The messages between a reporter and the inspectorate, in parts, so that no page loads all of them.

Messages and replies are in the order in which officers learned of them. A reporter's message is placed after
all replies that were written before it was collected, so no answer appears above its question. A message
counts as read once it has been displayed in full.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.overview import folding
from inbox.vault import queries_cases
from inbox.vault.tables import Attachment, FollowUp, Message

# The number of messages and replies in one part.
PAGE = 40
_LETTER, _REPLY = 0, 1


class Show(Enum):
    """How much of a part is shown: a page of a few screens, or every message in full."""

    SHORT = auto()
    FULL = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a conversation. Parts are numbered from 1 to ``count``, which is at least 1.

    ``order`` lists its messages and replies in the order in which officers learned of them. ``unread`` are
    the numbers of the other parts with an unread message. ``filed`` are the numbers of the other parts in
    which a message has files. ``folded`` are the messages and replies to show as one line each
    (``folding``).
    """

    number: int
    count: int
    follow_ups: Sequence[FollowUp]
    messages: Sequence[Message]
    order: Sequence[FollowUp | Message]
    unread: Sequence[int]
    filed: Sequence[int]
    folded: Sequence[FollowUp | Message] = ()


def whole(session: Session, case: int) -> Part:
    """Return the complete conversation of a case as one part."""
    letters, replies = queries_cases.follow_ups(session, case), queries_cases.messages(session, case)
    return Part(1, 1, letters, replies, _in_order(_places(session, case), letters, replies), [], [])


def part(session: Session, case: int, number: int, show: Show = Show.SHORT) -> Part:
    """Return a part of the conversation of a case that the acting officers may read.

    Number 0 means the first part with an unread message, or the last part if every message is read. If the
    number is too high, the last part is returned.
    """
    places = _places(session, case)
    count = max(1, -(-len(places) // PAGE))
    unread = sorted({at // PAGE + 1 for at, place in enumerate(places) if place.is_unread})
    filed = sorted({at // PAGE + 1 for at, place in enumerate(places) if place.has_files})
    number = min(number or (unread[0] if unread else count), count)
    shown = places[(number - 1) * PAGE : number * PAGE]
    letters = [place.position for place in shown if place.kind == _LETTER]
    replies = [place.position for place in shown if place.kind == _REPLY]
    follow_ups = select(FollowUp).where(FollowUp.case == case, FollowUp.position.in_(letters))
    messages = select(Message).where(Message.case == case, Message.position.in_(replies))
    heard = session.scalars(follow_ups.order_by(FollowUp.position)).all()
    sent = session.scalars(messages.order_by(Message.position)).all()
    order = _in_order(shown, heard, sent)
    return Part(
        number,
        count,
        heard,
        sent,
        order,
        [each for each in unread if each != number],
        [each for each in filed if each != number],
        folding.folded(order) if show is Show.SHORT else (),
    )


class _Place(NamedTuple):
    """The place of a message or a reply, with the facts that are known without loading it."""

    kind: int
    position: int
    is_unread: bool = False
    has_files: bool = False


def _places(session: Session, case: int) -> Sequence[_Place]:
    """Return the places of all messages and replies, in the order in which officers learned of them."""
    letters = select(FollowUp.after, FollowUp.position, FollowUp.unread, FollowUp.id)
    replies = select(Message.position).where(Message.case == case)
    filed = {*session.scalars(select(Attachment.follow_up).where(Attachment.case == case))}
    sent = deque(session.scalars(replies.order_by(Message.position)))
    places: list[_Place] = []
    heard = session.execute(letters.where(FollowUp.case == case).order_by(FollowUp.position))
    for after, position, is_unread, id_ in heard:
        while sent and sent[0] <= after:
            places.append(_Place(_REPLY, sent.popleft()))
        places.append(_Place(_LETTER, position, is_unread, id_ in filed))
    return [*places, *(_Place(_REPLY, position) for position in sent)]


def _in_order(
    places: Sequence[_Place], letters: Sequence[FollowUp], replies: Sequence[Message]
) -> Sequence[FollowUp | Message]:
    """Return the messages and replies at these places, in the order of the places."""
    found: dict[tuple[int, int], FollowUp | Message] = {(_LETTER, each.position): each for each in letters}
    found |= {(_REPLY, each.position): each for each in replies}
    return [found[place.kind, place.position] for place in places]
