"""The removable medium: take in what came from the portal, put on it what goes there."""

from pathlib import Path

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox.desk import jobs, rendering
from inbox.desk.jobs import work_goes_on
from inbox.desk.state import here
from inbox.exchange import medium, outbox
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.collect import collect as collect_bundles
from inbox.keys import expiry_warnings
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("collecting", __name__, url_prefix="/medium")


@pages.get("")
def show() -> ResponseReturnValue:
    """Show what lies on the medium, and how long the keys still serve."""
    desk = here()
    with desk.inbox.acting(here().actor(), action(Code.LIST, view="medium")) as session:
        return rendering.page(
            "exchange/medium.html",
            folder=desk.medium,
            bundles=medium.bundles(session, desk.medium) if desk.medium else [],
            unconfirmed=medium.unconfirmed(session),
            warnings=expiry_warnings.warnings(session, today()),
        )


@pages.post("/collect")
@jobs.long("collect")
def collect() -> ResponseReturnValue:
    """Collect the chosen bundles."""
    desk = here()
    chosen = [path for path in medium.files(folder()) if path.name in request.form.getlist("bundle")]
    given = request.form.get("fingerprint", "").strip() or None
    acceptance = Acceptance(None, given, lambda _: False)
    outcomes = list(collect_bundles(desk.inbox, desk.actor(), chosen, acceptance, progress=work_goes_on))
    return rendering.page("exchange/collected.html", outcomes=outcomes)


@pages.post("/outbox")
@jobs.long("outbox")
def prepare() -> ResponseReturnValue:
    """Put the next bundle for the portal on the medium."""
    desk = here()
    made = outbox.make(desk.inbox, desk.actor(), folder(), progress=work_goes_on)
    with desk.inbox.transaction() as session:
        head = journal.head(session)
    return rendering.page("exchange/prepared.html", made=made, head=head)


@pages.post("/outbox/<int:n>")
def again(n: int) -> ResponseReturnValue:
    """Put a bundle for the portal on the medium once more."""
    made = outbox.again(here().inbox, here().actor(), folder(), n)
    return rendering.page("exchange/prepared.html", made=made, head=None)


def folder() -> Path:
    """Return the folder of the medium; Refused if none was named."""
    named = here().medium
    if named is None:
        raise Refused(sentence("no medium was named"), sentence("start the desk with --medium FOLDER"))
    return named
