"""One action on many cases: on all of them or on none, noted of each."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox

Act = Callable[[Session, int], object]


def do(inbox: Inbox, who: Actor, action: Action, numbers: Iterable[int], act: Act) -> list[int]:
    """Take ``action`` on each of these cases, of which there is one at least; return which, in order.

    Each case has an entry of its own in the journal, with the reason: nobody can count those that they may
    not see. Raises as ``act`` does for any of them, and as ``Inbox.acting``: then nothing is done.
    """
    done = sorted(set(numbers))
    first, *others = (replace(action, case=number) for number in done)
    with inbox.acting(who, first, *others) as session:
        for number in done:
            act(session, number)
    return done
