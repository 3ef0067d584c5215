"""An answer on its way: own words or a template, looked at as its author will see it, then sent or left."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.deadlines import workflow
from inbox.language.views import View
from inbox.replies import leak_check, replies, status_preview, templates
from inbox.session.actions import Action, Code, action
from inbox.vault.tables import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an officer wants to send: own words, in a ``template`` if one is named by its id.

    ``feedback`` if it tells what was done or is planned (décret 2022-1284, article 4), ``despite`` why a
    warning is set aside.
    """

    text: str = ""
    template: str = ""
    feedback: bool = False
    despite: str = ""

    def deed(self, number: int) -> Action:
        """Return what sending it to the author of a case is, for the journal."""
        return action(
            Code.REPLY,
            number,
            self.despite,
            template=self.template or None,
            feedback=self.feedback,
            despite=bool(self.despite),
        )

    def written(self, session: Session, number: int, today: date) -> str:
        """Return the message; CaseRefused as ``templates.fill``."""
        if not self.template:
            return self.text
        return templates.fill(session, number, self.template, self.text, today)


def send(session: Session, number: int, draft: Draft, today: date) -> Message:
    """Add it to the case; CaseRefused as ``templates.fill`` and ``replies.reply``."""
    text = draft.written(session, number, today)
    added = replies.reply(session, number, text, today, draft.despite)
    if draft.feedback:
        workflow.feedback(session, number, today)
    return added


def preview(session: Session, number: int, draft: Draft, today: date) -> View:
    """Return the page as its author will see it with the draft, and what in that could give somebody away.

    Nothing is changed. Raises as ``declarations.check``, ``statuspage.preview`` and ``templates.fill``.
    """
    declarations.check(session, number)
    text = draft.written(session, number, today)
    found = leak_check.find(session, number, text)
    return status_preview.preview(session, number, text, today) | {
        "case": number,
        "text": text,
        "findings": [{"why": str(each.why), "words": each.words} for each in found],
        "warnings": [leak_check.told(found)] if found else [],
    }
