"""What commands that write to an author have in common: a look first, and a reason to say it all the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy.orm import Session

from inbox.language.views import View
from inbox.replies import templates
from inbox.replies.leak_check import Cautioned
from inbox.session.actions import Action, Actor
from inbox.session.inbox import Inbox
from inbox.system import terminal
from inbox.system.terminal import quoted
from inbox.text.printable import visible


class Despite(Protocol):
    """A dataclass that is to be sent, with a field ``despite``: why a warning is set aside."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def deed(self, number: int, /) -> Action:
        """Return what sending it is, for the journal."""


Wanted = TypeVar("Wanted", bound=Despite)
Sent = TypeVar("Sent")


def send(
    inbox: Inbox, who: Actor, case: int, wanted: Wanted, way: Callable[[Session, int, Wanted, date], Sent]
) -> Sent:
    """Send it; who is there may still give the reason for which a warning is set aside."""
    try:
        with inbox.acting(who, wanted.deed(case)) as session:
            return way(session, case, wanted, who.today)
    except Cautioned as cautioned:
        if not terminal.is_interactive():
            raise
        terminal.warn(f"warning: {visible(str(cautioned))}")
        asked = "why must it be said all the same? Enter alone sends nothing: "
        reason = (terminal.ask_line(asked) or "").strip()
        if not reason:
            raise
    despite = replace(wanted, despite=reason)
    with inbox.acting(who, despite.deed(case)) as session:
        return way(session, case, despite, who.today)


def takes_words(inbox: Inbox, template_id: str) -> bool:
    """Tell whether words for a template are still to be typed."""
    with inbox.transaction() as session:
        template = templates.known(session).get(template_id)
    return terminal.is_interactive() and template is not None and template.takes_own_words


def page(view: View) -> Iterator[str]:
    """Yield the page as the author will see it."""
    yield "the author will see, with the next outbox:"
    yield from ("", visible(view["status"]).upper(), visible(view["means"]))
    yield from (visible(view[each]) for each in ("measures", "earlier", "no_messages") if view[each])
    for message in view["messages"]:
        mark = "  (not sent yet)" if message["new"] else ""
        yield from ("", f"{visible(message['head'])}{mark}", quoted(message["text"]))
    yield ""
    yield from (visible(view[each]) for each in ("next_by", "received", "confirmed", "issued") if view[each])
