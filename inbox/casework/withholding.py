"""Why a person whom a case names is not told what is held (GDPR, articles 15(4) and 23).

Whoever learns of proceedings too early can hide, or look for the reporter. So a person is refused until it is
decided whether persons concerned are informed, and whether the prosecutor is told. During proceedings, also
those about a case that is bound to this one, a person is refused, too: in those of justice until the
prosecutor does not object, in those of the office until the person was informed. What a prosecutor restricted
counts as proceedings of justice.
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
    """The prosecutor's word that a person may be told of a case: its day, who said so, where it stands."""

    case: int
    day: date
    reference: str


def note_unopposed(inbox: Inbox, who: Actor, request: int, word: Unopposed) -> AccessCase:
    """Record that the prosecutor does not object to an answer to a request, as far as it tells of a case.

    It takes two officers: by it the person may learn what a prosecutor wanted kept. Raises as
    ``access_requests.open_one``; CaseRefused if the case does not name the person, if neither proceedings of
    justice go on nor a prosecutor restricted anything, for a day to come or before the request, and for a
    reference that is empty or longer than LONGEST characters; and as ``unsaid.check_line`` and
    ``Inbox.acting``.
    """
    number = word.case
    with inbox.acting(who, action(Code.NOTE_UNOPPOSED, number)) as session:
        row = access_requests.open_one(session, request)
        if not named.concerns(session, number, row):
            raise CaseRefused(
                sentence("case {number} does not name this person", number=number),
                sentence("see which cases do: inbox access show {request}", request=request),
            )
        if not _is_with_justice(session, number, _going_on(session, number)):
            raise CaseRefused(
                sentence("no proceedings of justice about case {number} go on", number=number),
                sentence("the prosecutor's word is about these: record their measure first"),
            )
        if not row.received <= word.day <= who.today:
            raise CaseRefused(
                sentence("{day} is in the future, or before the request", day=word.day),
                sentence("give the day on which the prosecutor answered about this request"),
            ).at("day")
        if not 0 < len(word.reference.strip()) <= LONGEST:
            raise CaseRefused(
                sentence(
                    "the reference has 1 to {most} characters: who said so, and where it is recorded",
                    most=LONGEST,
                ),
                sentence("give it: --reference TEXT"),
            )
        unsaid.check_line(session, number, word.reference)
        found = about(session, request, number)
        found.unopposed, found.reference = word.day, word.reference.strip()
        found.unopposed_by = ", ".join(journal.actor(session).officers)
        return found


def about(session: Session, request: int, number: int) -> AccessCase:
    """Return the row of a case and a request, which is added if it is missing."""
    found = session.get(AccessCase, (number, request))
    if found is None:
        visas.take_out(session, number)
        found = AccessCase(case=number, request=request)
        session.add(found)
    return found


def names_who_asks(session: Session, number: int, today: date) -> None:
    """Ask anew what was decided of a case as if it named nobody: it names somebody who asks for access."""
    if legal_duties.reopen_decisions(session, number, News.NAMES, today):
        workflow.keep_in_step(session, number)


def ask_anew(session: Session, number: int) -> None:
    """Forget the prosecutor's word on requests that are not answered.

    It was not about new proceedings, nor about what a prosecutor restricted since.
    """
    open_ones = update(AccessCase).where(AccessCase.case == number, AccessCase.given.is_(None))
    session.execute(open_ones.values(unopposed=None, reference="", unopposed_by=""))


def is_undecided(session: Session, number: int) -> bool:
    """Tell whether it is still to be decided if the persons whom a case names are informed.

    No rule needs to have asked for it: any text may name a person.
    """
    return legal_duties.is_undecided(session, number, DutyRole.PERSONS)


def is_pending(session: Session, request: int, number: int) -> bool:
    """Tell whether proceedings about a case forbid answering a request with what it says."""
    opened = _going_on(session, number)
    # Proceedings that need the prosecutor's word are the office's own; those of justice need nobody's.
    by_office = any(each.needs_word for each in opened)
    found = session.get(AccessCase, (number, request))
    if _is_with_justice(session, number, opened) and (found is None or found.unopposed is None):
        return True
    return by_office and not legal_duties.is_informed(session, number)


def _going_on(session: Session, number: int) -> Sequence[Measure]:
    rules = in_use.of(session).measures
    return [rules[each] for each in proceedings.going_on(session, number)]


def _is_with_justice(session: Session, number: int, opened: Iterable[Measure]) -> bool:
    """Tell whether proceedings of justice were ``opened``, or what a prosecutor restricted binds a case."""
    return any(each.is_of_justice for each in opened) or prosecutor_word.is_restricted(session, number)
