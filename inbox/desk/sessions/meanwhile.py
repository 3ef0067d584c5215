"""Two officers on one case: before a form does anything, what others did since is shown."""

from http import HTTPStatus

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.sessions import witnesses
from inbox.desk.state import actor, here
from inbox.session import journal_view

# The field of a form that says how far the journal went when its page was shown.
FIELD = "as_of"


def init_app(app: Flask) -> None:
    """Let no form about a case do anything before its officer has seen what others did to the case."""
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    number, seen = (request.view_args or {}).get("case"), request.form.get(FIELD, type=int)
    if "is_job" in g or "seat" not in g or number is None or seen is None:
        return None
    found = journal_view.changes_by_others(here().inbox, actor(), number, seen)
    if not found:
        return None
    shown = {"entries": found, "number": number, "path": request.path}
    return rendering.page("meanwhile.html", **shown, written=witnesses.written()), HTTPStatus.CONFLICT
