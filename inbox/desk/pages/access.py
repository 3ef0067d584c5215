"""Who may know: who reads a case, who its reporter is, to whom anything of it was given."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.access import archive, conflicts, disclosures, handlers, identities, quarantine
from inbox.access.disclosures import Given, Ground, What
from inbox.access.identities import ConsentSaid
from inbox.desk import rendering
from inbox.desk.done import Done
from inbox.desk.forms import choice, day, line, text
from inbox.desk.pages.case import Part, done
from inbox.desk.state import actor, here, seat

pages = Blueprint("access", __name__, url_prefix="/case/<int:case>")


@pages.get("/readers")
def show(case: int) -> ResponseReturnValue:
    """Show who may read a case."""
    readers = handlers.look(here().inbox, actor(), case)
    return rendering.page("access/readers.html", number=case, readers=readers)


@pages.post("/readers")
def entrust(case: int) -> ResponseReturnValue:
    """Let these officers alone read a case, or all again."""
    if chosen := request.form.getlist("officer"):
        handlers.entrust(here().inbox, actor(), case, chosen)
    else:
        handlers.open_to_all(here().inbox, actor(), case)
    return _done(case, Done.ENTRUSTED)


@pages.post("/readers/break-glass")
def break_glass(case: int) -> ResponseReturnValue:
    """Open a case that is for its handlers alone; told to the referent."""
    handlers.break_glass(here().inbox, actor(), case, line("reason"))
    return done(case, Part.REPORT, Done.GLASS_BROKEN)


@pages.post("/readers/archive")
def open_archived(case: int) -> ResponseReturnValue:
    """Open a case that is in the archive, for today; takes two officers."""
    archive.open_cases(here().inbox, actor(), [case], line("reason"))
    return done(case, Part.REPORT, Done.ARCHIVE_OPENED)


@pages.post("/readers/exclude")
def exclude(case: int) -> ResponseReturnValue:
    """Keep a case from an officer, also from oneself."""
    conflicts.exclude(here().inbox, actor(), case, line("officer"), line("reason"))
    return _away(Done.EXCLUDED)


@pages.post("/readers/lift")
def lift(case: int) -> ResponseReturnValue:
    """Show a case to an officer again; it takes two others."""
    conflicts.lift(here().inbox, actor(), case, line("officer"), line("reason"))
    return _done(case, Done.LIFTED)


@pages.post("/readers/quarantine")
def place(case: int) -> ResponseReturnValue:
    """Show nothing of a case to anybody: it holds a protected secret."""
    quarantine.place(here().inbox, actor(), case, line("reason"))
    return _away(Done.QUARANTINED)


@pages.post("/readers/quarantine/lift")
def lift_quarantine(case: int) -> ResponseReturnValue:
    """Let a case be read again; takes two officers."""
    quarantine.lift(here().inbox, actor(), case, line("reason"))
    return done(case, Part.REPORT, Done.UNQUARANTINED)


def _done(case: int, said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("access.show", case=case), 303)


def _away(said: Done) -> ResponseReturnValue:
    """Say what was done on the queue: the case may be gone for those who are present."""
    seat().say(said)
    return redirect(url_for("queue.first"), 303)


@pages.get("/ledger")
def ledger(case: int) -> ResponseReturnValue:
    """Show the ledger of a case."""
    rows = disclosures.listed(here().inbox, actor(), case)
    return rendering.page("access/ledger.html", in_words=disclosures.said, number=case, rows=rows)


@pages.post("/ledger")
def disclose(case: int) -> ResponseReturnValue:
    """Note that something of a case is given; of its reporter's identity that takes two officers."""
    told = Given(line("recipient"), choice("what", What).value, choice("ground", Ground))
    disclosures.disclose(here().inbox, actor(), case, told, line("reason"))
    return _noted(case, Done.DISCLOSED)


@pages.post("/ledger/identity")
def identity(case: int) -> ResponseReturnValue:
    """Show who the reporter is; takes two officers."""
    found = identities.read(here().inbox, actor(), case)
    return rendering.page("access/identity.html", number=case, found=found)


@pages.post("/ledger/keep")
def keep_identity(case: int) -> ResponseReturnValue:
    """Note who the reporter is."""
    identities.keep(here().inbox, actor(), case, text("text"))
    return _noted(case, Done.IDENTITY_KEPT)


@pages.post("/ledger/consent")
def consent(case: int) -> ResponseReturnValue:
    """Note that the reporter allows that the identity be passed on, or no longer does."""
    withdrawn = "withdrawn" in request.form
    identities.consent(here().inbox, actor(), case, ConsentSaid(day("day"), withdrawn, line("reason")))
    return _noted(case, Done.CONSENT_NOTED)


def _noted(case: int, said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("access.ledger", case=case), 303)
