"""Cases that are junk: rejected many at once, out of the queue, and given back as easily.

Their authors see no difference. A status of its own would tell whoever floods the inbox what is seen through,
and would tell an author who was misjudged not to write again; what such an author writes brings the case back
(``handling.heard``). No clock runs meanwhile: nothing is acknowledged, nothing is due.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.vault import queries_cases


def reject(session: Session, numbers: Iterable[int], by: Actor) -> list[int]:
    """Make cases junk, each noted in the journal; return which, in order.

    Raises as ``exits.check`` for one of them: then none is rejected.
    """
    rejected = sorted(set(numbers))
    for number in rejected:
        exits.check(session, number, Asked(way=Exit.JUNK, today=by.today))
        workflow.set_rejected(workflow.of(session, number), by.today)
        workflow.keep_in_step(session, number)
        journal.note(session, by, action(Code.REJECT, number))
    return rejected


def recover(session: Session, numbers: Iterable[int], by: Actor) -> list[int]:
    """Bring junk back into the queue, each noted in the journal; return which, in order.

    Raises as ``records.case``, and CaseRefused for one that is no junk: then none comes back.
    """
    recovered = sorted(set(numbers))
    for number in recovered:
        work = workflow.of(session, number)
        if work.rejected is None:
            raise CaseRefused(
                sentence("case {number} is no junk", number=number),
                sentence("see what is: inbox queue --junk"),
            )
        workflow.set_rejected(work, None)
        queries_cases.case(session, number).closed_in = None  # the portal may have been told that it is over
        workflow.keep_in_step(session, number)
        journal.note(session, by, action(Code.RECOVER, number))
    return recovered
