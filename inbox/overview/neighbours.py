"""The cases before and after one in the queue that an officer has seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.overview import queue
from inbox.overview.queue_filter import Filter, Order
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The numbers of the cases before and after ``case``; None at either end of the queue."""

    case: int
    before: int | None = None
    after: int | None = None


def of(
    inbox: Inbox, who: Actor, number: int, asked: tuple[Filter, Order] | None, last: Neighbours | None
) -> Neighbours:
    """Return the neighbours of a case among the first ``queue.MANY`` that are ``asked`` for, in that order.

    What is asked for is a queue that was shown; None, as long as none was, has no neighbours.
    Cases that those who act may not read are left out. One that they have not declared is there, as it is in
    the queue. A case that has left the queue since, as a closed one does, keeps those of its ``last``
    neighbours that are still there.

    It has no entry in the journal: it shows numbers alone, of a queue whose showing was noted.
    """
    if asked is None:
        return Neighbours(number)
    inbox.vault.today = who.today
    with inbox.vault.transaction(who.officers) as session:
        found = queue.ordered(session, *asked, today=who.today)
    if number in found:
        return _beside(found, number)
    if last is None or last.case != number:
        return Neighbours(number)
    before, after = (each if each in found else None for each in (last.before, last.after))
    return Neighbours(number, before, after)


def _beside(found: Sequence[int], number: int) -> Neighbours:
    at = found.index(number)
    before = found[at - 1] if at else None
    return Neighbours(number, before, found[at + 1] if at + 1 < len(found) else None)
