"""One act on many cases: on all of them or on none, noted of each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox

Act = Callable[[Session, int], object]


def do(inbox: Inbox, who: Actor, action: Action, numbers: Sequence[int], act: Act) -> None:
    """Do what ``action`` says to each of these cases, of which there is one at least.

    Raises as ``act`` does for any of them, and as ``Inbox.acting``: then nothing is done.
    """
    first, *others = (replace(action, case=number) for number in numbers)
    with inbox.acting(who, first, *others) as session:
        for number in numbers:
            act(session, number)
