"""How the work goes, for who watches over it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.casework import oversight
from inbox.desk import rendering
from inbox.desk.state import here
from inbox.language import labels

pages = Blueprint("oversight", __name__)


@pages.get("/oversight")
def show() -> ResponseReturnValue:
    """Show how the work goes: nothing of what any report says."""
    view = oversight.look(here().inbox, here().actor())
    return rendering.page("office/oversight.html", view=view, labels=labels)
