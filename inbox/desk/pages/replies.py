"""What a reporter will read: answers, a status, more time, the end of a case."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from crypto.messages import Status
from inbox.casework import unfinished
from inbox.casework.unfinished import Form
from inbox.deadlines.workflow import Disclosure
from inbox.desk import problems, rendering
from inbox.desk.done import Done
from inbox.desk.fields import again
from inbox.desk.forms import choice, line, text
from inbox.desk.pages.case import Part, done, sent
from inbox.desk.sessions import witnesses, writing
from inbox.desk.state import actor, here, seat
from inbox.language.messages import Sentence
from inbox.language.views import View
from inbox.overview import case_view
from inbox.replies import closing, drafts, extension, statuses, taking_back
from inbox.replies.closing import Closing, NotSeen
from inbox.replies.drafts import Draft
from inbox.replies.extension import Extension
from inbox.replies.leak_check import Cautioned, Finding
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox

pages = Blueprint("replies", __name__)


@pages.post("/case/<int:case>/reply")
def reply(case: int) -> ResponseReturnValue:
    """Answer the reporter; what could give somebody away is shown first, and what was typed stays."""
    return _say(case, _draft(), drafts.send, _answer) or sent(case, Done.REPLIED)


@pages.post("/case/<int:case>/reply/preview")
def preview_reply(case: int) -> ResponseReturnValue:
    """Show the page as the reporter will see it, and what in the answer could give somebody away."""
    return _answer(case, _draft())


@pages.post("/case/<int:case>/reply/<int:number>/take-back")
def take_back(case: int, number: int) -> ResponseReturnValue:
    """Take a reply back before it leaves; its words go into the form again, where nothing is begun."""
    inbox, who = here().inbox, actor()
    taken = taking_back.take_back(inbox, who, case, number)
    if taken.is_free and Form.REPLY not in writing.begun(case):
        unfinished.keep(inbox, who, Form.REPLY, case, (("text", taken.text),))
    return sent(case, Done.UNSENT)


@pages.post("/case/<int:case>/status")
def status(case: int) -> ResponseReturnValue:
    """Change the status that the reporter reads."""
    statuses.set_status(here().inbox, actor(), case, choice("status", Status))
    return done(case, Part.DIALOGUE, Done.STATUS_SET)


@pages.post("/case/<int:case>/extend")
def extend(case: int) -> ResponseReturnValue:
    """Take more time for the feedback, where the law gives it; the reporter is told."""
    return _say(case, _extension(), extension.extend, _longer) or sent(case, Done.EXTENDED)


@pages.post("/case/<int:case>/extend/preview")
def preview_extension(case: int) -> ResponseReturnValue:
    """Show the page as the reporter will see it then, and what in the text could give somebody away."""
    return _longer(case, _extension())


@pages.post("/case/<int:case>/close")
def close(case: int) -> ResponseReturnValue:
    """Close a case as it was shown; what was not is shown first."""
    wanted = _closing()
    try:
        page = closing.confirmed(here().inbox, actor(), case, wanted)
        problems.confirm_change("replies/closing_change.html", view=page)
        return _say(case, wanted, closing.close, _closed) or done(case, Part.WORK, Done.CLOSED)
    except NotSeen:
        return _closed(case, wanted)


def _needed(case: int) -> Mapping[str, Sentence]:
    """Return what a closing needs for what was chosen; where that is lacking itself, the form says so."""
    if not request.form.get("outcome") or not request.form.get("disclosure"):
        return {}
    return closing.needed(here().inbox, actor(), case, _closing())


@pages.post("/case/<int:case>/close/preview")
@again.needing(_needed)
def preview_closing(case: int) -> ResponseReturnValue:
    """Show what the reporter will read, and what could give somebody away; from there a case is closed."""
    return _closed(case, _closing())


@pages.post("/case/<int:case>/reopen")
def reopen(case: int) -> ResponseReturnValue:
    """Open a closed case again."""
    closing.reopen(here().inbox, actor(), case, line("reason"))
    return done(case, Part.WORK, Done.REOPENED)


def _say(
    case: int,
    wanted: Any,
    way: Callable[[Inbox, Actor, int, Any], object],
    seen: Callable[[int, Any, Sequence[Finding]], ResponseReturnValue],
) -> ResponseReturnValue | None:
    """Do what tells the reporter something; return the page of the warning if there is one, else None."""
    try:
        way(here().inbox, actor(), case, wanted)
    except Cautioned as cautioned:
        # Looked at once: a second look would tell one officer alone more than is due.
        return seen(case, wanted, cautioned.findings)
    writing.done()
    return None


def _answer(case: int, draft: Draft, found: Sequence[Finding] | None = None) -> ResponseReturnValue:
    view = drafts.preview(here().inbox, actor(), case, draft, found)
    carried = {"template": draft.template} | ({"feedback": "on"} if draft.feedback else {})
    return _seen(case, view, ("replies.reply", "replies.preview_reply"), draft.text, carried)


def _longer(case: int, wanted: Extension, found: Sequence[Finding] | None = None) -> ResponseReturnValue:
    view = extension.preview(here().inbox, actor(), case, wanted, found)
    ways = "replies.extend", "replies.preview_extension"
    return _seen(case, view, ways, wanted.text, {"reason": wanted.reason})


def _closed(case: int, wanted: Closing, found: Sequence[Finding] | None = None) -> ResponseReturnValue:
    view = closing.preview(here().inbox, actor(), case, wanted, found)
    carried = {
        "outcome": wanted.outcome,
        "disclosure": wanted.disclosure.value,
        "reason": wanted.reason,
        "body": wanted.body,
        "template": wanted.template,
        "seen": view["seen"],
    }
    ways = "replies.close", "replies.preview_closing"
    signing = witnesses.signing(here().opened, seat().officer, case, view["officers"])
    return _seen(case, view, ways, wanted.text, carried, despite=wanted.despite, signing=signing)


def _seen(
    case: int, view: View, ways: tuple[str, str], words: str, carried: Mapping[str, str], **shown: Any
) -> ResponseReturnValue:
    """Show the page as the reporter will see it, with the form to send it by one of ``ways``, or look again.

    The form has the officer's own ``words``, to be changed, and what is ``carried`` as it was.
    """
    # Of a case that nobody may read nothing else is shown either.
    is_open = not view["hidden"]
    never = case_view.protected(here().inbox, actor(), case, rendering.language()) if is_open else []
    shown |= {"view": view, "ways": ways, "words": words, "carried": carried, "kept": never}
    draft, begun = writing.sent(), writing.begun(case)
    # What was only looked at was not to be sent.
    is_refused = request.endpoint == ways[0]
    more = {"draft": draft, "begun": begun, "is_refused": is_refused}
    return rendering.page("replies/reply.html", number=case, **more, **shown)


def _draft() -> Draft:
    return Draft(
        text=text("text"),
        template=line("template"),
        feedback="feedback" in request.form,
        despite=line("despite"),
    )


def _extension() -> Extension:
    return Extension(reason=line("reason"), text=text("text"), despite=line("despite"))


def _closing() -> Closing:
    return Closing(
        outcome=line("outcome"),
        disclosure=choice("disclosure", Disclosure),
        reason=line("reason"),
        body=line("body"),
        text=text("text"),
        template=line("template"),
        despite=line("despite"),
        seen=line("seen"),
    )
