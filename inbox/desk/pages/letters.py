"""Printable letters about a case: the list, the reasons that block letters, and plain files of letters."""

import itertools
from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, problems, rendering
from inbox.desk.forms import language, line, text
from inbox.desk.job import Work
from inbox.desk.pages import papers
from inbox.desk.state import actor, here
from inbox.dossiers import letters
from inbox.dossiers.letters import Wanted
from inbox.overview import case_view
from inbox.system import apart

pages = Blueprint("letters", __name__, url_prefix="/case/<int:case>/letters")

# The fields that define a letter, in its form, its preview and its file.
_FIELDS = ("letter", "to", "address", "text", "language")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show the letters of the law, and why some of them cannot be written yet."""
    return _page(case, {})


@pages.post("/change")
def change(case: int) -> ResponseReturnValue:
    """Show the letters again, with the typed text of one letter, so that an officer can change it."""
    return _page(case, request.form)


@pages.post("/preview")
def preview(case: int) -> ResponseReturnValue:
    """Preview a letter before it is signed and written."""
    seen = letters.preview(here().inbox, actor(), case, _wanted())
    kept = case_view.protected(here().inbox, actor(), case, rendering.language())
    given = [(name, value) for name, value in request.form.items() if name in _FIELDS]
    shown = {
        "number": case,
        "letter": seen.words,
        "warned": seen.warned,
        "despite": line("despite"),
        "takes_reason": seen.takes_reason,
        "given": given,
        "kept": kept,
        "offered": papers.offered(),
    }
    found = letters.offered(here().inbox, actor(), case)[line("letter")]
    return rendering.page("dossiers/letter_preview.html", **shown, each=found)


@pages.post("")
@jobs.long(Work.LETTER)
def write(case: int) -> ResponseReturnValue:
    """Write the previewed letter to the given folder, as a plain file."""
    inbox, who, wanted = here().inbox, actor(), _wanted()
    out = _free(papers.folder(), f"{apart.LETTER}-{case}-{who.today}")
    problems.confirm_change("dossiers/letter_change.html", letter=letters.words(inbox, who, case, wanted))
    letters.write(inbox, who, case, wanted, out)
    return rendering.page("dossiers/letter_made.html", number=case, path=out)


def _page(case: int, given: Mapping[str, str]) -> str:
    found = letters.offered(here().inbox, actor(), case)
    kept = case_view.protected(here().inbox, actor(), case, rendering.language())
    return rendering.page("dossiers/letters.html", number=case, letters=found, given=given, kept=kept)


def _wanted() -> Wanted:
    return Wanted(
        letter=line("letter"),
        to=line("to"),
        address=text("address").strip(),
        text=text("text"),
        language=language("language"),
        despite=line("despite"),
        seen=line("seen"),
    )


def _free(folder: Path, name: str) -> Path:
    """Return the first free path. The file name reveals neither the recipient nor the kind of letter."""
    numbered = (f"-{n}" if n > 1 else "" for n in itertools.count(1))
    return next(path for each in numbered if not (path := folder / f"{name}{each}.pdf").exists())
