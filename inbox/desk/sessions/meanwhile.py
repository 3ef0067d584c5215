"""Two officers on one case: before a form takes effect, its officer sees the other officer's changes."""

from collections.abc import Sequence
from http import HTTPStatus
from itertools import chain
from operator import attrgetter

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.desk import rendering
from inbox.desk.fields.declaring import AS_OF
from inbox.desk.sessions import witnesses
from inbox.desk.state import actor, here
from inbox.session import journal_view


def init_app(app: Flask) -> None:
    """Stop a form about cases until its officer has seen the changes that others made to these cases."""
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    seen = request.form.get(AS_OF, type=int)
    if "is_job" in g or "seat" not in g or seen is None:
        return None
    found = {
        number: entries
        for number in _cases()
        if (entries := journal_view.changes_by_others(here().inbox, actor(), number, seen))
    }
    if not found:
        return None
    entries = sorted(chain(*found.values()), key=attrgetter("n"))
    shown = {"entries": entries, "numbers": [*found], "path": request.path}
    return rendering.page("meanwhile.html", **shown, written=witnesses.written()), HTTPStatus.CONFLICT


def _cases() -> Sequence[int]:
    """Return the case in the address, or the chosen cases.

    For a declaration, return no cases, because a declaration overwrites nothing.
    """
    if "case" in (found := request.view_args or {}):
        return [found["case"]]
    given = {*request.form.getlist("case", int)} if request.endpoint != "queue.declare" else set()
    return [number for number in sorted(given) if number <= LARGEST]
