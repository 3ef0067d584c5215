"""The journal: who did what, without a word of any report."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.state import actor, here
from inbox.session import journal_actions, journal_view

pages = Blueprint("journal", __name__, url_prefix="/journal")
_SHOWN = 200


@pages.get("")
def show() -> ResponseReturnValue:
    """Show the newest entries, and the head to write down."""
    return since(0)


@pages.get("/<int:first>")
def since(first: int) -> ResponseReturnValue:
    """Show some entries from one on, the newest for 0."""
    desk = here()
    read = journal_actions.read(desk.inbox, actor(), first or None, most=_SHOWN)
    lines = [journal_view.line_view(line) for line in read.lines]
    shown = {"lines": lines, "head": read.head, "start": read.first, "size": _SHOWN}
    return rendering.page("journal/journal.html", **shown)


@pages.post("/verify")
def verify() -> ResponseReturnValue:
    """Verify every entry; say the first that was changed, removed or put in another's place."""
    desk = here()
    checked = journal_actions.verify(desk.inbox, actor())
    return rendering.page("journal/verified.html", checked=checked)
