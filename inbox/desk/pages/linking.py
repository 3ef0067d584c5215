"""Which cases may have to do with one another, and which do."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.casework import links
from inbox.casework.links import MANY, Relation
from inbox.desk import rendering
from inbox.desk.forms import choice
from inbox.desk.state import here
from inbox.session.actions import Act, Deed
from inbox.session.journal import By
from inbox.system.clock import today

pages = Blueprint("linking", __name__, url_prefix="/case/<int:case>/links")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show what is linked to a case, and what else has something in common with it."""
    with here().inbox.acting(Deed(Act.LIST_LINKS, case=case), today()) as session:
        return rendering.page("casework/links.html", number=case, view=links.view(session, case), many=MANY)


@pages.post("/<int:other>")
def link(case: int, other: int) -> ResponseReturnValue:
    """Say what two cases have to do with one another."""
    relation, by = choice("relation", Relation), _by()
    with here().inbox.acting(Deed(Act.LINK, case=case, about=relation.value), by.today) as session:
        links.link(session, case, other, relation, by)
    return _done(case)


@pages.post("/<int:other>/dismiss")
def dismiss(case: int, other: int) -> ResponseReturnValue:
    """Say that two cases have nothing to do with one another."""
    by = _by()
    with here().inbox.acting(Deed(Act.DISMISS_LINK, case=case), by.today) as session:
        links.dismiss(session, case, other, by)
    return _done(case)


@pages.post("/<int:other>/unlink")
def unlink(case: int, other: int) -> ResponseReturnValue:
    """Take back what was said of two cases."""
    by = _by()
    with here().inbox.acting(Deed(Act.UNLINK, case=case), by.today) as session:
        links.unlink(session, case, other, by)
    return _done(case)


def _by() -> By:
    return By(here().inbox.present, today())


def _done(case: int) -> ResponseReturnValue:
    here().say("linked")
    return redirect(url_for("linking.show", case=case), 303)
