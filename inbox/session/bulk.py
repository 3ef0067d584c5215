"""One act on many cases: on all of them or on none, noted of each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from inbox.session.actions import Deed
from inbox.session.inbox import Inbox

Act = Callable[[Session, int], object]


def do(inbox: Inbox, deed: Deed, numbers: Sequence[int], act: Act, today: date) -> None:
    """Do what ``deed`` says to each of these cases, of which there is one at least.

    Raises as ``act`` does for any of them, and as ``Inbox.acting``: then nothing is done.
    """
    first, *others = (replace(deed, case=number) for number in numbers)
    with inbox.acting(first, today, *others) as session:
        for number in numbers:
            act(session, number)
