"""The cases that have something in common, for one act on all of them."""

from collections.abc import Sequence
from datetime import date

from inbox import queueing, words
from inbox.acts import Act, Deed
from inbox.errors import Refused
from inbox.queueing import MANY, Filter
from inbox.sentences import sentence
from inbox.unlocking import Inbox


def pick(inbox: Inbox, wanted: Filter, confirmed: int | None, today: date) -> Sequence[int]:
    """Return the numbers of the cases that a filter finds, as many as were ``confirmed``.

    That they were looked for is noted, whatever comes of it. Of what is for its handlers alone only they find
    anything. Raises Refused for another count, or more than MANY.
    """
    if wanted.search and not words.phrase(wanted.search):
        raise Refused(
            sentence("a search has a word of letters or digits"), sentence("else it would find every case")
        )
    with inbox.acting(Deed(Act.SEARCH if wanted.search else Act.LIST, about="queue"), today) as session:
        found = queueing.numbers(session, wanted, today=today)
    if len(found) > MANY:
        raise Refused(
            sentence("more than {many} cases match", many=MANY), sentence("narrow what is asked for")
        )
    if not found:
        raise Refused(sentence("no case matches"), sentence("see what there is: inbox queue"))
    if len(found) != confirmed:
        raise Refused(
            sentence("1 case matches")
            if len(found) == 1
            else sentence("{count} cases match", count=len(found)),
            sentence(
                "look at them: inbox queue; if it is these that are meant, add: --count {count}",
                count=len(found),
            ),
        )
    return found
