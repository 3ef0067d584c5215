"""The cases that have something in common, for one act on all of them."""

from collections.abc import Sequence

from inbox.casework import queue
from inbox.casework.queue import MANY, Filter
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import fulltext


def pick(inbox: Inbox, who: Actor, wanted: Filter, confirmed: int | None) -> Sequence[int]:
    """Return the numbers of the cases that a filter finds, as many as were ``confirmed``.

    That they were looked for is noted, whatever comes of it. Of what is for its handlers alone only they find
    anything. Raises Refused for another count, or more than MANY.
    """
    if wanted.search and not fulltext.phrase(wanted.search):
        raise Refused(
            sentence("a search has a word of letters or digits"), sentence("else it would find every case")
        )
    with inbox.acting(who, action(Code.SEARCH if wanted.search else Code.LIST, view="queue")) as session:
        found = queue.numbers(session, wanted, today=who.today)
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
