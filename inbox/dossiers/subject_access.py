"""Answer an access request (GDPR, article 15) without warning the person or quoting a report.

Officers see which cases name the person, and write the answer themselves. If an obstacle forbids disclosure,
the letter and its earliest day are the same as if no data were held. Every request leaves the same traces,
except in the cases themselves. An officer who is excluded from a case therefore does not learn that the case
names the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import access_requests, declarations, disclosures, named
from inbox.access.disclosures import Given, Ground, Unasked
from inbox.casework import exits, withholding
from inbox.casework.exits import Asked, Exit
from inbox.deadlines.obstacles import Obstacle
from inbox.dossiers import restating
from inbox.language.errors import Refused
from inbox.language.labels import Labelled
from inbox.language.messages import Sentence, sentence
from inbox.law import in_use
from inbox.session import comparisons, journal, unsaid
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.system import apart
from inbox.vault import queries_office
from inbox.vault.casework_tables import AccessCase, AccessRequest


@dataclass(frozen=True, slots=True)
class Concerned:
    """A case that names the person, with its recorded answer and with labels of the obstacles to disclosure.

    ``hints`` say what to do about each obstacle.
    """

    number: int
    obstacles: Mapping[Obstacle, Labelled]
    hints: Mapping[Obstacle, Sentence]
    noted: AccessCase | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the signed-in officers see of a request; ``not_looked_at`` counts cases that were not searched.

    Undeclared and archived cases are not searched. ``maybe`` are the cases that may refer to the person,
    because they contain the family name.
    """

    request: AccessRequest
    cases: tuple[Concerned, ...]
    maybe: tuple[int, ...]
    not_looked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a person, in a language of the pages; without a text, nothing is confirmed or denied.

    ``reason`` says why a warning about the text is set aside. If nothing is disclosed and no obstacle forbids
    disclosure, ``reason`` says why. The reason is stored with the cases that it concerns.
    """

    text: str | None = None
    reason: str = ""
    language: str = "fr"


def look(inbox: Inbox, who: Actor, number: int) -> Seen:
    """Return a request as the signed-in officers see it and, once it is answered, its answer about each case.

    A case is not shown if a signed-in officer has not declared it, whether or not the request was answered.
    The journal entry is the same as for the complete register. Raises the same errors as
    ``access_requests.of`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST, view=Viewed.ACCESS)) as session:
        row = access_requests.of(session, number)
        if row.answered is not None:
            rows = select(AccessCase).where(AccessCase.request == number, AccessCase.same.is_not(False))
            noted = session.scalars(rows.order_by(AccessCase.case)).all()
            known = declarations.may_be_tried(session, [each.case for each in noted])
            shown = tuple(Concerned(each.case, {}, {}, each) for each in noted if each.case in known)
            return Seen(row, shown, (), named.not_looked_at(session))
        return _seen(session, row, who.today)


def passages(inbox: Inbox, who: Actor, request: int, number: int) -> list[str]:
    """Return a case's sentences that name or may name the person, to help officers write the answer.

    Raises the same errors as ``access_requests.open_one`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.SHOW, number, view=Viewed.ACCESS)) as session:
        row = access_requests.open_one(session, request)
        return named.passages(session, number, access_requests.names(row))


def answer(inbox: Inbox, who: Actor, number: int, given: Answer, to: Path) -> AccessRequest:
    """Write the answer to a request into a new file, unencrypted; requires two officers.

    The file is for this person alone. The journal gets a single entry that names no case, even if a text was
    compared with the identity of a reporter (``comparisons.unnoted``). The ledger of each case records the
    answer. Raises Refused if the first day for an answer has not come yet, or if the request was already
    answered. Disclosing nothing requires an obstacle or a reason; otherwise raises Refused. If a text is
    disclosed, raises the same errors as ``exits.check`` and ``restating.check``. Also raises the same errors
    as ``unsaid.check_reason``, ``apart.new`` and ``Inbox.acting``.
    """
    # The file is named only after the journal entry is written, so no file exists without an entry.
    with (
        apart.new(inbox.home, to) as file,
        inbox.acting(who, action(Code.ANSWER_ACCESS, request=number)) as session,
    ):
        row = access_requests.open_one(session, number)
        access_requests.check_day(row, who.today)
        with comparisons.unnoted(session):
            file.write(_answered(session, row, given, who.today))
        row.answered, row.by = who.today, ", ".join(journal.actor(session).officers)
        return row


def _answered(session: Session, row: AccessRequest, given: Answer, today: date) -> bytes:
    # This import takes a quarter of the desk's start-up time, and only the PDF needs it.
    from inbox.dossiers import access_letter  # noqa: PLC0415

    seen, names = _seen(session, row, today), access_requests.names(row)
    for each in seen.cases:
        unsaid.check_reason(session, each.number, given.reason)
    office = queries_office.office(session).called(given.language)
    made = access_requests.dated(row, today)
    letter = access_letter.Letter(names, office, made, given.language, in_use.of(session).access)
    if given.text is None:
        _withhold(session, seen, given.reason)
        return access_letter.neither(letter)
    _tell(session, seen, given, today)
    return access_letter.told(letter, given.text.strip())


def _seen(session: Session, row: AccessRequest, today: date) -> Seen:
    found, asked = named.find(session, row), _asked(row, today)
    cases = []
    for number in found.cases:
        withholding.names_who_asks(session, number, today)
        stopping = exits.obstacles(session, number, asked)
        obstacles = {what: exits.why(session, number, what, asked.due) for what in stopping}
        hints = {what: exits.what_to_do(session, number, what, asked.way) for what in stopping}
        cases.append(Concerned(number, obstacles, hints, session.get(AccessCase, (number, row.n))))
    return Seen(row, tuple(cases), found.maybe, found.not_looked_at)


def _asked(row: AccessRequest, today: date) -> Asked:
    return Asked(way=Exit.ACCESS, today=today, request=row.n)


def _withhold(session: Session, seen: Seen, reason: str) -> None:
    """Record for each case why nothing is disclosed; raises Refused if there is no obstacle and no reason."""
    why = sorted({str(what) for each in seen.cases for what in each.obstacles})
    if seen.cases and not why and not reason.strip():
        raise Refused(
            sentence(
                "there is no obstacle to disclosing the contents of these cases: {cases}",
                cases=", ".join(str(each.number) for each in seen.cases),
            ),
            sentence(
                "write the answer: --text-file FILE; to disclose nothing, give a reason: --reason TEXT;"
                " the reason is stored only with these cases"
            ),
        )
    for each in seen.cases:
        noted = withholding.about(session, seen.request.n, each.number)
        noted.given, noted.reason = False, reason.strip() or ", ".join(why)


def _tell(session: Session, seen: Seen, given: Answer, today: date) -> None:
    """Record the disclosure in the ledger of each case; raises Refused if an obstacle forbids disclosure."""
    _check_looked_at(seen)
    for each in seen.cases:
        exits.check(session, each.number, _asked(seen.request, today))
    names, numbers = access_requests.names(seen.request), [each.number for each in seen.cases]
    restating.check(session, numbers, names, given.text or "", given.reason)
    by = journal.actor(session)
    for each in seen.cases:
        noted = withholding.about(session, seen.request.n, each.number)
        noted.given, noted.reason = True, given.reason.strip()
        told = Given(Unasked.PERSON_CONCERNED, Unasked.ACCESS_ANSWER, Ground.OTHER)
        disclosures.add(session, each.number, told, by)


def _check_looked_at(seen: Seen) -> None:
    if seen.not_looked_at:
        raise Refused(
            sentence(
                "cases that were not searched: {count}; they are in the archive, or a declaration of no"
                " conflict of interest is missing",
                count=seen.not_looked_at,
            ),
            sentence(
                "search these cases first, because their contents may forbid the answer: make the"
                " declaration (inbox case declare CASE…), and open archived cases (inbox access"
                " open-archive CASE…)"
            ),
        )
    if seen.maybe:
        raise Refused(
            sentence(
                "these cases may name the person, because they contain the family name: {cases}",
                cases=", ".join(map(str, seen.maybe)),
            ),
            sentence(
                "for each case, record whom the case names; if it names the requester: inbox"
                " request same-person CASE --request {request} --reason TEXT; if it names somebody"
                " else: inbox request namesake CASE --request {request} --reason TEXT",
                request=seen.request.n,
            ),
        )
    if not seen.cases:
        raise Refused(
            sentence("no case names this person"),
            sentence("give no text: the letter neither confirms nor denies anything"),
        )
