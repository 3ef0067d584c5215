"""Letters about a case, to print: which there are, what each waits for, and each as a file on the medium."""

import itertools
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, rendering
from inbox.desk.forms import language, line, text
from inbox.desk.job import Work
from inbox.desk.state import actor, here, medium_folder
from inbox.dossiers import letters
from inbox.dossiers.letters import Wanted

pages = Blueprint("letters", __name__, url_prefix="/case/<int:case>/letters")


@pages.get("")
def show(case: int) -> ResponseReturnValue:
    """Show the letters of the law, and what those wait for that cannot be written yet."""
    found = letters.offered(here().inbox, actor(), case)
    return rendering.page("dossiers/letters.html", number=case, letters=found, folder=here().medium)


@pages.post("")
@jobs.long(Work.LETTER)
def write(case: int) -> ResponseReturnValue:
    """Put a letter on the medium, in clear."""
    who = actor()
    wanted = Wanted(
        letter=line("letter"),
        to=line("to"),
        address=text("address").strip(),
        text=text("text"),
        language=language("language"),
        despite=line("despite"),
    )
    out = _free(medium_folder(), f"letter-{case}-{who.today}")
    letters.write(here().inbox, who, case, wanted, out)
    return rendering.page("dossiers/letter_made.html", number=case, name=out.name)


def _free(folder: Path, name: str) -> Path:
    """Return the first path that is free; its name tells neither to whom a letter goes nor what it is."""
    numbered = (f"-{n}" if n > 1 else "" for n in itertools.count(1))
    return next(path for each in numbered if not (path := folder / f"{name}{each}.pdf").exists())
