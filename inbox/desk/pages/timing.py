"""More time for the feedback to the author of a case."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from inbox.desk import rendering
from inbox.desk.forms import line, reason, text
from inbox.desk.pages.case import done
from inbox.desk.state import here
from inbox.replies import extension as extensions
from inbox.replies.extension import Extension
from inbox.replies.leak_check import Cautioned
from inbox.session.actions import Code, action
from inbox.system.clock import today

pages = Blueprint("timing", __name__, url_prefix="/case/<int:case>")


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
