"""How a case ends: with an outcome, and a word to its reporter or a reason for none.

Décret 2022-1284, article 4, asks for that word.
"""

from dataclasses import dataclass
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
from inbox.language.views import View
from inbox.replies import referral_bodies, replies, status_preview
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import casework_tables, queries_cases
from inbox.vault.tables import Case, Message


class Outcome(StrEnum):
    """What came of a case; labels stand in labels.toml. A low score closes none."""

    FOUNDED = "founded"
    PARTLY_FOUNDED = "partly_founded"
    UNFOUNDED = "unfounded"
    INSUFFICIENT = "insufficient"
    MOOT = "moot"
    OUT_OF_SCOPE = casework_tables.OUT_OF_SCOPE
    DUPLICATE = "duplicate"
    BAD_FAITH = "bad_faith"


# That there was nothing in it is not for one officer to say.
_AGAINST_THE_REPORT = {Outcome.UNFOUNDED, Outcome.INSUFFICIENT, Outcome.BAD_FAITH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What came of a case, and what its author is told.

    ``reason`` says why something is withheld: then the author reads that the case is closed, of no measure,
    and the text if there is one. ``body`` is the one on the list that is competent for what is out of scope.
    ``text`` goes to the author; empty if an answer waits for the next outbox already. ``despite`` is the
    reason to say what ``leak_check`` warns of.
    """

    outcome: Outcome
    disclosure: Disclosure
    reason: str = ""
    body: str = ""
    text: str = ""
    despite: str = ""

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What stands in the way of closing a case so, whatever case it is."""
        lies_in_it = {
            Obstacle.WITHHELD: self.disclosure is Disclosure.WITHHELD,
            Obstacle.AGAINST: self.outcome in _AGAINST_THE_REPORT,
        }
        return tuple(each for each, stands in lies_in_it.items() if stands)

    @property
    def code(self) -> Code:
        """What closing a case so is, for the journal: the matrix of exits says if it takes two officers."""
        takes_two = exits.takes_two(Exit.CLOSE, self.obstacles)
        return Code.CLOSE_UNFOUNDED if takes_two else Code.CLOSE


def close(inbox: Inbox, who: Actor, number: int, closing: Closing) -> None:
    """Close a case; that there was nothing in it takes two officers.

    Raises as ``exits.check``; CaseRefused for an author who cannot be told, a body that is missing, not on
    the list, or without use; as ``replies.reply``, and as ``Inbox.acting``.
    """
    noted = action(
        closing.code,
        number,
        "; ".join(filter(None, (closing.reason, closing.despite))),
        outcome=closing.outcome,
        disclosure=closing.disclosure,
        despite=bool(closing.despite),
    )
    with inbox.acting(who, noted) as session:
        text = _prepare(session, number, closing, who.today)
        if text:
            replies.reply(session, number, text, who.today, closing.despite)
        _end(session, number, closing, who.today)


def preview(inbox: Inbox, who: Actor, number: int, closing: Closing) -> View:
    """Return the page as the author of a case will see it once it is closed, and change nothing.

    Raises as ``close`` does, and as ``status_preview.preview``.
    """
    with inbox.acting(who, action(Code.PREVIEW_REPLY, number)) as session:
        with session.begin_nested() as undone:
            text = _prepare(session, number, closing, who.today)
            _end(session, number, closing, who.today)
            view = status_preview.preview(session, number, text, who.today)
            undone.rollback()
        return view


def reopen(inbox: Inbox, who: Actor, number: int, reason: str) -> Status:
    """Open a closed case again, to be assessed; return its status.

    Raises CaseRefused for an unknown case or one that is open, and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.REOPEN, number, reason)) as session:
        case = queries_cases.case(session, number)
        if case.status != Status.CLOSED:
            raise CaseRefused(
                sentence("case {number} is open", number=number), sentence("there is nothing to do")
            )
        case.status, case.closed_in = Status.ASSESSING.value, None
        workflow.reopen(session, number, who.today)
        return Status(case.status)


def _prepare(session: Session, number: int, closing: Closing, today: date) -> str:
    """Check that a case may be closed so; note where its author is directed, return what that one is told."""
    case = queries_cases.case(session, number)
    is_withheld = closing.disclosure is Disclosure.WITHHELD
    asked = Asked(way=Exit.CLOSE, today=today, reason=closing.reason, also=closing.obstacles)
    exits.check(session, number, asked)
    _check_can_be_told(case, closing)
    text = _redirect(session, case, closing, today)
    if not text and not is_withheld and not _waits(session, number):
        raise CaseRefused(
            sentence("the author of case {number} has to be told in writing", number=number),
            sentence("give --text-file FILE, or reply first; or --disclosure withheld --reason TEXT"),
        )
    return text


def _end(session: Session, number: int, closing: Closing, today: date) -> None:
    case, work = queries_cases.case(session, number), workflow.of(session, number)
    work.outcome, work.disclosure = closing.outcome.value, closing.disclosure.value
    work.withheld = closing.reason if closing.disclosure is Disclosure.WITHHELD else ""
    case.status, case.closed_in = Status.CLOSED.value, None
    workflow.set_closed(work, today)
    workflow.acted(session, number, today)


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


def _waits(session: Session, number: int) -> bool:
    """Tell whether an answer waits for the next outbox."""
    waiting = select(Message.case).join(Case, Case.number == Message.case)
    waiting = waiting.where(Message.case == number, Message.serial > Case.serial)
    return session.scalar(waiting.limit(1)) is not None
