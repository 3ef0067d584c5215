"""The reporter's identity, if the reporter gave it, is stored separately and shown only by a separate action.

Article 9 of loi 2016-1691 punishes disclosure without consent, except to the judicial authority.
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
# Why recording an identity requires two officers.
KEPT_ALREADY = sentence(
    "an identity is already recorded, so two officers must each enter their passphrase: one officer"
    " alone could try names to find out who the reporter is"
)
NAMED = sentence(
    "two officers must each enter their passphrase: this case or a linked case contains words of the"
    " identity, and these words would be removed from everything that leaves the inbox"
)


class Consent(StrEnum):
    """Whether the reporter agreed to the disclosure of their identity."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


def keep(inbox: Inbox, who: Actor, number: int, text: str) -> None:
    """Record the reporter's identity, below any existing text. An earlier consent to disclosure ends.

    One officer may record the first text. Once an identity is recorded, adding to it requires two officers,
    because one officer could add name after name and watch how the program's answers change.

    Two officers are also required if the case or a linked case contains words of the text. The words of a
    recorded identity are removed from all outgoing texts, so one dishonest officer could remove the name of
    the person concerned, or the evidence. To correct a mistake in an identity, two officers redact it
    (``inbox.retention.strike``).

    Raises Undeclared. Raises CaseRefused for an unknown case. Raises Refused if the text is empty, or is too
    long together with the existing text. Also raises the same errors as ``chosen_action.acting``.
    """

    def choose(session: Session) -> Action:
        noted = action(Code.KEEP_IDENTITY, number)
        if not queries_office.officers(session)[1:]:
            return noted  # The only officer can read the identity anyway.
        if session.get(Identity, number) is not None:
            return noted.by(2, KEPT_ALREADY)
        return noted.by(2, NAMED) if _is_said(session, number, text) else noted

    with chosen_action.acting(inbox, who, number, choose) as session:
        known = session.get(Identity, number)
        whole = text if known is None else f"{known.text}\n{text}"
        if not text.strip() or len(whole) > LONGEST:
            raise Refused(
                sentence("an identity must have 1 to {most} characters", most=LONGEST),
                sentence("use --text-file"),
            )
        if known is None:
            session.add(Identity(case=number, day=who.today, text=whole))
        else:
            known.day, known.text, known.consent = who.today, whole, None


def _is_said(session: Session, number: int, text: str) -> bool:
    """Return whether words of the identity ``text`` are in a case, or in a linked case that may be read.

    The search is the same as for outgoing texts: by words and by lines.
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
    """Return the identity of the reporter of a case.

    Raises the same errors as ``of`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.READ_IDENTITY, number)) as session:
        return of(session, number)


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """The reporter's consent, given on ``day``, or ``withdrawn``. ``reason`` names the reporter's message."""

    day: date | None = None
    withdrawn: bool = False
    reason: str = ""


def consent(inbox: Inbox, who: Actor, number: int, word: ConsentSaid) -> None:
    """Record when the reporter consented to disclosure of their identity, or that they withdrew the consent.

    Recording consent requires two officers and a reason that names the reporter's message. The consent lets
    somebody learn who the reporter is, and only the reporter knows whether they agreed. Raises Refused unless
    either a day of consent or a withdrawal is given. Raises Refused if the day is in the future, or if a
    consent has no reason. Also raises the same errors as ``of`` and ``Inbox.acting``.
    """
    day, withdrawn = word.day, word.withdrawn
    if (day is None) is not withdrawn:
        raise Refused(
            sentence("record either a consent with its day or a withdrawal, not both"),
            sentence("give the day on which the reporter consented; for a withdrawal, give no day"),
        )
    if day is not None and day > who.today:
        raise Refused(
            sentence("{day} is in the future", day=day),
            sentence("give the day on which the reporter consented"),
        ).at("day")
    if not withdrawn and not word.reason.strip():
        raise Refused(
            sentence("the reason must name the message in which the reporter consented"),
            sentence("give a reason that names the report, a follow-up with its day, or a conversation"),
        )
    given = Consent.WITHDRAWN if withdrawn else Consent.GIVEN
    noted = action(Code.NOTE_CONSENT, number, word.reason, consent=given)
    with inbox.acting(who, noted if withdrawn else noted.by(2)) as session:
        of(session, number).consent = day


def of(session: Session, number: int) -> Identity:
    """Return the recorded identity of the reporter of a case.

    Raises CaseRefused if the case is unknown or has no recorded identity. Also raises the same errors as
    ``declarations.check``.
    """
    declarations.check(session, number)
    found = session.get(Identity, number)
    if found is None:
        raise CaseRefused(
            sentence("no identity is recorded for case {number}", number=number),
            sentence(
                "if the reporter gave their identity, record the identity first: inbox case identity"
                " add {number}",
                number=number,
            ),
        )
    return found
