"""Who may read a case: its handlers alone, all but who is excluded, whoever breaks the glass."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.access import conflicts, handlers, quarantine
from inbox.desk import rendering
from inbox.desk.forms import line
from inbox.desk.pages.case import done
from inbox.desk.state import here

pages = Blueprint("access", __name__, url_prefix="/case/<int:case>/readers")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show who may read a case."""
    readers = handlers.look(here().inbox, here().actor(), case)
    return rendering.page("access/readers.html", number=case, readers=readers)


@pages.post("")
def entrust(case: int) -> ResponseReturnValue:
    """Let these officers alone read a case, or all again."""
    if chosen := request.form.getlist("officer"):
        handlers.entrust(here().inbox, here().actor(), case, chosen)
    else:
        handlers.open_to_all(here().inbox, here().actor(), case)
    return _done(case, "entrusted")


@pages.post("/break-glass")
def break_glass(case: int) -> ResponseReturnValue:
    """Open a case that is for its handlers alone; told to the referent."""
    handlers.break_glass(here().inbox, here().actor(), case, line("reason"))
    return done(case, "glass-broken")


@pages.post("/exclude")
def exclude(case: int) -> ResponseReturnValue:
    """Keep a case from an officer, also from oneself."""
    conflicts.exclude(here().inbox, here().actor(), case, line("officer"), line("reason"))
    return _away("excluded")


@pages.post("/lift")
def lift(case: int) -> ResponseReturnValue:
    """Show a case to an officer again; it takes two others."""
    conflicts.lift(here().inbox, here().actor(), case, line("officer"), line("reason"))
    return _done(case, "lifted")


@pages.post("/quarantine")
def place(case: int) -> ResponseReturnValue:
    """Show nothing of a case to anybody: it holds a protected secret."""
    quarantine.place(here().inbox, here().actor(), case, line("reason"))
    return _away("quarantined")


@pages.post("/quarantine/lift")
def lift_quarantine(case: int) -> ResponseReturnValue:
    """Let a case be read again; takes two officers."""
    quarantine.lift(here().inbox, here().actor(), case, line("reason"))
    return done(case, "unquarantined")


def _done(case: int, said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("access.show", case=case), 303)


def _away(said: str) -> ResponseReturnValue:
    """Say what was done on the queue: the case may be gone for those who are present."""
    here().say(said)
    return redirect(url_for("queue.first"), 303)
