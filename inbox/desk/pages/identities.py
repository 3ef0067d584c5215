"""Who the author of a case is, apart from all else, and the ledger of what was given to whom."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.access import disclosures, identities
from inbox.access.disclosures import Given, Ground, What
from inbox.desk import rendering
from inbox.desk.forms import choice, day, line, text
from inbox.desk.state import here

pages = Blueprint("identities", __name__, url_prefix="/case/<int:case>/ledger")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show the ledger of a case."""
    rows = disclosures.listed(here().inbox, here().actor(), case)
    return rendering.page("access/ledger.html", in_words=disclosures.said, number=case, rows=rows)


@pages.post("")
def add(case: int) -> ResponseReturnValue:
    """Note that something of a case is given; of its author's identity that takes two officers."""
    told = Given(line("recipient"), choice("what", What).value, choice("ground", Ground))
    disclosures.disclose(here().inbox, here().actor(), case, told, line("reason"))
    return _done(case, "disclosed")


@pages.post("/identity")
def read(case: int) -> ResponseReturnValue:
    """Show who the author is; takes two officers."""
    found = identities.read(here().inbox, here().actor(), case)
    return rendering.page("access/identity.html", number=case, found=found)


@pages.post("/keep")
def keep(case: int) -> ResponseReturnValue:
    """Note who the author is."""
    identities.keep(here().inbox, here().actor(), case, text("text"))
    return _done(case, "identity-kept")


@pages.post("/consent")
def consent(case: int) -> ResponseReturnValue:
    """Note that the author allows that the identity be passed on, or no longer does."""
    withdrawn = "withdrawn" in request.form
    identities.consent(here().inbox, here().actor(), case, day("day"), withdrawn=withdrawn)
    return _done(case, "consent-noted")


def _done(case: int, said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("identities.show", case=case), 303)
