"""The officers who hold shares of the inbox."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.state import actor, here
from inbox.setup import reshare

pages = Blueprint("officers", __name__)


@pages.get("/office/officers")
def show() -> ResponseReturnValue:
    """Show the officers and who has signed in. Changes of officers are made on the command line."""
    shared = reshare.look(here().inbox, actor())
    return rendering.page("office/officers.html", shared=shared, signed_in=here().seats.officers)
