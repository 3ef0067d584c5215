"""Messages to the reporter: replies, a status, an extension, the closing of a case."""

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


def _own_words(**_: int) -> Mapping[str, Sentence]:
    """Return the fields that the reply requires, so that no page shows or sends an empty reply."""
    return drafts.needed(here().inbox, _draft())


@pages.post("/case/<int:case>/reply")
@again.needing(_own_words)
def reply(case: int) -> ResponseReturnValue:
    """Reply to the reporter. Words that could identify somebody are shown first, and the text is kept."""
    return _say(case, _draft(), drafts.send, _answer) or sent(case, Done.REPLIED)


@pages.post("/case/<int:case>/reply/preview")
@again.needing(_own_words)
def preview_reply(case: int) -> ResponseReturnValue:
    """Preview the reporter's page, and show the reply's words that could identify somebody."""
    return _answer(case, _draft())


@pages.post("/case/<int:case>/reply/<int:number>/take-back")
def take_back(case: int, number: int) -> ResponseReturnValue:
    """Retract a reply before it is sent. The form shows the text again, unless there is another draft."""
    inbox, who = here().inbox, actor()
    taken = taking_back.take_back(inbox, who, case, number)
    if taken.is_free and Form.REPLY not in writing.begun(case):
        unfinished.keep(inbox, who, Form.REPLY, case, (("text", taken.text),))
    return sent(case, Done.UNSENT_ASKING if taken.still_asks else Done.UNSENT)


@pages.post("/case/<int:case>/status")
def status(case: int) -> ResponseReturnValue:
    """Change the status that the reporter sees."""
    statuses.set_status(here().inbox, actor(), case, choice("status", Status))
    return done(case, Part.DIALOGUE, Done.STATUS_SET)


@pages.post("/case/<int:case>/extend")
def extend(case: int) -> ResponseReturnValue:
    """Extend the time for feedback if the law allows it. The reporter is informed."""
    return _say(case, _extension(), extension.extend, _longer) or sent(case, Done.EXTENDED)


@pages.post("/case/<int:case>/extend/preview")
def preview_extension(case: int) -> ResponseReturnValue:
    """Preview the reporter's page, and show the text's words that could identify somebody."""
    return _longer(case, _extension())


@pages.post("/case/<int:case>/close")
def close(case: int) -> ResponseReturnValue:
    """Close a case as it was previewed. A text that was not previewed is shown first."""
    wanted = _closing()
    try:
        page = closing.confirmed(here().inbox, actor(), case, wanted)
        problems.confirm_change("replies/closing_change.html", view=page)
        return _say(case, wanted, closing.close, _closed) or done(case, Part.WORK, Done.CLOSED)
    except NotSeen:
        return _closed(case, wanted)


def _needed(case: int) -> Mapping[str, Sentence]:
    """Return the fields that the choices for closing require. The form's check reports a missing choice."""
    if not request.form.get("outcome") or not request.form.get("disclosure"):
        return {}
    return closing.needed(here().inbox, actor(), case, _closing())


@pages.post("/case/<int:case>/close/preview")
@again.needing(_needed)
def preview_closing(case: int) -> ResponseReturnValue:
    """Preview the text for the reporter before closing, and show words that could identify somebody."""
    return _closed(case, _closing())


@pages.post("/case/<int:case>/reopen")
def reopen(case: int) -> ResponseReturnValue:
    """Reopen a closed case."""
    closing.reopen(here().inbox, actor(), case, line("reason"))
    return done(case, Part.WORK, Done.REOPENED)


def _say(
    case: int,
    wanted: Any,
    way: Callable[[Inbox, Actor, int, Any], object],
    seen: Callable[[int, Any, Sequence[Finding]], ResponseReturnValue],
) -> ResponseReturnValue | None:
    """Send a text to the reporter. Return a page with a warning, or None if there is no warning."""
    try:
        way(here().inbox, actor(), case, wanted)
    except Cautioned as cautioned:
        # Compare the text only once. With a second comparison, one officer would get more answers than
        # allowed.
        return seen(case, wanted, cautioned.findings)
    writing.done()
    return None


def _answer(case: int, draft: Draft, found: Sequence[Finding] | None = None) -> ResponseReturnValue:
    view = drafts.preview(here().inbox, actor(), case, draft, found)
    carried = {"template": draft.template} | ({"feedback": "on"} if draft.feedback else {})
    ways = "replies.reply", "replies.preview_reply"
    # If a template accepts no own words, an officer can send its text or not, but cannot change it.
    has_words = drafts.accepts_own_words(here().inbox, draft)
    return _seen(case, view, ways, draft.text, carried, has_words=has_words)


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
    """Preview the reporter's page, above a form with two ``ways``: send the text, or preview it again.

    In the form, the officer can change their own ``words``, but not the ``carried`` fields.
    """
    # If nobody may read the case, nothing else is shown.
    is_open = not view["hidden"]
    never = case_view.protected(here().inbox, actor(), case, rendering.language()) if is_open else []
    shown |= {"view": view, "ways": ways, "words": words, "carried": carried, "kept": never}
    draft, begun = writing.sent(), writing.begun(case)
    # Only a text that was sent can be refused, and a preview sends nothing.
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
