"""Which cases name a person, in any text of reporters or officers.

A case that is kept from somebody present is not found, as everywhere. A case is not searched before all
present have declared to have no interest in it (``declarations``): whoever has one could search for names to
learn what it says. Nor is one in the archive, before two officers have opened it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import access_requests, conflicts, declarations
from inbox.questionnaire import answers
from inbox.text import segments
from inbox.text.names import Names
from inbox.vault import queries_access, queries_cases
from inbox.vault.casework_tables import Note

_ONE = "person"


@dataclass(frozen=True, slots=True)
class Named:
    """The numbers of the cases that name a person, and how many cases were not searched."""

    cases: tuple[int, ...]
    not_looked_at: int


def find(session: Session, names: Sequence[str]) -> Named:
    """Return which cases name the person with these names."""
    numbers = queries_access.case_numbers(session)
    declared = declarations.given(session, sorted(numbers)) & numbers
    person, found = Names({_ONE: names}), set[int]()
    for number, texts in _written(session):
        if number in declared and number not in found and person.meant_in(texts):
            found.add(number)
    closed_up = queries_access.archived(session, numbers)
    return Named(tuple(sorted(found)), len(numbers - declared) + len(closed_up))


def names(session: Session, number: int, names: Sequence[str]) -> bool:
    """Tell whether a case names the person with these names; CaseRefused for an unknown case."""
    return bool(Names({_ONE: names}).meant_in([*of_reporter(session, number), *_notes(session, number)]))


def waiting_for(session: Session, number: int) -> set[int]:
    """Return the open requests for access of somebody whom a case names; raises as ``names``."""
    waiting = access_requests.pending(session)
    return {each.n for each in waiting if names(session, number, access_requests.names(each))}


def passages(session: Session, number: int, names: Sequence[str]) -> list[str]:
    """Return each sentence of a case that names the person, as it stands there; raises as ``names``."""
    person = Names({_ONE: names})
    texts = [*of_reporter(session, number), *_notes(session, number)]
    return [said for text in texts for said in segments.split(text) if person.meant_in([said])]


def of_reporter(session: Session, number: int) -> list[str]:
    """Return each text that the reporter of a case wrote; CaseRefused for an unknown case."""
    said = answers.of(queries_cases.case(session, number))
    return [
        *(text for answer in said.values() for text in answers.several(answer)),
        *(each.text for each in queries_cases.follow_ups(session, number)),
        *(each.name for each in queries_cases.attachments(session, number)),
    ]


def _written(session: Session) -> Iterator[tuple[int, Iterable[str]]]:
    yield from conflicts.received(session)
    for number, text in session.execute(select(Note.case, Note.text)):
        yield number, [text]


def _notes(session: Session, number: int) -> Sequence[str]:
    return session.scalars(select(Note.text).filter_by(case=number).order_by(Note.position)).all()
