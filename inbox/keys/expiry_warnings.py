"""Warn that keys of the inbox will soon expire, while there is still time to act."""

from datetime import date

from sqlalchemy.orm import Session

from inbox.keys import rotation
from inbox.language.messages import Sentence, joined, sentence
from inbox.vault import queries_office

# The number of days left, and the words that begin the warning.
_STEPS = ((7, sentence("urgent: ")), (14, sentence("soon: ")), (30, ""))
_ROTATE = sentence("make the next keys: inbox key rotate")
_EXPORT = sentence("export the next card for the root's officers: inbox exchange card --out FOLDER")
_CLOSED = sentence("nobody can send a report or a follow-up; earlier reports can still be opened")
_LOST = sentence("no outbox can be made: replies and statuses no longer reach reporters")


def warnings(session: Session, today: date) -> list[Sentence]:
    """Return a warning for each kind of key that has expired or expires within 30 days.

    Each warning says what stops working when the key expires.
    """
    intake, reply = rotation.ends(session)
    office = queries_office.office(session)
    card = None if office.root_seed else office.card_until
    on_card = sentence("key on this channel's card")
    return [
        *_told(sentence("intake key"), intake, today, joined([_CLOSED, _ROTATE])),
        *_told(sentence("reply key"), reply, today, joined([_LOST, _ROTATE])),
        # An outside body has made its next keys, but has not exported a card with them.
        *(_told(on_card, card, today, joined([_CLOSED, _EXPORT])) if card and card < intake else ()),
    ]


def _told(key: Sentence, end: date, today: date, what: Sentence) -> list[Sentence]:
    left = (end - today).days
    if left < 0:
        return [sentence("the last {key} expired on {day}: {what}", key=key, day=end, what=what)]
    return [
        sentence(
            "{urgency}the last {key} expires {when}; after that day, {what}",
            urgency=urgency,
            key=key,
            when=_when(left, end),
            what=what,
        )
        for step, urgency in _STEPS
        if left <= step
    ][:1]


def _when(left: int, end: date) -> Sentence:
    match left:
        case 0:
            return sentence("today")
        case 1:
            return sentence("tomorrow")
        case _:
            return sentence("in {left} days, on {day}", left=left, day=end)
