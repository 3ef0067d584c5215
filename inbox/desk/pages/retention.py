"""What is due to be destroyed, its destruction, the list of what was; passages struck from a case."""

from itertools import groupby
from operator import attrgetter

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crypto.strictjson import LARGEST
from inbox.casework import exits
from inbox.desk import forms, jobs, rendering
from inbox.desk.forms import Chosen, day, line, text
from inbox.desk.state import Done, Work, here, medium_folder
from inbox.retention import destroy_cases, destroyed_list, discard_unopened
from inbox.retention import strike as striking
from inbox.retention.strike import Passage
from inbox.retention.striker import EVERYWHERE, Seen
from inbox.text import segments

pages = Blueprint("retention", __name__)


@pages.get("/retention")
def show() -> ResponseReturnValue:
    """List the closed cases and the junk by the day on which each is to be destroyed; what was destroyed."""
    inbox, who = here().inbox, here().actor()
    rows, term = destroy_cases.schedule(inbox, who)
    gone = destroyed_list.listed(inbox, who).lines
    due = {each.case for each in rows if exits.is_due(each, who.today)}
    against = {each.case: exits.waits_for(each) for each in rows}
    return rendering.page(
        "retention/retention.html", rows=rows, due=due, against=against, gone=gone, term=term
    )


@pages.post("/retention")
@jobs.long(Work.DESTROY)
def destroy() -> ResponseReturnValue:
    """Destroy the chosen cases with all that belongs to them; takes two officers."""
    inbox, who = here().inbox, here().actor()
    planned = destroy_cases.plan(inbox, who, forms.cases(), line("reason"))
    return rendering.page("retention/destroyed.html", planned=destroy_cases.destroy(inbox, who, planned))


@pages.post("/retention/discard")
@jobs.long(Work.DISCARD)
def discard() -> ResponseReturnValue:
    """Delete what became no case and is past its term, as much as was shown; takes two officers."""
    discard_unopened.discard(here().inbox, here().actor(), forms.number("entries", LARGEST))
    here().say(Done.DISCARDED)
    return redirect(url_for("exchange.unopened", page=1), 303)


@pages.post("/retention/list")
def export() -> ResponseReturnValue:
    """Put the list of what was destroyed on the medium, for the archives: to print, and as JSON."""
    out, since = medium_folder(), day("since")
    destroyed_list.write(destroyed_list.listed(here().inbox, here().actor(), since), out)
    here().say(Done.LISTED)
    return redirect(url_for("retention.show"), 303)


@pages.get("/case/<int:case>/minimise")
def ask_passage(case: int) -> ResponseReturnValue:
    """Show what stands in a case, sentence by sentence, to be chosen from."""
    found = striking.offer(here().inbox, here().actor(), case, rendering.language())
    texts = [
        (place, _choices(place, [*seen]), Chosen(place, None))
        for place, seen in groupby(found.seen, attrgetter("place"))
    ]
    return rendering.page("retention/minimise.html", number=case, labels=found.labels, texts=texts)


@pages.post("/case/<int:case>/minimise/preview")
def preview_strike(case: int) -> ResponseReturnValue:
    """Show what would be struck, and where it stands."""
    chosen = _chosen()
    found = striking.preview(here().inbox, here().actor(), _passage(case, chosen), rendering.language())
    shown = {"number": case, "labels": found.labels, "chosen": chosen, "seen": found.seen}
    return rendering.page("retention/minimise_preview.html", **shown)


@pages.post("/case/<int:case>/minimise")
@jobs.long(Work.MINIMISE)
def strike(case: int) -> ResponseReturnValue:
    """Strike it for good, and say what it did not reach; takes two officers."""
    passage = _passage(case, forms.passage(request.form.get("chosen", "")))
    struck = striking.strike(here().inbox, here().actor(), passage, line("reason"), rendering.language())
    return rendering.page("retention/minimised.html", number=case, struck=struck)


def _choices(place: str, seen: list[Seen]) -> list[tuple[str, Chosen]]:
    """Return each sentence of the texts at a place, each of which can be struck by itself."""
    return [(each, Chosen(place, each)) for one in seen for each in segments.split(one.text)]


def _chosen() -> Chosen:
    """Return what was picked, else what was typed; a passage also wherever it stands."""
    picked = request.form.get("picked")
    found = forms.passage(picked) if picked else Chosen(request.form.get("place", ""), text("passage"))
    is_wide = "everywhere" in request.form and found.passage is not None
    return Chosen(EVERYWHERE, found.passage) if is_wide else found


def _passage(case: int, chosen: Chosen) -> Passage:
    return Passage(case, chosen.place, chosen.passage)
