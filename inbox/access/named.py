"""Find the cases that name a person in any text, and the cases that may refer to the person.

A case that contains only the family name is ambiguous, so an officer decides whether the case refers to this
person (``namesakes``). A case may use another name for the person and be linked as "same person" to a case
that names the person. An officer decides about such a case, too. Until this decision, the case waits for the
answer to the person's request, so that no data is lost.

A case from which a signed-in officer is excluded is not found. A case is searched only after all signed-in
officers have declared it (``declarations``). Otherwise, an officer with an interest could search for names to
learn what the case says. An archived case is searched only after two officers have opened it.
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
# Forms of address, in lower case and without accents.
TITLES = {"m", "mr", "mme", "mlle", "mrs", "ms", "dr", "monsieur", "madame", "mademoiselle"}
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """The cases that name a person, the cases that may refer to the person, and the number not searched."""

    cases: tuple[int, ...]
    maybe: tuple[int, ...]
    not_looked_at: int


def find(session: Session, request: AccessRequest) -> Named:
    """Return the cases that name the person who requests access."""
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
    """Return the number of cases that are not searched because they are undeclared or archived."""
    numbers = queries_access.case_numbers(session)
    declared = declarations.given(session, sorted(numbers)) & numbers
    return len(numbers - declared) + len(queries_access.archived(session, numbers))


def names(session: Session, number: int, names: Sequence[str]) -> bool:
    """Return whether a case contains one of a person's names; raises CaseRefused for an unknown case."""
    return bool(Names({_ONE: names}).meant_in([*of_reporter(session, number), *notes(session, number)]))


def is_person_of(session: Session, number: int, addressee: str) -> bool:
    """Return whether an addressee may be a person whom a case names. Raises the same errors as ``names``.

    In each of these situations, an addressee may be a person whom the case names:

    - the case contains the whole name, which has more than one word;
    - the addressee begins with a form of address, and the case contains the family name;
    - the addressee contains a capitalised word from the answer about persons concerned;
    - the initials match;
    - the addressee has requested access, and the case refers to the addressee.
    """
    given = words(addressee)
    # A single word may name an office, which a report may also mention.
    if len(given) > 1 and names(session, number, [addressee]):
        return True
    titled = re.split(r"[,;\n]", addressee)[0]  # An address may follow the name.
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
    """Return whether a case refers to the person who requests access, by name or by an officer's decision.

    Raises the same errors as ``names``.
    """
    given = access_requests.names(request)
    return names(session, number, given) or bool(_judged(session, request.n).get(number))


def may_name(session: Session, number: int, request: AccessRequest) -> bool:
    """Return whether a case may refer to the person who requests access, although it lacks the full name.

    Such a case contains the family name of the person, but not the full name. A case also counts if an
    officer linked it as "same person" to a case that names the person. Raises the same errors as ``names``.
    """
    given = access_requests.names(request)
    if names(session, number, given):
        return False
    linked = declarations.may_be_tried(session, sorted(_of_same_person(session, number)))
    is_linked = any(names(session, other, given) for other in linked)
    return is_linked or names(session, number, _families(given))


def waiting_for(session: Session, number: int) -> set[int]:
    """Return the open access requests of persons to whom a case refers or may refer.

    Raises the same errors as ``names``.
    """
    return meant_in(session, number) | {
        each.n
        for each in access_requests.pending(session)
        if number not in _judged(session, each.n) and may_name(session, number, each)
    }


def may_wait(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return which of these cases must wait for the answer to an access request.

    Cases that refer or may refer to the person must wait. While any request is open, all cases that the
    signed-in officers may not read also wait, whether or not these cases name the person. Otherwise, a
    request under any name would reveal whether a hidden case contains that name.
    """
    if not access_requests.pending(session):
        return set()
    known = declarations.may_be_tried(session, numbers)
    return {each for each in numbers if each not in known or waiting_for(session, each)}


def meant_in(session: Session, number: int) -> set[int]:
    """Return the open access requests of the persons to whom a case certainly refers.

    Raises the same errors as ``names``.
    """
    return {each.n for each in access_requests.pending(session) if concerns(session, number, each)}


def passages(session: Session, number: int, names: Sequence[str]) -> list[str]:
    """Return the sentences of a case in which the person is or may be named.

    Raises the same errors as ``names``.
    """
    person = Names({_ONE: [*names, *_families(names)]})
    texts = [*of_reporter(session, number), *notes(session, number)]
    return [said for text in texts for said in segments.split(text) if person.meant_in([said])]


def of_reporter(session: Session, number: int) -> list[str]:
    """Return each text that the reporter of a case wrote. Raises CaseRefused for an unknown case."""
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
    """Return the notes of officers on a case, in order."""
    return session.scalars(select(Note.text).filter_by(case=number).order_by(Note.position)).all()


def _of_same_person(session: Session, number: int) -> set[int]:
    """Return the visible cases that are linked to a case as "same person"."""
    rows = select(Link.other).where(Link.case == number, Link.kind == Relation.SAME_PERSON)
    return set(session.scalars(rows))


def _families(names: Iterable[str]) -> list[str]:
    return list(filter(None, map(family, names)))


def _judged(session: Session, request: int) -> Mapping[int, bool]:
    """Map each case to the decision of officers on whether the case refers to the requesting person."""
    rows = select(AccessCase.case, AccessCase.same).where(
        AccessCase.request == request, AccessCase.same.is_not(None)
    )
    return {case: bool(same) for case, same in session.execute(rows)}


def _written(session: Session) -> Iterator[tuple[int, Iterable[str]]]:
    yield from conflicts.received(session)
    for number, text in session.execute(select(Note.case, Note.text)):
        yield number, [text]
