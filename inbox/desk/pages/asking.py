"""What is held on a person who asks for it: looked at, then put on the medium by two officers."""

import re
from itertools import count
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, rendering
from inbox.desk.forms import choice, language, lines, text
from inbox.desk.pages.collecting import folder
from inbox.desk.problems import written
from inbox.desk.state import here
from inbox.dossiers import subject_access
from inbox.dossiers.subject_access import Request
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Code, action
from inbox.system import atomic_files
from inbox.system.clock import today
from inbox.text import redaction

pages = Blueprint("asking", __name__, url_prefix="/access")
_MOST_DIGITS = 15


@pages.get("")
def ask() -> ResponseReturnValue:
    """Ask which person, and in which cases to look."""
    return rendering.page("dossiers/access.html", folder=here().medium)


@pages.post("/preview")
def preview() -> ResponseReturnValue:
    """Show what would be given to the person; nothing is noted in the ledger yet."""
    deeds = [action(Code.SHOW, number, view="access") for number in _numbers()]
    asked, day = _asked(), today()
    with here().inbox.acting(here().actor(), deeds[0], *deeds[1:]) as session:
        held, warnings = subject_access.look(session, _numbers(), asked, day)
    shown = {"held": held, "warnings": warnings, "given": written()}
    return rendering.page("dossiers/access_preview.html", **shown)


@pages.post("")
@jobs.long("access")
def give() -> ResponseReturnValue:
    """Put it on the medium in clear, noted in the ledger of each case; takes two officers."""
    inbox, deeds, asked, day = here().inbox, subject_access.deeds(_numbers()), _asked(), today()
    form = choice("form", subject_access.Form)
    out = _free(folder(), f"access-{day}", form.value)
    with atomic_files.replacing(out) as file, inbox.acting(here().actor(), deeds[0], *deeds[1:]) as session:
        held, warnings = subject_access.find(session, _numbers(), asked, journal.actor(session))
        file.write(subject_access.written(held, form))
    return rendering.page("dossiers/access_given.html", name=out.name, held=held, warnings=warnings)


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
