"""Which cases name a person, in any text of reporters or officers; and which may, by the family name alone.

A family name alone is ambiguous: an officer says whether the case means this person (``namesakes``). The same
holds for a case linked as "same person" to one that names them: it may call them otherwise. Until then the
case counts wherever something could be lost.

A case that is kept from somebody present is not found, as everywhere. A case is not searched before all
present have declared to have no interest in it (``declarations``): whoever has one could search for names to
learn what it says. Nor is one in the archive, before two officers have opened it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import access_requests, conflicts, declarations
from inbox.deadlines.bonds import Relation
from inbox.questionnaire import answers, scoring
from inbox.text import initials, segments
from inbox.text.names import Names, counts, family, words
from inbox.vault import queries_access, queries_cases
from inbox.vault.casework_tables import AccessCase, AccessRequest, Duty, Link, Measure, Note

_ONE = "person"
# Forms of address, folded.
TITLES = {"m", "mr", "mme", "mlle", "mrs", "ms", "dr", "monsieur", "madame", "mademoiselle"}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """The numbers of the cases that name a person, of those that may, and how many were not searched."""

    cases: tuple[int, ...]
    maybe: tuple[int, ...]
    not_looked_at: int


def find(session: Session, request: AccessRequest) -> Named:
    """Return which cases name the person who asks."""
    numbers = queries_access.case_numbers(session)
    declared = declarations.given(session, sorted(numbers)) & numbers
    names = access_requests.names(request)
    person, alike = Names({_ONE: names}), Names({_ONE: _families(names)})
    found, alone = set[int](), set[int]()
    for number, texts in _written(session):
        if number in declared and number not in found:
            said = [*texts]
            found |= {number} if person.meant_in(said) else set()
            alone |= {number} if alike.meant_in(said) else set()
    judged = _judged(session, request.n)
    alone |= declared & {other for number in found for other in _of_same_person(session, number)}
    found |= {number for number in alone if judged.get(number)}
    maybe = {number for number in alone - found if number not in judged}
    return Named(tuple(sorted(found)), tuple(sorted(maybe)), not_looked_at(session))


def not_looked_at(session: Session) -> int:
    """Return how many cases are not searched, whomever they name: undeclared, or in the archive."""
    numbers = queries_access.case_numbers(session)
    declared = declarations.given(session, sorted(numbers)) & numbers
    return len(numbers - declared) + len(queries_access.archived(session, numbers))


def names(session: Session, number: int, names: Sequence[str]) -> bool:
    """Tell whether a case names the person with these names; CaseRefused for an unknown case."""
    return bool(Names({_ONE: names}).meant_in([*of_reporter(session, number), *notes(session, number)]))


def is_person_of(session: Session, number: int, addressee: str) -> bool:
    """Tell whether an addressee may be a person whom a case names; raises as ``names``.

    That is one whose whole name stands in it, or whose family name does after a form of address; one of whom
    the answer that is for names has a word with a capital; one who is meant by initials; and one who asks
    what is held, and is meant.
    """
    given = words(addressee)
    # One word alone can be an office that a report speaks of.
    if len(given) > 1 and names(session, number, [addressee]):
        return True
    titled, *_ = re.split(r"[,;\n]", addressee, maxsplit=1)  # an address can follow
    if given and given[0] in TITLES and names(session, number, [*filter(None, [family(titled)])]):
        return True
    said = answers.of(queries_cases.case(session, number)).get(scoring.questions().persons, ())
    capitals = (word for text in answers.several(said) for word in _WORD.findall(text) if word[0].isupper())
    if any(set(words(each)) & set(given) for each in capitals if counts(each)):
        return True
    if initials.mean(addressee, [*of_reporter(session, number), *notes(session, number)]):
        return True
    asking = (each for each in access_requests.pending(session) if concerns(session, number, each))
    return any(words(name) == given for each in asking for name in access_requests.names(each))


def concerns(session: Session, number: int, request: AccessRequest) -> bool:
    """Tell whether a case names the person who asks, or an officer has said so; raises as ``names``."""
    given = access_requests.names(request)
    return names(session, number, given) or bool(_judged(session, request.n).get(number))


def may_name(session: Session, number: int, request: AccessRequest) -> bool:
    """Tell whether a case may mean the person who asks without naming them; raises as ``names``.

    Their family name alone stands in it, or an officer linked it as one of the same person to one that names
    them.
    """
    given = access_requests.names(request)
    if names(session, number, given):
        return False
    linked = declarations.may_be_tried(session, sorted(_of_same_person(session, number)))
    is_linked = any(names(session, other, given) for other in linked)
    return is_linked or names(session, number, _families(given))


def waiting_for(session: Session, number: int) -> set[int]:
    """Return the open requests for access of somebody whom a case names, or may name; raises as ``names``."""
    return meant_in(session, number) | {
        each.n
        for each in access_requests.pending(session)
        if number not in _judged(session, each.n) and may_name(session, number, each)
    }


def may_wait(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return which of these cases wait for the answer to a request for access.

    Those are the cases that name who asks, or may. While any request is open, those wait as well that those
    present may not read, whomever they name: with a request for any name, one could learn what they say.
    """
    if not access_requests.pending(session):
        return set()
    known = declarations.may_be_tried(session, numbers)
    return {each for each in numbers if each not in known or waiting_for(session, each)}


def meant_in(session: Session, number: int) -> set[int]:
    """Return those of whom it is certain that the case means them; raises as ``names``."""
    return {each.n for each in access_requests.pending(session) if concerns(session, number, each)}


def passages(session: Session, number: int, names: Sequence[str]) -> list[str]:
    """Return each sentence of a case that names the person, or may; raises as ``names``."""
    person = Names({_ONE: [*names, *_families(names)]})
    texts = [*of_reporter(session, number), *notes(session, number)]
    return [said for text in texts for said in segments.split(text) if person.meant_in([said])]


def of_reporter(session: Session, number: int) -> list[str]:
    """Return each text that the reporter of a case wrote; CaseRefused for an unknown case."""
    said = answers.of(queries_cases.case(session, number))
    return [
        *(text for answer in said.values() for text in answers.several(answer)),
        *(each.text for each in queries_cases.follow_ups(session, number)),
        *(each.name for each in queries_cases.attachments(session, number)),
    ]


def said(session: Session, number: int) -> Iterator[str]:
    """Yield every text that the reporter and officers wrote about a case, except the reporter's identity.

    Raises CaseRefused for an unknown case.
    """
    yield from of_reporter(session, number)
    yield from notes(session, number)
    yield from (each.text for each in queries_cases.messages(session, number))
    for row in session.scalars(select(Measure).filter_by(case=number)):
        yield from (row.addressee, row.reference, row.restrictions, row.sent)
    yield from session.scalars(select(Duty.reason).filter_by(case=number))


def notes(session: Session, number: int) -> Sequence[str]:
    """Return the notes of officers on a case, in their order."""
    return session.scalars(select(Note.text).filter_by(case=number).order_by(Note.position)).all()


def _of_same_person(session: Session, number: int) -> set[int]:
    """Return the cases that officers linked to one as of the same person, of those that may be seen."""
    rows = select(Link.other).where(Link.case == number, Link.kind == Relation.SAME_PERSON)
    return set(session.scalars(rows))


def _families(names: Iterable[str]) -> list[str]:
    return list(filter(None, map(family, names)))


def _judged(session: Session, request: int) -> Mapping[int, bool]:
    """Return of the cases of which an officer has said so whether they mean the person who asks."""
    rows = select(AccessCase.case, AccessCase.same).where(
        AccessCase.request == request, AccessCase.same.is_not(None)
    )
    return {case: bool(same) for case, same in session.execute(rows)}


def _written(session: Session) -> Iterator[tuple[int, Iterable[str]]]:
    yield from conflicts.received(session)
    for number, text in session.execute(select(Note.case, Note.text)):
        yield number, [text]
