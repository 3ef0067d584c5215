"""Who the reporter of a case is, where the reporter said so: apart from all else, shown by its own act alone.

Article 9 of loi 2016-1691: whoever discloses it without consent, but to the judicial authority, is punished.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import declarations, named
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import chosen_action, comparisons
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text.redaction import Redactor
from inbox.text.repeating import Protected
from inbox.vault import queries_office
from inbox.vault.casework_tables import Identity, Link

LONGEST = 8_000
# Why to keep an identity takes two.
KEPT_ALREADY = sentence(
    "this takes two officers, each with an own passphrase: an identity is kept already, and with names added"
    " to it one officer could try who it is"
)
NAMED = sentence(
    "this takes two officers, each with an own passphrase: the case, or one linked to it, says some of these"
    " words, and what is kept as the identity can be told to nobody"
)


class Consent(StrEnum):
    """What the reporter said of passing the identity on."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


def keep(inbox: Inbox, who: Actor, number: int, text: str) -> None:
    """Note who the reporter of a case is, below what was noted before, whose consent ends.

    One officer notes it first. It takes two once an identity is kept, as one could add name after name and
    see which of them changes what the program answers. It also takes two if the case or one linked to it says
    any of these words: what is kept here is left out of all that leaves, and one who has an interest could
    so keep the person concerned from being named, or blank the evidence. What is wrong is struck by two
    (``inbox.retention.strike``). Raises CaseRefused if there is no such case, Refused for a text that is
    empty or, with all before, too long; Undeclared, and as ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        noted = action(Code.KEEP_IDENTITY, number)
        if not queries_office.officers(session)[1:]:
            return noted  # an officer who is alone in the office reads the identity, too
        if session.get(Identity, number) is not None:
            return noted.by(2, KEPT_ALREADY)
        return noted.by(2, NAMED) if _is_said(session, number, text) else noted

    with chosen_action.acting(inbox, who, number, choose) as session:
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


def _is_said(session: Session, number: int, text: str) -> bool:
    """Tell whether a case, or a linked one that those present may read, says any of an identity.

    It is found as it would be in what leaves: by its words, and line by line.
    """
    lines = comparisons.lines(text)
    words, whole = Protected(lines), Redactor((), lines)
    linked = session.scalars(select(Link.other).where(Link.case == number)).all()
    for each in (number, *sorted(declarations.may_be_tried(session, linked) & {*linked})):
        said = [*named.said(session, each)]
        for text_of_case in said:
            whole.pieces("", text_of_case)
        if whole.went or words.is_repeated(said):
            return True
    return False


def read(inbox: Inbox, who: Actor, number: int) -> Identity:
    """Return who the reporter of a case is; raises as ``of`` and ``Inbox.acting``."""
    with inbox.acting(who, action(Code.READ_IDENTITY, number)) as session:
        return of(session, number)


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """What the reporter said: allowed on a ``day``, or ``withdrawn``; ``reason`` says in which message."""

    day: date | None = None
    withdrawn: bool = False
    reason: str = ""


def consent(inbox: Inbox, who: Actor, number: int, word: ConsentSaid) -> None:
    """Note the day on which the reporter allowed that the identity be passed on, or that this is withdrawn.

    Given, it takes two officers and a reason that says in which message: by it somebody learns who the
    reporter is, who alone knows whether that was said. Raises Refused unless it is one of the two, without
    that reason and for a day that is still to come; CaseRefused as ``of`` does; and as ``Inbox.acting``.
    """
    day, withdrawn = word.day, word.withdrawn
    if (day is None) is not withdrawn:
        raise Refused(
            sentence("a consent has the day on which it was given, or is withdrawn"),
            sentence("give the day on which the reporter consented"),
        )
    if day is not None and day > who.today:
        raise Refused(
            sentence("{day} is still to come", day=day),
            sentence("give the day on which the reporter consented"),
        ).at("day")
    if not withdrawn and not word.reason.strip():
        raise Refused(
            sentence("a consent was given in a message of the reporter's, which is not named"),
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
    """Return the recorded identity of a case's reporter.

    Raises CaseRefused for an unknown case, and if no identity is recorded; and as ``declarations.check``.
    """
    declarations.check(session, number)
    found = session.get(Identity, number)
    if found is None:
        raise CaseRefused(
            sentence("no identity is recorded for case {number}", number=number),
            sentence("if the reporter said it, note it first: inbox identity set {number}", number=number),
        )
    return found
