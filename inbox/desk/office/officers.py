"""Who holds the shares that open the inbox."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.state import actor, here
from inbox.setup import reshare

pages = Blueprint("officers", __name__)


@pages.get("/office/officers")
def show() -> ResponseReturnValue:
    """Show who the officers are and who has signed in; how they change, the command line does."""
    shared = reshare.look(here().inbox, actor())
    return rendering.page("office/officers.html", shared=shared, signed_in=here().seats.officers)
