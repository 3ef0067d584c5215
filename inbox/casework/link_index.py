"""The link index finds cases that have something in common; it holds only keyed hashes (SPEC 9.6).

Entries are made when a report or message is filed, and are deleted with its case.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crypto import blind
from inbox.access import conflicts
from inbox.law import in_use
from inbox.questionnaire import answers, scoring
from inbox.questionnaire.answers import Answers
from inbox.text import entities, similarity
from inbox.text.entities import Found, Kind
from inbox.vault import queries_cases
from inbox.vault.casework_tables import IndexKey, Term
from inbox.vault.tables import Case

Mark: TypeAlias = tuple[str, bytes]


def make(session: Session, number: int, said: Answers) -> None:
    """Add a new case to the index: marks of its answers, and marks by which similar texts are recognised."""
    key = _key(session)
    pieces = similarity.telling(similarity.pieces(conflicts.said(said)))
    marks = [
        *_marks(key, _found(session, said)),
        *((Kind.TEXT, blind.mark(key, Kind.TEXT, each)) for each in pieces),
    ]
    session.add_all(Term(case=number, kind=kind, value=value) for kind, value in marks)


def add(session: Session, number: int, texts: Iterable[str]) -> None:
    """Add later texts of a case, as long as there is room."""
    if not (marks := _marks(_key(session), entities.found_in(texts, _country(session)))):
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
    make(session, number, answers.of(case))
    session.flush()
    add(session, number, [each.text for each in queries_cases.follow_ups(session, number)])


def of(session: Session, number: int) -> list[Mark]:
    """Return the marks of a case."""
    return [
        (kind, value) for kind, value in session.execute(select(Term.kind, Term.value).filter_by(case=number))
    ]


def explained(session: Session, case: Case, marks: set[Mark]) -> Mapping[Mark, Found]:
    """Return the part of the case that produced each mark; omit marks that the whole text produced."""
    key = _key(session)
    found = _by_mark(key, _found(session, answers.of(case)))
    if marks - found.keys():
        letters = [each.text for each in queries_cases.follow_ups(session, case.number)]
        found = _by_mark(key, entities.found_in(letters, _country(session))) | found
    return {mark: found[mark] for mark in marks if mark in found}


def _found(session: Session, said: Answers) -> list[Found]:
    persons = said.get(scoring.questions().persons, "")
    named = persons if isinstance(persons, str) else ""
    return entities.found_in(conflicts.said(said), _country(session), named)


def _country(session: Session) -> str:
    return in_use.of(session).calendar.country


def _marks(key: bytes, found: Iterable[Found]) -> list[Mark]:
    return list(_by_mark(key, found))


def _by_mark(key: bytes, found: Iterable[Found]) -> dict[Mark, Found]:
    return {(each.kind.value, blind.mark(key, each.kind, each.value)): each for each in found}


def _key(session: Session) -> bytes:
    """Return the key of this vault, which is created on first use."""
    row = session.get(IndexKey, 1)
    if row is None:
        row = IndexKey(seed=blind.generate())
        session.add(row)
    return row.seed
