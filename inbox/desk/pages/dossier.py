"""What goes to a prosecutor or into a disciplinary file: chosen, looked at, sealed onto the medium."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from crypto import signing
from crypto.dossier import Purpose
from inbox.casework import case_view
from inbox.desk import jobs, passages, rendering
from inbox.desk.forms import choice, language, line, lines
from inbox.desk.pages.collecting import folder
from inbox.desk.passages import Chosen
from inbox.desk.state import here
from inbox.dossiers import compose, send
from inbox.dossiers.compose import Enclosed, Entry, Plan
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Code, action
from inbox.system import atomic_files
from inbox.system.clock import today
from inbox.text import redaction, segments
from inbox.text.redaction import EVERYWHERE, Redaction

pages = Blueprint("dossier", __name__, url_prefix="/case/<int:case>/dossier")


@pages.get("")
def ask(case: int) -> ResponseReturnValue:
    """Ask what a dossier is for, and what stands in it."""
    day = today()
    with here().inbox.acting(here().actor(), action(Code.SHOW, case, view="dossier")) as session:
        view = case_view.details(session, case, day, rendering.language())
        entries = compose.offered(session, case, rendering.language())
    places = [(entry, _passages(entry, view["answers"]), Chosen(entry.place, None)) for entry in entries]
    return rendering.page("dossiers/dossier.html", view=view, places=places, everywhere=EVERYWHERE)


@pages.post("/preview")
def preview(case: int) -> ResponseReturnValue:
    """Show what a dossier would say, before anything is sealed."""
    plan, day = _plan(), today()
    with here().inbox.acting(
        here().actor(), action(Code.SHOW, case, view="dossier", purpose=plan.purpose)
    ) as session:
        content, doubts = compose.compose(session, case, plan, day)
    given = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return rendering.page("dossiers/dossier_preview.html", content=content, doubts=doubts, given=given)


@pages.post("")
@jobs.long("dossier")
def make(case: int) -> ResponseReturnValue:
    """Put a dossier on the medium, signed and sealed to its addressee; takes two officers."""
    inbox, plan, day, to = here().inbox, _plan(), today(), send.addressed(line("recipient"))
    out = folder() / f"dossier-{case}-{day}.age"
    if out.exists():
        raise Refused(
            sentence("{name} is on the medium already", name=out.name),
            sentence("take it away first, nothing is overwritten"),
        )
    is_measure = "measure" in request.form
    deed = send.noted(case, plan, to, is_measure=is_measure)
    with atomic_files.replacing(out) as file, inbox.acting(here().actor(), deed) as session:
        content, doubts = compose.compose(session, case, plan, day)
        made = send.send(inbox, session, content, to, file)
        if is_measure:
            send.note_measure(session, made, plan.addressee)
    key = signing.fingerprint(made.key)
    shown = {"number": case, "name": out.name, "made": made, "key": key, "doubts": doubts, "to": to}
    return rendering.page("dossiers/dossier_made.html", **shown)


def _plan() -> Plan:
    return Plan(
        purpose=choice("purpose", Purpose),
        addressee=line("addressee"),
        language=language("language"),
        redactions=tuple(_redactions()),
        included=frozenset(request.form.getlist("include")),
        with_replies="replies" in request.form,
        enclosed=choice("enclosed", Enclosed),
        chosen=frozenset(request.form.getlist("file", int)),
    )


def _redactions() -> Iterator[Redaction]:
    """Yield what was picked, then what was typed, a passage on each line."""
    for chosen in map(passages.read, request.form.getlist("removed")):
        yield redaction.of(chosen.place, chosen.passage or "")
    place = request.form.get("place", EVERYWHERE)
    yield from (redaction.of(place, each) for each in lines("redact"))


def _passages(entry: Entry, answers: Mapping[str, Any]) -> list[Chosen]:
    """Return each sentence of what was written; an answer that was chosen from a list goes as a whole."""
    if entry.place in answers and answers[entry.place] != "".join(entry.texts[0]):
        return []
    return [Chosen(entry.place, each) for one in entry.texts for each in segments.split("".join(one))]
