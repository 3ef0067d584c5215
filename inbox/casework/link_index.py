"""The link index finds cases that have something in common; it holds only keyed hashes (SPEC 9.6).

Entries are made when a report or message is filed, and are deleted with its case.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from crypto import blind
from inbox.casework.marks import Mark, Marker, by_mark, entities_of
from inbox.law import in_use
from inbox.questionnaire import answers
from inbox.text import entities
from inbox.text.entities import Found
from inbox.vault import queries_cases
from inbox.vault.casework_tables import IndexKey, Term
from inbox.vault.tables import Case


def marker(session: Session) -> Marker:
    """Return what makes the marks of this vault."""
    return Marker(_key(session), _country(session))


def add_new(session: Session, marks: Iterable[tuple[int, Sequence[Mark]]]) -> None:
    """Add the marks of new cases, given by case number, whose rows exist already."""
    rows = [{"case": number, "kind": kind, "value": value} for number, each in marks for kind, value in each]
    if rows:
        session.execute(insert(Term), rows)


def add(session: Session, number: int, marks: Sequence[Mark]) -> None:
    """Add the marks of later texts of a case, as long as there is room."""
    if not marks:
        return
    known = set(of(session, number))
    counts = Counter(kind for kind, _ in known)
    for kind, value in marks:
        if (kind, value) not in known and counts[kind] < entities.MOST:
            counts[kind] += 1
            session.add(Term(case=number, kind=kind, value=value))


def renew(session: Session, number: int) -> None:
    """Rebuild the index entries of a case from its current texts.

    Raises the same errors as ``queries_cases.case``.
    """
    case = queries_cases.case(session, number)
    session.execute(delete(Term).filter_by(case=number))
    marks = marker(session)
    add_new(session, [(number, marks.of_report(answers.of(case)))])
    add(session, number, marks.of_texts(each.text for each in queries_cases.follow_ups(session, number)))


def of(session: Session, number: int) -> list[Mark]:
    """Return the marks of a case."""
    return [
        (kind, value) for kind, value in session.execute(select(Term.kind, Term.value).filter_by(case=number))
    ]


def explained(session: Session, case: Case, marks: set[Mark]) -> Mapping[Mark, Found]:
    """Return the part of the case that produced each mark; omit marks that the whole text produced."""
    key = _key(session)
    found = by_mark(key, entities_of(answers.of(case), _country(session)))
    if marks - found.keys():
        letters = [each.text for each in queries_cases.follow_ups(session, case.number)]
        found = by_mark(key, entities.found_in(letters, _country(session))) | found
    return {mark: found[mark] for mark in marks if mark in found}


def _country(session: Session) -> str:
    return in_use.of(session).calendar.country


def _key(session: Session) -> bytes:
    """Return the key of this vault, which is created on first use."""
    row = session.get(IndexKey, 1)
    if row is None:
        row = IndexKey(seed=blind.generate())
        session.add(row)
    return row.seed
