"""The register of requests for access: who asks what is held on them, and until when they are answered.

GDPR, article 15. The law in use says until when, and from which day on; it may give more time once, for two
reasons that the person is told (GDPR, article 12(3)).
The register stands apart from the cases, and the destruction of a case changes nothing in it. It says that a
request was answered, and never how: whoever a case is kept from would else see that it names the person.
Names are deleted a fixed time after the answer, whatever it was.
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

# What oversight calls it among the deadlines.
DEADLINE = "access"
# So long after the answer the person can bring it before a court; then nobody needs the names.
NAMED = relativedelta(months=2)
# A day that lies further back was mistyped.
_LONGEST_AGO = relativedelta(years=1)
MOST_NAMES = 10
LONGEST_NAME = 100


class Way(StrEnum):
    """How a request came; labels stand in labels.toml, as ``access_way``."""

    LETTER = "letter"
    EMAIL = "email"
    IN_PERSON = "in_person"
    DATA_PROTECTION = "data_protection"
    AUTHORITY = "authority"


class Because(StrEnum):
    """Why it takes longer: the law knows two reasons, of which neither tells whether anything is held."""

    COMPLEXITY = "complexity"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Came:
    """A request as it came: its day, how it came, and all names of the person that reports may use."""

    received: date
    way: Way
    names: tuple[str, ...]


def record(inbox: Inbox, who: Actor, came: Came) -> AccessRequest:
    """Add a request to the register, under the next number.

    Raises Refused for a day to come or more than a year ago; for no name, more than MOST_NAMES, one without a
    letter, with unseen characters, or of more than LONGEST_NAME characters; if the same person's
    request of that day is there already; and as ``Inbox.acting``.
    """
    names = _checked(came, who.today)
    with inbox.vault.transaction() as session:
        number = _last(session) + 1
    with inbox.acting(who, action(Code.RECORD_ACCESS, request=number)) as session:
        if number != _last(session) + 1:
            raise Refused(sentence("somebody else recorded a request meanwhile"), sentence("try again"))
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

    The persons have to be told before the answer is due without it. It takes two officers. All are extended
    at once: to extend one would tell that person, and whoever reads the register, what was found.

    Raises as ``open_one`` and ``Inbox.acting``; Refused if no open request can be given more time, as each
    was extended before or is late, and if the law gives no more.
    """
    with inbox.acting(who, action(Code.EXTEND_ACCESS, because=because)) as session:
        if not legal_duties.may_extend_answer(session):
            raise Refused(
                sentence("the law in use gives no more time for an answer"), sentence("answer it in time")
            )
        rows = [open_one(session, each.n) for each in pending(session)]
        found = [row for row in rows if may_extend(row, who.today)]
        if not found:
            raise Refused(
                sentence("no request can be given more time: each has had it, or is overdue"),
                sentence("answer them: inbox access list"),
            )
        for row in found:
            row.extended, row.because = who.today, because.value
            row.due, _ = legal_duties.answer_days(session, row.received, extended=True)
        return found


def may_extend(row: AccessRequest, today: date) -> bool:
    """Tell whether more time can be taken for an answer: it is still due, in time, and had none before."""
    return row.answered is None and row.extended is None and today <= row.due


def listed(inbox: Inbox, who: Actor) -> Sequence[AccessRequest]:
    """Return the register: open requests by the day on which they are due, then those that were answered.

    Raises as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST, view=Viewed.ACCESS)) as session:
        forget_names(session, who.today)
        return [*pending(session), *_answered(session)]


def of(session: Session, number: int) -> AccessRequest:
    """Return a request; Refused for an unknown number."""
    found = session.get(AccessRequest, number)
    if found is None:
        raise Refused(
            sentence("there is no request {number}", number=number), sentence("see: inbox access list")
        )
    return found


def open_one(session: Session, number: int) -> AccessRequest:
    """Return a request that is still to be answered, to those who see to it.

    Refused for any other, and before an officer whom it names, by a name or an alias: nobody sees to what is
    held on themselves. That is said whatever cases hold.
    """
    found = of(session, number)
    if mine := sorted(conflicts.watched(session).meant_in(names(found)) & {*row_security.present(session)}):
        raise Refused(
            sentence("request {number} names {officers}", number=number, officers=", ".join(mine)),
            sentence(
                "let others see to it; where too few are left, let officers from outside join first: inbox"
                " officers add"
            ),
        )
    if found.answered is not None:
        raise Refused(
            sentence("request {number} was answered on {day}", number=number, day=found.answered),
            sentence("if the person asks again, record a new request: inbox access record"),
        )
    return found


def names(row: AccessRequest) -> tuple[str, ...]:
    """Return by which names reports may mean the person; none once the answer is old."""
    return tuple(row.names.splitlines())


def check_day(row: AccessRequest, today: date) -> None:
    """Return if an answer may be given on this day; else raise Refused.

    An early one would tell that nothing had to be looked for.
    """
    if not is_ripe(row, today):
        raise Refused(
            sentence("request {number} is answered from {day} on", number=row.n, day=row.earliest),
            sentence(
                "every answer waits as long, so that nobody learns from the day of one what was found;"
                " come back then"
            ),
        )


def dated(row: AccessRequest, today: date) -> date:
    """Return the date printed on an answer: the earliest day if it is in time, else the due day.

    The real day would show how long the search took.
    """
    return row.earliest if today <= row.due else row.due


def is_ripe(row: AccessRequest, today: date) -> bool:
    """Tell whether an answer may be given: all that may are given on one day, whatever was found."""
    return row.earliest <= today


def pending(session: Session) -> Sequence[AccessRequest]:
    """Return the requests that are still to be answered, the first due first."""
    rows = select(AccessRequest).where(AccessRequest.answered.is_(None))
    return session.scalars(rows.order_by(AccessRequest.due, AccessRequest.n)).all()


def deadlines(session: Session) -> list[tuple[str, date, date | None]]:
    """Return of every request its kind of deadline, the day on which it ends, that of the answer."""
    rows = session.execute(select(AccessRequest.due, AccessRequest.answered))
    return [(DEADLINE, due, answered) for due, answered in rows]


def forget_names(session: Session, today: date) -> None:
    """Delete the names of whoever was answered so long ago that nobody contests it any more."""
    for row in _answered(session):
        if row.answered is not None and row.names and row.answered + NAMED <= today:
            row.names = ""


def _checked(came: Came, today: date) -> tuple[str, ...]:
    """Return the names, each once and on one line; raises as ``record``."""
    if not today - _LONGEST_AGO <= came.received <= today:
        raise Refused(
            sentence("{day} is in the future, or more than a year ago", day=came.received),
            sentence("give the day on which the request came"),
        ).at("received")
    for name in came.names:
        _check_name(name)
    given = tuple(dict.fromkeys(map(one_line, came.names)))
    if not 0 < len(given) <= MOST_NAMES:
        raise Refused(
            sentence("a person has 1 to {most} names", most=MOST_NAMES),
            sentence("give those that may stand in reports, each with --person"),
        ).at("persons")
    return given


def _check_name(name: str) -> None:
    if visible(name) != name:
        raise Refused(
            sentence("the name contains invisible characters: {name}", name=name),
            sentence("type the name again, do not paste it"),
        ).at("persons")
    if not any(map(str.isalpha, "".join(person_names.words(name)))) or not person_names.counts(name):
        raise Refused(
            sentence(
                "a name has at least {least} characters, and a letter among them",
                least=person_names.LEAST_LETTERS,
            ),
            sentence("give it with --person"),
        ).at("persons")
    if len(name) > LONGEST_NAME:
        raise Refused(
            sentence("a name has at most {most} characters", most=LONGEST_NAME),
            sentence("give each name by itself: --person, once for each"),
        ).at("persons")


def _check_new(session: Session, received: date, given: tuple[str, ...]) -> None:
    meant = set(map(person_names.words, given))
    for row in pending(session):
        if row.received == received and set(map(person_names.words, names(row))) == meant:
            raise Refused(
                sentence("this request is already recorded, as number {number}", number=row.n),
                sentence("see: inbox access list"),
            ).at("persons")


def _last(session: Session) -> int:
    return session.scalar(select(func.max(AccessRequest.n))) or 0


def _answered(session: Session) -> Sequence[AccessRequest]:
    rows = select(AccessRequest).where(AccessRequest.answered.is_not(None))
    return session.scalars(rows.order_by(AccessRequest.n)).all()
