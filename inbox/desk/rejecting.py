"""Junk: many cases out of the queue in one act, and back again."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox import junk
from inbox.acts import Act, Deed
from inbox.desk.forms import line
from inbox.desk.state import here
from inbox.journal import By
from inbox.options import today

pages = Blueprint("rejecting", __name__, url_prefix="/junk")


@pages.post("")
def reject() -> ResponseReturnValue:
    """Take the chosen cases out of the queue; their authors see no difference."""
    by = By(here().inbox.present, today())
    with here().inbox.acting(Deed(Act.REJECT, reason=line("reason")), by.today) as session:
        junk.reject(session, request.form.getlist("case", int), by)
    return _done("rejected")


@pages.post("/recover")
def recover() -> ResponseReturnValue:
    """Bring the chosen cases back into the queue."""
    by = By(here().inbox.present, today())
    with here().inbox.acting(Deed(Act.RECOVER, reason=line("reason")), by.today) as session:
        junk.recover(session, request.form.getlist("case", int), by)
    return _done("recovered")


def _done(said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("queue.first"), 303)
