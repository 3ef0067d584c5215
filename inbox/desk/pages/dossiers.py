"""What goes to a prosecutor, into a disciplinary file, or to a person who asks what is held on them.

It is chosen and looked at first, then put on the medium by two officers.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from crypto import signing
from crypto.dossier import Purpose
from inbox.desk import forms, jobs, rendering
from inbox.desk.forms import Chosen, choice, language, line, lines, text
from inbox.desk.problems import written
from inbox.desk.state import Work, here, medium_folder
from inbox.dossiers import compose, send, subject_access
from inbox.dossiers.compose import Enclosed, Entry, Plan
from inbox.dossiers.send import Sealing
from inbox.dossiers.subject_access import Form, Request, Written
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.text import redaction, segments
from inbox.text.redaction import EVERYWHERE, Redaction

pages = Blueprint("dossiers", __name__)
_MOST_DIGITS = 15


@pages.get("/case/<int:case>/dossier")
def ask(case: int) -> ResponseReturnValue:
    """Ask what a dossier is for, and what stands in it."""
    view, entries = compose.offer(here().inbox, here().actor(), case, rendering.language())
    places = [(entry, _passages(entry, view["answers"]), Chosen(entry.place, None)) for entry in entries]
    return rendering.page("dossiers/dossier.html", view=view, places=places, everywhere=EVERYWHERE)


@pages.post("/case/<int:case>/dossier/preview")
def preview(case: int) -> ResponseReturnValue:
    """Show what a dossier would say, before anything is sealed."""
    content, doubts = compose.preview(here().inbox, here().actor(), case, _plan())
    given = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return rendering.page("dossiers/dossier_preview.html", content=content, doubts=doubts, given=given)


@pages.post("/case/<int:case>/dossier")
@jobs.long(Work.DOSSIER)
def make(case: int) -> ResponseReturnValue:
    """Put a dossier on the medium, signed and sealed to its addressee; takes two officers."""
    who, to = here().actor(), send.addressed(line("recipient"))
    out = medium_folder() / f"dossier-{case}-{who.today}.age"
    sent = send.send(here().inbox, who, case, _plan(), Sealing(out, to, "measure" in request.form))
    key = signing.fingerprint(sent.made.key)
    shown = {"number": case, "name": out.name, "made": sent.made, "key": key, "doubts": sent.doubts, "to": to}
    return rendering.page("dossiers/dossier_made.html", **shown)


@pages.get("/access")
def ask_access() -> ResponseReturnValue:
    """Ask which person asks what is held on them, and in which cases to look."""
    return rendering.page("dossiers/access.html", folder=here().medium)


@pages.post("/access/preview")
def preview_access() -> ResponseReturnValue:
    """Show what would be given to the person; nothing is noted in the ledger yet."""
    held, warnings = subject_access.preview(here().inbox, here().actor(), _numbers(), _asked())
    shown = {"held": held, "warnings": warnings, "given": written()}
    return rendering.page("dossiers/access_preview.html", **shown)


@pages.post("/access")
@jobs.long(Work.ACCESS)
def answer_access() -> ResponseReturnValue:
    """Put it on the medium in clear, noted in the ledger of each case; takes two officers."""
    who, form = here().actor(), choice("form", Form)
    out = _free(medium_folder(), f"access-{who.today}", form.value)
    held, warnings = subject_access.answer(here().inbox, who, _numbers(), _asked(), Written(out, form))
    return rendering.page("dossiers/access_given.html", name=out.name, held=held, warnings=warnings)


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
    for chosen in map(forms.passage, request.form.getlist("removed")):
        yield redaction.of(chosen.place, chosen.passage or "")
    place = request.form.get("place", EVERYWHERE)
    yield from (redaction.of(place, each) for each in lines("redact"))


def _passages(entry: Entry, answers: Mapping[str, Any]) -> list[Chosen]:
    """Return each sentence of what was written; an answer that was chosen from a list goes as a whole."""
    if entry.place in answers and answers[entry.place] != "".join(entry.texts[0]):
        return []
    return [Chosen(entry.place, each) for one in entry.texts for each in segments.split("".join(one))]


def _asked() -> Request:
    redactions = tuple(map(redaction.parse, lines("redact")))
    return Request(lines("persons"), redactions, language("language"))


def _numbers() -> list[int]:
    """Return the numbers of the cases, each once; Refused for anything else."""
    given = text("cases")
    found = list(dict.fromkeys(map(int, re.findall(rf"\b\d{{1,{_MOST_DIGITS}}}\b", given))))
    if not found or not re.fullmatch(r"[\d\s,;]+", given) or 0 in found:
        raise Refused(
            sentence("no cases were named"), sentence("type their numbers with spaces between, as: 3 17 40")
        )
    return found


def _free(place: Path, name: str, ending: str) -> Path:
    """Return the first path of this name that is free; nothing is overwritten."""
    paths = (place / f"{name}-{n}.{ending}" for n in count(1))
    return next(path for path in paths if not path.exists())
