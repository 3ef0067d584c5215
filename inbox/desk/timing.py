"""What the law asks to be decided about a case, and more time for it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox import deciding, extending, holding
from inbox.acts import Act, Deed
from inbox.deciding import Choice, Decision
from inbox.desk.case import done
from inbox.desk.forms import choice, day, line, reason
from inbox.desk.state import here
from inbox.options import today

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
    now, about = today(), f"{wanted.kind}: {wanted.choice}"
    with here().inbox.acting(Deed(Act.DECIDE, case=case, about=about, reason=wanted.reason), now) as session:
        deciding.decide(session, case, wanted, now)
    return done(case, "decided")


@pages.post("/extend")
def extend(case: int) -> ResponseReturnValue:
    """Take up to six months for the feedback, as an external authority may; the author is told."""
    now = today()
    with here().inbox.acting(Deed(Act.EXTEND, case=case, reason=reason()), now) as session:
        extending.extend(session, case, now)
    return done(case, "extended")


@pages.post("/hold")
def hold(case: int) -> ResponseReturnValue:
    """Keep a case for a procedure, or let it end as others do."""
    now, is_released = today(), "release" in request.form
    deed = Deed(Act.RELEASE_HOLD if is_released else Act.HOLD, case=case, reason=reason())
    with here().inbox.acting(deed, now) as session:
        (holding.release if is_released else holding.hold)(session, case, now)
    return done(case, "released" if is_released else "held")
