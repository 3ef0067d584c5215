"""Actions whose code or values depend on the contents of the vault."""

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
    """Yield a session in which ``who`` takes one action. See ``together``."""
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
    """Yield a session in which ``who`` takes the actions that ``choose`` derives from the vault.

    If the officers may read ``case``, they must have declared it before ``choose`` is called
    (``declared.check``). If the officers may not read the case, it does not exist for ``choose``, and
    ``Inbox.acting`` refuses the action. ``choose`` is called twice: first so that officers know what they
    confirm, then in the session itself. ``quarantine``: all actions that ``choose`` can return also apply to
    a case in quarantine.

    Raises Refused if the second call returns other actions. Also raises the same errors as ``choose`` and
    ``Inbox.acting``.
    """
    with inbox.choosing(who, quarantine=quarantine) as (session, looks):
        if case is not None and case in row_security.readable(session, [case]):
            declared.check(session, [case])
        actions = choose(session)
    with ExitStack() as stack:
        try:
            session = stack.enter_context(inbox.acting(who, *actions))
        except Refused:
            # Officers who were asked to confirm have seen the results of the comparisons.
            inbox.note_looks(who, looks)
            raise
        if choose(session) != actions:
            raise Refused(
                sentence("somebody else has changed this since you opened it"),
                sentence("look again before you decide"),
            )
        yield session
