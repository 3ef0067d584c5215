"""Access to a case: its readers, its reporter's identity, and its disclosures."""

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
    """Restrict a case to these handlers, or open it to all officers again."""
    if chosen := request.form.getlist("officer"):
        handlers.entrust(here().inbox, actor(), case, chosen)
    else:
        handlers.open_to_all(here().inbox, actor(), case)
    return _done(case, Done.ENTRUSTED)


@pages.post("/readers/break-glass")
def break_glass(case: int) -> ResponseReturnValue:
    """Emergency: open a case that only its handlers may read. The referent is informed."""
    handlers.break_glass(here().inbox, actor(), case, line("reason"))
    return done(case, Part.REPORT, Done.GLASS_BROKEN)


@pages.post("/readers/archive")
def open_archived(case: int) -> ResponseReturnValue:
    """Open an archived case until the end of today. Requires two officers."""
    archive.open_cases(here().inbox, actor(), [case], line("reason"))
    return done(case, Part.REPORT, Done.ARCHIVE_OPENED)


@pages.post("/readers/exclude")
def exclude(case: int) -> ResponseReturnValue:
    """Exclude an officer from a case. Officers can also exclude themselves."""
    conflicts.exclude(here().inbox, actor(), case, line("officer"), line("reason"))
    return _away(Done.EXCLUDED)


@pages.post("/readers/lift")
def lift(case: int) -> ResponseReturnValue:
    """Admit an excluded officer to a case again. Two other officers must confirm."""
    conflicts.lift(here().inbox, actor(), case, line("officer"), line("reason"))
    return _done(case, Done.LIFTED)


@pages.post("/readers/quarantine")
def place(case: int) -> ResponseReturnValue:
    """Put a case into quarantine, because it contains a protected secret."""
    quarantine.place(here().inbox, actor(), case, line("reason"))
    return _away(Done.QUARANTINED)


@pages.post("/readers/quarantine/lift")
def lift_quarantine(case: int) -> ResponseReturnValue:
    """Lift the quarantine of a case. Requires two officers."""
    quarantine.lift(here().inbox, actor(), case, line("reason"))
    return done(case, Part.REPORT, Done.UNQUARANTINED)


def _done(case: int, said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("access.show", case=case), 303)


def _away(said: Done) -> ResponseReturnValue:
    """Show the confirmation on the queue's page, because the case may now be hidden from the officer."""
    seat().say(said)
    return redirect(url_for("queue.first"), 303)


@pages.get("/ledger")
def ledger(case: int) -> ResponseReturnValue:
    """Show the ledger of a case."""
    rows = disclosures.listed(here().inbox, actor(), case)
    return rendering.page("access/ledger.html", in_words=disclosures.said, number=case, rows=rows)


@pages.post("/ledger")
def disclose(case: int) -> ResponseReturnValue:
    """Record a disclosure. Disclosing the reporter's identity requires two officers."""
    given = Given(line("recipient"), choice("what", What).value, choice("ground", Ground))
    disclosures.disclose(here().inbox, actor(), case, given, line("reason"))
    return _noted(case, Done.DISCLOSED)


@pages.post("/ledger/identity")
def identity(case: int) -> ResponseReturnValue:
    """Show the reporter's identity. Requires two officers."""
    found = identities.read(here().inbox, actor(), case)
    return rendering.page("access/identity.html", number=case, found=found)


@pages.post("/ledger/keep")
def keep_identity(case: int) -> ResponseReturnValue:
    """Record the reporter's identity."""
    identities.keep(here().inbox, actor(), case, text("text"))
    return _noted(case, Done.IDENTITY_KEPT)


@pages.post("/ledger/consent")
def consent(case: int) -> ResponseReturnValue:
    """Record that the reporter gives or withdraws consent to the disclosure of their identity."""
    withdrawn = "withdrawn" in request.form
    identities.consent(here().inbox, actor(), case, ConsentSaid(day("day"), withdrawn, line("reason")))
    return _noted(case, Done.CONSENT_NOTED)


def _noted(case: int, said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("access.ledger", case=case), 303)
