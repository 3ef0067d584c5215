"""The register of access requests: who asks for their data, and when the answer is due.

Article 15 GDPR gives people the right to access their data. The law in use sets the first and the last day
for an answer. The law may also allow one extension, for one of two reasons; the person must be told the
reason (article 12(3) GDPR).

The register is separate from the cases, and does not change when a case is destroyed. The register records
that a request was answered, but not how. Otherwise, an officer excluded from a case would learn that the case
names the person. Names are deleted a fixed time after the answer, whatever the answer was. The law in use
says how long the person can contest the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.printable import visible
from inbox.access import conflicts
from inbox.deadlines import legal_duties
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.text import names as person_names
from inbox.text.lines import one_line
from inbox.vault import row_security
from inbox.vault.casework_tables import AccessRequest

# The name of this deadline in the oversight figures.
DEADLINE = "access"
# A day that is more than a year ago is treated as a typing mistake.
_LONGEST_AGO = relativedelta(years=1)
MOST_NAMES = 10
LONGEST_NAME = 100


class Way(StrEnum):
    """How a request arrived. The labels are in labels.toml, in ``access_way``."""

    LETTER = "letter"
    EMAIL = "email"
    IN_PERSON = "in_person"
    DATA_PROTECTION = "data_protection"
    AUTHORITY = "authority"


class Because(StrEnum):
    """Why an answer takes longer. The law allows two reasons; neither reveals whether data is held."""

    COMPLEXITY = "complexity"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Came:
    """A new request: its day, how it arrived, and all names that reports may use for the person."""

    received: date
    way: Way
    names: tuple[str, ...]


def record(inbox: Inbox, who: Actor, came: Came) -> AccessRequest:
    """Add a request to the register, under the next number.

    Raises the same errors as ``Inbox.acting``. Raises Refused in these situations:

    - the day is in the future, or more than a year ago;
    - there is no name, or there are more than MOST_NAMES;
    - a name has no letter, has invisible characters, or is longer than LONGEST_NAME characters;
    - a request from the same person on that day is already recorded.
    """
    names = _checked(came, who.today)
    with inbox.vault.transaction() as session:
        number = _last(session) + 1
    with inbox.acting(who, action(Code.RECORD_ACCESS, request=number)) as session:
        if number != _last(session) + 1:
            raise Refused(sentence("somebody else has just recorded a request"), sentence("try again"))
        _check_new(session, came.received, names)
        due, earliest = legal_duties.answer_days(session, came.received, extended=False)
        row = AccessRequest(
            n=number,
            received=came.received,
            way=came.way.value,
            names="\n".join(names),
            earliest=earliest,
            due=due,
        )
        session.add(row)
        return row


def extend(inbox: Inbox, who: Actor, because: Because) -> Sequence[AccessRequest]:
    """Extend all open requests, once each, and return them.

    Each person must be informed of the extension before the original due day. Two officers must confirm the
    extension. All requests are extended at once. If only one request were extended, the person who made it
    and the readers of the register would learn that data was found.

    Raises Refused if every open request was already extended or is late, or if the law allows no extension.
    Raises the same errors as ``open_one`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.EXTEND_ACCESS, because=because)) as session:
        if not legal_duties.may_extend_answer(session):
            raise Refused(
                sentence("the law in use does not allow an extension"),
                sentence("answer each request in time"),
            )
        rows = [open_one(session, each.n) for each in pending(session)]
        found = [row for row in rows if may_extend(row, who.today)]
        if not found:
            raise Refused(
                sentence("no open request can be extended: each has already been extended or is overdue"),
                sentence("answer the requests: inbox request list"),
            )
        for row in found:
            row.extended, row.because = who.today, because.value
            row.due, _ = legal_duties.answer_days(session, row.received, extended=True)
        return found


def may_extend(row: AccessRequest, today: date) -> bool:
    """Return whether a request can be extended: it must be open, not late, and not extended before."""
    return row.answered is None and row.extended is None and today <= row.due


def listed(inbox: Inbox, who: Actor) -> Sequence[AccessRequest]:
    """Return the register: first the open requests by due day, then the answered requests.

    Raises the same errors as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST, view=Viewed.ACCESS)) as session:
        forget_names(session, who.today)
        return [*pending(session), *_answered(session)]


def of(session: Session, number: int) -> AccessRequest:
    """Return a request. Raises Refused for an unknown number."""
    found = session.get(AccessRequest, number)
    if found is None:
        raise Refused(
            sentence("there is no request {number}", number=number), sentence("see: inbox request list")
        )
    return found


def open_one(session: Session, number: int) -> AccessRequest:
    """Return an open request that the signed-in officers may answer.

    Raises Refused if the request is unknown or already answered. Also raises Refused if the request contains
    a name or alias of a signed-in officer, because officers may not answer requests about themselves. This
    error does not depend on the content of any case.
    """
    found = of(session, number)
    if mine := sorted(conflicts.watched(session).meant_in(names(found)) & {*row_security.present(session)}):
        raise Refused(
            sentence("request {number} names {officers}", number=number, officers=", ".join(mine)),
            sentence(
                "another officer must handle the request; if too few officers are left, add officers from"
                " outside first: inbox officer add"
            ),
        )
    if found.answered is not None:
        raise Refused(
            sentence("request {number} was answered on {day}", number=number, day=found.answered),
            sentence("if the person asks again, record a new request: inbox request add"),
        )
    return found


def names(row: AccessRequest) -> tuple[str, ...]:
    """Return the names that reports may use for the person; empty once they have been deleted."""
    return tuple(row.names.splitlines())


def check_day(row: AccessRequest, today: date) -> None:
    """Raise Refused if it is too early to answer a request on this day.

    An early answer would reveal that no case had to be searched.
    """
    if not is_ripe(row, today):
        raise Refused(
            sentence("request {number} can be answered from {day} on", number=row.n, day=row.earliest),
            sentence(
                "answer the request on {day} or later: all requests wait equally long, so that the"
                " day of an answer does not reveal what was found",
                day=row.earliest,
            ),
        )


def dated(row: AccessRequest, today: date) -> date:
    """Return the date printed on an answer: the earliest day if the answer is in time, otherwise the due day.

    The actual day would reveal how long the search took.
    """
    return row.earliest if today <= row.due else row.due


def is_ripe(row: AccessRequest, today: date) -> bool:
    """Return whether an answer may be given.

    Requests received on the same day also have the same earliest day for an answer, whatever was found.
    """
    return row.earliest <= today


def pending(session: Session) -> Sequence[AccessRequest]:
    """Return the open requests, ordered by due day."""
    rows = select(AccessRequest).where(AccessRequest.answered.is_(None))
    return session.scalars(rows.order_by(AccessRequest.due, AccessRequest.n)).all()


def deadlines(session: Session) -> list[tuple[str, date, date | None]]:
    """Return the deadline of every request: its kind, its due day, and the day of the answer or None."""
    rows = session.execute(select(AccessRequest.due, AccessRequest.answered))
    return [(DEADLINE, due, answered) for due, answered in rows]


def forget_names(session: Session, today: date) -> None:
    """Delete the names in each request whose answer can no longer be contested."""
    for row in _answered(session):
        if row.answered is None or not row.names:
            continue
        if legal_duties.names_kept_until(session, row.answered) <= today:
            row.names = ""


def _checked(came: Came, today: date) -> tuple[str, ...]:
    """Return the names, without duplicates, each on one line. Raises the same errors as ``record``."""
    if not today - _LONGEST_AGO <= came.received <= today:
        raise Refused(
            sentence("{day} is in the future or more than a year ago", day=came.received),
            sentence("give the day on which the request arrived"),
        ).at("received")
    for name in came.names:
        _check_name(name)
    given = tuple(dict.fromkeys(map(one_line, came.names)))
    if not 0 < len(given) <= MOST_NAMES:
        raise Refused(
            sentence("give 1 to {most} names of a person", most=MOST_NAMES),
            sentence("give the names that reports may use for the person, with one --person for each name"),
        ).at("persons")
    return given


def _check_name(name: str) -> None:
    if visible(name) != name:
        raise Refused(
            sentence("the name contains invisible characters: {name}", name=name),
            sentence("type the name again instead of pasting it"),
        ).at("persons")
    if not any(map(str.isalpha, "".join(person_names.words(name)))) or not person_names.counts(name):
        raise Refused(
            sentence(
                "a name must have at least {least} characters, and at least one letter",
                least=person_names.LEAST_LETTERS,
            ),
            sentence("use --person"),
        ).at("persons")
    if len(name) > LONGEST_NAME:
        raise Refused(
            sentence("a name may have at most {most} characters", most=LONGEST_NAME),
            sentence("use --person once for each name"),
        ).at("persons")


def _check_new(session: Session, received: date, given: tuple[str, ...]) -> None:
    meant = set(map(person_names.words, given))
    for row in pending(session):
        if row.received == received and set(map(person_names.words, names(row))) == meant:
            raise Refused(
                sentence("this request is already recorded, as number {number}", number=row.n),
                sentence("see: inbox request list"),
            ).at("persons")


def _last(session: Session) -> int:
    return session.scalar(select(func.max(AccessRequest.n))) or 0


def _answered(session: Session) -> Sequence[AccessRequest]:
    rows = select(AccessRequest).where(AccessRequest.answered.is_not(None))
    return session.scalars(rows.order_by(AccessRequest.n)).all()
