"""More time for the feedback to the author: six months instead of three.

An external authority alone may take it, for a good reason, and tells the author before the three months end
(Directive (EU) 2019/1937, article 11(2)(d); L-03).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from inbox import drafts, handling, practice
from inbox.acts import Act, Deed
from inbox.cases import View
from inbox.deadlines import Clock
from inbox.drafts import Draft
from inbox.errors import CaseRefused
from inbox.journal import one_reason
from inbox.practice import Regime
from inbox.sentences import sentence
from inbox.templates import EXTENSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """Why there is more time: ``reason`` for the journal, ``text`` for the author, within the template.

    ``despite`` is the reason to say what ``caution`` warns of.
    """

    reason: str
    text: str = ""
    despite: str = ""

    @property
    def notice(self) -> Draft:
        """What the author reads."""
        return Draft(template=EXTENSION, text=self.text, despite=self.despite)

    def deed(self, number: int) -> Deed:
        """Return what extending a case so is, for the journal; Refused as ``one_reason``."""
        about = "despite a warning" if self.despite else ""
        return Deed(Act.EXTEND, case=number, about=about, reason=one_reason(self.reason, self.despite))


def extend(session: Session, number: int, extension: Extension, today: date) -> date:
    """Extend the time for the feedback and tell the author; return the new day.

    Raises CaseRefused for an unknown case, in the internal regime, for a case that is closed, answered,
    extended already or late, and as ``drafts.send``.
    """
    _extend(session, number, today)
    drafts.send(session, number, extension.notice, today)
    return handling.feedback_due(session, number, today).day


def preview(session: Session, number: int, extension: Extension, today: date) -> View:
    """Return the page as its author will see it then, and change nothing; raises as ``extend`` does."""
    with session.begin_nested() as undone:
        _extend(session, number, today)
        view = drafts.preview(session, number, extension.notice, today)
        undone.rollback()
    return view


def _extend(session: Session, number: int, today: date) -> None:
    work = handling.of(session, number)
    due = next(each for each in handling.clocks(session, number) if each.clock is Clock.FEEDBACK)
    if practice.of(session).regime is not Regime.EXTERNAL:
        raise CaseRefused(
            sentence("only an external authority may extend the time for feedback"),
            sentence("if this office is one: inbox settings --regime external"),
        )
    if due.done or work.extended:
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
