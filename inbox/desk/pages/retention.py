"""Retention: cases due for destruction, their destruction, the list of destroyed cases, redaction."""

import math
from itertools import groupby
from operator import attrgetter

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.casework import exits
from inbox.deadlines.obstacles import Obstacle
from inbox.desk import forms, jobs, rendering
from inbox.desk.done import Done
from inbox.desk.fields import passages
from inbox.desk.forms import Chosen, day, line, text
from inbox.desk.job import Work
from inbox.desk.pages import papers
from inbox.desk.state import actor, here, seat
from inbox.retention import destroy_cases, destroyed_list, discard_unopened, list_files, visa_list, visas
from inbox.retention import strike as striking
from inbox.retention.strike import Passage
from inbox.retention.striker import EVERYWHERE
from inbox.retention.visas import Given

pages = Blueprint("retention", __name__)


# A preview shows this many texts, and names only the places of the other texts, because 10,000 texts would
# take several seconds.
IN_FULL = 200
# The places of messages, without their numbers.
_MESSAGES = ("follow-up", "reply")


@pages.get("/retention")
def show() -> ResponseReturnValue:
    """List the destroyed cases, and the closed and junk cases by the day of their destruction."""
    inbox, who = here().inbox, actor()
    found = visas.schedule(inbox, who)
    destroyed = destroyed_list.listed(inbox, who).lines
    due = {each.case for each in found.cases if exits.is_due(each, who.today)}
    alone = {each.case for each in found.cases if exits.waits_for_portal_day(each, who.today)}
    against = {each.case: exits.waits_for(each) for each in found.cases}
    unasked = {
        each.case: exits.waits_for_visa(each, who.today)
        for each in found.cases
        if against[each.case] == [Obstacle.VISA]
    }
    shown = {"found": found, "due": due, "by_one_clock": alone, "against": against, "destroyed": destroyed}
    shown |= {"unasked": unasked, "offered": papers.offered()}
    return rendering.page("retention/retention.html", **shown)


@pages.post("/retention/visa/list")
@jobs.long(Work.VISA_LIST)
def list_for_visa() -> ResponseReturnValue:
    """Write a list of the chosen cases to the given folder, for approval by the archives."""
    out = papers.folder()
    list_files.check(here().inbox.home, out)
    numbers = forms.cases() if "case" in request.form else []
    made = visas.ask(here().inbox, actor(), numbers)
    files = visa_list.write(here().inbox.home, made, out)
    return rendering.page("retention/visa_list.html", made=made, files=files)


@pages.post("/retention/visa")
def record_visa() -> ResponseReturnValue:
    """Record the archives' approval of a list. Requires two officers."""
    word = Given(forms.required_day("day"), line("reference"))
    visas.record(here().inbox, actor(), line("list"), word)
    seat().say(Done.VISA_RECORDED)
    return redirect(url_for("retention.show"), 303)


@pages.post("/retention")
@jobs.long(Work.DESTROY)
def destroy() -> ResponseReturnValue:
    """Destroy the chosen cases and everything that belongs to them. Requires two officers."""
    inbox, who = here().inbox, actor()
    planned = destroy_cases.plan(inbox, who, forms.cases(), line("reason"))
    return rendering.page("retention/destroyed.html", planned=destroy_cases.destroy(inbox, who, planned))


@pages.post("/retention/discard")
@jobs.long(Work.DISCARD)
def discard() -> ResponseReturnValue:
    """Delete the expired unfiled envelopes if their number is still the one shown; requires two officers."""
    discard_unopened.discard(here().inbox, actor(), forms.number("entries", LARGEST), line("reason"))
    seat().say(Done.DISCARDED)
    return redirect(url_for("exchange.unopened", page=1), 303)


@pages.post("/retention/list")
def export() -> ResponseReturnValue:
    """Write the list of destroyed cases to the given folder, for printing and as JSON."""
    out, since = papers.folder(), day("since")
    destroyed_list.write(here().inbox.home, destroyed_list.listed(here().inbox, actor(), since), out)
    seat().say(Done.LISTED)
    return redirect(url_for("retention.show"), 303)


@pages.get("/case/<int:case>/minimise")
def ask_passage(case: int) -> ResponseReturnValue:
    """Show the texts of a case by sentence, to choose passages for redaction."""
    found = striking.offer(here().inbox, actor(), case, rendering.language())
    texts = {place: [each.text for each in seen] for place, seen in groupby(found.seen, attrgetter("place"))}
    return rendering.page(
        "retention/minimise.html",
        number=case,
        labels=found.labels,
        places=texts,
        passages=passages.offered(sorted(texts.items(), key=_age)),
        whole=lambda place: Chosen(place, None),
    )


@pages.post("/case/<int:case>/minimise/preview")
def preview_strike(case: int) -> ResponseReturnValue:
    """Preview a redaction and its places."""
    chosen = _chosen()
    found = striking.preview(here().inbox, actor(), _passage(case, chosen), rendering.language())
    return rendering.page(
        "retention/minimise_preview.html",
        number=case,
        labels=found.labels,
        chosen=chosen,
        seen=found.seen[:IN_FULL],
        others=[each.place for each in found.seen[IN_FULL:]],
    )


@pages.post("/case/<int:case>/minimise")
@jobs.long(Work.MINIMISE)
def strike(case: int) -> ResponseReturnValue:
    """Redact a passage for good, and report the places that were not changed. Requires two officers."""
    passage = _passage(case, forms.passage(request.form.get("chosen", "")))
    struck = striking.strike(here().inbox, actor(), passage, line("reason"), rendering.language())
    return rendering.page("retention/minimised.html", number=case, struck=struck)


def _age(text: tuple[str, object]) -> float:
    """Return the sort key by which places are offered: messages come last, the newest message first."""
    kind, _, n = text[0].rpartition("-")
    return -int(n) if kind in _MESSAGES and n.isdecimal() else -math.inf


def _chosen() -> Chosen:
    """Return the picked or typed passage, to be redacted at its own place or at every place.

    If the redaction was refused, its form contains the passage.
    """
    if about_to := request.form.get("chosen"):
        return forms.passage(about_to)
    picked = request.form.get("picked")
    found = forms.passage(picked) if picked else Chosen(request.form.get("place", ""), text("passage"))
    is_wide = "everywhere" in request.form and found.passage is not None
    return Chosen(EVERYWHERE, found.passage) if is_wide else found


def _passage(case: int, chosen: Chosen) -> Passage:
    return Passage(case, chosen.place, chosen.passage)
