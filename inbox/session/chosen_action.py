"""An action that depends on what the vault says: its code, or the values that the journal notes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import declared
from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox
from inbox.vault import row_security


@contextmanager
def acting(
    inbox: Inbox,
    who: Actor,
    case: int | None,
    choose: Callable[[Session], Action],
    *,
    quarantine: bool = False,
) -> Iterator[Session]:
    """Give a session in which ``who`` takes one action, as ``together``."""
    with together(inbox, who, case, lambda session: [choose(session)], quarantine=quarantine) as session:
        yield session


@contextmanager
def together(
    inbox: Inbox,
    who: Actor,
    case: int | None,
    choose: Callable[[Session], Sequence[Action]],
    *,
    quarantine: bool = False,
) -> Iterator[Session]:
    """Give a session in which ``who`` takes the actions that ``choose`` makes of what the vault says.

    What it says of a ``case`` that they may read is not looked at before those who act have declared: see
    ``declared.check``. Any other is not there for ``choose``; ``Inbox.acting`` says so.
    ``choose`` is asked before, so that officers know what they confirm, and again in the session itself:
    Refused if it then makes other ones. ``quarantine`` if all that it can choose are done to a case in
    quarantine, too. Raises otherwise as ``choose`` and ``Inbox.acting`` do.
    """
    with inbox.choosing(who, quarantine=quarantine) as (session, looks):
        if case is not None and case in row_security.readable(session, [case]):
            declared.check(session, [case])
        actions = choose(session)
    with ExitStack() as stack:
        try:
            session = stack.enter_context(inbox.acting(who, *actions))
        except Refused:
            inbox.note_looks(who, looks)  # whoever was asked to confirm knows already what came of them
            raise
        if choose(session) != actions:
            raise Refused(
                sentence("somebody else has changed this in the meantime"),
                sentence("look at it again, then decide"),
            )
        yield session
