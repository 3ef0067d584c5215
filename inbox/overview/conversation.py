"""What a reporter and the inspectorate wrote to each other, part by part: no page loads ten thousand letters.

Letters and replies stand in the order of their days, of one day letters first. A letter counts as read once
the part in which it stands was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from inbox.vault import queries_cases
from inbox.vault.tables import FollowUp, Message

# So many letters and replies stand in one part.
PAGE = 50
_LETTER, _REPLY = 0, 1


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what was written, from 1 on, of ``count`` parts, one at least.

    ``unread`` are the numbers of the other parts in which there is a letter that nobody has read.
    """

    number: int
    count: int
    follow_ups: Sequence[FollowUp]
    messages: Sequence[Message]
    unread: Sequence[int]


def whole(session: Session, case: int) -> Part:
    """Return all that was written in a case, as one part."""
    return Part(1, 1, queries_cases.follow_ups(session, case), queries_cases.messages(session, case), [])


def part(session: Session, case: int, number: int) -> Part:
    """Return a part of what was written in a case that those who act may read.

    For 0 it is the first with a letter that nobody has read, else the last; for one beyond them, the last.
    """
    places = _places(session, case)
    count = max(1, -(-len(places) // PAGE))
    unread = sorted({at // PAGE + 1 for at, (_, _, is_unread) in enumerate(places) if is_unread})
    number = min(number or (unread[0] if unread else count), count)
    shown = places[(number - 1) * PAGE : number * PAGE]
    letters = [position for kind, position, _ in shown if kind == _LETTER]
    replies = [position for kind, position, _ in shown if kind == _REPLY]
    follow_ups = select(FollowUp).where(FollowUp.case == case, FollowUp.position.in_(letters))
    messages = select(Message).where(Message.case == case, Message.position.in_(replies))
    return Part(
        number,
        count,
        session.scalars(follow_ups.order_by(FollowUp.position)).all(),
        session.scalars(messages.order_by(Message.position)).all(),
        [each for each in unread if each != number],
    )


def _places(session: Session, case: int) -> Sequence[tuple[int, int, bool]]:
    """Return of all that was written its kind, its number and whether it is unread, in order."""
    letters = select(
        literal(_LETTER).label("kind"), FollowUp.position, FollowUp.received.label("day"), FollowUp.unread
    ).where(FollowUp.case == case)
    replies = select(
        literal(_REPLY).label("kind"), Message.position, Message.day, literal(value=False).label("unread")
    ).where(Message.case == case)
    rows = [*session.execute(letters), *session.execute(replies)]
    rows.sort(key=lambda row: (row.day, row.kind, row.position))
    return [(row.kind, row.position, row.unread) for row in rows]
