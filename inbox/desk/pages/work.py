"""The work on a case: notes, tags, who sees to it, the risk to its source, measures, its end."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox.casework import assignment, measures, notes, retracting, tags
from inbox.casework.measures import GROUPS, Disclosure, Kind, Risk, Taken
from inbox.deadlines import workflow
from inbox.desk.forms import choice, day, line, number, reason, text
from inbox.desk.pages.case import done
from inbox.desk.state import here
from inbox.replies import closing
from inbox.replies.closing import Closing, Outcome
from inbox.session.actions import Code, action
from inbox.system.clock import today
from inbox.vault.casework_tables import Credibility

pages = Blueprint("work", __name__, url_prefix="/case/<int:case>")


@pages.post("/note")
def note(case: int) -> ResponseReturnValue:
    """Note something for the other officers; the author never sees it."""
    inbox, now = here().inbox, today()
    with inbox.acting(here().actor(), action(Code.NOTE, case)) as session:
        notes.add(session, case, text("text"), by=here().actor().officers, today=now)
    return done(case, "noted", "notes")


@pages.post("/tag")
def tag(case: int) -> ResponseReturnValue:
    """Give a case words by which it is found again."""
    now = today()
    with here().inbox.acting(here().actor(), action(Code.TAG, case)) as session:
        tags.add(session, case, text("names").split(), now)
    return done(case, "tagged")


@pages.post("/untag")
def untag(case: int) -> ResponseReturnValue:
    """Take one of them away."""
    now = today()
    with here().inbox.acting(here().actor(), action(Code.TAG, case, removed=True)) as session:
        tags.remove(session, case, [line("name")], now)
    return done(case, "tagged")


@pages.post("/assign")
def assign(case: int) -> ResponseReturnValue:
    """Say which officer sees to a case."""
    officer, now = line("officer") or None, today()
    with here().inbox.acting(here().actor(), action(Code.ASSIGN, case, officer=officer)) as session:
        assignment.assign(session, case, officer, now)
    return done(case, "assigned")


@pages.post("/source-risk")
def source_risk(case: int) -> ResponseReturnValue:
    """Say how much the author has to fear from an inquiry; none begins before that."""
    risk, now = choice("risk", Risk), today()
    deed = action(Code.ASSESS_SOURCE, case, reason(), risk=risk)
    with here().inbox.acting(here().actor(), deed) as session:
        measures.assess(session, case, risk, now)
    return done(case, "assessed", "measures")


@pages.post("/rate")
def rate(case: int) -> ResponseReturnValue:
    """Say how far what a case says is borne out; nobody is rated."""
    rating, now = choice("credibility", Credibility), today()
    with here().inbox.acting(
        here().actor(), action(Code.RATE, case, reason(), credibility=rating)
    ) as session:
        workflow.rate(session, case, rating, now)
    return done(case, "rated", "rating")


@pages.post("/measure")
def measure(case: int) -> ResponseReturnValue:
    """Note what was done about a case."""
    now = today()
    taken = Taken(
        kind=choice("kind", Kind),
        day=day("day") or now,
        addressee=line("addressee"),
        reference=line("reference"),
        degree=number("degree", max(GROUPS)) or None,
        told="told" in request.form,
    )
    with here().inbox.acting(here().actor(), action(Code.RECORD_MEASURE, case, kind=taken.kind)) as session:
        measures.record(session, case, taken, now)
    return done(case, "measured", "measures")


@pages.post("/tell/<int:position>")
def tell(case: int, position: int) -> ResponseReturnValue:
    """Let the author read of a measure, or no longer."""
    told = "told" in request.form
    with here().inbox.acting(
        here().actor(), action(Code.TELL_MEASURE, case, measure=position, no_longer=not told)
    ) as session:
        measures.tell(session, case, position, told=told)
    return done(case, "told", "measures")


@pages.post("/retract/<int:position>")
def retract(case: int, position: int) -> ResponseReturnValue:
    """Take a measure out again that was noted by mistake; one that begins proceedings takes two officers."""
    was_told = retracting.retract(here().inbox, here().actor(), case, position, reason())
    return done(case, "retracted-told" if was_told else "retracted", "measures")


@pages.post("/close")
def close(case: int) -> ResponseReturnValue:
    """Close a case; its author is told with a text, or with the answer that waits already."""
    now = today()
    wanted = Closing(
        outcome=choice("outcome", Outcome),
        disclosure=choice("disclosure", Disclosure),
        reason=line("reason"),
        body=line("body"),
        text=text("text"),
        despite=line("despite"),
    )
    with here().inbox.acting(here().actor(), wanted.deed(case)) as session:
        closing.close(session, case, wanted, now)
    return done(case, "closed")


@pages.post("/reopen")
def reopen(case: int) -> ResponseReturnValue:
    """Open a closed case again."""
    now = today()
    with here().inbox.acting(here().actor(), action(Code.REOPEN, case, reason())) as session:
        closing.reopen(session, case, now)
    return done(case, "reopened")
