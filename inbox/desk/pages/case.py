"""One case: what it says, how pressing it is."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.access import declarations
from inbox.casework import case_view
from inbox.deadlines import workflow
from inbox.desk import rendering
from inbox.desk.state import here
from inbox.language import labels
from inbox.questionnaire import scoring
from inbox.replies import referral_bodies, templates
from inbox.session.actions import Code, action
from inbox.system.clock import today
from inbox.vault import queries_office

pages = Blueprint("case", __name__, url_prefix="/case/<int:case>")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show all of one case."""
    day = today()
    with here().inbox.acting(here().actor(), action(Code.SHOW, case)) as session:
        view = case_view.details(session, case, day, rendering.language())
        case_view.mark_read(session, case)
        return rendering.page(
            "case/case.html",
            view=view,
            work=workflow.of(session, case),
            scoring=scoring,
            labels=labels,
            officers=[each.name for each in queries_office.officers(session)],
            bodies=referral_bodies.bodies(session),
            templates=templates.known(session),
        )


@pages.post("/declare")
def declare(case: int) -> ResponseReturnValue:
    """Declare that nobody present has an interest in the case, before it is read."""
    day = today()
    with here().inbox.acting(here().actor(), action(Code.DECLARE, case)) as session:
        declarations.declare(session, case, day)
    return redirect(url_for("case.show", case=case), 303)


def done(case: int, said: str, part: str | None = None) -> ResponseReturnValue:
    """Show the case again, at one of its parts, and say what was done."""
    here().say(said)
    return redirect(url_for("case.show", case=case, _anchor=part), 303)
