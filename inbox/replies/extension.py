"""More time for the feedback to the reporter, where the law gives it to the regime of the office.

It takes a good reason, and the reporter is told before the usual time ends.
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
    """Why there is more time: ``reason`` for the journal, ``text`` for the reporter, within the template.

    ``despite`` is the reason to say what ``leak_check`` warns of.
    """

    reason: str
    text: str = ""
    despite: str = ""

    def notice(self, session: Session) -> Draft:
        """Return what the reporter reads; CaseRefused as ``templates.extension``."""
        return Draft(template=templates.extension(session), text=self.text, despite=self.despite)


def extend(inbox: Inbox, who: Actor, number: int, extension: Extension) -> date:
    """Extend the time for the feedback and tell the reporter; return the new day.

    Raises CaseRefused for an unknown case, in a regime that has no such time, for a case that is closed,
    answered, extended already or late; and as ``drafts.send``.
    """
    why = "; ".join(filter(None, (extension.reason, extension.despite)))
    with inbox.acting(who, action(Code.EXTEND, number, why, despite=bool(extension.despite))) as session:
        _extend(session, number, who.today)
        drafts.add(session, number, extension.notice(session), who.today)
        return workflow.feedback_due(session, number, who.today).day


def preview(
    inbox: Inbox, who: Actor, number: int, extension: Extension, found: Sequence[Finding] | None = None
) -> View:
    """Return the page as its reporter will see it then, and change nothing; raises as ``extend`` does.

    ``found`` is what officers were just told of its words.
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
            sentence("the regime of this office does not let it extend the time for feedback"),
            sentence("if it is another: inbox settings --regime CODE"),
        )
    if due.dropped:
        raise CaseRefused(
            sentence("case {number} is closed", number=number),
            sentence("open it again first: inbox reopen {number} --reason TEXT", number=number),
        )
    if due.done or work.feedback or work.extended:
        raise CaseRefused(
            sentence("case {number}: the feedback was given, or extended", number=number),
            sentence("see: inbox show {number}", number=number),
        )
    if due.is_late(today):
        raise CaseRefused(
            sentence("case {number}: the feedback was due on {day}", number=number, day=due.day),
            sentence("give it now"),
        )
    work.extended = today
