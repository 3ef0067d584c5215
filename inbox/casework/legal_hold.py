"""Legal hold: keep a case for a procedure, however long the procedure takes.

The reporter does not see the hold.
"""

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox


def hold(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Put a case on hold, so that it cannot be destroyed until the hold is released.

    Raises CaseRefused for a case that is unknown or already on hold. Raises Refused if no reason is given.
    Also raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.HOLD, number, reason)) as session:
        work = workflow.of(session, number)
        if work.held:
            raise CaseRefused(
                sentence("case {number} has been on hold since {day}", number=number, day=work.held),
                sentence("there is nothing to do"),
            )
        work.held = who.today
        workflow.acted(session, number, who.today)


def release(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Release the hold on a case; takes two officers.

    Raises CaseRefused for a case that is unknown or not on hold; otherwise raises the same errors as
    ``hold``.
    """
    with inbox.acting(who, action(Code.RELEASE_HOLD, number, reason)) as session:
        work = workflow.of(session, number)
        if not work.held:
            raise CaseRefused(
                sentence("case {number} is not on hold", number=number), sentence("there is nothing to do")
            )
        work.held = None
        workflow.acted(session, number, who.today)
