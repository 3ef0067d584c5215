"""Cases that are kept from officers: because somebody says so, or because a report names them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from crypto.messages import REPORT
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.text import names as person_names
from inbox.text.names import Names
from inbox.vault import queries_access, queries_cases, queries_office
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Exclusion

# What founding calls the one officer of an inbox: a word of every other report, and no name.
UNNAMED = "officer"


@dataclass(frozen=True, slots=True)
class Kept:
    """Which cases are kept from whom, and how many of all no quorum may read, with a warning if any."""

    exclusions: Sequence[Exclusion]
    out_of_reach: int
    warnings: list[str]


def exclude(inbox: Inbox, who: Actor, number: int, officer: str, reason: str) -> None:
    """Keep a case from an officer: while that one is present it is not there.

    Raises CaseRefused for an unknown case, Refused for an unknown officer, one from whom it is kept already,
    and if fewer than a quorum would be left who may read it; and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.EXCLUDE, number, reason, officer=officer)) as session:
        _exclude(session, number, officer, quorum=inbox.quorum, today=who.today)


def lift(inbox: Inbox, who: Actor, number: int, officer: str, reason: str) -> None:
    """Show a case to an officer again.

    Raises CaseRefused for an unknown case, Refused if it is not kept from that one; and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIFT_CONFLICT, number, reason, officer=officer)) as session:
        _lift(session, number, officer)


def listed(inbox: Inbox, who: Actor) -> Kept:
    """Return what is kept from whom, without the cases that are kept from ``who``; these are counted only.

    Raises as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.LIST_CONFLICTS)) as session:
        rows = queries_access.exclusions(session)
    with inbox.transaction() as session:
        return Kept(rows, out_of_reach(session, inbox.quorum), warnings(session, inbox.quorum))


def keep(session: Session, by: Actor, meant: Mapping[int, Iterable[str]]) -> list[int]:
    """Keep each of these cases from the officers that it means, whoever is left; return what is newly kept.

    Each is noted in the journal, without the words that were found.
    """
    kept = []
    for number in sorted(meant):
        found = sorted(set(meant[number]) - queries_access.excluded_from(session, number))
        _take_off(session, number, found)
        for officer in found:
            journal.note(session, by, action(Code.FOUND_CONFLICT, number, officer=officer))
            session.add(Exclusion(case=number, officer=officer, since=by.today))
            kept.append(number)
        session.flush()
    return kept


def watched(session: Session) -> Names:
    """Return the names for which reports are kept from officers.

    Where there is one officer alone, nobody else could read what is kept from that one: then no name counts.
    """
    return names(session) if len(queries_office.officers(session)) > 1 else Names({})


def names(session: Session) -> Names:
    """Return the names of all officers, of those who left too, with their aliases."""
    return Names({each.name: _names_of(session, each.name) for each in queries_office.everybody(session)})


def search(session: Session, by: Actor, officer: str, names: Iterable[str]) -> list[int]:
    """Look for new names of an officer in all that was ever received; ``keep`` what is found.

    Names that were there before are not looked for again: what was lifted stays so.
    """
    new = Names({officer: names})
    meant: dict[int, set[str]] = {}
    for number, texts in received(session):
        if named := new.meant_in(texts):
            meant.setdefault(number, set()).update(named)
    return keep(session, by, meant)


def search_for(session: Session, by: Actor, officer: str) -> list[int]:
    """Do as ``search`` for an officer who joins, by all names that are known."""
    return search(session, by, officer, _names_of(session, officer))


def out_of_reach(session: Session, quorum: int) -> int:
    """Return how many cases no quorum of those who are officers now may read."""
    officers = {each.name for each in queries_office.officers(session)}
    excluded: dict[int, set[str]] = {}
    for row in queries_access.exclusions(session):
        excluded.setdefault(row.case, set()).add(row.officer)
    return sum(len(officers - each) < quorum for each in excluded.values())


def warnings(session: Session, quorum: int) -> list[str]:
    """Return what everybody must know, also those from whom a case is kept: how many nobody can read."""
    count = out_of_reach(session, quorum)
    if not count:
        return []
    cases = "1 case is" if count == 1 else f"{count} cases are"
    return [
        f"{cases} kept from so many officers that no {quorum} of the others are left to read it;"
        " let officers from outside join: inbox officers add"
    ]


def received(session: Session) -> Iterator[tuple[int, Iterable[str]]]:
    """Yield each text that reporters wrote, with the number of its case."""
    for number, unsigned, message in queries_cases.first_messages(session):
        yield number, [message.decode()] if unsigned else said(REPORT.parse(message).answers)
    for number, text in queries_cases.follow_up_texts(session):
        yield number, [text]
    for number, name, kind in queries_cases.file_names(session):
        yield number, [name, kind]


def said(answers: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    """Yield each text of the answers to a questionnaire."""
    for answer in answers.values():
        yield from [answer] if isinstance(answer, str) else answer


def _lift(session: Session, number: int, officer: str) -> None:
    queries_cases.case(session, number)
    row = session.get(Exclusion, (number, officer))
    if row is None:
        raise Refused(
            sentence("case {number} is not kept from {officer}", number=number, officer=officer),
            sentence("see: inbox conflict list"),
        )
    session.delete(row)


def _take_off(session: Session, number: int, officers: Sequence[str]) -> None:
    """Let officers see to a case no longer, before it is kept from them: then it is not there to change."""
    theirs = update(Workflow).where(Workflow.case == number, Workflow.assigned.in_(officers))
    session.execute(theirs.values(assigned=None))


def _names_of(session: Session, officer: str) -> list[str]:
    aliases = [each.name for each in queries_access.aliases(session) if each.officer == officer]
    return [*aliases, officer] if officer != UNNAMED and person_names.counts(officer) else aliases


def _exclude(session: Session, number: int, officer: str, *, quorum: int, today: date) -> None:
    queries_cases.case(session, number)
    if queries_office.officer(session, officer) is None:
        raise CaseRefused(
            sentence("there is no officer {officer}", officer=officer),
            sentence("see the names: inbox officers list"),
        )
    excluded = queries_access.excluded_from(session, number)
    if officer in excluded:
        raise Refused(
            sentence("case {number} is kept from {officer} already", number=number, officer=officer),
            sentence("see: inbox conflict list"),
        )
    left = {each.name for each in queries_office.officers(session)} - excluded - {officer}
    if len(left) < quorum:
        raise Refused(
            sentence(
                "then fewer than {quorum} officers would be left to read case {number}",
                quorum=quorum,
                number=number,
            ),
            sentence("let officers from outside join first: inbox officers add"),
        )
    _take_off(session, number, [officer])
    session.add(Exclusion(case=number, officer=officer, since=today))
    session.flush()
    session.expunge_all()  # what it holds is not narrowed again, and the case may be gone for those present
