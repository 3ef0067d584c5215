"""Take one action on many cases. If one case is refused, no action is taken on the others."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox

Act = Callable[[Session, int], object]


def do(inbox: Inbox, who: Actor, action: Action, numbers: Iterable[int], act: Act) -> list[int]:
    """Take ``action`` on each of these cases (at least one), and return their numbers in order.

    Each case has its own entry in the journal, with the reason, so nobody can count cases that they may not
    see. If one case is refused, nothing is done. Raises the same errors as ``act`` and ``Inbox.acting``.
    """
    done = sorted(set(numbers))
    first, *others = (replace(action, case=number) for number in done)
    with inbox.acting(who, first, *others) as session:
        for number in done:
            act(session, number)
    return done
