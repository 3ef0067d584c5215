"""The law in use, and how to replace it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import forms, problems, rendering
from inbox.desk.done import Done
from inbox.desk.pages import papers
from inbox.desk.state import actor, here, medium_folder, seat
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import folders
from inbox.registers import sheets
from inbox.registers.sheets import Sheet
from inbox.setup import law as laws
from inbox.setup.law import Plan
from inbox.system import apart

pages = Blueprint("law", __name__)


@pages.get("/office/law")
def show() -> ResponseReturnValue:
    """Show the law in use, and ask for the folder of a new law."""
    return rendering.page("office/law.html", law=laws.read(here().inbox, actor()), offered=papers.offered())


@pages.post("/office/law/plan")
def plan() -> ResponseReturnValue:
    """Show what the new law would change."""
    folder, planned = _planned()
    return rendering.page("office/law_plan.html", plan=planned, folder=folder)


@pages.post("/office/law")
def adopt() -> ResponseReturnValue:
    """Adopt the law that was shown. All deadlines change accordingly."""
    _, planned = _planned()
    if planned.law.sha256.hex() != forms.line("sha256"):
        raise Refused(
            sentence("the folder has changed since it was shown"), sentence("check the changes again")
        )
    problems.confirm_change("office/law_change.html", plan=planned)
    laws.adopt(here().inbox, actor(), planned, loosening="loosening" in request.form)
    seat().say(Done.LAW_ADOPTED)
    return redirect(url_for("law.show"), 303)


@pages.post("/office/law/copy")
def copy() -> ResponseReturnValue:
    """Write the files of the law in use to the medium."""
    desk, who = here(), actor()
    laws.copy(desk.inbox, who, medium_folder() / f"law-{who.today}")
    seat().say(Done.LAW_COPIED)
    return redirect(url_for("law.show"), 303)


@pages.post("/office/law/sheet")
def write_sheet() -> ResponseReturnValue:
    """Write the record of processing, or the impact assessment, to the given folder."""
    sheet, who = forms.choice("sheet", Sheet), actor()
    out = papers.folder() / f"{apart.SHEET}-{sheet}-{who.today}.pdf"
    sheets.write(here().inbox, who, sheet, out, rendering.language())
    seat().say(Done.SHEET_WRITTEN)
    return redirect(url_for("law.show"), 303)


def _planned() -> tuple[str, Plan]:
    """Return the given folder and the changes that its law makes. Raises the same errors as ``laws.plan``."""
    folder = str(forms.path("folder"))
    return folder, laws.plan(here().inbox, actor(), folders.given(folder))
