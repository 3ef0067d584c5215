"""What the law asks to be decided about a case, and more time for it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox.casework import decisions, legal_hold
from inbox.casework.decisions import Choice, Decision
from inbox.desk import rendering
from inbox.desk.forms import choice, day, line, reason, text
from inbox.desk.pages.case import done
from inbox.desk.state import here
from inbox.replies import extension as extensions
from inbox.replies.extension import Extension
from inbox.replies.leak_check import Cautioned
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("timing", __name__, url_prefix="/case/<int:case>")


@pages.post("/decide")
def decide(case: int) -> ResponseReturnValue:
    """Say whether the prosecutor is told (art. 40 CPP), or the persons concerned (art. 14 GDPR), and why."""
    wanted = Decision(
        choice=choice("choice", Choice),
        reason=reason(),
        until=day("until"),
        addressee=line("addressee"),
        reference=line("reference"),
    )
    now = today()
    with here().inbox.acting(
        here().actor(),
        action(Code.DECIDE, case, wanted.reason, duty=wanted.kind, decision=wanted.choice),
    ) as session:
        decisions.decide(session, case, wanted, now)
    return done(case, "decided")


@pages.post("/extend")
def extend(case: int) -> ResponseReturnValue:
    """Take up to six months for the feedback, as an external authority may; the author is told."""
    extension, now = _extension(), today()
    try:
        with here().inbox.acting(here().actor(), extension.deed(case)) as session:
            extensions.extend(session, case, extension, now)
    except Cautioned:
        return _seen(case, extension)
    return done(case, "extended")


@pages.post("/extend/preview")
def preview(case: int) -> ResponseReturnValue:
    """Show the page as the author will see it then, and what in the text could give somebody away."""
    return _seen(case, _extension())


def _extension() -> Extension:
    return Extension(reason=reason(), text=text("text"), despite=line("despite"))


def _seen(case: int, extension: Extension) -> ResponseReturnValue:
    now = today()
    with here().inbox.acting(here().actor(), action(Code.PREVIEW_REPLY, case)) as session:
        view = extensions.preview(session, case, extension, now)
    return rendering.page(
        "replies/reply.html",
        number=case,
        view=view,
        ways=("timing.extend", "timing.preview"),
        words=extension.text,
        kept={"reason": extension.reason},
    )


@pages.post("/hold")
def hold(case: int) -> ResponseReturnValue:
    """Keep a case for a procedure, or let it end as others do, which takes two officers."""
    now, is_released = today(), "release" in request.form
    deed = action(Code.RELEASE_HOLD if is_released else Code.HOLD, case, reason())
    with here().inbox.acting(here().actor(), deed) as session:
        (legal_hold.release if is_released else legal_hold.hold)(session, case, now)
    return done(case, "released" if is_released else "held")
