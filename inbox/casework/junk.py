"""Junk cases: they leave the queue. Officers can mark many at once, and recover them just as easily.

The reporters of junk cases see no difference. A separate status would reveal to somebody who floods the inbox
which reports were detected, and would discourage a misjudged reporter from writing again. A new message from
the reporter brings the case back (``workflow.heard``). The deadlines of a junk case keep running, because
marking a report as junk does not end any duty.
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
    """Mark cases as junk, all of them or none; return their numbers in order.

    The law says how many officers must confirm; they confirm once for all cases. Before anybody is asked to
    confirm, each case is checked: raises the same errors as ``declared.check`` and ``exits.check``. Also
    raises the same errors as ``bulk.do``.
    """
    chosen = sorted(set(numbers))
    with inbox.vault.transaction(who.officers) as session:
        marked = action(Code.JUNK, None, reason).by(in_use.of(session).obstacles.junk_officers.value)
        declared.check(session, chosen)
        for number in chosen:
            exits.check(session, number, _asked(session, who, marked))
    return bulk.do(inbox, who, marked, chosen, partial(_mark, who, marked))


def recover(inbox: Inbox, who: Actor, numbers: Iterable[int], reason: str = "") -> list[int]:
    """Put junk cases back into the queue, all of them or none; return their numbers in order.

    Raises CaseRefused for a case that is unknown or not junk. Also raises the same errors as ``bulk.do``.
    """
    return bulk.do(inbox, who, action(Code.RECOVER, None, reason), numbers, _recover)


def _mark(who: Actor, marked: Action, session: Session, number: int) -> None:
    # Check again, because a new duty or another law may have come into force while the second officer
    # confirmed.
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
            sentence("case {number} is not junk", number=number),
            sentence("see the junk cases: inbox queue list --junk"),
        )
    workflow.set_junked(work, None)
    visas.take_out(session, number)
    # The portal may have been told that the case is closed.
    queries_cases.case(session, number).closed_in = None
    workflow.keep_in_step(session, number)
