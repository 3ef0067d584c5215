"""Who may read a case: its handlers alone, all but who is excluded, whoever breaks the glass."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.access import conflicts, handlers, quarantine
from inbox.desk import rendering
from inbox.desk.forms import line, reason
from inbox.desk.pages.case import done
from inbox.desk.state import here
from inbox.session.actions import Code, action
from inbox.system.clock import today
from inbox.vault import queries_access, queries_office

pages = Blueprint("readers", __name__, url_prefix="/case/<int:case>/readers")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show who may read a case."""
    with here().inbox.acting(here().actor(), action(Code.LIST_HANDLERS, case)) as session:
        found = handlers.of(session, case)
        kept = queries_access.excluded_from(session, case)
        names = [each.name for each in queries_office.officers(session)]
        is_read = not found or set(here().actor().officers) <= set(found)
        shown = {"number": case, "handlers": found, "kept": kept, "names": names, "is_read": is_read}
        return rendering.page("access/readers.html", quarantined=quarantine.since(session, case), **shown)


@pages.post("")
def entrust(case: int) -> ResponseReturnValue:
    """Let these officers alone read a case, or all again."""
    inbox, now, chosen = here().inbox, today(), sorted(set(request.form.getlist("officer")))
    act = Code.ENTRUST if chosen else Code.OPEN_TO_ALL
    with inbox.acting(
        here().actor(), action(act, case, officers=tuple(sorted(set(chosen))) or None)
    ) as session:
        if chosen:
            handlers.entrust(session, case, chosen, quorum=inbox.quorum, today=now)
        else:
            handlers.open_to_all(session, case)
    here().say("entrusted")
    return redirect(url_for("readers.show", case=case), 303)


@pages.post("/break-glass")
def break_glass(case: int) -> ResponseReturnValue:
    """Open a case that is for its handlers alone; told to the referent."""
    inbox, now = here().inbox, today()
    with inbox.acting(
        here().actor(), action(Code.BREAK_GLASS, case, reason(), officers=here().actor().officers)
    ) as session:
        handlers.break_glass(session, case, here().actor().officers, now)
    return done(case, "glass-broken")


@pages.post("/exclude")
def exclude(case: int) -> ResponseReturnValue:
    """Keep a case from an officer, also from oneself."""
    inbox, now, officer = here().inbox, today(), line("officer")
    with inbox.acting(here().actor(), action(Code.EXCLUDE, case, reason(), officer=officer)) as session:
        conflicts.exclude(session, case, officer, quorum=inbox.quorum, today=now)
    here().say("excluded")
    return redirect(url_for("queue.first"), 303)


@pages.post("/lift")
def lift(case: int) -> ResponseReturnValue:
    """Show a case to an officer again; it takes two others."""
    officer = line("officer")
    deed = action(Code.LIFT_CONFLICT, case, reason(), officer=officer)
    with here().inbox.acting(here().actor(), deed) as session:
        conflicts.lift(session, case, officer)
    here().say("lifted")
    return redirect(url_for("readers.show", case=case), 303)


@pages.post("/quarantine")
def place(case: int) -> ResponseReturnValue:
    """Show nothing of a case to anybody: it holds a protected secret."""
    now = today()
    with here().inbox.acting(here().actor(), action(Code.QUARANTINE, case, reason())) as session:
        quarantine.place(session, case, now)
    here().say("quarantined")
    return redirect(url_for("queue.first"), 303)


@pages.post("/quarantine/lift")
def lift_quarantine(case: int) -> ResponseReturnValue:
    """Let a case be read again; takes two officers."""
    with here().inbox.acting(here().actor(), action(Code.LIFT_QUARANTINE, case, reason())) as session:
        quarantine.lift(session, case)
    return done(case, "unquarantined")
