"""The status of a case for its reporter, which never contradicts what the reporter was told."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.casework import prosecutor_word
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.replies import templates
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.tables import Case, Message


def set_status(inbox: Inbox, who: Actor, number: int, status: Status) -> None:
    """Change the status that the reporter of an open case reads in the next slot.

    Raises CaseRefused:

    - if the case is unknown;
    - if the case is closed or the new status is "closed", because ``closing`` handles both;
    - if the new status is "acknowledged", but no reply acknowledges the report (décret 2022-1284, article 4);
    - if the new status is "in follow-up", but the prosecutor's word is missing or has restrictions.

    Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.SET_STATUS, number, status=status)) as session:
        case = queries_cases.case(session, number)
        _check(session, case, status)
        case.status = status.value
        workflow.acted(session, number, who.today)


def _check(session: Session, case: Case, status: Status) -> None:
    if status is Status.CLOSED:
        raise CaseRefused(
            sentence("the status of a case cannot be set to closed"),
            sentence(
                "close the case with an outcome: inbox case close {number} OUTCOME --disclosure HOW",
                number=case.number,
            ),
        )
    if case.status == Status.CLOSED:
        raise CaseRefused(
            sentence("case {number} is closed", number=case.number),
            sentence("reopen the case first: inbox case reopen {number} --reason TEXT", number=case.number),
        )
    if status is Status.IN_FOLLOW_UP and prosecutor_word.binds(session, case.number):
        raise prosecutor_word.refused_following_up(session, case.number)
    if status is Status.ACKNOWLEDGED and not queries_cases.is_acknowledged(session, case.number):
        raise CaseRefused(
            sentence("case {number}: no acknowledgement was written to the reporter", number=case.number),
            sentence(
                "write the acknowledgement first: inbox message reply {number} --template {template}",
                number=case.number,
                template=templates.acknowledging(session),
            ),
        )


def acknowledged(session: Session, unclosed: Collection[int]) -> set[int]:
    """Return the cases that the next outbox or an earlier outbox acknowledges.

    A report is acknowledged by a reply, or by the text of a closing. ``unclosed`` are cases whose closing is
    held back.
    """
    by_reply = select(Message.case).where(Message.acknowledges.is_(True))
    closed = select(Case.number).where(Case.status == Status.CLOSED, queries_cases.has_word(Case.number))
    return {*session.scalars(by_reply), *(each for each in session.scalars(closed) if each not in unclosed)}
