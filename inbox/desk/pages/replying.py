"""Answer the author of a case, or look first at what that one will see."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.forms import line, text
from inbox.desk.pages.case import done
from inbox.desk.state import here
from inbox.replies import drafts
from inbox.replies.drafts import Draft
from inbox.replies.leak_check import Cautioned
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("replying", __name__, url_prefix="/case/<int:case>/reply")


@pages.post("")
def reply(case: int) -> ResponseReturnValue:
    """Answer the author; what could give somebody away is shown first, and what was typed stays."""
    draft, day = _draft(), today()
    try:
        with here().inbox.acting(here().actor(), draft.deed(case)) as session:
            drafts.send(session, case, draft, day)
    except Cautioned:
        return _seen(case, draft)
    return done(case, "replied", "dialogue")


@pages.post("/preview")
def preview(case: int) -> ResponseReturnValue:
    """Show the page as the author will see it, and what in the answer could give somebody away."""
    return _seen(case, _draft())


def _seen(case: int, draft: Draft) -> ResponseReturnValue:
    day = today()
    with here().inbox.acting(here().actor(), action(Code.PREVIEW_REPLY, case)) as session:
        view = drafts.preview(session, case, draft, day)
    kept = {"template": draft.template} | ({"feedback": "on"} if draft.feedback else {})
    return rendering.page(
        "replies/reply.html",
        number=case,
        view=view,
        ways=("replying.reply", "replying.preview"),
        words=draft.text,
        kept=kept,
    )


def _draft() -> Draft:
    return Draft(
        text=text("text"),
        template=line("template"),
        feedback="feedback" in request.form,
        despite=line("despite"),
    )
