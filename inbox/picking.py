"""The cases that have something in common, for one act on all of them."""

from collections.abc import Sequence
from datetime import date

from inbox import queueing, words
from inbox.acts import Act, Deed
from inbox.errors import Refused
from inbox.queueing import MANY, Filter
from inbox.unlocking import Inbox


def pick(inbox: Inbox, wanted: Filter, confirmed: int | None, today: date) -> Sequence[int]:
    """Return the numbers of the cases that a filter finds, as many as were ``confirmed``.

    That they were looked for is noted, whatever comes of it. Of what is for its handlers alone only they find
    anything. Raises Refused for another count, or more than MANY.
    """
    if wanted.search and not words.phrase(wanted.search):
        raise Refused("a search has a word of letters or digits", "else it would find every case")
    with inbox.acting(Deed(Act.SEARCH if wanted.search else Act.LIST, about="queue"), today) as session:
        found = queueing.numbers(session, wanted, today=today)
    if len(found) > MANY:
        raise Refused(f"more than {MANY} cases match", "narrow what is asked for")
    if not found:
        raise Refused("no case matches", "see what there is: inbox queue")
    if len(found) != confirmed:
        raise Refused(
            "1 case matches" if len(found) == 1 else f"{len(found)} cases match",
            f"look at them: inbox queue; if it is these that are meant, add: --count {len(found)}",
        )
    return found
