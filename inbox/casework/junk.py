"""Cases that are junk: marked many at once, out of the queue, and given back as easily.

Their reporters see no difference. A status of its own would tell whoever floods the inbox what is seen
through, and would tell a reporter who was misjudged not to write again; what such a reporter writes brings
the case back (``workflow.heard``). Their clocks run on, as for every report: to call it junk ends no duty.
"""

from collections.abc import Iterable
from functools import partial

from sqlalchemy.orm import Session

from inbox.casework import exits
from inbox.casework.exits import Asked, Exit
from inbox.deadlines import visas, workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import bulk, declared
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases


def mark(inbox: Inbox, who: Actor, numbers: Iterable[int], reason: str = "") -> list[int]:
    """Make cases junk, all of them or none; return which, in order.

    Takes as many officers as the law says, once for all. Raises as ``declared.check``, and as ``exits.check``
    for one of them, before anybody is asked to confirm; otherwise as ``bulk.do``.
    """
    chosen = sorted(set(numbers))
    with inbox.vault.transaction(who.officers) as session:
        marked = action(Code.JUNK, None, reason).by(in_use.of(session).obstacles.junk_officers.value)
        declared.check(session, chosen)
        for number in chosen:
            exits.check(session, number, _asked(session, who, marked))
    return bulk.do(inbox, who, marked, chosen, partial(_mark, who, marked))


def recover(inbox: Inbox, who: Actor, numbers: Iterable[int], reason: str = "") -> list[int]:
    """Bring junk back into the queue, all of it or nothing; return which cases, in order.

    Raises CaseRefused for a case that is unknown, or no junk; otherwise as ``bulk.do`` does.
    """
    return bulk.do(inbox, who, action(Code.RECOVER, None, reason), numbers, _recover)


def _mark(who: Actor, marked: Action, session: Session, number: int) -> None:
    # Again: a duty, or another law, may have come up while the second one confirmed.
    exits.check(session, number, _asked(session, who, marked))
    workflow.set_junked(workflow.of(session, number), who.today)
    workflow.keep_in_step(session, number)


def _asked(session: Session, who: Actor, marked: Action) -> Asked:
    is_by_two = in_use.of(session).obstacles.junk_officers.value > 1
    also = {Obstacle.BY_TWO: ""} if is_by_two else {}
    return Asked(way=Exit.JUNK, today=who.today, also=also, officers=marked.officers)


def _recover(session: Session, number: int) -> None:
    work = workflow.of(session, number)
    if work.junked is None:
        raise CaseRefused(
            sentence("case {number} is no junk", number=number),
            sentence("see what is: inbox queue --junk"),
        )
    workflow.set_junked(work, None)
    visas.take_out(session, number)
    queries_cases.case(session, number).closed_in = None  # the portal may have been told that it is over
    workflow.keep_in_step(session, number)
