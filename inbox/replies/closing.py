"""How a case ends: with an outcome, and a word to its reporter or a reason for none.

Décret 2022-1284, article 4, asks for that word.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.messages import Status
from inbox.casework import exits, measures
from inbox.casework.exits import Asked, Exit
from inbox.casework.measures import Disclosure, Kind, Taken
from inbox.deadlines import workflow
from inbox.deadlines.obstacles import Obstacle
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.replies import referral_bodies, replies
from inbox.session.actions import Action, Code, action
from inbox.session.journal import one_reason
from inbox.vault import queries_cases
from inbox.vault.tables import Case, Message


class Outcome(StrEnum):
    """What came of a case; labels stand in labels.toml. A low score closes none."""

    FOUNDED = "founded"
    PARTLY_FOUNDED = "partly_founded"
    UNFOUNDED = "unfounded"
    INSUFFICIENT = "insufficient"
    MOOT = "moot"
    OUT_OF_SCOPE = "out_of_scope"
    DUPLICATE = "duplicate"
    BAD_FAITH = "bad_faith"


# That there was nothing in it is not for one officer to say (I-03).
_AGAINST_THE_REPORT = {Outcome.UNFOUNDED, Outcome.INSUFFICIENT, Outcome.BAD_FAITH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What came of a case, and what its author is told.

    ``reason`` says why something is withheld: then the author reads that the case is closed, of no measure,
    and the text if there is one. ``body`` is the one on the list that is competent for what is out of scope.
    ``text`` goes to the author; empty if an answer waits for the next outbox already. ``despite`` is the
    reason to say what ``caution`` warns of.
    """

    outcome: Outcome
    disclosure: Disclosure
    reason: str = ""
    body: str = ""
    text: str = ""
    despite: str = ""

    @property
    def code(self) -> Code:
        """What closing a case so is, for the journal."""
        return Code.CLOSE_UNFOUNDED if self.outcome in _AGAINST_THE_REPORT else Code.CLOSE

    def deed(self, number: int) -> Action:
        """Return what closing a case so is, for the journal; Refused as ``one_reason``."""
        return action(
            self.code,
            number,
            one_reason(self.reason, self.despite),
            outcome=self.outcome,
            disclosure=self.disclosure,
            despite=bool(self.despite),
        )


def close(session: Session, number: int, closing: Closing, today: date) -> Case:
    """Close a case.

    Raises as ``exits.check``; CaseRefused for an author who cannot be told, a body that is missing, not on
    the list, or without use; and as ``reply``.
    """
    case = queries_cases.case(session, number)
    is_withheld = closing.disclosure is Disclosure.WITHHELD
    also = (Obstacle.WITHHELD,) if is_withheld else ()
    exits.check(session, number, Asked(way=Exit.CLOSE, today=today, reason=closing.reason, also=also))
    _check_can_be_told(case, closing)
    _tell(session, number, replace(closing, text=_redirect(session, case, closing, today)), today)
    work = workflow.of(session, number)
    work.outcome, work.disclosure = closing.outcome.value, closing.disclosure.value
    work.withheld = closing.reason if closing.disclosure is Disclosure.WITHHELD else ""
    case.status, case.closed_in = Status.CLOSED.value, None
    workflow.set_closed(work, today)
    workflow.acted(session, number, today)
    return case


def reopen(session: Session, number: int, today: date) -> Case:
    """Open a closed case again, to be assessed; CaseRefused for an unknown case or one that is open."""
    case = queries_cases.case(session, number)
    if case.status != Status.CLOSED:
        raise CaseRefused(
            sentence("case {number} is open", number=number), sentence("there is nothing to do")
        )
    work = workflow.of(session, number)
    work.outcome = work.disclosure = work.withheld = ""
    case.status, case.closed_in = Status.ASSESSING.value, None
    workflow.set_closed(work, None)
    workflow.acted(session, number, today)
    return case


def _check_can_be_told(case: Case, closing: Closing) -> None:
    if (closing.text or closing.disclosure is not Disclosure.WITHHELD) and case.mailbox is None:
        raise CaseRefused(
            sentence("the author of case {number} cannot be told", number=case.number),
            sentence("close it with: --disclosure withheld --reason TEXT, and no text"),
        )


def _redirect(session: Session, case: Case, closing: Closing, today: date) -> str:
    """Note to which body the author is directed, if it takes one; return what the author is to be told."""
    if closing.outcome is not Outcome.OUT_OF_SCOPE:
        if closing.body:
            raise CaseRefused(
                sentence("only what is out of scope is for another body"), sentence("leave --to out")
            )
        return closing.text
    if not closing.body:
        raise CaseRefused(
            sentence("say which body is competent"), sentence("give --to ID, one of: inbox redirections")
        )
    body = referral_bodies.body(session, closing.body)
    referred = Taken(kind=Kind.REFERRED_EXTERNAL, day=today, addressee=closing.body)
    measures.add(session, case.number, referred, today)
    if closing.disclosure is Disclosure.WITHHELD:
        return closing.text
    # An officer's own words say why, and may not say where to.
    return "\n\n".join(filter(None, (closing.text.strip(), body.said(case.language))))


def _tell(session: Session, number: int, closing: Closing, today: date) -> None:
    if closing.text:
        replies.reply(session, number, closing.text, today, closing.despite)
    elif closing.disclosure is not Disclosure.WITHHELD and not _waits(session, number):
        raise CaseRefused(
            sentence("the author of case {number} has to be told in writing", number=number),
            sentence("give --text-file FILE, or reply first; or --disclosure withheld --reason TEXT"),
        )


def _waits(session: Session, number: int) -> bool:
    """Tell whether an answer waits for the next outbox."""
    waiting = select(Message.case).join(Case, Case.number == Message.case)
    waiting = waiting.where(Message.case == number, Message.serial > Case.serial)
    return session.scalar(waiting.limit(1)) is not None
