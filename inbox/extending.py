"""More time for the feedback to the author: six months instead of three.

An external authority alone may take it, for a good reason, and tells the author before the three months end
(Directive (EU) 2019/1937, article 11(2)(d); L-03).
"""

from datetime import date

from sqlalchemy.orm import Session

from inbox import handling, practice, records, replies
from inbox.deadlines import Clock, Due
from inbox.errors import CaseRefused
from inbox.practice import Regime
from inbox.sentences import sentence

# What the author reads, with the new day.
_NOTICE = {
    "fr": "Votre signalement demande plus de temps que prévu, en raison de sa nature ou de sa complexité."
    " Nous vous dirons ce qui a été fait, ou ce qui est prévu, au plus tard le {day}.",
    "en": "Your report takes more time than planned, because of its nature or complexity."
    " We will tell you what was done, or what is planned, by {day} at the latest.",
}


def extend(session: Session, number: int, today: date) -> date:
    """Extend the time for the feedback and tell the author; return the new day.

    Raises CaseRefused for an unknown case, in the internal regime, for a case that is closed, answered,
    extended already or late, and as ``replies.reply``.
    """
    work = handling.of(session, number)
    due = _due(session, number)
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
    day = _due(session, number).day
    language = "fr" if records.case(session, number).language == "fr" else "en"
    replies.reply(session, number, _NOTICE[language].format(day=_written(day, language)), today)
    return day


def _due(session: Session, number: int) -> Due:
    return next(each for each in handling.clocks(session, number) if each.clock is Clock.FEEDBACK)


def _written(day: date, language: str) -> str:
    return f"{day:%d/%m/%Y}" if language == "fr" else day.isoformat()
