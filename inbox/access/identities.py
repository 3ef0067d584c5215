"""Who the author of a case is, where the author said so: apart from all else, shown by its own act alone.

Article 9 of loi 2016-1691: whoever discloses it without consent, but to the judicial authority, is punished.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Identity

LONGEST = 8_000


class Consent(StrEnum):
    """What the author said of passing the identity on."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


def keep(inbox: Inbox, who: Actor, number: int, text: str) -> None:
    """Note who the author of a case is, below what was noted before, whose consent ends.

    One officer notes it, and so takes nothing away: what is wrong is struck by two
    (``inbox.retention.strike``). Raises CaseRefused if there is no such case, Refused for a text that is
    empty or, with all before, too long; Undeclared, and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.KEEP_IDENTITY, number)) as session:
        # What is kept here is left out of all that leaves: who has an interest could blank the evidence.
        known = session.get(Identity, number)
        whole = text if known is None else f"{known.text}\n{text}"
        if not text.strip() or len(whole) > LONGEST:
            raise Refused(
                sentence("an identity is told in 1 to {most} characters", most=LONGEST),
                sentence("give it with --text-file"),
            )
        if known is None:
            session.add(Identity(case=number, day=who.today, text=whole))
        else:
            known.day, known.text, known.consent = who.today, whole, None


def read(inbox: Inbox, who: Actor, number: int) -> Identity:
    """Return who the author of a case is; raises as ``of`` and ``Inbox.acting``."""
    with inbox.acting(who, action(Code.READ_IDENTITY, number)) as session:
        return of(session, number)


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """What the author said: allowed on a ``day``, or ``withdrawn``; the ``reason`` says in which message."""

    day: date | None = None
    withdrawn: bool = False
    reason: str = ""


def consent(inbox: Inbox, who: Actor, number: int, word: ConsentSaid) -> None:
    """Note the day on which the author allowed that the identity be passed on, or that this is withdrawn.

    Given, it takes two officers and a reason that says in which message: by it somebody learns who the author
    is, who alone knows whether that was said. Raises Refused unless it is one of the two, without that reason
    and for a day that is still to come; CaseRefused as ``of`` does; and as ``Inbox.acting``.
    """
    day, withdrawn = word.day, word.withdrawn
    if (day is None) is not withdrawn:
        raise Refused(
            sentence("a consent has the day on which it was given, or is withdrawn"),
            sentence("give the day on which the author consented"),
        )
    if day is not None and day > who.today:
        raise Refused(
            sentence("{day} is still to come", day=day),
            sentence("give the day on which the author consented"),
        )
    if not withdrawn and not word.reason.strip():
        raise Refused(
            sentence("a consent was given in a message of the author's, which is not named"),
            sentence(
                "give as the reason the message in which the reporter consented: the report, a follow-up and"
                " its day, a conversation"
            ),
        )
    given = Consent.WITHDRAWN if withdrawn else Consent.GIVEN
    noted = action(Code.NOTE_CONSENT, number, word.reason, consent=given)
    with inbox.acting(who, noted if withdrawn else noted.by(2)) as session:
        of(session, number).consent = day


def of(session: Session, number: int) -> Identity:
    """Return who the author of a case is.

    Raises CaseRefused if there is no such case, or nobody knows; and as ``declarations.check``.
    """
    declarations.check(session, number)
    found = session.get(Identity, number)
    if found is None:
        raise CaseRefused(
            sentence("nothing is noted of who the author of case {number} is", number=number),
            sentence("if the author has said it, note it first: inbox identity set {number}", number=number),
        )
    return found
