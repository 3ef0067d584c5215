"""Work on cases: notes, tags, assignment, score, measures, decisions, holds, links."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TypeVar

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.casework import assessing, assignment, decisions, legal_hold, links, notes, tags
from inbox.casework.assessing import Assessment
from inbox.casework.decisions import Decision
from inbox.casework.links import MANY
from inbox.casework.measures import by_law, records
from inbox.casework.measures.details import Taken
from inbox.casework.measures.source_risk import Risk
from inbox.deadlines import workflow
from inbox.deadlines.bonds import Relation
from inbox.desk import problems, rendering
from inbox.desk.done import Done
from inbox.desk.fields import again
from inbox.desk.forms import cases, choice, day, line, number, text
from inbox.desk.pages import queue
from inbox.desk.pages.case import Part, done
from inbox.desk.sessions import writing
from inbox.desk.sessions.confirmations import CHOICE
from inbox.desk.state import actor, here, seat
from inbox.desk.translate import NOBODY
from inbox.dossiers import recording
from inbox.session.actions import Code
from inbox.vault import score
from inbox.vault.casework_tables import Credibility

pages = Blueprint("casework", __name__)

Value = TypeVar("Value")


@pages.post("/case/<int:case>/note")
def note(case: int) -> ResponseReturnValue:
    """Add a note for the other officers. The reporter never sees notes."""
    notes.add(here().inbox, actor(), case, text("text"))
    writing.done()
    return done(case, Part.WORK, Done.NOTED)


@pages.post("/case/<int:case>/tag")
def tag(case: int) -> ResponseReturnValue:
    """Add tags to a case."""
    tags.add(here().inbox, actor(), [case], text("names").split())
    return done(case, Part.WORK, Done.TAGGED)


@pages.post("/case/<int:case>/untag")
def untag(case: int) -> ResponseReturnValue:
    """Remove a tag from a case."""
    tags.remove(here().inbox, actor(), [case], [line("name")])
    return done(case, Part.WORK, Done.TAGGED)


@pages.post("/many/tag")
def tag_many() -> ResponseReturnValue:
    """Add tags to the chosen cases."""
    tags.add(here().inbox, actor(), cases(), text("names").split())
    return queue.done(Done.TAGGED)


@pages.post("/many/untag")
def untag_many() -> ResponseReturnValue:
    """Remove tags from the chosen cases."""
    tags.remove(here().inbox, actor(), cases(), text("names").split())
    return queue.done(Done.TAGGED)


@pages.post("/many/assign")
def assign_many() -> ResponseReturnValue:
    """Assign the chosen cases to an officer."""
    assignment.assign(here().inbox, actor(), cases(), line("officer") or None)
    return queue.done(Done.ASSIGNED_MANY)


@pages.post("/case/<int:case>/assess")
@again.needing(lambda case: _named(assessing.needed(here().inbox, actor(), case, _assessment())))
def assess(case: int) -> ResponseReturnValue:
    """Record an officer's assessment of a case. Decisions that need two officers are confirmed later."""
    wanted = replace(_assessment(), extras=_decision(""))
    assessed = assessing.assess(here().inbox, actor(), case, wanted)
    writing.done()
    said = dict.fromkeys(_SAID[code] for code in assessed.recorded)
    seat().say(*said)
    if assessed.left:
        problems.confirm_apart(url_for("casework.decide", case=case), _written(assessed.left))
        decisions.decide_all(here().inbox, actor(), case, assessed.left)
        said[Done.DECIDED] = None
    return done(case, Part.WORK, *said)


# The confirmation to show for each part of an assessment.
_SAID = {
    Code.JUDGE: Done.JUDGED,
    Code.ASSESS_SOURCE: Done.ASSESSED,
    Code.DECIDE: Done.DECIDED,
    Code.ASSIGN: Done.ASSIGNED,
}


def _assessment() -> Assessment:
    """Return the form's assessment without its decisions. Missing fields remain unchanged."""
    form = request.form
    return Assessment(
        risk=choice("risk", Risk) if form.get("risk") else None,
        parts={name: number(name, score.HIGHEST) for name in score.NAMES if name in form},
        confirmed="confirmed" in form,
        choices=_choices(),
        officer={"": None, NOBODY: ""}.get(named := line("officer"), named),
        reason=line("reason"),
    )


def _choices() -> tuple[str, ...]:
    """Return the codes of the decisions that a form asks for."""
    return tuple(filter(None, request.form.getlist(CHOICE)))


def _decision(reason: str) -> Decision:
    """Return a decision with all its fields from a form."""
    return Decision(
        choice="",
        reason=reason,
        ground=line("decision-ground"),
        until=day("until"),
        addressee=line("addressee"),
        reference=line("reference"),
        restrictions=line("restrictions"),
        despite=line("despite"),
    )


def _written(wanted: Sequence[Decision]) -> list[tuple[str, str]]:
    """Return the fields of a form with these decisions and no others."""
    given: dict[str, str] = {}
    for each in wanted:
        said = asdict(each) | {"until": each.until.isoformat() if each.until else ""}
        given |= {name: value for name, value in said.items() if value and name != CHOICE}
    return [*((CHOICE, each.choice) for each in wanted), *_named(given).items()]


def _named(given: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values of a decision, named after their form fields."""
    return {"decision-ground" if name == "ground" else name: value for name, value in given.items()}


@pages.post("/case/<int:case>/rate")
def rate(case: int) -> ResponseReturnValue:
    """Rate how well the contents of a case are confirmed. People are not rated."""
    rating = choice("credibility", Credibility)
    workflow.rate(here().inbox, actor(), case, rating, line("reason"))
    return done(case, Part.WORK, Done.RATED)


@pages.post("/case/<int:case>/measure")
@again.needing(lambda **_: by_law.needed(here().inbox, line("kind")))
def measure(case: int) -> ResponseReturnValue:
    """Record a measure taken in a case."""
    who = actor()
    taken = Taken(
        kind=line("kind"),
        day=day("day") or who.today,
        addressee=line("addressee"),
        reference=line("reference"),
        restrictions=line("restrictions"),
        sent=text("sent"),
        degree=(number("degree", 9) or None) if request.form.get("degree") else None,
        told="told" in request.form,
        despite=line("despite"),
    )
    recording.record(here().inbox, who, case, taken)
    return done(case, Part.WORK, Done.MEASURED)


@pages.post("/case/<int:case>/tell/<int:position>")
def tell(case: int, position: int) -> ResponseReturnValue:
    """Show a measure to the reporter, or stop showing it."""
    records.tell(here().inbox, actor(), case, position, told="told" in request.form)
    return done(case, Part.WORK, Done.TOLD)


@pages.post("/case/<int:case>/retract/<int:position>")
def retract(case: int, position: int) -> ResponseReturnValue:
    """Retract a measure recorded by mistake. Some measures require two officers (``records.retract``)."""
    was_told = records.retract(here().inbox, actor(), case, position, line("reason"))
    return done(case, Part.WORK, Done.RETRACTED_TOLD if was_told else Done.RETRACTED)


@pages.post("/case/<int:case>/decide")
@again.needing(lambda **_: _named(decisions.needed(here().inbox, _choices())))
def decide(case: int) -> ResponseReturnValue:
    """Make decisions that the law requires, with a reason. A form can contain several decisions."""
    inbox = here().inbox
    wanted = decisions.apart(inbox, _choices() or ("",), _decision(line("reason")))
    decisions.decide_all(inbox, actor(), case, wanted)
    return done(case, Part.WORK, Done.DECIDED)


@pages.post("/case/<int:case>/hold")
def hold(case: int) -> ResponseReturnValue:
    """Place a case on hold for a procedure, or release the hold. The release requires two officers."""
    is_released = "release" in request.form
    change = legal_hold.release if is_released else legal_hold.hold
    change(here().inbox, actor(), case, line("reason"))
    return done(case, Part.WORK, Done.RELEASED if is_released else Done.HELD)


@pages.get("/case/<int:case>/links")
def show_links(case: int) -> ResponseReturnValue:
    """Show the links of a case, and other cases that have something in common with it."""
    view = links.look(here().inbox, actor(), case)
    return rendering.page("casework/links.html", number=case, view=view, many=MANY, largest=LARGEST)


@pages.post("/case/<int:case>/links")
def link_named(case: int) -> ResponseReturnValue:
    """Link a case to another case that the officer gives by number, whether or not it was suggested."""
    return link(case, number("other", LARGEST))


@pages.post("/case/<int:case>/links/<int:other>")
def link(case: int, other: int) -> ResponseReturnValue:
    """Link two cases."""
    links.link(here().inbox, actor(), case, other, choice("relation", Relation))
    return _linked(case)


@pages.post("/case/<int:case>/links/<int:other>/dismiss")
def dismiss(case: int, other: int) -> ResponseReturnValue:
    """Dismiss a suggested link between two cases."""
    links.dismiss(here().inbox, actor(), case, other)
    return _linked(case)


@pages.post("/case/<int:case>/links/<int:other>/unlink")
def unlink(case: int, other: int) -> ResponseReturnValue:
    """Remove the link between two cases."""
    links.unlink(here().inbox, actor(), case, other)
    return _linked(case)


def _linked(case: int) -> ResponseReturnValue:
    seat().say(Done.LINKED)
    return redirect(url_for("casework.show_links", case=case), 303)
