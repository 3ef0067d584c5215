"""What is due to be destroyed, its destruction, and the list of what was."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.deadlines import retention_schedule
from inbox.desk import jobs, rendering
from inbox.desk.forms import day as day_of
from inbox.desk.forms import line
from inbox.desk.pages.collecting import folder
from inbox.desk.state import here
from inbox.retention import destroy_cases, destruction_register
from inbox.session import journal
from inbox.session.actions import Code, action
from inbox.system.clock import today
from inbox.vault import queries_office

pages = Blueprint("ending", __name__, url_prefix="/retention")


@pages.get("")
def show() -> ResponseReturnValue:
    """List the closed cases and the junk by the day on which each is to be destroyed; what was destroyed."""
    inbox, day = here().inbox, today()
    with inbox.acting(here().actor(), action(Code.LIST_RETENTION)) as session:
        rows = retention_schedule.listing(inbox.home, session)
        shown = {
            "rows": rows,
            "today": day,
            "gone": destruction_register.view(destruction_register.since(session, None)),
        }
        return rendering.page("retention/retention.html", **shown)


@pages.post("")
@jobs.long("destroy")
def destroy() -> ResponseReturnValue:
    """Destroy the chosen cases with all that belongs to them; takes two officers."""
    inbox, day, early = here().inbox, today(), line("reason")
    chosen = request.form.getlist("case", int)
    with inbox.acting(here().actor(), action(Code.LIST_RETENTION, view="destroyable")) as session:
        planned = destroy_cases.plan(inbox.home, session, chosen, day, early=bool(early))
    with inbox.acting(
        here().actor(), action(Code.DESTROY_CASES, None, early, count=planned.count)
    ) as session:
        destroy_cases.destroy(inbox.home, session, journal.actor(session), planned)
    return rendering.page("retention/destroyed.html", planned=planned)


@pages.post("/list")
def export() -> ResponseReturnValue:
    """Put the list of what was destroyed on the medium, for the archives: to print, and as JSON."""
    out, since, day = folder(), day_of("since"), today()
    with here().inbox.acting(here().actor(), action(Code.LIST_ELIMINATIONS)) as session:
        lines = destruction_register.view(destruction_register.since(session, since))
        office = queries_office.office(session).name
    destruction_register.write(out, lines, office, day)
    here().say("listed")
    return redirect(url_for("ending.show"), 303)
