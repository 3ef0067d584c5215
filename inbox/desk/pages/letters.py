"""Letters about a case, to print: which there are, what each waits for, and each as a file in clear."""

import itertools
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, rendering
from inbox.desk.forms import language, line, text
from inbox.desk.job import Work
from inbox.desk.pages import papers
from inbox.desk.state import actor, here
from inbox.dossiers import letters
from inbox.dossiers.letters import Wanted
from inbox.system import apart

pages = Blueprint("letters", __name__, url_prefix="/case/<int:case>/letters")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show the letters of the law, and what those wait for that cannot be written yet."""
    found = letters.offered(here().inbox, actor(), case)
    return rendering.page("dossiers/letters.html", number=case, letters=found, offered=papers.offered())


@pages.post("")
@jobs.long(Work.LETTER)
def write(case: int) -> ResponseReturnValue:
    """Write a letter into the folder that is named, in clear."""
    who = actor()
    wanted = Wanted(
        letter=line("letter"),
        to=line("to"),
        address=text("address").strip(),
        text=text("text"),
        language=language("language"),
        despite=line("despite"),
    )
    out = _free(papers.folder(), f"{apart.LETTER}-{case}-{who.today}")
    letters.write(here().inbox, who, case, wanted, out)
    return rendering.page("dossiers/letter_made.html", number=case, path=out)


def _free(folder: Path, name: str) -> Path:
    """Return the first path that is free; its name tells neither to whom a letter goes nor what it is."""
    numbered = (f"-{n}" if n > 1 else "" for n in itertools.count(1))
    return next(path for each in numbered if not (path := folder / f"{name}{each}.pdf").exists())
