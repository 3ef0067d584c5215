"""The office: its regime, its days off, its backup, and figures about its work."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.deadlines import settings
from inbox.desk import forms, jobs, rendering
from inbox.desk.done import Done
from inbox.desk.job import Work
from inbox.desk.jobs import work_goes_on
from inbox.desk.pages import papers
from inbox.desk.state import actor, here, seat
from inbox.language import labels
from inbox.overview import goals, oversight
from inbox.setup import backup as backups
from inbox.setup import sheet_notice
from inbox.setup.backup import Places

pages = Blueprint("office", __name__)


@pages.get("/office")
def show() -> ResponseReturnValue:
    """Show the regime and the days off."""
    now = settings.read(here().inbox, actor())
    return rendering.page(
        "office/settings.html", regime=now.regime, heard=now.heard, days=now.days_off, labels=labels
    )


@pages.post("/office/regime")
def choose() -> ResponseReturnValue:
    """Choose the office's regime under the law. All deadlines change accordingly."""
    settings.choose_regime(here().inbox, actor(), forms.line("regime"), forms.line("heard"))
    return _done(Done.REGIME_CHOSEN)


@pages.post("/office/days-off")
def add() -> ResponseReturnValue:
    """Add days off: each working day from the first day to the last day."""
    first = forms.required_day("first")
    settings.add_span_off(here().inbox, actor(), first, forms.day("last") or first)
    return _done(Done.DAYS_OFF_CHANGED)


@pages.post("/office/days-off/remove")
def remove() -> ResponseReturnValue:
    """Remove the chosen days off."""
    try:
        days = [date.fromisoformat(each) for each in request.form.getlist("day")]
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    settings.remove_days_off(here().inbox, actor(), days)
    return _done(Done.DAYS_OFF_CHANGED)


def _done(said: Done) -> ResponseReturnValue:
    seat().say(said)
    return redirect(url_for("office.show"), 303)


@pages.get("/office/backup")
def ask_backup() -> ResponseReturnValue:
    """Show the known copies, and ask for the folders of a new backup and of its key store."""
    return rendering.page("office/backup.html", standing=backups.look(here().inbox, actor()))


@pages.post("/office/numbering")
def go_on_after() -> ResponseReturnValue:
    """Give new cases higher numbers than any number that the lost inbox may have used."""
    settings.continue_numbering(here().inbox, actor(), forms.number("last-case", LARGEST))
    seat().say(Done.NUMBERING_SET)
    return redirect(url_for("office.ask_backup"), 303)


@pages.post("/office/backup")
@jobs.long(Work.BACKUP)
def back_up() -> ResponseReturnValue:
    """Write a backup to a new folder, and the key store to another folder.

    Both folders must be outside the portal's medium.
    """
    out, keys = papers.elsewhere("backup-folder"), papers.elsewhere("keystore")
    desk = here()
    places = Places(out, keys, desk.same_disk)
    made = backups.make(desk.inbox, actor(), places, progress=work_goes_on)
    return rendering.page("office/backup_made.html", made=made)


@pages.post("/office/notice")
def acknowledge() -> ResponseReturnValue:
    """Record that the signed-in officers know that shares were renewed with a paper sheet."""
    desk = here()
    sheet_notice.acknowledge(desk.inbox, actor())
    desk.notices = sheet_notice.pending(desk.inbox, actor().today)
    return redirect(url_for("queue.first"), 303)


@pages.get("/oversight")
def oversee() -> ResponseReturnValue:
    """Show figures about the work, without anything from reports."""
    view = oversight.look(here().inbox, actor())
    return rendering.page("office/oversight.html", view=view, labels=labels, deadline=oversight.deadline)


@pages.get("/goals")
@pages.get("/goals/<int:year>")
def measure(year: int | None = None) -> ResponseReturnValue:
    """Show how far the goals of a year were met, with links to the years before and after."""
    found = goals.look(here().inbox, actor(), year)
    view = goals.view(found)
    return rendering.page("office/goals.html", view=view, first=goals.FIRST, today=actor().today)
