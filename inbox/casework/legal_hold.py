"""A case that must be kept for a procedure, however long that takes; its reporter sees nothing of it."""

from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox


def hold(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Hold a case: nothing destroys it before the hold is released.

    Raises CaseRefused for an unknown case, and for one that is held; Refused without a reason; otherwise as
    ``Inbox.acting`` does.
    """
    with inbox.acting(who, action(Code.HOLD, number, reason)) as session:
        work = workflow.of(session, number)
        if work.held:
            raise CaseRefused(
                sentence("case {number} is held since {day}", number=number, day=work.held),
                sentence("there is nothing to do"),
            )
        work.held = who.today
        workflow.acted(session, number, who.today)


def release(inbox: Inbox, who: Actor, number: int, reason: str) -> None:
    """Release the hold on a case; takes two officers.

    Raises CaseRefused for an unknown case, and for one that is not held; otherwise as ``hold`` does.
    """
    with inbox.acting(who, action(Code.RELEASE_HOLD, number, reason)) as session:
        work = workflow.of(session, number)
        if not work.held:
            raise CaseRefused(
                sentence("case {number} is not held", number=number), sentence("there is nothing to do")
            )
        work.held = None
        workflow.acted(session, number, who.today)
