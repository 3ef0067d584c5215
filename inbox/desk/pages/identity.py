"""Who the author of a case is, apart from all else, and the ledger of what was given to whom."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.access import disclosures, identities
from inbox.access.disclosures import Given, Ground, What
from inbox.desk import rendering
from inbox.desk.forms import choice, day, line, text
from inbox.desk.state import here
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("identity", __name__, url_prefix="/case/<int:case>/ledger")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show the ledger of a case."""
    with here().inbox.acting(here().actor(), action(Code.LIST_DISCLOSURES, case)) as session:
        rows = disclosures.of(session, case)
        return rendering.page("access/ledger.html", number=case, rows=rows)


@pages.post("")
def add(case: int) -> ResponseReturnValue:
    """Note that something of a case is given; of its author's identity that takes two officers."""
    why = line("reason")
    told = Given(line("recipient"), choice("what", What).value, choice("ground", Ground))
    if told.ground is Ground.OTHER and not why:
        raise Refused(sentence("the ground is another one, and not said"), sentence("give a reason"))
    act = Code.DISCLOSE_IDENTITY if told.what == What.IDENTITY else Code.DISCLOSE
    deed = action(act, case, why, what=told.what, ground=told.ground)
    with here().inbox.acting(here().actor(), deed) as session:
        disclosures.add(session, case, told, journal.actor(session))
    return _done(case, "disclosed")


@pages.post("/identity")
def read(case: int) -> ResponseReturnValue:
    """Show who the author is; takes two officers."""
    with here().inbox.acting(here().actor(), action(Code.READ_IDENTITY, case)) as session:
        return rendering.page("access/identity.html", number=case, found=identities.of(session, case))


@pages.post("/keep")
def keep(case: int) -> ResponseReturnValue:
    """Note who the author is."""
    now = today()
    with here().inbox.acting(here().actor(), action(Code.KEEP_IDENTITY, case)) as session:
        identities.keep(session, case, text("text"), now)
    return _done(case, "identity-kept")


@pages.post("/consent")
def consent(case: int) -> ResponseReturnValue:
    """Note that the author allows that the identity be passed on, or no longer does."""
    now, is_withdrawn = today(), "withdrawn" in request.form
    given = None if is_withdrawn else day("day") or now
    deed = action(Code.NOTE_CONSENT, case, consent="withdrawn" if is_withdrawn else "given")
    with here().inbox.acting(here().actor(), deed) as session:
        identities.consent(session, case, given, now)
    return _done(case, "consent-noted")


def _done(case: int, said: str) -> ResponseReturnValue:
    here().say(said)
    return redirect(url_for("identity.show", case=case), 303)
