"""The ledger of disclosures: what was given to whom, and on what ground (loi 2016-1691, article 9)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.access import addressees, identities
from inbox.deadlines import legal_duties, proceedings, workflow
from inbox.language import labels
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Disclosure, Measure
from templates.law.rules import Asked, MeasureRole

LONGEST = 200
_REASON = sentence(
    "name an authority; to disclose the identity to a private person anyway, give a reason: --reason TEXT"
)


class Ground(StrEnum):
    """The ground for a disclosure."""

    CONSENT = "consent"
    JUDICIAL = "judicial"
    OTHER = "other"


class What(StrEnum):
    """What was given. Dossiers and answers to access requests add their own entries."""

    REPORT = "report"
    ATTACHMENTS = "attachments"
    IDENTITY = "identity"
    OTHER = "other"


class Unasked(StrEnum):
    """Entries whose recipient is not chosen by an officer: letters, and answers under article 15 GDPR."""

    ACCESS_ANSWER = "access-answer"
    LETTER = "letter"
    PERSON_CONCERNED = "person-concerned"


def said(row: Disclosure, language: str) -> tuple[str, str]:
    """Return an entry's recipient and contents in words; text that an officer wrote is unchanged."""
    known = {**labels.of("what"), **labels.of("ledger")}
    recipient, what = (known.get(each) for each in (row.recipient, row.what))
    return (
        recipient.in_(language) if recipient and row.recipient == Unasked.PERSON_CONCERNED else row.recipient,
        what.in_(language) if what else row.what,
    )


@dataclass(frozen=True, slots=True)
class Given:
    """The recipient, what was given, and the ground. Each text has at most LONGEST characters."""

    recipient: str
    what: str
    ground: Ground


def needs_reason(given: Given) -> bool:
    """Return whether a disclosure needs a reason, whoever receives it."""
    return _unexplained(given) is not None


def _unexplained(given: Given) -> Refused | None:
    """Return the refusal of a disclosure without a reason, or None if the disclosure needs no reason."""
    if given.ground is Ground.OTHER:
        return Refused(sentence("the ground “other” needs an explanation"), sentence("give a reason"))
    if given.what == What.IDENTITY and given.ground is Ground.JUDICIAL:
        return Refused(
            sentence(
                "a reporter's identity is disclosed to the judicial authority only if that authority has"
                " asked for it"
            ),
            sentence(
                "say in the reason which court or prosecutor asked, on which day, and under which reference"
            ),
        )
    return None


def disclose(inbox: Inbox, who: Actor, number: int, given: Given, reason: str = "") -> Disclosure:
    """Record a disclosure. A disclosure of the reporter's identity requires two officers.

    The identity goes to the judicial authority only if that authority requests it. The reason must name the
    request, so that the request can be checked.

    Raises Refused if a reason is missing although the disclosure needs one. Raises the same errors as
    ``addressees.check``, ``add`` and ``Inbox.acting``.
    """
    refused = _unexplained(given)
    if refused and not reason.strip():
        raise refused
    code = Code.DISCLOSE_IDENTITY if given.what == What.IDENTITY else Code.DISCLOSE
    with inbox.acting(who, action(code, number, reason, what=given.what, ground=given.ground)) as session:
        addressees.check(session, number, given.recipient, reason, _REASON)
        return add(session, number, given, journal.actor(session))


def listed(inbox: Inbox, who: Actor, number: int) -> Sequence[Disclosure]:
    """Return the ledger of a case. Raises the same errors as ``of`` and ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_DISCLOSURES, number)) as session:
        return of(session, number)


def add(session: Session, number: int, given: Given, by: Actor) -> Disclosure:
    """Add a disclosure to the ledger, as part of another action.

    Before each disclosure of the reporter's identity, officers must take the decision that the law asks for.
    A reporter who consented once must still learn who receives the identity.

    Raises CaseRefused if the case is unknown. Raises Refused if the recipient is empty or too long. For the
    ground ``JUDICIAL``, raises the same errors as ``check_justice``. For the identity, raises CaseRefused
    until officers have decided whether to inform the reporter. For the identity, also raises Refused if the
    ground is ``OTHER``, or if it is ``CONSENT`` and the reporter has not consented.
    """
    queries_cases.case(session, number)
    _check(session, number, given)
    row = Disclosure(
        case=number,
        position=_last(session, number) + 1,
        day=by.today,
        by=", ".join(by.officers),
        recipient=given.recipient.strip(),
        what=given.what,
        ground=given.ground.value,
    )
    session.add(row)
    if given.what == What.IDENTITY:
        legal_duties.learned(session, number, Asked.IDENTITY_GIVEN, by.today, each_time=True)
        workflow.keep_in_step(session, number)
    return row


def check_justice(session: Session, number: int) -> None:
    """Raise CaseRefused unless a measure records that the prosecutor or the courts have the case."""
    if not proceedings.has_justice(session, number):
        law = in_use.of(session)
        raise CaseRefused(
            sentence("case {number}: no measure shows that the case is with the prosecutor", number=number),
            sentence(
                "first decide to inform the prosecutor: inbox case decide {number} {choice}"
                " --reason TEXT; if the courts already have the case, record the measure that"
                " brought it there: inbox case measure add {number} {kind}",
                number=number,
                choice=legal_duties.transmitting(session),
                kind="|".join(
                    code
                    for code in law.measures
                    if code in law.of_justice and not legal_duties.taking(session, code)
                ),
            ),
        )


def sent_to_prosecutor(session: Session) -> Collection[int]:
    """Return the cases for which the ledger shows that a letter or a dossier was sent to a prosecutor.

    Entries written by hand do not count, because one officer alone can write them.
    """
    by_hand = [each.value for each in What]
    rows = select(Disclosure.case).where(Disclosure.ground == Ground.JUDICIAL.value)
    return set(session.scalars(rows.where(Disclosure.what.not_in(by_hand))))


def transmitted_unsent(session: Session) -> Sequence[int]:
    """Return the cases for which a transmission to the prosecutor is recorded, but nothing was sent.

    The result includes cases in which the decision was reopened later, for example by a message of the
    reporter.
    """
    kind = in_use.of(session).measure(MeasureRole.TRANSMISSION)
    transmitted = select(Measure.case).filter_by(kind=kind)
    return sorted(set(session.scalars(transmitted)) - set(sent_to_prosecutor(session)))


def of(session: Session, number: int) -> Sequence[Disclosure]:
    """Return the ledger of a case, oldest entry first. Raises CaseRefused for an unknown case."""
    queries_cases.case(session, number)
    rows = select(Disclosure).filter_by(case=number).order_by(Disclosure.position)
    return session.scalars(rows).all()


def _check(session: Session, number: int, given: Given) -> None:
    if not 0 < len(given.recipient.strip()) <= LONGEST:
        raise Refused(
            sentence("the recipient must have 1 to {most} characters", most=LONGEST),
            sentence("name the authority, not a private person"),
        )
    if given.ground is Ground.JUDICIAL:
        check_justice(session, number)
    if given.what != What.IDENTITY:
        return
    if given.ground not in {Ground.JUDICIAL, Ground.CONSENT}:
        raise Refused(
            sentence(
                "a reporter's identity may be disclosed only to the judicial authority, unless the"
                " reporter consents"
            ),
            sentence("use --ground judicial or --ground consent, or do not disclose the identity"),
        )
    if given.ground is Ground.CONSENT and identities.of(session, number).consent is None:
        raise Refused(
            sentence("the reporter of case {number} has not consented", number=number),
            sentence(
                "ask the reporter; if the reporter consents, two officers record the consent: inbox"
                " case identity consent {number} --day DAY --reason TEXT",
                number=number,
            ),
        )
    _check_decided(session, number)


def _check_decided(session: Session, number: int) -> None:
    """Raise CaseRefused if officers have not decided yet whether to inform the reporter first."""
    if codes := legal_duties.undecided_before(session, number, Asked.IDENTITY_GIVEN):
        decisions = in_use.of(session).duties[codes[0]].decisions
        raise CaseRefused(
            sentence(
                "case {number}: before this disclosure, officers must decide whether to inform the reporter",
                number=number,
            ),
            sentence(
                "decide first: inbox case decide {number} {choices} --reason TEXT",
                number=number,
                choices="|".join(decisions),
            ),
        )


def _last(session: Session, number: int) -> int:
    return session.scalar(select(func.max(Disclosure.position)).filter_by(case=number)) or 0
