"""Say when a person named in a case is refused the data about them (GDPR, articles 15(4) and 23).

A person who learns of proceedings too early can hide, or look for the reporter. So the answer is refused
until two decisions are taken: whether to inform the persons concerned, and whether to inform the prosecutor.
The answer is also refused during proceedings about the case or about a bound case. In judicial proceedings,
the refusal lasts until the prosecutor no longer objects; in the office's own proceedings, it lasts until the
person has been informed. A prosecutor's restrictions count as judicial proceedings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from inbox.access import access_requests, named
from inbox.casework import prosecutor_word
from inbox.deadlines import legal_duties, proceedings, visas, workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import journal, unsaid
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import AccessCase
from templates.law.rules import DutyRole, Measure, News

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Unopposed:
    """The prosecutor's word that a person may be told about a case: its day and its reference."""

    case: int
    day: date
    reference: str


def note_unopposed(inbox: Inbox, who: Actor, request: int, word: Unopposed) -> AccessCase:
    """Record that the prosecutor does not object to disclosing a case in the answer to a request.

    The action takes two officers, because the person may then learn what a prosecutor wanted withheld. Raises
    the same errors as ``access_requests.open_one``, ``unsaid.check_line`` and ``Inbox.acting``. Raises
    CaseRefused:

    - if the case does not name the person;
    - if there are neither pending judicial proceedings nor a prosecutor's restrictions;
    - if the day is in the future or before the request;
    - if the reference is empty or longer than LONGEST characters.
    """
    number = word.case
    with inbox.acting(who, action(Code.NOTE_UNOPPOSED, number)) as session:
        row = access_requests.open_one(session, request)
        if not named.concerns(session, number, row):
            raise CaseRefused(
                sentence("case {number} does not name this person", number=number),
                sentence("see which cases name the person: inbox request show {request}", request=request),
            )
        if not _is_with_justice(session, number, _going_on(session, number)):
            raise CaseRefused(
                sentence("case {number} has no pending judicial proceedings", number=number),
                sentence(
                    "the prosecutor's answer concerns judicial proceedings: first record the measure that"
                    " opened these proceedings"
                ),
            )
        if not row.received <= word.day <= who.today:
            raise CaseRefused(
                sentence("{day} is in the future, or before the request", day=word.day),
                sentence("give the day on which the prosecutor answered about this request"),
            ).at("day")
        if not 0 < len(word.reference.strip()) <= LONGEST:
            raise CaseRefused(
                sentence(
                    "the reference must say who agreed, and where the agreement is recorded, in at most"
                    " {most} characters",
                    most=LONGEST,
                ),
                sentence("give the reference: --reference TEXT"),
            )
        unsaid.check_line(session, number, word.reference)
        found = about(session, request, number)
        found.unopposed, found.reference = word.day, word.reference.strip()
        found.unopposed_by = ", ".join(journal.actor(session).officers)
        return found


def about(session: Session, request: int, number: int) -> AccessCase:
    """Return the row for a case and a request; add the row if it is missing."""
    found = session.get(AccessCase, (number, request))
    if found is None:
        visas.take_out(session, number)
        found = AccessCase(case=number, request=request)
        session.add(found)
    return found


def names_who_asks(session: Session, number: int, today: date) -> None:
    """Reopen decisions that assumed that a case names nobody.

    The case names a person who has requested access.
    """
    if legal_duties.reopen_decisions(session, number, News.NAMES, today):
        workflow.keep_in_step(session, number)


def ask_anew(session: Session, number: int) -> None:
    """Discard the prosecutor's word for all unanswered requests.

    The word does not cover new proceedings, or restrictions that a prosecutor has set since.
    """
    open_ones = update(AccessCase).where(AccessCase.case == number, AccessCase.given.is_(None))
    session.execute(open_ones.values(unopposed=None, reference="", unopposed_by=""))


def is_undecided(session: Session, number: int) -> bool:
    """Return whether the decision on informing the persons whom a case names is pending.

    The decision counts as pending even if no rule asked for it, because any text may name a person.
    """
    return legal_duties.is_undecided(session, number, DutyRole.PERSONS)


def is_pending(session: Session, request: int, number: int) -> bool:
    """Return whether proceedings about a case forbid disclosing it in the answer to a request."""
    opened = _going_on(session, number)
    # Only the office's own proceedings need the prosecutor's word; judicial proceedings do not.
    by_office = any(each.needs_word for each in opened)
    found = session.get(AccessCase, (number, request))
    if _is_with_justice(session, number, opened) and (found is None or found.unopposed is None):
        return True
    return by_office and not legal_duties.is_informed(session, number)


def _going_on(session: Session, number: int) -> Sequence[Measure]:
    rules = in_use.of(session).measures
    return [rules[each] for each in proceedings.going_on(session, number)]


def _is_with_justice(session: Session, number: int, opened: Iterable[Measure]) -> bool:
    """Return whether a measure in ``opened`` is judicial, or a prosecutor's restrictions bind a case."""
    return any(each.is_of_justice for each in opened) or prosecutor_word.is_restricted(session, number)
