"""What was written both ways about cases, and what their authors may read of what is done."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.casework import measures
from inbox.vault.tables import FollowUp, Message


class Dialogues(NamedTuple):
    """By case number: the messages sent; id and day of each follow-up heard; the measures it is told of."""

    sent: defaultdict[int, list[Message]]
    heard: defaultdict[int, list[tuple[bytes, date]]]
    told: defaultdict[int, list[str]]


def of(session: Session, number: int | None = None) -> Dialogues:
    """Return what was written both ways, oldest first, and what is told, in all cases or in one."""
    sent = select(Message).order_by(Message.case, Message.position)
    heard = select(FollowUp.case, FollowUp.id, FollowUp.written).order_by(FollowUp.case, FollowUp.position)
    if number is not None:
        sent, heard = sent.filter_by(case=number), heard.filter_by(case=number)
    found = Dialogues(defaultdict(list), defaultdict(list), measures.told(session, number))
    for message in session.scalars(sent):
        found.sent[message.case].append(message)
    for case_number, follow_up_id, written in session.execute(heard):
        found.heard[case_number].append((follow_up_id, written))
    return found
