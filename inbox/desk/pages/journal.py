"""The journal, which shows the actions of officers, but no words of reports."""

from http import HTTPStatus

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.state import actor, here
from inbox.language import labels
from inbox.session import journal_actions, journal_view
from inbox.session.actions import Code
from inbox.session.journal_actions import Wanted

pages = Blueprint("journal", __name__, url_prefix="/journal")
_SHOWN = 200
# The numbers of cases and entries have fewer digits than this limit.
_DIGITS = 16


@pages.get("")
def show() -> ResponseReturnValue:
    """Show the newest entries that match the filter in the address, and the head to write down."""
    asked = request.args
    wanted = Wanted(
        case=_number("case"),
        officer=asked.get("officer", ""),
        action=asked.get("action", ""),
        before=_number("before"),
    )
    read = journal_actions.read(here().inbox, actor(), wanted, _SHOWN)
    return rendering.page(
        "journal/journal.html",
        lines=[journal_view.line_view(line) for line in read.lines],
        head=read.head,
        earlier=read.lines[0].n if read.is_more and read.lines else None,
        wanted=wanted,
        actions={code.value: labels.of("action")[code] for code in Code},
    )


def _number(name: str) -> int | None:
    """Return a number from the address, or None if it is missing."""
    given = request.args.get(name, "").strip()
    if given and not (given.isascii() and given.isdigit() and len(given) < _DIGITS):
        abort(HTTPStatus.BAD_REQUEST)
    return int(given) if given else None


@pages.post("/verify")
def verify() -> ResponseReturnValue:
    """Verify every entry. Name the first entry that was changed, removed or replaced."""
    desk = here()
    checked = journal_actions.verify(desk.inbox, actor())
    return rendering.page("journal/verified.html", checked=checked)
