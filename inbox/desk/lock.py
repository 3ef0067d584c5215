"""Lock the desk."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, rendering
from inbox.desk.state import here

pages = Blueprint("lock", __name__)


@pages.post("/lock")
def lock() -> ResponseReturnValue:
    """Give the last page of this process, which ends with every key that it holds.

    A job comes to its end before: what it is in the middle of is not done by halves.
    """
    here().lock()
    if here().pending:
        return jobs.said(is_refused=False), jobs.REFRESH
    return rendering.environment("en").get_template("desk/locked.html").render(language="en")
