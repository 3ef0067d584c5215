"""Which cases may have to do with one another, and which do."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.casework import links
from inbox.casework.links import MANY, Relation
from inbox.desk import rendering
from inbox.desk.forms import choice
from inbox.desk.state import here

pages = Blueprint("links", __name__, url_prefix="/case/<int:case>/links")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show what is linked to a case, and what else has something in common with it."""
    view = links.look(here().inbox, here().actor(), case)
    return rendering.page("casework/links.html", number=case, view=view, many=MANY)


@pages.post("/<int:other>")
def link(case: int, other: int) -> ResponseReturnValue:
    """Say what two cases have to do with one another."""
    links.link(here().inbox, here().actor(), case, other, choice("relation", Relation))
    return _done(case)


@pages.post("/<int:other>/dismiss")
def dismiss(case: int, other: int) -> ResponseReturnValue:
    """Say that two cases have nothing to do with one another."""
    links.dismiss(here().inbox, here().actor(), case, other)
    return _done(case)


@pages.post("/<int:other>/unlink")
def unlink(case: int, other: int) -> ResponseReturnValue:
    """Take back what was said of two cases."""
    links.unlink(here().inbox, here().actor(), case, other)
    return _done(case)


def _done(case: int) -> ResponseReturnValue:
    here().say("linked")
    return redirect(url_for("links.show", case=case), 303)
