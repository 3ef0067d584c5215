"""Dossiers for a prosecutor or a disciplinary file.

An officer chooses the contents and previews them. Then two officers seal the dossier.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from crypto import signing
from crypto.dossier import Purpose
from inbox.desk import forms, jobs, rendering
from inbox.desk.fields import passages
from inbox.desk.forms import Chosen, choice, language, line, lines
from inbox.desk.job import Work
from inbox.desk.pages import papers
from inbox.desk.sessions import witnesses
from inbox.desk.state import actor, here
from inbox.dossiers import compose, send
from inbox.dossiers.compose import Enclosed, Entry, Plan
from inbox.dossiers.send import Sealing
from inbox.overview import case_view
from inbox.system import apart
from inbox.text import redaction
from inbox.text.redaction import EVERYWHERE, Redaction

pages = Blueprint("dossiers", __name__)

# The visible fields that the sealing needs from the preview page. That page carries all other fields as
# hidden fields.
_OF_SEALING = {"recipient", papers.FIELD, "measure", "despite"}


@pages.get("/case/<int:case>/dossier")
def ask(case: int) -> ResponseReturnValue:
    """Ask for the purpose and contents of a dossier."""
    view, entries = compose.offer(here().inbox, actor(), case, rendering.language())
    kept = case_view.never_repeat(view)
    shown = {"places": entries, "passages": _passages(entries, view["answers"]), "everywhere": EVERYWHERE}
    return rendering.page("dossiers/dossier.html", view=view, kept=kept, whole=_whole, **shown)


@pages.post("/case/<int:case>/dossier/preview")
def preview(case: int) -> ResponseReturnValue:
    """Preview a dossier before it is sealed."""
    content, doubts = compose.preview(here().inbox, actor(), case, _plan())
    takes_reason = any(doubt.takes_reason for doubt, _ in doubts)
    # If the sealing is refused, this page is shown again with these fields, so that they can be corrected.
    given = [(name, value) for name, value in witnesses.written() if name not in _OF_SEALING]
    return rendering.page(
        "dossiers/dossier_preview.html",
        kept=case_view.protected(here().inbox, actor(), case, rendering.language()),
        content=content,
        doubts=doubts,
        given=given,
        takes_reason=takes_reason,
        offered=papers.offered(),
    )


@pages.post("/case/<int:case>/dossier")
@jobs.long(Work.DOSSIER)
def make(case: int) -> ResponseReturnValue:
    """Write a dossier, signed and sealed to its recipient. Requires two officers."""
    who, to = actor(), send.addressed(line("recipient"))
    out = papers.folder() / f"{apart.DOSSIER}-{case}-{who.today}.age"
    sealing = Sealing(out, to, "measure" in request.form, line("despite"))
    sent = send.send(here().inbox, who, case, _plan(), sealing)
    key = signing.fingerprint(sent.made.key)
    shown = {"number": case, "path": out, "made": sent.made, "key": key, "doubts": sent.doubts, "to": to}
    return rendering.page("dossiers/dossier_made.html", **shown)


def _plan() -> Plan:
    return Plan(
        purpose=choice("purpose", Purpose),
        addressee=line("addressee"),
        language=language("language"),
        redactions=tuple(_redactions()),
        included=frozenset(request.form.getlist("include")),
        with_replies="replies" in request.form,
        # If the case has no files, the form does not ask how to enclose files. If a file is ticked but no
        # form of enclosure is chosen, the file is refused later.
        enclosed=choice("enclosed", Enclosed) if request.form.get("enclosed") else Enclosed.NONE,
        chosen=frozenset(request.form.getlist("file", int)),
        every_file="every-file" in request.form,
    )


def _redactions() -> Iterator[Redaction]:
    """Yield the redactions that were picked, and then the redactions that were typed, one per line."""
    for chosen in map(forms.passage, request.form.getlist("removed")):
        yield redaction.of(chosen.place, chosen.passage or "")
    place = request.form.get("place", EVERYWHERE)
    yield from (redaction.of(place, each) for each in lines("redact"))


def _passages(entries: Sequence[Entry], answers: Mapping[str, Any]) -> dict[str, list[Chosen]]:
    """Return the sentences to choose from, by place: from the report, then from the latest messages.

    Answers that the reporter selected from a list can be chosen only as a whole.
    """
    # Only messages have a day, so all other entries come first.
    latest = sorted(entries, key=lambda each: each.day or date.max, reverse=True)
    return passages.offered((each.place, _written(each, answers)) for each in latest)


def _written(entry: Entry, answers: Mapping[str, Any]) -> list[str]:
    """Return the texts of an entry; empty if the reporter selected them from a list."""
    texts = ["".join(each) for each in entry.texts]
    return texts if answers.get(entry.place, texts[0]) == texts[0] else []


def _whole(place: str) -> Chosen:
    return Chosen(place, None)
