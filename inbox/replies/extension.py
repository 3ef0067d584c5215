"""Extend the time for feedback to the reporter, if the law allows it under the office's regime.

An extension requires a good reason, and the reporter is told of the extension before the usual time ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox.deadlines import office, workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.replies import drafts, status_preview, templates
from inbox.replies.drafts import Draft
from inbox.replies.leak_check import Finding
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from templates.law.rules import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An extension of the time for feedback.

    ``reason`` is the reason in the journal, and ``text`` is the officer's text in the notice to the reporter.
    ``despite`` is the reason to set the warnings of ``leak_check`` aside.
    """

    reason: str
    text: str = ""
    despite: str = ""

    def notice(self, session: Session) -> Draft:
        """Return the notice to the reporter; raises CaseRefused if there is no template for it."""
        return Draft(template=templates.extension(session), text=self.text, despite=self.despite)


def extend(inbox: Inbox, who: Actor, number: int, extension: Extension) -> date:
    """Extend the time for feedback and tell the reporter; return the new day.

    Raises CaseRefused for an unknown case, and for a case that is closed, already answered, already extended
    or late. Raises CaseRefused if the regime does not allow an extension. Also raises the same errors as
    ``drafts.send``.
    """
    why = "; ".join(filter(None, (extension.reason, extension.despite)))
    with inbox.acting(who, action(Code.EXTEND, number, why, despite=bool(extension.despite))) as session:
        _extend(session, number, who.today)
        drafts.add(session, number, extension.notice(session), who.today)
        return workflow.feedback_due(session, number, who.today).day


def preview(
    inbox: Inbox, who: Actor, number: int, extension: Extension, found: Sequence[Finding] | None = None
) -> View:
    """Return the page as the reporter would see it after the extension.

    ``found`` are the warnings that officers were just shown about the text. Raises the same errors as
    ``extend``.
    """
    with inbox.acting(who, status_preview.noted(number, found)) as session:
        with session.begin_nested() as undone:
            _extend(session, number, who.today)
            view = drafts.seen(session, number, extension.notice(session), who.today, found)
            undone.rollback()
        return view


def _extend(session: Session, number: int, today: date) -> None:
    work = workflow.of(session, number)
    due = next(each for each in workflow.clocks(session, number) if each.ends is Event.ANSWERED)
    if not office.of(session).may_extend:
        raise CaseRefused(
            sentence("under its regime, this office cannot extend the time for feedback"),
            sentence("if this is the wrong regime, change it: inbox office set --regime CODE"),
        )
    if due.dropped:
        raise CaseRefused(
            sentence("case {number} is closed", number=number),
            sentence("reopen the case first: inbox case reopen {number} --reason TEXT", number=number),
        )
    if due.done or work.feedback or work.extended:
        raise CaseRefused(
            sentence(
                "case {number}: feedback was already given, or its deadline was already extended",
                number=number,
            ),
            sentence("see: inbox case show {number}", number=number),
        )
    if due.is_late(today):
        raise CaseRefused(
            sentence("case {number}: feedback was due on {day}", number=number, day=due.day),
            sentence("give the feedback now"),
        )
    work.extended = today
