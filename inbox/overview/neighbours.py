"""The cases before and after a case, in the order of the queue that the officer saw last."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.overview import queue
from inbox.overview.queue_filter import Filter, Order
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The numbers of the cases before and after ``case``; None if there is no such case."""

    case: int
    before: int | None = None
    after: int | None = None


def of(
    inbox: Inbox, who: Actor, number: int, asked: tuple[Filter, Order] | None, last: Neighbours | None
) -> Neighbours:
    """Return the neighbours of a case among the first ``queue.MANY`` cases of the queue.

    ``asked`` is the queue that was displayed last. A case has no neighbours if ``asked`` is None. Cases that
    the acting officers may not read are omitted. Cases that these officers have not declared are included, as
    in the queue. If the case has since left the queue (for example, because it was closed), its neighbours
    are those of the ``last`` neighbours that are still in the queue.

    All numbers in the result come from a queue. The journal has already recorded that this queue was shown,
    so the result needs no entry of its own.
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
