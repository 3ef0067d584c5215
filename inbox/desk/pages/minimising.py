"""Strike from a case what does not belong there: picked or typed, looked at, struck by two officers."""

from itertools import groupby
from operator import attrgetter

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox.casework import case_view
from inbox.desk import jobs, passages, rendering
from inbox.desk.forms import reason, text
from inbox.desk.passages import Chosen
from inbox.desk.state import here
from inbox.retention import residue
from inbox.retention import strike as striking
from inbox.retention.looking import Seen
from inbox.retention.striker import EVERYWHERE
from inbox.session import journal
from inbox.session.actions import Code, action
from inbox.system.clock import today
from inbox.text import segments

pages = Blueprint("minimising", __name__, url_prefix="/case/<int:case>/minimise")
_ABOUT = "minimise"


@pages.get("")
def ask(case: int) -> ResponseReturnValue:
    """Show what stands in a case, sentence by sentence, to be chosen from."""
    day = today()
    with here().inbox.acting(here().actor(), action(Code.SHOW, case, view="minimise")) as session:
        view = case_view.details(session, case, day, rendering.language())
        found = striking.texts(session, case, day)
    texts = [
        (place, _choices(place, [*seen]), Chosen(place, None))
        for place, seen in groupby(found, attrgetter("place"))
    ]
    return rendering.page("retention/minimise.html", number=case, labels=view["labels"], texts=texts)


@pages.post("/preview")
def preview(case: int) -> ResponseReturnValue:
    """Show what would be struck, and where it stands."""
    chosen, day = _chosen(), today()
    with here().inbox.acting(here().actor(), action(Code.SHOW, case, view="minimise")) as session:
        view = case_view.details(session, case, day, rendering.language())
        seen = striking.look(session, case, chosen.place, chosen.passage, day)
    shown = {"number": case, "labels": view["labels"], "chosen": chosen, "seen": seen}
    return rendering.page("retention/minimise_preview.html", **shown)


@pages.post("")
@jobs.long("minimise")
def strike(case: int) -> ResponseReturnValue:
    """Strike it for good, and say what it did not reach; takes two officers."""
    inbox, chosen, day = here().inbox, passages.read(request.form.get("chosen", "")), today()
    with inbox.acting(here().actor(), striking.deed(case, chosen.place, reason())) as session:
        struck = striking.strike(session, case, chosen.place, chosen.passage, journal.actor(session))
        holding, unsearched = residue.in_files(inbox.home, session, case, chosen.passage or "")
        labels = case_view.details(session, case, day, rendering.language())["labels"]
    shown = {"struck": struck, "holding": holding, "unsearched": unsearched}
    return rendering.page("retention/minimised.html", number=case, labels=labels, **shown)


def _choices(place: str, seen: list[Seen]) -> list[tuple[str, Chosen]]:
    """Return each sentence of the texts at a place, each of which can be struck by itself."""
    return [(each, Chosen(place, each)) for one in seen for each in segments.split(one.text)]


def _chosen() -> Chosen:
    """Return what was picked, else what was typed; a passage also wherever it stands."""
    picked = request.form.get("picked")
    found = passages.read(picked) if picked else Chosen(request.form.get("place", ""), text("passage"))
    is_wide = "everywhere" in request.form and found.passage is not None
    return Chosen(EVERYWHERE, found.passage) if is_wide else found
