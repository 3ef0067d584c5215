"""The annual figures: the plans of publication, the editions, and the exact figures."""

import json
from collections.abc import Callable
from hashlib import sha256

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from inbox.desk import forms, jobs, problems, rendering
from inbox.desk.done import Done
from inbox.desk.job import Work
from inbox.desk.pages import papers
from inbox.desk.state import actor, here, seat
from inbox.figures import adoption, editions, files, standing
from inbox.figures.editions import Figures
from inbox.figures.plan import YEARS
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox
from inbox.system import given_files

pages = Blueprint("figures", __name__, url_prefix="/office/figures")

_LAST_YEAR = 9999


@pages.get("")
def show() -> ResponseReturnValue:
    """Show the plans and the editions, and ask for the folder of the next edition."""
    who = actor()
    found = standing.look(here().inbox, who)
    shown = {"found": found, "offered": papers.offered(), "today": who.today, "years": YEARS}
    return rendering.page("office/figures.html", **shown)


@pages.post("/plan/check")
def check_plan() -> ResponseReturnValue:
    """Show what a plan of publication contains, if officers can adopt it today."""
    raw = _plan_file()
    plan = adoption.check(here().inbox, actor(), raw)
    shown = {"plan": plan, "years": YEARS, "file": forms.line("plan-file"), "sha256": sha256(raw).hexdigest()}
    return rendering.page("office/figures_plan.html", **shown)


@pages.post("/plan")
def adopt_plan() -> ResponseReturnValue:
    """Adopt the plan that was shown."""
    raw = _plan_file()
    if sha256(raw).hexdigest() != forms.line("sha256"):
        raise Refused(sentence("the file has changed since it was shown"), sentence("check the plan again"))
    desk, who = here(), actor()
    problems.confirm_change(
        "office/figures_plan_content.html", plan=adoption.check(desk.inbox, who, raw), years=YEARS
    )
    adoption.adopt(desk.inbox, who, raw)
    seat().say(Done.PLAN_ADOPTED)
    return redirect(url_for("figures.show"), 303)


@pages.post("/make")
@jobs.long(Work.FIGURES)
def make() -> ResponseReturnValue:
    """Make the edition of a year, and write its files into a new subfolder of the given folder."""
    return _written(editions.make)


@pages.post("/write")
@jobs.long(Work.FIGURES)
def write() -> ResponseReturnValue:
    """Write the files of an edition again, into a new subfolder of the given folder."""
    return _written(editions.read)


@pages.post("/exact")
def look() -> ResponseReturnValue:
    """Show the exact figures of an edition beside the published ones."""
    found = editions.read(here().inbox, actor(), _year())
    published = json.loads(found.releases[found.year])["cells"]
    return rendering.page(
        "office/figures_exact.html", found=found, rows=[*files.lines(found)], published=published
    )


def _year() -> int:
    return forms.number("edition", _LAST_YEAR)


def _plan_file() -> bytes:
    return given_files.content(forms.path("plan-file"))


def _written(take: Callable[[Inbox, Actor, int], Figures]) -> ResponseReturnValue:
    """Take the edition of the given year, and write its files into a new subfolder of the given folder."""
    desk, year = here(), _year()
    out = papers.folder() / f"figures-{year}"
    files.check_out(desk.inbox.home, out)
    found = take(desk.inbox, actor(), year)
    files.write(desk.inbox.home, found, out)
    folders = {"public": out / files.PUBLIC, "restricted": out / files.RESTRICTED}
    return rendering.page("office/figures_written.html", found=found, **folders)
