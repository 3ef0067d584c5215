"""The journal: who did what, without a word of any report."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.state import here
from inbox.session import anchors, journal, journal_view
from inbox.session.actions import Act, Deed
from inbox.system.clock import today

pages = Blueprint("journal", __name__, url_prefix="/journal")
_SHOWN = 200


@pages.get("")
def show() -> ResponseReturnValue:
    """Show the newest entries, and the head to write down."""
    return since(0)


@pages.get("/<int:first>")
def since(first: int) -> ResponseReturnValue:
    """Show some entries from one on, the newest for 0."""
    with here().inbox.acting(Deed(Act.READ_JOURNAL, about="print"), today()) as session:
        head = journal.head(session)
        start = first or max(1, head.n - _SHOWN + 1)
        lines = [journal_view.line_view(line) for line in journal.lines(session, start)][:_SHOWN]
    return rendering.page("journal/journal.html", lines=lines, head=head, start=start, size=_SHOWN)


@pages.post("/verify")
def verify() -> ResponseReturnValue:
    """Verify every entry; say the first that was changed, removed or put in another's place."""
    with here().inbox.acting(Deed(Act.READ_JOURNAL, about="verify"), today()) as session:
        return rendering.page("dossiers/verified.html", checked=anchors.check(session, None, None))
